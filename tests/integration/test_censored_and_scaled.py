"""Upstream's wrappers ``Censored`` and ``Scaled`` around our priors."""

import json

import numpy as np
import pymc as pm
import pytest
import scipy.stats
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Censored, MuAlreadyExistsError, Prior, Scaled

from unfunnel import LogNormalExp
from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}
MU, SIGMA = 2.0, 1.0


def lognormal(mu=MU, sigma=SIGMA):
    variance = np.log1p((sigma / mu) ** 2)
    return scipy.stats.lognorm(s=np.sqrt(variance), scale=mu * np.exp(-variance / 2))


def through_json(obj):
    return deserialize(json.loads(json.dumps(obj.to_dict())))


def test_censored_draws_stay_inside_the_bounds(value_centering, xdist):
    dims = ("replicate", "geo")
    censored = Censored(
        LogNormalExp(MU, SIGMA, dims=dims, centered=value_centering), lower=1.5, upper=2.5
    )
    with pm.Model(coords=GEO | {"replicate": range(2000)}) as model:
        variable = censored.create_variable("c", xdist=xdist)
    assert [rv.name for rv in model.free_RVs] == ["c"]
    draws = np.asarray(pm.draw(variable, random_seed=4))
    assert draws.shape == (2000, 3)
    assert draws.min() == 1.5
    assert draws.max() == 2.5
    # Standard error of a proportion over 6000 draws: below 0.0065.
    np.testing.assert_allclose((draws == 1.5).mean(), lognormal().cdf(1.5), atol=0.03)


def test_the_density_of_a_censored_likelihood(value_centering, xdist):
    """At a bound the mass beyond it, between the bounds the density."""
    prior = LogNormalExp(sigma=SIGMA, dims="geo", centered=value_centering)
    observed = np.array([1.5, 2.0, 2.5])
    with pm.Model(coords=GEO) as model:
        if xdist:
            from pymc.dims import as_xtensor

            observed = as_xtensor(observed, dims=("geo",))
        Censored(prior, lower=1.5, upper=2.5).create_likelihood_variable(
            "y", mu=MU, observed=observed, xdist=xdist
        )
    law = lognormal()
    expected = [law.logcdf(1.5), law.logpdf(2.0), law.logsf(2.5)]
    [density] = model.compile_logp(sum=False)({})
    np.testing.assert_allclose(density, expected, rtol=1e-5)
    assert "mu" not in prior.parameters


def test_a_censored_hierarchy_keeps_its_hyperpriors(hierarchical, value_centering, xdist):
    censored = Censored(hierarchical(value_centering), lower=0.5)
    with pm.Model(coords=GEO) as model:
        censored.create_variable("c", xdist=xdist)
    assert {rv.name for rv in model.free_RVs} == {"c_mu", "c_sigma", "c"}


def test_a_mean_given_twice_is_refused(value_centering):
    censored = Censored(LogNormalExp(MU, SIGMA, centered=value_centering), lower=1.0)
    with pm.Model(), pytest.raises(MuAlreadyExistsError):
        censored.create_likelihood_variable("y", mu=2.0, observed=np.ones(3))


def test_censored_round_trip(value_centering):
    censored = Censored(
        LogNormalExp(MU, SIGMA, dims="geo", centered=value_centering), lower=0.5, upper=3.0
    )
    again = through_json(censored)
    assert again == censored
    assert type(again.distribution) is LogNormalExp


def test_the_offset_form_cannot_be_censored():
    """It has no random variable of its own name; upstream refuses it as it does non-centered."""
    with pytest.raises(ValueError, match="must be centered"):
        Censored(LogNormalExp(MU, SIGMA, centered="offset"), lower=0.0)


def test_dims_assigned_to_a_censored_prior_reach_it():
    censored = Censored(LogNormalExp(MU, SIGMA), lower=0.5)
    censored.dims = "geo"
    assert censored.distribution.dims == ("geo",)


def test_scaled_is_the_prior_times_its_factor(hierarchical, centering, xdist):
    with pm.Model(coords=GEO) as model:
        variable = Scaled(hierarchical(centering), factor=10.0).create_variable("s", xdist=xdist)
    assert variable is model["s"]
    own = "s_unscaled_log_offset" if is_textbook(centering) else "s_unscaled"
    assert {rv.name for rv in model.free_RVs} == {"s_unscaled_mu", "s_unscaled_sigma", own}
    scaled, unscaled = pm.draw([variable, model["s_unscaled"]], random_seed=2)
    np.testing.assert_allclose(scaled, 10.0 * np.asarray(unscaled))


def test_scaled_round_trip(hierarchical, centering):
    again = through_json(Scaled(hierarchical(centering), factor=10.0))
    assert type(again) is Scaled
    assert again.factor == 10.0
    assert type(again.dist) is LogNormalExp
    assert again.dist == hierarchical(centering)


# Upstream's pymc.dims.Censored has no starting point, and says so.
@pytest.mark.filterwarnings("ignore:Support point not defined:UserWarning")
def test_scaled_and_censored_hyperpriors(centering, xdist):
    prior = LogNormalExp(
        Scaled(Prior("Gamma", mu=1.0, sigma=0.5), factor=2.0),
        Censored(Prior("Gamma", mu=1.0, sigma=0.5), lower=0.1),
        dims="geo",
        centered=centering,
    )
    with pm.Model(coords=GEO) as model:
        prior.create_variable("b", xdist=xdist)
    assert {"b_mu", "b_mu_unscaled", "b_sigma"} <= set(model.named_vars)
    # Censored has a point mass at its bound: the density there is finite as well.
    assert np.isfinite(model.compile_logp()(model.initial_point()))
