"""Numbers at the edge of floats: a result that is right, or an error of ours, and no warning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from registry import families

from unfunnel import LogNormalExp, NormalIdentity, ProbitNormal, StudentTIdentity
from unfunnel.errors import ParameterError, UnfunnelError
from unfunnel.families.ops import NUMPY

few = settings(max_examples=20)
exponents = st.floats(-307, 308)
signs = st.sampled_from([-1.0, 1.0])
masses = st.one_of(st.floats(0.01, 0.999), st.sampled_from([5e-324, 1e-17, 1 - 1e-16]))


def inside(family, sign, exponent):
    """Return a number of a support, as close to its ends or as far away as floats are."""
    lower, upper = family.link.support
    size = 10.0**exponent
    if math.isinf(lower) and math.isinf(upper):
        return sign * size
    if math.isinf(lower):
        return upper - size
    if math.isinf(upper):
        return lower + size
    part = (upper - lower) * min(10.0 ** -abs(exponent), 0.5)
    return lower + part if sign < 0 else upper - part


def says(family, parameters, probability):
    """Return where a quantile lies on the real line, as the parameters say."""
    location, scale = family.location_scale(parameters, NUMPY)
    return location + scale * family.base.quantile(probability, NUMPY, *family.shape(parameters))


def assert_same_place(family, parameters, probability, value):
    _, scale = family.location_scale(parameters, NUMPY)
    found, expected = says(family, parameters, probability), family.link.forward(value, NUMPY)
    assert abs(found - expected) <= 1e-4 * scale + 1e-14 * max(1.0, abs(expected))


def result(make):
    """Return what a call returns, or None after an error of ours; warnings are errors here."""
    try:
        return make()
    except UnfunnelError:
        return None


@families
@few
@given(signs=st.tuples(signs, signs), at=st.tuples(exponents, exponents), mass=masses)
def test_from_quantiles_and_constrain(row, signs, at, mass):
    low, high = sorted(inside(row.family, *each) for each in zip(signs, at, strict=True))
    usual = row.make(*row.constants)
    for make in (
        lambda: row.prior.from_quantiles(low, high, mass, **row.options),
        lambda: usual.constrain(low, high, mass),
    ):
        prior = result(make)
        if prior is not None:
            parameters = prior.family.stated(prior.parameters, NUMPY)
            assert_same_place(prior.family, parameters, (1 - mass) / 2, low)


@families
@few
@given(sign=signs, center=exponents, spread=exponents, mean=exponents)
def test_from_median_and_from_mode(row, sign, center, spread, mean):
    value, number = inside(row.family, sign, center), 10.0**spread
    for name, given_ in (
        ("median", {"sigma": number}),
        ("median", {"gsd": 1 + number}),
        ("mode", {"sigma": number}),
        ("mode", {"mu": inside(row.family, sign, mean)}),
    ):
        prior = result(
            lambda name=name, given_=given_: getattr(row.prior, f"from_{name}")(
                value, **given_, **row.options
            )
        )
        if prior is not None and name == "median":
            assert_same_place(prior.family, prior.parameters, 0.5, value)
        if prior is not None:
            assert {k: prior.parameters[k] for k in given_ if k != "gsd"} == {
                k: v for k, v in given_.items() if k != "gsd"
            }


@families
@settings(max_examples=8)
@given(sign=signs, center=exponents, spread=exponents)
def test_implied(row, sign, center, spread):
    mu, sigma = inside(row.family, sign, center), 10.0**spread
    prior = result(lambda: row.make(mu, sigma))
    numbers = None if prior is None else result(lambda: prior.implied(below=mu))
    if numbers is None:
        return
    assert (numbers.value("mean"), numbers.value("sd")) == (mu, pytest.approx(sigma, rel=1e-12))
    quantiles = [numbers.value(q) for q in ("5%", "25%", "50%", "75%", "95%")]
    assert np.all(np.diff(quantiles) >= 0) and np.isfinite(quantiles).all()
    assert 0 <= numbers.value(f"P(< {mu:g})") <= 1


UNITS = [1e-300, 1e-160, 1e-20, 1e20, 1e160, 1e190, 1e300]


def hierarchies(unit):
    return (
        LogNormalExp(LogNormalExp(1.5 * unit, 0.5 * unit), LogNormalExp(0.5 * unit, 0.25 * unit)),
        LogNormalExp(LogNormalExp(1.5 * unit, 0.5 * unit), cv=Prior("Gamma", mu=0.4, sigma=0.1)),
        NormalIdentity(
            Prior("Normal", mu=unit, sigma=2 * unit), Prior("HalfNormal", sigma=0.5 * unit)
        ),
        StudentTIdentity(NormalIdentity(unit, unit), Prior("Exponential", scale=unit), 4),
    )


@pytest.fixture(scope="module")
def usual():
    return [prior.implied() for prior in hierarchies(1.0)]


@pytest.mark.parametrize("unit", UNITS)
def test_hierarchies_mean_the_same_in_any_unit(unit, usual):
    for prior, expected in zip(hierarchies(unit), usual, strict=True):
        found = prior.implied()
        for quantity in ("mean", "sd", "5%", "50%", "95%"):
            value = expected.value(quantity)
            assert found.value(quantity) == pytest.approx(value * unit, rel=1e-6, abs=1e-9 * unit)
        assert found.value("ICC") == pytest.approx(expected.value("ICC"), rel=1e-9)


@pytest.mark.parametrize("unit", [1e-300, 1e-20, 1e20, 1e300])
def test_hierarchies_are_constrained_in_any_unit(unit):
    def constrained(unit):
        mean, sd = NormalIdentity(0.0, unit), LogNormalExp(unit, 0.5 * unit)
        return NormalIdentity(mean, sd).constrain(-1 * unit, 3 * unit, 0.9)

    prior, usual = constrained(unit), constrained(1.0)
    for key in ("mu", "sigma"):
        for name, value in usual.parameters[key].parameters.items():
            assert prior.parameters[key].parameters[name] == pytest.approx(value * unit, rel=1e-6)


@pytest.mark.parametrize(
    ("lower", "upper", "mass"),
    [(1e-300, 1e-299, 0.9), (1e-300, 1.5e300, 0.9), (0.5, 3, 1e-17), (1, 1.7e308, 0.9)],
)
def test_maximum_entropy(lower, upper, mass):
    for prior in (LogNormalExp(1, 1), NormalIdentity(1, 1)):
        with pytest.raises(ParameterError, match=r"PreliZ finds.*Use method=.equal-tails"):
            prior.constrain(lower, upper, mass, method="maxent")


@pytest.mark.parametrize(
    "make",
    [
        lambda: LogNormalExp.from_quantiles(1, 100, mass=0.05),
        lambda: LogNormalExp(1, 1).constrain(1, 100, mass=0.05),
        lambda: LogNormalExp.from_quantiles(1e-300, 1e300),
        lambda: NormalIdentity.from_quantiles(-1, 1, mass=1e-17),
        lambda: LogNormalExp.from_median(1, gsd=1e20),
        lambda: LogNormalExp.from_quantiles(1e6 + 1e-9, 1e6 + 1e-8, lower=1e6),
        lambda: ProbitNormal.from_quantiles(1e-300, 1e-290),
    ],
)
def test_what_no_mean_and_standard_deviation_can_state(make):
    with pytest.raises(ParameterError, match=r"finite numbers, precise enough.*but got mu=.*units"):
        make()


def test_the_largest_floats_are_numbers_like_others():
    prior = NormalIdentity.from_quantiles(-1.7e308, 1.7e308)
    assert abs(prior.parameters["mu"]) < 1e294
    assert prior.implied().value("95%") == pytest.approx(1.7e308, rel=1e-6)
    with pytest.raises(ParameterError, match="quantiles are numbers that a double can hold"):
        NormalIdentity(1.7e308, 1e308).implied()
