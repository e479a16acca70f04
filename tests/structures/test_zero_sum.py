"""``zero_sum=``: what is refused, what is kept, and what other parts of the library make of it."""

from __future__ import annotations

import copy
import json
import pickle

import cloudpickle
import numpy as np
import pymc as pm
import pytensor
import pytest
import xarray as xr
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity, elicit_hierarchy, extend_posterior
from unfunnel.errors import (
    CenteringError,
    DimsError,
    LabelError,
    ParameterError,
    UnsupportedError,
)
from unfunnel.structures.zero_sum import contracted, extended
from unfunnel.structures.zero_sum_options import ZeroSum

pytestmark = pytest.mark.usefixtures("fast_compile")

COORDS = {"group": ["a", "b", "c", "d"], "predictor": ["x", "y"]}
BOTH = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])


def prior(cls=NormalIdentity, **options):
    given = {
        "mu": Prior("Exponential", dims="predictor"),
        "sigma": Prior("Exponential", dims="predictor"),
        "dims": ("group", "predictor"),
        "zero_sum": "group",
    }
    return cls(**(given | options))


def create(prior, name="b", coords=COORDS, xdist=False):
    with pm.Model(coords=coords) as model:
        prior.create_variable(name, xdist=xdist)
    return model


# -- at construction


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"zero_sum": "grp"}, DimsError, "Did you mean 'group'"),
        ({"zero_sum": ()}, DimsError, "at least one"),
        ({"zero_sum": ("group", "group")}, DimsError, "unique"),
        ({"zero_sum": 3}, DimsError, "unique names of dims.*got 3"),
        ({"zero_sum": "predictor"}, DimsError, "'sigma' varying"),
        ({"zero_sum": ("group", "predictor")}, DimsError, "same along 'predictor'"),
        ({"centered": "offset"}, CenteringError, "centered=False samples the same"),
        ({"zero_sum_scale": "margnal"}, ParameterError, "Did you mean 'marginal'"),
        ({"zero_sum": None, "zero_sum_scale": "marginal"}, ParameterError, "'zero_sum' beside it"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_construction(options, error, match):
    with pytest.raises(error, match=match):
        prior(**options)


def test_a_mean_may_vary_where_the_scale_does_not_depend_on_it():
    mean = Prior("Normal", dims="group")
    assert prior(mu=mean, sigma=1.0).zero_sum.dims == ("group",)
    with pytest.raises(DimsError, match=r"'mu' varying.*\n?.*"):
        prior(LogNormalExp, mu=Prior("Exponential", dims="group"), sigma=1.0)


def test_the_default_scale_keeps_the_stated_moments_where_a_link_would_change_them():
    assert prior().zero_sum == ZeroSum(("group",), "population")
    assert prior(LogNormalExp).zero_sum == ZeroSum(("group",), "marginal")


def test_assigned_dims_are_checked_when_the_variable_is_created():
    changed = prior()
    changed.dims = ("predictor",)
    with pytest.raises(DimsError, match="zero_sum"):
        create(changed)


# -- when the variable is created


@BOTH
@pytest.mark.parametrize(
    ("options", "coords", "error", "match"),
    [
        ({}, COORDS | {"group": ["a"]}, DimsError, "at least two elements along 'group'"),
        ({"dims": None, "mu": 0.0, "sigma": 1.0}, COORDS, DimsError, "dims= of the prior"),
        ({"sigma": np.arange(1.0, 9.0).reshape(4, 2)}, COORDS, DimsError, "varying along it"),
        ({"centered": np.linspace(0, 1, 8).reshape(4, 2)}, COORDS, CenteringError, "one weight"),
    ],
)
def test_what_is_refused_when_the_variable_is_created(options, coords, error, match, xdist):
    with pytest.raises(error, match=match):
        create(prior(**options), coords=coords, xdist=xdist)


@BOTH
def test_weights_may_vary_along_the_other_dims(xdist):
    weights = DataArray([0.8, 0.1], dims="predictor", coords={"predictor": ["y", "x"]})
    over_all = np.broadcast_to([0.1, 0.8], (4, 2)).copy()
    a, b = (create(prior(centered=w), xdist=xdist) for w in (weights, over_all))
    point = {k: v + 0.3 for k, v in a.initial_point().items()}
    assert float(a.compile_logp()(point)) == pytest.approx(float(b.compile_logp()(point)))


@BOTH
def test_data_are_refused(xdist):
    model = create(prior(), xdist=xdist)
    observed = pm.observe(model, {"b": np.zeros((4, 2))})
    with pytest.raises(UnsupportedError, match="expected a free variable"):
        observed.logp()
    with (
        pytest.raises(UnsupportedError, match="likelihood without zero_sum"),
        pm.Model(coords=COORDS),
    ):
        NormalIdentity(sigma=1.0, dims="group", zero_sum="group").create_likelihood_variable(
            "y", mu=0.0, observed=np.zeros(4), xdist=xdist
        )


def test_the_density_of_what_does_not_sum_to_zero_is_zero():
    with pm.Model(coords=COORDS):
        b = NormalIdentity(1.0, 2.0, dims="group", zero_sum="group").create_variable("b")
    value = b.type()
    density = pm.logp(b, value)
    deviations = np.array([1.0, -2.0, 0.5, 0.5])
    expected = -0.5 * (deviations**2).sum() / 4 - 3 * np.log(2 * np.sqrt(2 * np.pi))
    assert density.eval({value: 1 + deviations}) == pytest.approx(expected)
    assert density.eval({value: 1 + deviations + 0.1}) == -np.inf


@BOTH
def test_an_invalid_scale_has_no_density_and_no_draws(xdist):
    with pm.Model(coords=COORDS) as model:
        sigma = pm.Normal("sigma") + 0.0
        NormalIdentity(0.0, sigma, dims="group", zero_sum="group").create_variable("b", xdist=xdist)
    point = model.initial_point() | {"sigma": np.array(-1.0)}
    assert float(model.compile_logp()(point)) == -np.inf
    assert np.isnan(pm.draw(pm.do(model, {"sigma": -1.0})["b"])).all()


@BOTH
def test_the_dim_may_not_change_but_others_may(xdist):
    model = create(prior(), xdist=xdist)
    with pytest.raises(LabelError, match="b: zero_sum"):
        model.set_dim("group", 5, coord_values=list("abcde"))
    model.set_dim("predictor", 3, coord_values=list("xyz"))
    assert pm.draw(model["b"]).shape == (4, 3)


# -- copies and files


@pytest.mark.parametrize("cls", [NormalIdentity, LogNormalExp])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"zero_sum_scale": "marginal"},
        {"sigma": 1.5, "zero_sum": ("predictor", "group"), "mu": 2.0, "centered": "auto"},
        {"centered": [0.2, 0.4], "transform": "exp"},
    ],
)
def test_round_trips(cls, options):
    original = prior(cls, **options)
    data = json.loads(json.dumps(original.to_dict()))
    assert data["zero_sum"] == list(original.zero_sum.dims)
    for back in (
        deserialize(data),
        copy.deepcopy(original),
        original.deepcopy(),
        pickle.loads(pickle.dumps(original)),
    ):
        assert back == original
        assert back.zero_sum == original.zero_sum
        assert str(back) == str(original)


