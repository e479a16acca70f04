"""Priors from a median or a mode: the tables, scipy, and what cannot be meant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError
from unfunnel.families import LOGNORMAL_EXP, Family
from unfunnel.families.base import BaseLaw
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import NUMPY
from unfunnel.moments.medians_and_modes import from_median


def log_scale(prior):
    location, scale = prior.family.location_scale(prior.parameters, NUMPY)
    return float(location), float(scale)


def test_median_and_geometric_sd():
    prior = LogNormalExp.from_median(2, gsd=1.5)
    assert log_scale(prior) == pytest.approx((np.log(2), 0.40546510810816438), rel=1e-14)
    assert prior.parameters["mu"] == pytest.approx(2.1713479666940968, rel=1e-15)


# median, sd, scale of log phi: 40-digit arithmetic
MEDIAN_AND_SIGMA = [
    (1.0, 0.5, 0.4338506729965942),
    (1.0, 1.0, 0.69369433114276164),
    (2.0, 0.01, 0.0049999062543291665),
    (0.2, 0.5, 1.0559265325880378),
]


@pytest.mark.parametrize(("median", "sigma", "scale"), MEDIAN_AND_SIGMA)
def test_median_and_sd(median, sigma, scale):
    prior = LogNormalExp.from_median(median, sigma=sigma)
    assert log_scale(prior) == pytest.approx((np.log(median), scale), rel=1e-13, abs=1e-15)
    assert prior.parameters["sigma"] == sigma


def test_mode_and_mean():
    found = log_scale(LogNormalExp.from_mode(1, mu=1.5))
    assert found == pytest.approx((0.27031007207210959, 0.51991352364802898), rel=1e-14)


# mode, sd, location and scale of log phi: 40-digit arithmetic
MODE_AND_SIGMA = [
    (1.0, 0.5, 0.14852023094831758, 0.38538322608582431),
    (1.0, 1.0, 0.32228461597103006, 0.56770116784363766),
    (0.2, 0.5, -0.96516044522464982, 0.8026689648973919),
    (3.0, 0.1, 1.0997191037681013, 0.033268830757806429),
]


@pytest.mark.parametrize(("mode", "sigma", "location", "scale"), MODE_AND_SIGMA)
def test_mode_and_sd(mode, sigma, location, scale):
    prior = LogNormalExp.from_mode(mode, sigma=sigma)
    assert log_scale(prior) == pytest.approx((location, scale), rel=1e-13)
    assert prior.parameters["sigma"] == sigma


# Beyond these ratios a scale of log phi is closer to 0 than the rounding of a mean can tell.
centres, ratios = st.floats(1e-8, 1e8), st.floats(1e-6, 1e6)


@given(median=centres, ratio=ratios)
def test_median_and_sd_come_back(median, ratio):
    location, scale = log_scale(LogNormalExp.from_median(median, sigma=median * ratio))
    assert np.exp(location) == pytest.approx(median, rel=1e-9)
    sd = np.exp(location + scale**2 / 2) * np.sqrt(np.expm1(scale**2))
    assert sd == pytest.approx(median * ratio, rel=1e-9)


@given(mode=centres, ratio=ratios)
def test_mode_and_sd_come_back(mode, ratio):
    location, scale = log_scale(LogNormalExp.from_mode(mode, sigma=mode * ratio))
    assert np.exp(location - scale**2) == pytest.approx(mode, rel=1e-9)


@given(mode=centres, excess=st.floats(1e-6, 1e6))
def test_mode_and_mean_come_back(mode, excess):
    prior = LogNormalExp.from_mode(mode, mu=mode * (1 + excess))
    location, scale = log_scale(prior)
    assert np.exp(location - scale**2) == pytest.approx(mode, rel=1e-9)
    assert prior.parameters["mu"] == mode * (1 + excess)


@pytest.mark.parametrize("ratio", [1e-200, 1e-12, 1e12, 1e140])
def test_extreme_ratios_stay_finite(ratio):
    for prior in (
        LogNormalExp.from_median(1.0, sigma=ratio),
        LogNormalExp.from_mode(1.0, sigma=ratio),
    ):
        assert np.isfinite(list(prior.parameters.values())).all()
        assert prior.parameters["sigma"] == ratio


def test_a_symmetric_family_has_all_three_centres_at_its_mean():
    expected = NormalIdentity(-1.0, 2.0)
    assert NormalIdentity.from_median(-1, sigma=2) == expected
    assert NormalIdentity.from_mode(-1, sigma=2) == expected


def test_the_options_of_the_constructor_pass_through():
    options = {"dims": "geo", "centered": 0.3, "transform": "log"}
    for prior in (
        LogNormalExp.from_median(1, gsd=2, **options),
        LogNormalExp.from_mode(1, sigma=2, **options),
        LogNormalExp.from_quantiles(1, 2, **options),
    ):
        assert type(prior) is LogNormalExp
        assert (prior.dims, prior.centering, prior.transform) == (("geo",), 0.3, "log")


@pytest.mark.parametrize("kind", [LogNormalExp.from_median, LogNormalExp.from_mode])
def test_exactly_one_number_beside_the_centre(kind):
    with pytest.raises(ParameterError, match=r"exactly one of .*, but got none of them"):
        kind(1)
    both = {"sigma": 1, "gsd" if kind == LogNormalExp.from_median else "mu": 2}
    with pytest.raises(ParameterError, match=r"exactly one of .*, but got .*=.* and .*="):
        kind(1, **both)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogNormalExp.from_mode(2, mu=2), "expected mode < mu.*mode=2.0, mu=2.0"),
        (lambda: LogNormalExp.from_mode(2, mu=1), "expected mode < mu"),
        (lambda: LogNormalExp.from_mode(-1, sigma=1), "expected mode to be positive and finite"),
        (lambda: LogNormalExp.from_median(0, sigma=1), "expected median to be positive"),
        (lambda: LogNormalExp.from_median(1, sigma=0), "expected sigma to be positive"),
        (lambda: LogNormalExp.from_median(1, sigma=np.inf), "expected sigma to be positive"),
        (lambda: LogNormalExp.from_median(np.nan, sigma=1), "expected median .* but got nan"),
        (lambda: LogNormalExp.from_median(1, gsd=1), "gsd above 1.*30 % up or down is gsd=1.3"),
        (lambda: LogNormalExp.from_median(1, gsd=1e20), "finite numbers, but got mu=inf"),
        (lambda: NormalIdentity.from_median(np.inf, sigma=1), r"median to be in \(-inf, inf\)"),
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


def test_a_family_without_a_closed_form():
    with pytest.raises(UnsupportedError, match=r"here: 'sigma'.*NormalIdentity and gsd.*from_quan"):
        NormalIdentity.from_median(1, gsd=2)
    with pytest.raises(UnsupportedError, match=r"here: 'sigma'.*NormalIdentity and mu"):
        NormalIdentity.from_mode(1, mu=2)
    gumbel = BaseLaw("Gumbel", lambda z, ops: z, lambda p, ops: float(-np.log(-np.log(p))))
    options = {**vars(LOGNORMAL_EXP), "base": gumbel}
    for family in (Family(**options), Family(**{**options, "link": IDENTITY})):
        with pytest.raises(UnsupportedError, match="here: none"):
            from_median(family, 1, sigma=1)
