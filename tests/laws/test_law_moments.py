"""Laws 1 and 2: location and scale give exactly the stated moments; links are bijections."""

from __future__ import annotations

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from registry import families
from scipy.special import expit

from unfunnel.families import LOGNORMAL_EXP, NORMAL_IDENTITY
from unfunnel.families.links import IDENTITY, LOG
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.graph_ops import GRAPH

SMALLEST = 5e-324
LARGEST = 1e308

# Logarithms of every positive double, subnormal ones included, and every positive double itself.
logs = st.floats(np.log(SMALLEST), np.log(LARGEST))
positive = st.one_of(logs.map(lambda x: float(np.exp(x))), st.floats(SMALLEST, LARGEST))
moderate = st.floats(-30, 30).map(lambda x: float(np.exp(x)))


def location_scale(family, mu, sigma, **shape):
    location, scale = family.location_scale({"mu": mu, "sigma": sigma, **shape}, NUMPY)
    return float(location), float(scale)


@given(mu=positive, sigma=positive)
def test_lognormal_moments_come_back(mu, sigma):
    # A smaller scale than this is no double.
    assume(np.log(sigma) - np.log(mu) > -744)
    location, scale = location_scale(LOGNORMAL_EXP, mu, sigma)
    assert np.isfinite(location)
    assert scale > 0
    assert np.isfinite(scale)
    back = LOGNORMAL_EXP.moments(location, scale, NUMPY)
    # Logarithms of up to 2200 are added on the way: that many ulps may be lost.
    # A subnormal scale has few digits.
    assert back["mu"] == pytest.approx(mu, rel=3e-12, abs=2 * SMALLEST)
    assert back["sigma"] == pytest.approx(sigma, rel=3e-12 + SMALLEST / scale, abs=2 * SMALLEST)


@given(mu=moderate, sigma=moderate)
def test_lognormal_moments_come_back_to_the_last_digits(mu, sigma):
    back = LOGNORMAL_EXP.moments(*location_scale(LOGNORMAL_EXP, mu, sigma), NUMPY)
    assert back["mu"] == pytest.approx(mu, rel=1e-13)
    assert back["sigma"] == pytest.approx(sigma, rel=1e-13)


@given(mu=st.floats(allow_nan=False, allow_infinity=False), sigma=positive)
def test_normal_moments_come_back(mu, sigma):
    assert location_scale(NORMAL_IDENTITY, mu, sigma) == (mu, sigma)
    assert NORMAL_IDENTITY.moments(mu, sigma, NUMPY) == {"mu": mu, "sigma": sigma}


@families
def test_table_computed_with_forty_digits(row):
    for mu, sigma, location, scale in row.table:
        found = location_scale(row.family, mu, sigma, **row.options)
        assert found == pytest.approx((location, scale), rel=1e-12, abs=1e-320), (mu, sigma)


# Mean and sd of the lognormal law whose logarithm has this location and scale.
INVERSE = [
    (0.0, 1.0, 1.6487212707001281, 2.1611974158950878),
    (-1.0, 0.5, 0.4168620196785084, 0.22216259068075503),
    (-1.5, 0.5, 0.25283959580474648, 0.1347484226890661),
    (0.0, 3.0, 90.017131300521814, 8102.5839121482065),
]


@pytest.mark.parametrize(("location", "scale", "mean", "sd"), INVERSE)
def test_moments_table(location, scale, mean, sd):
    found = LOGNORMAL_EXP.moments(location, scale, NUMPY)
    assert (found["mu"], found["sigma"]) == pytest.approx((mean, sd), rel=1e-13)


@families
def test_scipy_has_the_same_moments(row):
    rng = np.random.default_rng(3)
    for sigma in np.exp(rng.uniform(-3, 1.2, 20)):
        mu = float(np.exp(rng.uniform(-2, 3)))
        exact = row.exact(*location_scale(row.family, mu, sigma, **row.options))
        assert (exact.mean(), exact.std()) == pytest.approx((mu, sigma), rel=1e-11)


@given(location=st.floats(-50, 50), scale=st.floats(1e-14, 10))
def test_location_and_scale_come_back(location, scale):
    found = LOGNORMAL_EXP.moments(location, scale, NUMPY)
    back = location_scale(LOGNORMAL_EXP, found["mu"], found["sigma"])
    # The mean is a double: a location closer to 0 than an ulp of 1 cannot be told from it.
    assert back[0] == pytest.approx(location, rel=1e-12, abs=1e-13)
    assert back[1] == pytest.approx(scale, rel=1e-12)


