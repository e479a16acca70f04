"""``ProbitNormal``: its moments over the whole feasible region, and what is particular to it."""

from __future__ import annotations

import warnings

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from registry import BACKENDS, replacing_linked
from scipy import stats
from scipy.special import ndtr, owens_t
from xarray import DataArray

from unfunnel import ProbitNormal
from unfunnel.errors import ParameterError, SupportWarning
from unfunnel.families import PROBIT_NORMAL
from unfunnel.families.links import probit
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.graph_ops import GRAPH

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)

log_odds = st.floats(-15, 15)


@given(mean=log_odds, share=log_odds)
def test_moments_come_back(mean, share):
    mu, spread = 1 / (1 + np.exp(-mean)), 1 / (1 + np.exp(-share))
    sigma = spread * np.sqrt(mu * (1 - mu))
    location, scale = PROBIT_NORMAL.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
    back = PROBIT_NORMAL.moments(location, scale, NUMPY)
    # Close to a bound, and close to the largest spread, few digits of the input are left.
    assert back["mu"] == pytest.approx(mu, rel=1e-11)
    assert back["sigma"] == pytest.approx(sigma, rel=1e-11)
    # Owen's T, where the variance is no small difference.
    if 0.05 < mu < 0.95 and spread > 0.1:
        h = location / np.sqrt(1 + scale**2)
        variance = mu * (1 - mu) - 2 * owens_t(h, 1 / np.sqrt(1 + 2 * scale**2))
        assert np.sqrt(variance) == pytest.approx(sigma, rel=1e-10)
        assert ndtr(h) == pytest.approx(mu, rel=1e-12)


@pytest.fixture(scope="module")
def gradient():
    mu, sigma = pt.dscalars("mu", "sigma")
    location, scale = PROBIT_NORMAL.location_scale({"mu": mu, "sigma": sigma}, GRAPH)
    outputs = [location, scale, *pt.grad(location, [mu, sigma]), *pt.grad(scale, [mu, sigma])]
    return pytensor.function([mu, sigma], outputs)


# mu, sigma, d scale / d sigma, d scale / d mu
GRADIENTS = [
    (0.5, 0.1, 2.758163411, 0.0),
    (0.5, np.sqrt(1 / 12), 6.283185307, 0.0),
    (0.25, np.sqrt(3 / 80), 5.140337841, -1.810115951),
    (0.3, 0.1, 3.209549562, -0.465230481),
    (0.95, 0.1, 13.23881883, 16.4736285),
    (0.05, 0.04, 9.441381085, -5.651330313),
    (0.5, 0.4, 23.86121979, 0.0),
    (0.01, 0.005, 34.73758958, -14.91430801),
]


@pytest.mark.parametrize(("mu", "sigma", "by_sigma", "by_mu"), GRADIENTS)
def test_gradient_table(gradient, mu, sigma, by_sigma, by_mu):
    location, scale, location_by_mu, location_by_sigma, *found = map(float, gradient(mu, sigma))
    assert found == pytest.approx([by_mu, by_sigma], rel=1e-8, abs=1e-9)
    # location = h sqrt(1 + scale**2), with h a function of the mean alone
    root = np.sqrt(1 + scale**2)
    h = location / root
    assert location_by_sigma == pytest.approx(h * scale / root * by_sigma, rel=1e-8, abs=1e-9)
    by_h = root / stats.norm.pdf(h)
    assert location_by_mu == pytest.approx(by_h + h * scale / root * by_mu, rel=1e-8, abs=1e-9)


@given(theta=st.floats(-60, 60), lower=st.floats(-1e3, 1e3), width=st.floats(1e-2, 1e3))
def test_values_stay_strictly_inside_the_bounds(theta, lower, width):
    link = probit(lower, lower + width)
    value = float(link.inverse(theta, NUMPY))
    assert value in link.support
    assert np.isfinite(link.forward(value, NUMPY))


@given(theta=st.floats(-35, 6))
def test_the_unit_link_comes_back(theta):
    link = probit(0.0, 1.0)
    digits = 1e-16 / stats.norm.pdf(theta) if theta > 0 else 0.0
    assert link.forward(link.inverse(theta, NUMPY), NUMPY) == pytest.approx(
        theta, rel=1e-12, abs=1e-12 + 4 * digits
    )


@XDIST
def test_draws_stay_strictly_inside_the_bounds(xdist):
    with pm.Model(coords={"geo": range(9000)}):
        prior = ProbitNormal(0.999, spread=0.9, dims="geo")
        beta = prior.create_variable("beta", xdist=xdist)
    for mode in (None, replacing_linked()):
        draws = pm.draw(beta, random_seed=1, mode=mode)
        assert (draws > 0).all()
        assert (draws < 1).all()
        assert (draws > 1 - 1e-15).any()


def message(*args, **kwargs):
    with pytest.raises(ParameterError) as caught:
        ProbitNormal(*args, **kwargs)
    return str(caught.value)