def test_it_is_shown():
    shown = prior(mu=0, sigma=1)
    assert str(shown) == (
        'NormalIdentity(mu=0, sigma=1, dims=("group", "predictor"), '
        'zero_sum="group", zero_sum_scale="population")'
    )
    assert "<th style='text-align:left'>zero_sum</th>" in shown._repr_html_()
    assert eval(str(shown)) == shown


# -- in a model


@BOTH
def test_models_print_draw_copy_and_condition(xdist):
    model = create(prior(LogNormalExp, transform="sqrt"), xdist=xdist)
    assert "ZeroSumLogNormal" in model.str_repr()
    assert pm.model_to_graphviz(model) is not None
    back = cloudpickle.loads(cloudpickle.dumps(model))
    point = {k: v + 0.2 for k, v in model.initial_point().items()}
    for other in (back, copy.deepcopy(model), pm.model.fgraph.clone_model(model)):
        assert float(other.compile_logp()(point)) == pytest.approx(
            float(model.compile_logp()(point)), rel=1e-12
        )
    with model:
        drawn = pm.sample_prior_predictive(50, random_seed=1).prior
    logs = np.log(drawn["b_raw"])
    assert drawn["b_raw"].dims == ("chain", "draw", "group", "predictor")
    assert float(logs.mean("group").isel(predictor=0).std()) > 0.1
    fixed = pm.do(model, {"b_raw_mu": np.array([1.0, 2.0]), "b_raw_sigma": np.array([1.0, 0.5])})
    means = np.log(pm.draw(fixed["b_raw"], 5, random_seed=2)).mean(axis=1)
    np.testing.assert_allclose(means, np.broadcast_to(means[0], means.shape), rtol=1e-12)


