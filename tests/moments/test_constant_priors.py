"""Constant priors from bounds, and their PreliZ objects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.families.ops import NUMPY


def log_scale(prior):
    location, scale = prior.family.location_scale(prior.parameters, NUMPY)
    return float(location), float(scale)


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


def test_the_moments_of_the_documentation():
    prior = LogNormalExp(1, 1).constrain(0.5, 3, mass=0.9)
    assert prior.parameters["mu"] == pytest.approx(1.4205693543237294, rel=1e-13)
    assert prior.parameters["sigma"] == pytest.approx(0.83481249346356311, rel=1e-13)


@given(lower=st.floats(1e-3, 10), ratio=st.floats(1.01, 100), mass=st.floats(0.5, 0.999))
def test_each_tail_has_half_of_the_rest(lower, ratio, mass):
    for kind in (LogNormalExp, NormalIdentity):
        prior = kind(1, 1).constrain(lower, lower * ratio, mass)
        location, scale = log_scale(prior)
        link = prior.family.link
        law = stats.norm(location, scale)
        tail = (1 - mass) / 2
        assert law.cdf(link.forward(lower, NUMPY)) == pytest.approx(tail, rel=1e-6)
        assert law.sf(link.forward(lower * ratio, NUMPY)) == pytest.approx(tail, rel=1e-6)


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


def test_maximum_entropy_with_options():
    prior = LogNormalExp(1, 1)
    plain = prior.constrain(0.5, 3, 0.9, method="maxent")
    assert prior.constrain(0.5, 3, 0.9, kwargs={}, method="maxent") == plain
    assert prior == LogNormalExp(1, 1)


@pytest.mark.parametrize("bounds", [(3, 1), (0, 1), (-1, 1), (2, 2), (1, float("inf"))])
def test_bounds_that_cannot_be_meant(bounds):
    with pytest.raises(ParameterError, match=r"constrain: expected 0\.0 < lower < upper < inf"):
        LogNormalExp(1, 1).constrain(*bounds)


@pytest.mark.parametrize("mass", [0, 1, 95, -0.5])
def test_mass_that_cannot_be_meant(mass):
    with pytest.raises(ParameterError, match=rf"expected mass in \(0, 1\), but got {mass}"):
        LogNormalExp(1, 1).constrain(1, 2, mass)


def test_unknown_method():
    with pytest.raises(ParameterError, match=r"'equal-tail'.*Did you mean 'equal-tails'\?"):
        LogNormalExp(1, 1).constrain(1, 2, method="equal-tail")


def test_priors_without_constant_parameters():
    hierarchical, array = LogNormalExp(Prior("Gamma"), 1), LogNormalExp([1.0, 2.0], 1, dims="geo")
    for ask in (
        lambda: hierarchical.preliz,
        lambda: array.preliz,
        lambda: array.constrain(1, 2),
    ):
        with pytest.raises(UnsupportedError, match="constant scalar parameters") as caught:
            ask()
        assert isinstance(caught.value, ValueError)
        assert "use sample_prior" in str(caught.value)


def test_priors_with_a_transform():
    prior = LogNormalExp(1, 1, transform="log")
    with pytest.raises(UnsupportedError, match="a prior without transform="):
        prior.constrain(1, 2)
    with pytest.raises(UnsupportedError, match="a prior without transform="):
        _ = prior.preliz


def test_preliz():
    law = LogNormalExp(1.5, 0.5).preliz
    assert type(law).__name__ == "LogNormal"
    assert law.params == pytest.approx((0.35278485027925123, 0.32459284597450126), rel=1e-12)
    assert (law.mean(), law.std()) == pytest.approx((1.5, 0.5), rel=1e-9)
    assert type(NormalIdentity(-1, 2).preliz).__name__ == "Normal"
    assert NormalIdentity(-1, 2).preliz.params == (-1, 2)
