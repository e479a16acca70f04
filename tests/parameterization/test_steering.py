"""Steering values: carried without changing the model, padded to whatever the dims are now."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytensor.tensor as pt
import pytest
from pymc.model.transform.conditioning import remove_value_transforms
from pymc.model.transform.optimization import freeze_dims_and_data

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.parameterization.site_parameters import (
    exposed,
    steered,
    steering_inputs,
    steering_of,
    unsteered,
)
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")


def test_the_scale_is_returned_as_it_is():
    scale = pt.dvector("scale")
    out = steered(scale, "beta", 1)
    assert unsteered(out) is scale
    assert unsteered(scale) is scale
    assert steering_of(out, "beta").name == "beta_steering__"
    np.testing.assert_array_equal(out.eval({scale: [1.0, 2.0, 3.0]}), [1, 2, 3])
    gradient = pt.grad((out**2).sum(), scale)
    np.testing.assert_array_equal(gradient.eval({scale: [1.0, 2.0, 3.0]}), [2, 4, 6])
    assert steering_inputs(scale, pt.dvector()) == ()


def now(*variables):
    """Compile and evaluate: a function has the values of the time when it was compiled."""
    return pytensor.function([], list(variables))()


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_padded_with_zeros_or_cut(length):
    scale = steered(pt.dscalar(), "beta", 2)
    steering = steering_of(scale, "beta")
    value = pytensor.shared(np.zeros((length, 2)))
    np.testing.assert_array_equal(now(*steering_inputs(scale, value)), np.zeros((2, length, 2)))
    values = np.arange(1.0, 7.0).reshape(3, 2)
    steering.set(values, -values)
    expected = np.zeros((length, 2))
    expected[: min(3, length)] = values[:length]
    np.testing.assert_array_equal(now(*steering_inputs(scale, value)), [expected, -expected])
    steering.set(*np.zeros((2, 0, 0)))
    np.testing.assert_array_equal(now(*steering_inputs(scale, value)), np.zeros((2, length, 2)))


def test_exposed_values_can_change_after_compiling():
    scale, value = steered(pt.dscalar(), "beta", 1), pt.dvector()
    steering = steering_of(scale, "beta")
    steering.set([1.0], [2.0])
    source = steering.node.inputs[1]
    with exposed([scale], [(1,)]) as (shared,):
        information, _ = steering_inputs(scale, value)
        function = pytensor.function([value], information, on_unused_input="ignore")
    assert shared.name == steering.name == "beta_steering__"
    assert function([0.0]) == [0.0]
    shared.set_value([[5.0], [0.0]])
    assert function([0.0]) == [5.0]
    # Outside, everything is as it was.
    assert steering.node.inputs[1] is source
    assert steering.information == [1.0]
    with pytest.raises(KeyError), exposed([scale], [(1,)]):
        raise KeyError
    assert steering.node.inputs[1] is source


def test_a_scalar_variable():
    with pm.Model() as model:
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("beta")
    (block,) = auto_blocks(model)
    block.steering.set(4.0, 8.0)
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


def build(xdist, **kwargs):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        prior = LogNormalExp(1.0, pm.HalfNormal("s"), dims="geo", centered="auto", **kwargs)
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, 1.0, observed=np.ones(2), dims="geo")
    return model


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_survives_surgery_and_copies(xdist):
    model = build(xdist)
    (block,) = auto_blocks(model)
    block.steering.set([1.0, 30.0], [2.0, 10.0])
    point = {v.name: np.full(np.shape(x), 0.4) for v, x in _starts(model)}
    expected = model.compile_logp()(point)
    for copy in (model.copy(), freeze_dims_and_data(model)):
        assert copy.compile_logp()(point) == pytest.approx(float(expected), rel=1e-12)
        (other,) = auto_blocks(copy)
        np.testing.assert_array_equal(other.steering.information, [1.0, 30.0])
        other.steering.set([5.0, 5.0], [1.0, 1.0])  # which is of the copy only
        assert copy.compile_logp()(point) != pytest.approx(float(expected), rel=1e-3)
        np.testing.assert_array_equal(block.steering.information, [1.0, 30.0])
    assert model.compile_logp()(point) == expected
    with pm.do(model, {"s": 0.5}) as done:
        assert np.isfinite(done.point_logps()["beta"])
    observed = pm.observe(model, {"beta": np.array([1.0, 2.0])})
    assert auto_blocks(observed) == []


def _starts(model):
    start = model.initial_point()
    return [(value, start[value.name]) for value in model.value_vars]


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_new_elements_of_a_resized_dim_count_as_without_data(xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        prior = NormalIdentity(0.5, pm.HalfNormal("s"), dims="geo", centered="auto")
        beta = prior.create_variable("beta", xdist=xdist)
    (block,) = auto_blocks(model)
    block.steering.set([1.0, 30.0], [2.0, 10.0])
    model.set_dim("geo", 3, coord_values=["a", "b", "c"])
    (value,) = model.replace_rvs_by_values([beta])
    point = {"s_softplus__": np.array(0.3), "beta_informed__": np.array([0.1, 0.2, 0.7])}
    scale = _scale_at(model, point)
    found = (value.values if xdist else value).eval({v: point[v.name] for v in model.value_vars})
    assert found[2] == pytest.approx(0.5 + 0.7 * scale, rel=1e-12)
    q2 = 1 + 30.0 * scale**2
    assert found[1] == pytest.approx((0.5 + 10.0 * scale**2) / q2 + scale / np.sqrt(q2) * 0.2)


def test_the_steering_values_are_not_data_of_the_model():
    model = build(False)
    assert [v.name for v in model.data_vars] == []
    assert set(model.named_vars) == {"s", "beta", "y"}


def test_names_are_those_of_the_variable_in_a_submodel():
    with pm.Model() as model, pm.Model(name="sub"):
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("beta")
    (block,) = auto_blocks(model)
    assert block.name == "sub::beta"
    assert block.steering.name == "sub::beta_steering__"


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
    """Nothing folds the steering values away before the value transform has used them."""
    model = make(xdist)
    (block,) = auto_blocks(model)
    block.steering.set([1.0, 30.0], [2.0, 10.0])
    point = {v.name: np.full(np.shape(x), 0.4) for v, x in _starts(model)}
    with pytensor.config.change_flags(on_opt_error="raise"):
        found = float(model.compile_logp()(point))
    assert found == pytest.approx(exact_density(model, point), abs=1e-5)
