"""Constant priors from quantiles, medians, modes and bounds: exact values, scipy, PreliZ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from registry import families
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity, StudentTIdentity
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError
from unfunnel.families.ops import NUMPY


def log_scale(prior):
    location, scale = prior.family.location_scale(prior.parameters, NUMPY)
    return float(location), float(scale)


# -- quantiles and bounds

# lower, upper, mass, location, scale: 40-digit arithmetic
EQUAL_TAILS = [
    (0.5, 3.0, 0.9, 0.20273255405408219, 0.54465620522990049),
    (1.0, 10.0, 0.95, 1.1512925464970228, 0.58740495007983387),
    (0.1, 0.4, 0.94, -1.6094379124341004, 0.36853973639419309),
]


@pytest.mark.parametrize(("lower", "upper", "mass", "location", "scale"), EQUAL_TAILS)
def test_equal_tails(lower, upper, mass, location, scale):
    prior = LogNormalExp(1, 1, dims="geo", centered=False).constrain(lower, upper, mass)
    assert type(prior) is LogNormalExp
    assert (prior.dims, prior.centering) == (("geo",), False)
    assert log_scale(prior) == pytest.approx((location, scale), rel=1e-12)


def test_from_quantiles_is_what_constrain_gives():
    prior = LogNormalExp.from_quantiles(0.5, 3, mass=0.9, dims="geo")
    assert prior == LogNormalExp(1, 1, dims="geo").constrain(0.5, 3, mass=0.9)
    assert prior.parameters["mu"] == pytest.approx(1.4205693543237294, rel=1e-13)
    assert prior.parameters["sigma"] == pytest.approx(0.83481249346356311, rel=1e-13)
    assert LogNormalExp.from_quantiles(0.5, 3, dims="geo") == prior


@families
@settings(max_examples=50)
@given(z=st.floats(-3, 3), width=st.floats(0.01, 5), mass=st.floats(0.3, 0.999))
def test_both_ends_are_the_quantiles_that_were_stated(row, z, width, mass):
    link = row.family.link
    low, high = (float(link.inverse(x, NUMPY)) for x in (z, min(z + width, row.reach - 2)))
    prior = row.prior.from_quantiles(low, high, mass, **row.options)
    exact = row.exact(*prior.family.location_scale(prior.parameters, NUMPY))
    assert exact.cdf(low) == pytest.approx((1 - mass) / 2, rel=1e-6)
    assert exact.cdf(high) == pytest.approx((1 + mass) / 2, rel=1e-6)


# What upstream's constrain gives: nearly all of the rest is on the right.
MAXENT = [
    (0.5, 3.0, 0.9, 0.44476, 0.48800, 0.0099, 0.0901),
    (1.0, 10.0, 0.95, None, None, 0.0020, 0.0480),
]


@pytest.mark.parametrize(("lower", "upper", "mass", "location", "scale", "left", "right"), MAXENT)
def test_maximum_entropy(lower, upper, mass, location, scale, left, right):
    prior = LogNormalExp(1, 1).constrain(lower, upper, mass, method="maxent")
    found = log_scale(prior)
    if location is not None:
        assert found == pytest.approx((location, scale), rel=2e-3)
    law = stats.lognorm(s=found[1], scale=np.exp(found[0]))
    assert law.cdf(lower) == pytest.approx(left, abs=5e-4)
    assert law.sf(upper) == pytest.approx(right, abs=5e-4)


def test_preliz():
    law = LogNormalExp(1.5, 0.5).preliz
    assert type(law).__name__ == "LogNormal"
    assert law.params == pytest.approx((0.35278485027925123, 0.32459284597450126), rel=1e-12)
    assert (law.mean(), law.std()) == pytest.approx((1.5, 0.5), rel=1e-9)
    assert type(NormalIdentity(-1, 2).preliz).__name__ == "Normal"
    assert NormalIdentity(-1, 2).preliz.params == (-1, 2)


# -- medians and modes

# center, sd, location and scale of log phi: 40-digit arithmetic
CENTER_AND_SIGMA = [
    ("median", 1.0, 0.5, 0.0, 0.4338506729965942),
    ("median", 1.0, 1.0, 0.0, 0.69369433114276164),
    ("median", 2.0, 0.01, 0.69314718055994531, 0.0049999062543291665),
    ("median", 0.2, 0.5, -1.6094379124341004, 1.0559265325880378),
    ("mode", 1.0, 0.5, 0.14852023094831758, 0.38538322608582431),
    ("mode", 1.0, 1.0, 0.32228461597103006, 0.56770116784363766),
    ("mode", 0.2, 0.5, -0.96516044522464982, 0.8026689648973919),
    ("mode", 3.0, 0.1, 1.0997191037681013, 0.033268830757806429),
]


@pytest.mark.parametrize(("name", "center", "sigma", "location", "scale"), CENTER_AND_SIGMA)
def test_center_and_sd(name, center, sigma, location, scale):
    prior = getattr(LogNormalExp, f"from_{name}")(center, sigma=sigma)
    assert log_scale(prior) == pytest.approx((location, scale), rel=1e-13, abs=1e-15)
    assert prior.parameters["sigma"] == sigma


def test_median_and_geometric_sd_and_mode_and_mean():
    prior = LogNormalExp.from_median(2, gsd=1.5)
    assert log_scale(prior) == pytest.approx((np.log(2), 0.40546510810816438), rel=1e-14)
    assert prior.parameters["mu"] == pytest.approx(2.1713479666940968, rel=1e-15)
    found = log_scale(LogNormalExp.from_mode(1, mu=1.5))
    assert found == pytest.approx((0.27031007207210959, 0.51991352364802898), rel=1e-14)


# Beyond these ratios a scale of log phi is closer to 0 than the rounding of a mean can tell.
@given(center=st.floats(1e-8, 1e8), ratio=st.floats(1e-6, 1e6))
def test_medians_and_modes_come_back(center, ratio):
    location, scale = log_scale(LogNormalExp.from_median(center, sigma=center * ratio))
    assert np.exp(location) == pytest.approx(center, rel=1e-9)
    sd = np.exp(location + scale**2 / 2) * np.sqrt(np.expm1(scale**2))
    assert sd == pytest.approx(center * ratio, rel=1e-9)
    mean = center * (1 + ratio)
    for prior in (
        LogNormalExp.from_mode(center, sigma=center * ratio),
        LogNormalExp.from_mode(center, mu=mean),
    ):
        location, scale = log_scale(prior)
        assert np.exp(location - scale**2) == pytest.approx(center, rel=1e-9)
    assert prior.parameters["mu"] == mean


def test_a_symmetric_family_has_its_median_and_mode_at_its_mean():
    expected = NormalIdentity(-1.0, 2.0)
    assert NormalIdentity.from_median(-1, sigma=2) == expected
    assert NormalIdentity.from_mode(-1, sigma=2) == expected
    assert StudentTIdentity.from_median(1, sigma=2, nu=4) == StudentTIdentity(1, 2, 4)


def test_medians_and_modes_at_bounds():
    for center in ("median", "mode"):
        state = getattr(LogNormalExp, f"from_{center}")
        usual = state(2, sigma=1).parameters
        above = state(5, sigma=1, lower=3)
        below = state(1, sigma=1, upper=3)
        assert (above.bounds, below.bounds) == ({"lower": 3.0}, {"upper": 3.0})
        assert above.parameters["mu"] == pytest.approx(usual["mu"] + 3, rel=1e-14)
        assert below.parameters["mu"] == pytest.approx(3 - usual["mu"], rel=1e-14)
    assert LogNormalExp.from_mode(-2, mu=-3, upper=0).parameters["mu"] == pytest.approx(-3)
    with pytest.raises(ParameterError, match=r"distances from the bound 0.*mode < mu"):
        LogNormalExp.from_mode(-2, mu=-1, upper=0)


def test_the_options_of_the_constructor_pass_through():
    options = {"dims": "geo", "centered": 0.3, "transform": "log"}
    for prior in (
        LogNormalExp.from_median(1, gsd=2, **options),
        LogNormalExp.from_mode(1, sigma=2, **options),
        LogNormalExp.from_quantiles(1, 2, **options),
    ):
        assert type(prior) is LogNormalExp
        assert (prior.dims, prior.centering, prior.transform) == (("geo",), 0.3, "log")


# -- what cannot be stated


@pytest.mark.parametrize("bounds", [(3, 1), (0, 1), (-1, 1), (2, 2), (1, np.inf), (np.nan, 1)])
def test_bounds_that_cannot_be_meant(bounds):
    with pytest.raises(ParameterError, match=r"expected 0\.0 < low < high < inf, but got low="):
        LogNormalExp.from_quantiles(*bounds)
    with pytest.raises(ParameterError, match=r"constrain: expected 0\.0 < lower < upper < inf"):
        LogNormalExp(1, 1).constrain(*bounds)


@pytest.mark.parametrize("mass", [0, 1, 90, -0.5, np.nan])
def test_mass_that_cannot_be_meant(mass):
    with pytest.raises(ParameterError, match=rf"expected mass in \(0, 1\), but got {mass}"):
        NormalIdentity.from_quantiles(-1, 2, mass)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogNormalExp.from_mode(2, mu=2), "expected mode < mu.*mode=2.0, mu=2.0"),
        (lambda: LogNormalExp.from_mode(-1, sigma=1), "expected mode to be positive and finite"),
        (lambda: LogNormalExp.from_median(0, sigma=1), "expected median to be positive"),
        (lambda: LogNormalExp.from_median(1, sigma=np.inf), "expected sigma to be positive"),
        (lambda: LogNormalExp.from_median(np.nan, sigma=1), "expected median .* but got nan"),
        (lambda: LogNormalExp.from_median(1, gsd=1), "gsd above 1.*30 % up or down is gsd=1.3"),
        (lambda: NormalIdentity.from_median(np.inf, sigma=1), r"median to be in \(-inf, inf\)"),
        (lambda: LogNormalExp.from_median(1), "exactly one of sigma= and gsd=, but got none"),
        (lambda: LogNormalExp.from_mode(1, mu=2, sigma=1), "exactly one of .*, but got mu=2 and"),
        (lambda: StudentTIdentity.from_quantiles(-1, 3), "expected 'nu', the degrees"),
        (lambda: StudentTIdentity.from_quantiles(-1, 3, nu=2), "above 2"),
        (lambda: LogNormalExp.from_quantiles(2, 5, sigma=1), "got sigma=, which the statement"),
        (lambda: LogNormalExp.from_quantiles(2, 5, cv=1), "got cv="),
        (lambda: LogNormalExp.from_quantiles(2, 5, dim="a"), "Did you mean 'dims'"),
        (lambda: LogNormalExp.from_quantiles(2, 5, lower=3), "3.0 < low"),
        (lambda: LogNormalExp(1, 1).constrain(1, 2, method="equal-tail"), "Did you mean 'equal-t"),
    ],
)
def test_numbers_that_cannot_be_meant(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


@pytest.mark.parametrize("value", [Prior("HalfNormal"), "1", True, [1.0], None])
def test_only_numbers(value):
    for call in (
        lambda: LogNormalExp.from_median(value, sigma=1),
        lambda: LogNormalExp.from_quantiles(value, 1),
        lambda: LogNormalExp.from_quantiles(1, 2, mass=value),
    ):
        with pytest.raises(ParameterTypeError, match="to be a number"):
            call()
    with pytest.raises(ParameterTypeError, match="nu to be"):
        StudentTIdentity.from_mode(1, sigma=1, nu=LogNormalExp(4, 1, lower=3))


def test_a_family_without_a_closed_form():
    with pytest.raises(UnsupportedError, match=r"here: 'sigma'.*NormalIdentity and gsd.*from_quan"):
        NormalIdentity.from_median(1, gsd=2)
    with pytest.raises(UnsupportedError, match=r"here: 'sigma'.*NormalIdentity and mu"):
        NormalIdentity.from_mode(1, mu=2)


def test_priors_without_constant_parameters():
    hierarchical, array = LogNormalExp(Prior("Gamma"), 1), LogNormalExp([1.0, 2.0], 1, dims="geo")
    for ask in (lambda: hierarchical.preliz, lambda: array.preliz, lambda: array.constrain(1, 2)):
        with pytest.raises(UnsupportedError, match=r"constant scalar parameters.*use sample_prior"):
            ask()
    transformed = LogNormalExp(1, 1, transform="log")
    for ask in (lambda: transformed.preliz, lambda: transformed.constrain(1, 2)):
        with pytest.raises(UnsupportedError, match="a prior without transform="):
            ask()
