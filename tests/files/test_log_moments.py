"""Moments on the natural scale of what is normal on the log scale."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfunnel.distributions.known import LAWS as KNOWN_LAWS
from unfunnel.files.conversion.log_moments import TAILS, Hyperprior, log_scale_moments

# Numbers of each law, in the order of its random variable.
LAWS = {
    "Beta": (2.0, 3.0),
    "Cauchy": (0.0, 1.0),
    "Exponential": (0.7,),
    "Gamma": (2.0, 0.6),
    "HalfCauchy": (0.5,),
    "HalfNormal": (0.0, 0.8),
    "HalfStudentT": (4.0, 0.5),
    "InverseGamma": (3.0, 1.0),
    "Laplace": (0.5, 0.7),
    "LogNormal": (0.0, 0.5),
    "Logistic": (0.0, 0.3),
    "Normal": (0.0, 0.4),
    "Pareto": (3.0, 1.0),
    "StudentT": (5.0, 0.0, 1.0),
    "TruncatedNormal": (0.0, 0.6, 0.0, np.inf),
    "Uniform": (0.1, 0.9),
    "Weibull": (1.7, 0.4),
}


def test_every_known_law_has_a_tail():
    assert TAILS.keys() == KNOWN_LAWS.keys() == LAWS.keys()


@pytest.mark.parametrize("name", LAWS)
def test_tails(name):
    # how much -log P(X > x) grows from x to 2x, which powers of x in front disturb little
    law, tail = KNOWN_LAWS[name].law(*LAWS[name]), TAILS[name](*LAWS[name])
    if tail.power == math.inf:
        assert law.sf(1.0) == 0
        return
    far = next(x for x in 2.0 ** np.arange(40, -10, -1) if law.sf(x) > 1e-250)
    grown = np.log(law.sf(far / 2)) - np.log(law.sf(far))
    power = tail.power or 0.5  # a heavy tail falls slower than any such exponential
    slope = grown / (far**power - (far / 2) ** power)
    assert slope == pytest.approx(tail.rate, rel=0.05, abs=0.0 if tail.power else 0.05)


CONSTANT = Hyperprior("", (0.3,))


@settings(max_examples=25)
@given(st.floats(0.01, 0.98))
def test_a_half_normal_standard_deviation(a):
    mean, sd = log_scale_moments(Hyperprior("", (0.0,)), Hyperprior("HalfNormal", (0.0, a)))
    assert mean == pytest.approx((1 - a**2) ** -0.5, rel=1e-9)
    if a < 0.49:
        assert sd**2 + mean**2 == pytest.approx((1 - 4 * a**2) ** -0.5, rel=1e-9)
    assert math.isfinite(sd) == (a < 0.5)


@pytest.mark.parametrize("name", ["Exponential", "Gamma", "HalfCauchy", "HalfStudentT"])
def test_standard_deviations_with_a_longer_tail(name):
    assert log_scale_moments(CONSTANT, Hyperprior(name, LAWS[name])) == (math.inf, math.inf)


def test_a_half_normal_of_one_is_on_the_edge():
    edge = [Hyperprior("HalfNormal", (0.0, a)) for a in (1.0, 0.5)]
    assert [log_scale_moments(CONSTANT, each)[0] < math.inf for each in edge] == [False, True]
    assert [log_scale_moments(CONSTANT, each)[1] < math.inf for each in edge] == [False, False]


@settings(max_examples=25)
@given(st.floats(-600, 600), st.floats(1e-3, 3))
def test_a_normal_mean(location, scale):
    found = Hyperprior("Normal", (location, scale)).expected_exponential(1.0, 1)
    assert found == pytest.approx(math.exp(location + scale**2 / 2), rel=1e-9)


def test_a_gamma_mean_on_both_sides_of_the_edge():
    for scale, expected in ((0.4, 0.6**-2), (0.9, 0.1**-2), (1.0, math.inf), (2.0, math.inf)):
        found = Hyperprior("Gamma", (2.0, scale)).expected_exponential(1.0, 1)
        assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["Uniform", "Beta", "TruncatedNormal", "Weibull"])
def test_against_draws(name):
    numbers = {**LAWS, "Weibull": (3.0, 0.4)}[name]
    drawn = KNOWN_LAWS[name].law(*numbers).rvs(200_000, random_state=np.random.default_rng(1))
    exact = Hyperprior(name, numbers).expected_exponential(0.5, 2)
    values = np.exp(0.5 * drawn**2)
    assert abs(values.mean() - exact) < 5 * values.std() / np.sqrt(len(values))