def by_label(values, dim="geo"):
    return DataArray(values, dims=dim, coords={dim: list("abcd")[: len(values)]})


@pytest.mark.parametrize(
    ("mu", "sigma", "bounds", "largest"),
    [
        (0.5, 0.5, {}, "0.5"),
        (0.5, 0.6, {}, "0.5"),
        ([0.5, 0.1], 0.4, {}, "0.3"),
        (0.1, [0.1, 0.4], {}, "0.3"),
        (np.array([[0.5], [0.1]]), np.array([0.2, 0.4]), {}, "0.3"),
        (by_label([0.5, 0.1]), by_label([0.1, 0.4], "channel"), {}, "0.3"),
        (2.0, 3.0, {"lower": 1, "upper": 10}, "2.82843"),
    ],
)
def test_standard_deviations_that_are_not_possible(mu, sigma, bounds, largest):
    text = message(mu, sigma, dims=("geo", "channel"), **bounds)
    assert f"ProbitNormal: sigma: expected a number below {largest}, the largest that" in text
    assert "Use spread=" in text


def test_arrays_that_only_a_model_can_align():
    prior = ProbitNormal(by_label([0.5, 0.1]), np.array([0.4, 0.2]), dims=("geo", "channel"))
    with pm.Model(coords={"geo": ["a", "b"], "channel": range(2)}) as model:
        prior.create_variable("beta")
    assert model.compile_logp()(model.initial_point()) == -np.inf


def test_a_random_standard_deviation_is_refused():
    text = message(0.5, Prior("HalfNormal"))
    assert 'but got Prior("HalfNormal"). Use spread=' in text
    assert "spread=Beta(alpha=2, beta=5)" in text
    with pytest.warns(SupportWarning, match="depends on the other parameters.*Use spread="):
        ProbitNormal(Prior("Beta", alpha=2, beta=2), 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ProbitNormal(Prior("Beta", alpha=2, beta=2), spread=Prior("Beta", alpha=2, beta=5))
        ProbitNormal(0.3, spread=ProbitNormal(0.4, 0.1))


def test_what_else_is_refused():
    assert "expected 'sigma' or 'spread'" in message(0.5, 0.1, spread=0.2)
    assert "expected 'sigma' or 'spread', " in message(0.5)
    assert "mu: expected finite numbers between 0 and 1" in message(1.0, 0.1)
    assert "mu: expected finite numbers between 2 and 5" in message(1.0, 0.1, lower=2, upper=5)
    assert "spread: expected finite numbers between 0 and 1" in message(0.5, spread=1.0)
    assert "Use Beta(alpha=, beta=), ProbitNormal" in message(0.5, spread=Prior("HalfNormal"))
    text = message(Prior("Beta", alpha=1, beta=1), spread=0.2, lower=0.5, upper=2)
    assert "which puts mass at or below 0.5. Use ProbitNormal(mu=, spread=, lower=0.5" in text
    assert "expected 'lower' below 'upper', but got 2 and 1" in message(0.5, 0.1, lower=2)
    assert "Did you mean 'spread'?" in message(0.5, spred=0.1)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.3, "auto", "offset"])
def test_sigma_is_kept_where_spread_is_given(xdist, centered):
    coords = {"geo": ["a", "b"], "channel": range(12_000)}
    mu, spread = by_label([0.2, 0.5]), DataArray([0.1, 0.5], dims="geo", coords={"geo": ["b", "a"]})
    with pm.Model(coords=coords) as model:
        prior = ProbitNormal(mu, spread=spread, dims=("channel", "geo"), centered=centered)
        prior.create_variable("beta", xdist=xdist)
    assert model.named_vars_to_dims["beta_sigma"] == ("geo",)
    sigma = pm.draw(model["beta_sigma"])
    assert sigma == pytest.approx([0.5 * 0.4, 0.1 * 0.5], rel=1e-14)
    draws = pm.draw(model["beta"], random_seed=2)
    assert draws.std(axis=0) == pytest.approx(sigma, rel=0.03)
    assert draws.mean(axis=0) == pytest.approx([0.2, 0.5], rel=0.03)


def test_spread_and_sigma_are_the_same_model():
    def density(**kwargs):
        with pm.Model(coords={"geo": range(3)}) as model:
            ProbitNormal(dims="geo", centered=False, **kwargs).create_variable("beta")
        with pm.observe(model, {"beta": np.array([0.1, 0.5, 0.8])}) as observed:
            return observed.compile_logp()({})

    largest = np.sqrt(0.3 * 0.7)
    assert density(mu=0.3, spread=0.4) == pytest.approx(density(mu=0.3, sigma=0.4 * largest))


def test_minus_zero_is_zero_as_a_bound():
    # There is one family for equal bounds, so the first one would show in every other prior.
    prior = ProbitNormal(0.5, spread=0.3, lower=-0.0, upper=1.0625)
    assert np.copysign(1.0, prior.family.bounds.lower) == 1.0
    assert ProbitNormal(0.5, spread=0.3, lower=0, upper=1.0625) == prior
