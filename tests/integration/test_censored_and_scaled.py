"""Upstream's wrappers ``Censored`` and ``Scaled`` around our priors."""

import numpy as np
import pymc as pm
import pytest
import scipy.stats
from pymc.dims import as_xtensor
from pymc_extras.prior import Censored, MuAlreadyExistsError, Prior, Scaled

from integration import GEO, assert_finite_logp, built, free_names, own_free_name, through_json
from unfunnel import LogNormalExp

MU, SIGMA = 2.0, 1.0
VARIANCE = np.log1p((SIGMA / MU) ** 2)
LAW = scipy.stats.lognorm(s=np.sqrt(VARIANCE), scale=MU * np.exp(-VARIANCE / 2))


def test_censored_draws_stay_inside_the_bounds(value_centering, xdist):
    prior = LogNormalExp(MU, SIGMA, dims=("replicate", "geo"), centered=value_centering)
    coords = GEO | {"replicate": range(2000)}
    model = built(Censored(prior, lower=1.5, upper=2.5), xdist, coords=coords)
    assert free_names(model) == ["b"]
    draws = np.asarray(pm.draw(model["b"], random_seed=4))
    assert draws.shape == (2000, 3)
    assert (draws.min(), draws.max()) == (1.5, 2.5)
    # Standard error of a proportion over 6000 draws: below 0.0065.
    np.testing.assert_allclose((draws == 1.5).mean(), LAW.cdf(1.5), atol=0.03)


def test_the_density_of_a_censored_likelihood(value_centering, xdist):
    """At a bound the mass beyond it, between the bounds the density."""
    prior = LogNormalExp(sigma=SIGMA, dims="geo", centered=value_centering)
    observed = np.array([1.5, 2.0, 2.5])
    with pm.Model(coords=GEO) as model:
        Censored(prior, lower=1.5, upper=2.5).create_likelihood_variable(
            "y",
            mu=MU,
            observed=as_xtensor(observed, dims=("geo",)) if xdist else observed,
            xdist=xdist,
        )
    expected = [LAW.logcdf(1.5), LAW.logpdf(2.0), LAW.logsf(2.5)]
    [density] = model.compile_logp(sum=False)({})
    np.testing.assert_allclose(density, expected, rtol=1e-5)
    assert "mu" not in prior.parameters


def test_a_censored_hierarchy(hierarchical, value_centering, xdist):
    """It keeps its hyperpriors, its class in a dictionary, and gets the dims that are assigned."""
    censored = Censored(hierarchical(value_centering), lower=0.5, upper=3.0)
    assert set(free_names(built(censored, xdist))) == {"b_mu", "b_sigma", "b"}
    again = through_json(censored)
    assert again == censored
    assert type(again.distribution) is LogNormalExp
    again.dims = ("geo", "channel")
    assert again.distribution.dims == ("geo", "channel")


def test_what_censored_refuses(value_centering):
    censored = Censored(LogNormalExp(MU, SIGMA, centered=value_centering), lower=1.0)
    with pm.Model(), pytest.raises(MuAlreadyExistsError):
        censored.create_likelihood_variable("y", mu=2.0, observed=np.ones(3))
    # No random variable of its own name; upstream refuses it as it does non-centered.
    with pytest.raises(ValueError, match="must be centered"):
        Censored(LogNormalExp(MU, SIGMA, centered="offset"), lower=0.0)


def test_scaled_is_the_prior_times_its_factor(hierarchical, centering, xdist):
    prior = Scaled(hierarchical(centering), factor=10.0)
    model = built(prior, xdist)
    own = own_free_name("b_unscaled", centering)
    assert set(free_names(model)) == {"b_unscaled_mu", "b_unscaled_sigma", own}
    scaled, unscaled = pm.draw([model["b"], model["b_unscaled"]], random_seed=2)
    np.testing.assert_allclose(scaled, 10.0 * np.asarray(unscaled))
    again = through_json(prior)
    assert (type(again), again.factor) == (Scaled, 10.0)
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
    model = built(prior, xdist)
    assert {"b_mu", "b_mu_unscaled", "b_sigma"} <= set(model.named_vars)
    # Censored has a point mass at its bound: the density there is finite as well.
    assert_finite_logp(model)
