"""``cv`` and ``spread``, which stand in place of ``sigma``: the same model in other terms."""

from __future__ import annotations

from functools import cache

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Censored, Prior
from registry import BACKENDS, CENTERINGS, COORDS, DIMS, NOISE, OBSERVED, Evaluator
from xarray import DataArray

import unfunnel
from unfunnel import LogNormalExp, ProbitNormal
from unfunnel.errors import ParameterError
from unfunnel.families.ops import NUMPY
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
#: A bound, the sign of the distance of the mean from it, and where it is.
SIDES = {
    "zero": ({}, 1.0, 0.0),
    "lower": ({"lower": -2.0}, 1.0, -2.0),
    "upper": ({"upper": 3.0}, -1.0, 3.0),
}
#: A bound is another matter than the coordinate.
QUICK = {("zero", "centered"), *((side, "noncentered") for side in SIDES)}


def with_cv(bound, key, xdist):
    with pm.Model(coords=COORDS) as model:
        prior = LogNormalExp(
            mu=Prior("Uniform", lower=0.5, upper=2.5, dims="channel"),
            cv=Prior("Exponential", scale=0.5),
            dims=DIMS,
            centered=CENTERINGS[key],
            **bound,
        )
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, NOISE, observed=OBSERVED, dims=DIMS)
    return model


@cache
def with_sigma(side, key):
    """Return the names of what is sampled, and the density, which is that of both backends."""
    bound, sign, at = SIDES[side]
    with pm.Model(coords=COORDS) as model:
        mu = pm.Uniform("beta_mu", lower=0.5, upper=2.5, dims="channel")
        cv = pm.Exponential("beta_cv", scale=0.5)
        sigma = pm.Deterministic("beta_sigma", cv * sign * (mu - at), dims="channel")
        prior = LogNormalExp(mu, sigma, dims=DIMS, centered=CENTERINGS[key], **bound)
        beta = prior.create_variable("beta")
        pm.Normal("y", beta, NOISE, observed=OBSERVED, dims=DIMS)
    return [v.name for v in model.value_vars], Evaluator(model)


@XDIST
@pytest.mark.parametrize(
    ("side", "key"),
    [
        pytest.param(side, key, marks=() if (side, key) in QUICK else pytest.mark.slow)
        for side in SIDES
        for key in ("centered", "noncentered", "array", "offset")
    ],
)
def test_the_same_model_as_with_sigma(side, key, xdist):
    bound, sign, at = SIDES[side]
    model, (names, by_hand) = with_cv(bound, key, xdist), with_sigma(side, key)
    assert [v.name for v in model.value_vars] == names
    ours = Evaluator(model)
    for point in np.random.default_rng(3).normal(scale=0.7, size=(5, ours.size)):
        (logp, gradient), (expected, by_sigma) = ours(point), by_hand(point)
        assert logp == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(gradient, by_sigma, rtol=1e-8, atol=1e-9)
    assert model.named_vars_to_dims["beta_sigma"] == ("channel",)
    draws = pm.draw([model["beta_mu"], model["beta_cv"], model["beta_sigma"]], random_seed=1)
    assert draws[2] == pytest.approx(draws[1] * sign * (draws[0] - at), rel=1e-13)


@XDIST
def test_the_scale_transform_of_auto(xdist):
    model = with_cv({}, "auto", xdist)
    assert [v.name for v in model.value_vars][1] == "beta_cv_softplus__"
    assert len(auto_blocks(model)) == 1
    assert "beta_sigma" in [v.name for v in model.deterministics]
    again = unfunnel.reparameterize(with_cv({}, "noncentered", xdist))
    assert "beta_cv_softplus__" in [v.name for v in again.value_vars]


@XDIST
def test_arrays_are_aligned_by_label(xdist):
    cv = DataArray([0.1, 0.2], dims="channel", coords={"channel": ["y", "x"]})
    mu = DataArray([1.0, 2.0, 4.0], dims="geo", coords={"geo": ["c", "b", "a"]})
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(mu, cv=cv, dims=DIMS).create_variable("beta", xdist=xdist)
    sigma = pm.draw(model["beta_sigma"])
    assert sigma == pytest.approx(np.outer([4.0, 2.0, 1.0], [0.2, 0.1]))
    assert model.named_vars_to_dims["beta_sigma"] == DIMS