@BOTH
@pytest.mark.parametrize("centered", [True, False, 0.5, "auto"])
def test_a_trace_gives_the_log_density_back(centered, xdist):
    model = create(prior(centered=centered), xdist=xdist)
    point = {k: v + 0.2 for k, v in model.initial_point().items()}
    variables = model.replace_rvs_by_values(model.free_RVs)
    values = model.compile_fn(variables, inputs=model.value_vars)(point)
    dims = {v.name: ("chain", "draw", *model.named_vars_to_dims[v.name]) for v in model.free_RVs}
    draws = {
        v.name: (dims[v.name], np.asarray(x)[None, None])
        for v, x in zip(model.free_RVs, values, strict=True)
    }
    trace = xr.DataTree.from_dict({"/posterior": xr.Dataset(draws, coords=COORDS)})
    with model:
        found = pm.stats.compute_log_prior(trace, extend_inferencedata=False, progressbar=False)
    expected = model.compile_logp(vars=[model["b"]], jacobian=False)(point)
    assert float(found["b"].sum()) == pytest.approx(float(expected))


@BOTH
def test_unobserved_groups_are_refused_but_not_other_new_elements(xdist):
    model = create(prior(), xdist=xdist)
    rng = np.random.default_rng(1)

    def trace(groups, predictors):
        deviations = extended(rng.normal(size=(1, 20, groups - 1, predictors)), (2,))
        return xr.Dataset(
            {
                "b": (("chain", "draw", "group", "predictor"), deviations),
                "b_mu": (("chain", "draw", "predictor"), np.ones((1, 20, predictors))),
                "b_sigma": (("chain", "draw", "predictor"), np.ones((1, 20, predictors))),
            },
            {
                "chain": [0],
                "draw": range(20),
                "group": COORDS["group"][:groups],
                "predictor": COORDS["predictor"][:predictors],
            },
        )

    with pytest.raises(UnsupportedError, match="zero_sum"):
        extend_posterior(trace(3, 2), model, random_seed=1)
    before = trace(4, 1)
    after = extend_posterior(before, model, random_seed=1)["posterior"]
    np.testing.assert_array_equal(after["b"].sel(predictor="x"), before["b"].sel(predictor="x"))
    new = after.sel(predictor="y")
    np.testing.assert_allclose(new["b"].mean("group"), new["b_mu"], atol=1e-10)
    assert float(new["b"].std()) > 0.1


def test_contrasts_are_those_of_pymc():
    from pymc.distributions.transforms import ZeroSumTransform

    x = np.random.default_rng(2).normal(size=(3, 4, 2))
    for axes in ((0,), (1,), (0, 2), (2, 1, 0)):
        theirs = ZeroSumTransform(axes).backward(pm.math.constant(x)).eval()
        ours = extended(x, axes)
        np.testing.assert_allclose(ours, theirs, atol=1e-14)
        np.testing.assert_allclose(contracted(ours, axes), x, atol=1e-13)
        assert (x**2).sum() == pytest.approx((ours**2).sum(), rel=1e-13)


def test_statements_about_one_element():
    """With the population scale they would depend on how many elements there are."""
    hyperpriors = {"mu": Prior("Normal"), "sigma": Prior("Gamma", mu=1, sigma=0.3)}
    options = {"dims": "g", "zero_sum": "g"}
    population = NormalIdentity(**hyperpriors, **options)
    marginal = NormalIdentity(**hyperpriors, **options, zero_sum_scale="marginal")
    for refused in (
        lambda: population.constrain(-1, 1),
        population.implied,
        marginal.implied,
        lambda: NormalIdentity.from_quantiles(-1, 1, **options),
        lambda: NormalIdentity.from_median(0, sigma=1, **options),
        lambda: elicit_hierarchy(1, (0.5, 2), 0.5, 0.5, **options),
    ):
        with pytest.raises(UnsupportedError, match="zero_sum"):
            refused()
    assert marginal.constrain(-1, 1).zero_sum == marginal.zero_sum
    stated = NormalIdentity.from_quantiles(-1, 1, **options, zero_sum_scale="marginal")
    assert stated.zero_sum == marginal.zero_sum


@BOTH
def test_single_precision_stays_single(xdist):
    with (
        pytensor.config.change_flags(floatX="float32"),
        pm.Model(coords={"geo": range(3)}) as model,
    ):
        prior = NormalIdentity(0.0, 2.0, dims="geo", zero_sum="geo", centered=False)
        prior.create_variable("phi", xdist=xdist)
        density = model.compile_logp()(model.initial_point())
    assert density.dtype == np.float32
    assert density == pytest.approx(-np.log(2 * np.pi), rel=1e-6)