@pytest.fixture(scope="module")
def gradient():
    """Gradient with respect to log mu and log sigma, compiled as for a sampler."""
    x, y = pt.dvectors("x", "y")
    location, scale = LOGNORMAL_EXP.location_scale({"mu": pt.exp(x), "sigma": pt.exp(y)}, GRAPH)
    outputs = [location, scale, *pt.grad(location.sum(), [x, y]), *pt.grad(scale.sum(), [x, y])]
    return pytensor.function([x, y], outputs)


def closed_form(log_mu, log_sigma):
    """Return the gradient in forms that neither over- nor underflow early."""
    d = log_sigma - log_mu
    p = expit(2 * d)
    small = np.exp(np.minimum(d, 0))
    scale = np.where(d < -18, small, np.sqrt(np.logaddexp(0, 2 * np.maximum(d, -18))))
    slope = np.where(d < -18, small, p / np.maximum(scale, SMALLEST))
    return 1 + p, -p, -slope, slope


def test_gradient_is_the_closed_form_for_every_pair_of_doubles(gradient):
    edges = [np.log(SMALLEST), -744.0, -708.5, -18.5, -18.0, -17.5, -1e-9, 0.0, 1.0, 18.0, 709.7]
    rng = np.random.default_rng(8)
    random = rng.uniform(np.log(SMALLEST), 709.7, size=(2, 2000))
    near = random[0][:500], random[0][:500] + rng.uniform(-40, 40, 500)
    x = np.r_[np.repeat(edges, len(edges)), random[0], near[0]]
    y = np.r_[np.tile(edges, len(edges)), random[1], near[1]]
    location, scale, *found = gradient(x, y)
    assert np.isfinite(location).all()
    assert np.isfinite(scale).all()
    assert ((scale > 0) | (y - x < -744)).all()
    for value, expected in zip(found, closed_form(x, y), strict=True):
        assert np.isfinite(value).all()
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-300)


# d location / d log mu, d location / d log sigma, d scale / d log sigma
GRADIENTS = {
    (1.5, 0.5): (1.1, -0.1, 0.30807826247611017),
    (1.0, 1.0): (1.5, -0.5, 0.6005612043932249),
}


@pytest.mark.parametrize("pair", GRADIENTS, ids=str)
def test_gradient_table(gradient, pair):
    mu, sigma = pair
    found = [float(x[0]) for x in gradient([np.log(mu)], [np.log(sigma)])[2:]]
    by_mu, by_sigma, slope = GRADIENTS[pair]
    assert found == pytest.approx([by_mu, by_sigma, -slope, slope], rel=1e-12)


@given(log_mu=logs, log_sigma=logs)
def test_numbers_and_graphs_agree(gradient, log_mu, log_sigma):
    mu, sigma = np.exp(log_mu), np.exp(log_sigma)
    if min(mu, sigma) < 1e-300:
        return  # exp has rounded to a subnormal; the graph, where exp cancels, has not
    location, scale = gradient([log_mu], [log_sigma])[:2]
    expected = location_scale(LOGNORMAL_EXP, mu, sigma)
    assert (location[0], scale[0]) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(y=positive, other=positive)
def test_log_link(y, other):
    theta = LOG.forward(y, NUMPY)
    assert LOG.inverse(theta, NUMPY) == pytest.approx(y, rel=2e-13, abs=SMALLEST)
    if other > y * (1 + 1e-15):
        assert LOG.forward(other, NUMPY) >= theta
    if other > y * (1 + 1e-12):
        assert LOG.forward(other, NUMPY) > theta


@given(theta=st.floats(-700, 700), step=st.floats(1e-9, 5))
def test_links_increase_and_know_their_slope(theta, step):
    for link in (LOG, IDENTITY):
        low, high = link.inverse(theta, NUMPY), link.inverse(theta + step, NUMPY)
        if theta + step > theta:
            assert high > low
        assert low in link.support
        assert link.forward(low, NUMPY) == pytest.approx(theta, rel=1e-13, abs=1e-13)


@families
def test_log_slope_is_the_derivative_of_inverse(row):
    link = row.family.link
    theta = pt.dvector("theta")
    slope = pt.grad(link.inverse(theta, GRAPH).sum(), theta)
    found = pytensor.function([theta], [link.log_slope(theta, GRAPH), slope], mode="FAST_COMPILE")
    log_slope, slope = found(np.linspace(-row.reach, row.reach, 41))
    np.testing.assert_allclose(log_slope, np.log(slope), rtol=1e-13)