def test_without_dims_and_with_a_transform():
    with pm.Model() as model:
        LogNormalExp(2.0, cv=0.5).create_variable("beta")
        LogNormalExp(2.0, cv=0.5, transform="log").create_variable("gamma")
    assert pm.draw(model["beta_sigma"]) == pytest.approx(1.0)
    assert "gamma_raw_sigma" in model.named_vars


def test_likelihoods_keep_no_standard_deviation_for_each_row():
    data = np.array([0.5, 1.0, 2.0])
    with pm.Model() as model:
        m = pm.Gamma("m", 2, 2)
        LogNormalExp(cv=0.3).create_likelihood_variable("y", mu=m * np.ones(3), observed=data)
    assert set(model.named_vars) == {"m", "y"}
    with pm.Model() as other:
        m = pm.Gamma("m", 2, 2)
        prior = LogNormalExp(sigma=0.3 * m)
        prior.create_likelihood_variable("y", mu=m * np.ones(3), observed=data)
    point = model.initial_point()
    assert model.compile_logp()(point) == pytest.approx(other.compile_logp()(point), rel=1e-12)


def message(*args, **kwargs):
    with pytest.raises(ParameterError) as caught:
        LogNormalExp(*args, **kwargs)
    return str(caught.value)


def test_what_is_refused():
    assert "expected 'sigma' or 'cv', not both" in message(1, 1, cv=1)
    assert "cv: expected positive and finite numbers" in message(1, cv=0)
    assert "cv: expected a hyperprior with positive support" in message(1, cv=Prior("Normal"))
    assert "Did you mean 'cv'?" in message(1, 1, cvs=1)
    with pytest.raises(ParameterError, match="an unknown parameter 'cv'"):
        unfunnel.NormalIdentity(1, 1, cv=1)


def test_constrain_and_preliz_of_a_prior_with_a_ratio():
    by_sigma = LogNormalExp(1, 1).constrain(0.5, 3, 0.9).parameters
    by_cv = LogNormalExp(1, cv=1).constrain(0.5, 3, 0.9)
    assert by_cv.parameters["cv"] == pytest.approx(by_sigma["sigma"] / by_sigma["mu"], rel=1e-13)
    stated = by_cv.family.stated(by_cv.parameters, NUMPY)
    assert float(by_cv.preliz.mean()) == pytest.approx(stated["mu"], rel=1e-9)


def test_censored():
    with pm.Model():
        y = Censored(LogNormalExp(1.5, cv=0.5), upper=3.0).create_variable("y")
        z = Censored(LogNormalExp(1.5, 0.75), upper=3.0).create_variable("z")
    values = np.array([0.7, 3.0])
    assert pm.logp(y, values).eval() == pytest.approx(pm.logp(z, values).eval(), rel=1e-12)


@XDIST
@pytest.mark.parametrize(
    "prior",
    [
        LogNormalExp(2.0, cv=Prior("Beta", alpha=2, beta=2), dims=DIMS),
        LogNormalExp(2.0, cv=0.5, dims=DIMS, centered="offset"),
        LogNormalExp(2.0, cv=0.5, dims=DIMS, zero_sum=DIMS[0]),
        ProbitNormal(0.4, spread=0.5, dims=DIMS, centered=False),
    ],
    ids=["centered", "offset", "zero sum", "spread"],
)
def test_the_variable_depends_on_the_sigma_that_is_kept(prior, xdist):
    with pm.Model(coords=COORDS) as model:
        prior.create_variable("beta", xdist=xdist)
    with pm.do(model, {"beta_sigma": np.array(1e-6)}) as known:
        drawn = known["beta"].values if xdist else known["beta"]
        draws = pm.draw(drawn, 20, random_seed=1)
    assert draws == pytest.approx(prior.parameters["mu"], abs=1e-4)
