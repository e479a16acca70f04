"""Priors from two quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry import families
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import ParameterError
from unfunnel.families import LOGNORMAL_EXP, Family
from unfunnel.families.base import BaseLaw
from unfunnel.families.ops import NUMPY
from unfunnel.moments.quantiles import equal_tails


@families
@given(z=st.floats(-3, 3), width=st.floats(0.01, 5), mass=st.floats(0.3, 0.999))
def test_both_ends_are_the_quantiles_that_were_stated(row, z, width, mass):
    link = row.family.link
    low, high = (float(link.inverse(x, NUMPY)) for x in (z, min(z + width, row.reach - 2)))
    prior = row.prior.from_quantiles(low, high, mass, **row.options)
    exact = row.exact(*prior.family.location_scale(prior.parameters, NUMPY))
    assert exact.cdf(low) == pytest.approx((1 - mass) / 2, rel=1e-7)
    assert exact.cdf(high) == pytest.approx((1 + mass) / 2, rel=1e-7)


def test_it_is_what_constrain_gives():
    prior = LogNormalExp.from_quantiles(0.5, 3, mass=0.9, dims="geo")
    assert prior == LogNormalExp(1, 1, dims="geo").constrain(0.5, 3, mass=0.9)
    assert prior.parameters["mu"] == pytest.approx(1.4205693543237294, rel=1e-14)
    assert LogNormalExp.from_quantiles(0.5, 3, dims="geo") == prior


def test_a_base_law_that_is_not_symmetric():
    gumbel = BaseLaw("Gumbel", lambda z, ops: z, lambda p, ops: stats.gumbel_l.ppf(p))
    family = Family(**{**vars(LOGNORMAL_EXP), "base": gumbel})
    location, scale = equal_tails(family, 0.2, 3.0, 0.8)
    weibull = stats.weibull_min(1 / scale, scale=np.exp(location))
    assert weibull.ppf([0.1, 0.9]) == pytest.approx([0.2, 3.0], rel=1e-12)


@pytest.mark.parametrize("bounds", [(3, 1), (0, 1), (-1, 1), (2, 2), (1, np.inf), (np.nan, 1)])
def test_bounds_that_cannot_be_meant(bounds):
    with pytest.raises(ParameterError, match=r"expected 0\.0 < low < high < inf, but got low="):
        LogNormalExp.from_quantiles(*bounds)


@pytest.mark.parametrize("mass", [0, 1, 90, -0.5, np.nan])
def test_mass_that_cannot_be_meant(mass):
    with pytest.raises(ParameterError, match=rf"expected mass in \(0, 1\), but got {mass}"):
        NormalIdentity.from_quantiles(-1, 2, mass)


def test_an_interval_whose_moments_are_no_numbers():
    for call in (
        lambda: LogNormalExp.from_quantiles(1, 100, mass=0.05),
        lambda: LogNormalExp(1, 1).constrain(1, 100, mass=0.05),
    ):
        with pytest.raises(ParameterError, match=r"finite numbers, but got mu=.*narrower interval"):
            call()
