"""Site parameters: what they do to a model, and what keeps them."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytest
from pymc.logprob.utils import ParameterValueError
from pymc.model.transform.conditioning import remove_value_transforms
from pymc.model.transform.optimization import freeze_dims_and_data

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.parameterization.transforms import TransformError
from unfunnel.structures.transform import shared_sites
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")


def test_shared_site_parameters_can_change_after_compiling():
    model = build(False)
    (block,) = auto_blocks(model)
    block.sites.set([1.0, 30.0], [2.0, 10.0])
    point = [np.full(np.shape(x), 0.4) for _v, x in _starts(model)]
    before = model.compile_fn(model.logp(), inputs=model.value_vars, point_fn=False)(*point)
    with shared_sites([block.sites], [(2,)]) as ((information, weighted),):
        function = model.compile_fn(model.logp(), inputs=model.value_vars, point_fn=False)
    assert (information.name, weighted.name) == block.sites.names
    untuned = function(*point)
    assert untuned != pytest.approx(before, rel=1e-3)
    information.set_value([1.0, 30.0])
    weighted.set_value([2.0, 10.0])
    assert function(*point) == pytest.approx(before, rel=1e-12)
    # Outside, everything is as it was.
    np.testing.assert_array_equal(block.sites.values, [[1.0, 30.0], [2.0, 10.0]])
    with pytest.raises(KeyError), shared_sites([block.sites], [(2,)]):
        raise KeyError
    np.testing.assert_array_equal(block.sites.values, [[1.0, 30.0], [2.0, 10.0]])
    assert set(model.named_vars) == {"s", "beta", "y"}


def test_a_scalar_variable():
    with pm.Model() as model:
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("beta")
    (block,) = auto_blocks(model)
    block.sites.set(4.0, 8.0)
    point = {"s_softplus__": np.array(0.3), "beta_informed__": np.array(0.7)}
    scale = _scale_at(model, point)
    q2 = 1 + 4.0 * scale**2
    expected = 8.0 * scale**2 / q2 + scale / np.sqrt(q2) * 0.7
    (value,) = model.replace_rvs_by_values([model["beta"]])
    inputs = {v: point[v.name] for v in model.value_vars}
    assert value.eval(inputs) == pytest.approx(expected, rel=1e-12)


def _scale_at(model, point):
    (scale,) = model.replace_rvs_by_values([model["s"]])
    value = model.rvs_to_values[model["s"]]
    return float(scale.eval({value: point[value.name]}))


def build(xdist, observed=True, **kwargs):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        prior = LogNormalExp(1.0, pm.HalfNormal("s"), dims="geo", centered="auto", **kwargs)
        beta = prior.create_variable("beta", xdist=xdist)
        if observed:
            pm.Normal("y", beta.values if xdist else beta, 1.0, observed=np.ones(2), dims="geo")
    return model


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_survives_surgery_and_copies(xdist):
    model = build(xdist)
    (block,) = auto_blocks(model)
    block.sites.set([1.0, 30.0], [2.0, 10.0])
    point = {v.name: np.full(np.shape(x), 0.4) for v, x in _starts(model)}
    expected = model.compile_logp()(point)
    for copy in (model.copy(), freeze_dims_and_data(model)):
        assert copy.compile_logp()(point) == pytest.approx(float(expected), rel=1e-12)
        (other,) = auto_blocks(copy)
        np.testing.assert_array_equal(other.sites.values[0], [1.0, 30.0])
        other.sites.set([5.0, 5.0], [1.0, 1.0])  # which is of the copy only
        assert copy.compile_logp()(point) != pytest.approx(float(expected), rel=1e-3)
        np.testing.assert_array_equal(block.sites.values[0], [1.0, 30.0])
    assert model.compile_logp()(point) == expected
    with pm.do(model, {"s": 0.5}) as done:
        assert np.isfinite(done.point_logps()["beta"])
    observed = pm.observe(model, {"beta": np.array([1.0, 2.0])})
    assert auto_blocks(observed) == []


def _starts(model):
    start = model.initial_point()
    return [(value, start[value.name]) for value in model.value_vars]


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_a_dim_that_is_resized_after_tuning_is_refused(xdist):
    model = build(xdist, observed=False)
    (block,) = auto_blocks(model)
    block.sites.set([1.0, 30.0], [2.0, 10.0])
    density, point = model.compile_logp(), model.initial_point()
    model.set_dim("geo", 3, coord_values=["a", "b", "c"])
    point["beta_informed__"] = np.array([0.1, 0.2, 0.7])
    for refused in (density, model.compile_logp()):
        with pytest.raises(ParameterValueError, match="was tuned with the shape"):
            refused(point)
    with pytest.raises((TransformError, ParameterValueError, TypeError), match="shape"):
        freeze_dims_and_data(model).compile_logp()(point)
    (block,) = auto_blocks(model)
    with shared_sites([block.sites], [(3,)]):  # as tuning it again does
        assert np.isfinite(model.compile_logp()(point))
    block.sites.set()
    assert np.isfinite(model.compile_logp()(point))


def test_names_are_those_of_the_variable_in_a_submodel():
    with pm.Model() as model, pm.Model(name="sub"):
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("beta")
    (block,) = auto_blocks(model)
    assert block.name == "sub::beta"
    assert block.sites.names[0] == "sub::beta_information__"


def exact_density(model, point):
    """Return the log density at flat values, and by a change of variables from the plain model."""
    plain = remove_value_transforms(model)
    rvs = model.replace_rvs_by_values(model.free_RVs)
    inputs = {v: point[v.name] for v in model.value_vars}
    plain_rvs = [x.values if hasattr(x.type, "dims") else x for x in rvs]
    values = [np.asarray(x.eval(inputs, on_unused_input="ignore")) for x in plain_rvs]
    log_slope = 0.0
    for rv, x, value in zip(model.free_RVs, plain_rvs, values, strict=True):
        sampled = model.rvs_to_values[rv]
        if sampled.name == rv.name:
            continue
        step = 1e-6
        for index in np.ndindex(value.shape):
            ends = []
            for sign in (-1, 1):
                moved = point[sampled.name].copy()
                moved[index] += sign * step
                ends.append(
                    np.asarray(x.eval({**inputs, sampled: moved}, on_unused_input="ignore"))[index]
                )
            log_slope += np.log((ends[1] - ends[0]) / (2 * step))
    by_name = dict(zip([rv.name for rv in model.free_RVs], values, strict=True))
    return float(plain.compile_logp()(by_name)) + log_slope


def constant_scale(xdist, sigma=0.5, mu=None):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        mu = pm.Normal("mu") if mu is None else mu
        prior = NormalIdentity(mu, sigma, dims="geo", centered="auto")
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, 1.0, observed=[5.0, 6.0], dims="geo")
    return model


def data_scale(xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        sigma = pm.Data("sigma", 0.5)
        prior = NormalIdentity(pm.Normal("mu"), sigma * 1.0, dims="geo", centered="auto")
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, 1.0, observed=[5.0, 6.0], dims="geo")
    return model


#: Scales of which nothing random is left when the log density is rewritten.
CONSTANT = {
    "number": constant_scale,
    "array": lambda xdist: constant_scale(xdist, np.array([0.5, 2.0])),
    "all-constant": lambda xdist: constant_scale(xdist, 0.5, 1.0),
    "frozen-data": lambda xdist: freeze_dims_and_data(data_scale(xdist)),
    "done": lambda xdist: freeze_dims_and_data(pm.do(build(xdist), {"s": 0.5})),
    "adopted": lambda xdist: unfunnel.reparameterize(by_others(xdist)),
}


def by_others(xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        if xdist:
            beta = pmd.Normal("beta", mu=pmd.Normal("mu", 0, 1), sigma=0.5, dims="geo").values
        else:
            beta = pm.Normal("beta", pm.Normal("mu"), 0.5, dims="geo")
        pm.Normal("y", beta, 1.0, observed=[5.0, 6.0], dims="geo")
    return model


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("make", CONSTANT.values(), ids=CONSTANT)
def test_a_scale_that_is_constant(make, xdist):
    """The value transform is applied, whatever is folded before it."""
    model = make(xdist)
    (block,) = auto_blocks(model)
    block.sites.set([1.0, 30.0], [2.0, 10.0])
    point = {v.name: np.full(np.shape(x), 0.4) for v, x in _starts(model)}
    with pytensor.config.change_flags(on_opt_error="raise"):
        found = float(model.compile_logp()(point))
    assert found == pytest.approx(exact_density(model, point), abs=1e-5)
