"""What is known of the support of a hyperprior."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Censored, Prior, Scaled

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.distributions.hyperpriors import (
    _LAWS,
    UNKNOWN,
    Support,
    support_of,
    support_of_distribution,
)
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

pytestmark = pytest.mark.usefixtures("fast_compile")

#: What a distribution needs to be drawn from, where it has no defaults.
ARGUMENTS = {
    "ChiSquared": {"nu": 2},
    "Gamma": {"alpha": 0.5, "beta": 2},
    "HalfStudentT": {"nu": 3},
    "Kumaraswamy": {"a": 2, "b": 3},
    "Pareto": {"alpha": 2, "m": 1},
    "Wald": {"mu": 1, "lam": 1},
    "Weibull": {"alpha": 2, "beta": 1},
    "HalfCauchy": {"beta": 1},
    "Beta": {"alpha": 2, "beta": 2},
    "Rice": {"nu": 1, "sigma": 1},
    "InverseGamma": {"alpha": 2},
}


INFINITY = float("inf")
DRAWN = sorted(
    name
    for name, interval in _LAWS.items()
    if interval in (POSITIVE, UNIT) and name not in ("HalfFlat", "LogNormalPrior")
)


@pytest.mark.parametrize("name", DRAWN)
def test_distributions_draw_inside_their_support(name):
    draws = pm.draw(getattr(pm, name).dist(**ARGUMENTS.get(name, {})), 500, random_seed=1)
    lower, upper = support_of_distribution(name, {})
    assert ((draws > lower) & (draws < upper)).all()
    assert upper == 1 or draws.max() > 1


@pytest.mark.parametrize(
    "name", ["Cauchy", "Gumbel", "Laplace", "Logistic", "Normal", "SkewNormal"]
)
def test_real_distributions_reach_below_zero(name):
    arguments = {"mu": 0, "beta": 1} if name == "Gumbel" else {}
    arguments = {"mu": 0, "b": 1} if name == "Laplace" else arguments
    arguments = {"alpha": 0, "beta": 1} if name == "Cauchy" else arguments
    draws = pm.draw(getattr(pm, name).dist(**arguments), 500, random_seed=1)
    assert (draws < 0).any()
    assert support_of_distribution(name, {}) == Support(*REAL)


JUST_BELOW, JUST_ABOVE = np.nextafter(0.5, -1), np.nextafter(3, 4)

CASES = [
    (Prior("Gamma", mu=1, sigma=1), (0, INFINITY)),
    (Prior("Beta", alpha=2, beta=2), (0, 1)),
    (Prior("Normal"), (-INFINITY, INFINITY)),
    (Prior("Normal", transform="exp"), (0, INFINITY)),
    (Prior("Normal", transform="sigmoid"), (0, 1)),
    (Prior("Gamma", mu=1, sigma=1, transform="log"), (None, None)),
    (Prior("Uniform", lower=0, upper=1), (0, 1)),
    (Prior("Uniform", lower=-0.1), (-0.1, 1)),
    (Prior("Uniform", lower=Prior("HalfNormal"), upper=9), (None, 9)),
    (Prior("TruncatedNormal", lower=0.5), (0.5, INFINITY)),
    (Prior("TruncatedNormal", upper=0.5), (-INFINITY, 0.5)),
    (Prior("Pareto", alpha=2, m=1.5), (1.5, INFINITY)),
    (Prior("Pareto", alpha=2, m=Prior("HalfNormal")), (None, INFINITY)),
    (Scaled(Prior("HalfNormal"), 2), (0, INFINITY)),
    (Scaled(Prior("Beta", alpha=1, beta=1), -2), (-2, 0)),
    (Scaled(Prior("HalfNormal"), Prior("Normal")), (None, None)),
    (Censored(Prior("Normal"), lower=0.5), (JUST_BELOW, INFINITY)),
    (Censored(Prior("HalfNormal"), upper=3), (0, JUST_ABOVE)),
    (Censored(Prior("Uniform", lower=Prior("HalfNormal")), lower=0.5), (JUST_BELOW, 1)),
    (LogNormalExp(1, 1), (0, INFINITY)),
    (LogNormalExp(1, 1, transform="log"), (None, None)),
    (NormalIdentity(1, 1), (-INFINITY, INFINITY)),
    (NormalIdentity(1, 1, transform="exp"), (0, INFINITY)),
    (object(), (None, None)),
]


@pytest.mark.parametrize(("value", "support"), CASES)
def test_support_of(value, support):
    assert support_of(value) == support


@pytest.mark.parametrize(
    ("support", "allowed", "leaves", "stays"),
    [
        (Support(0, 1), UNIT, False, True),
        (Support(0, INFINITY), UNIT, True, False),
        (Support(-0.1, 1), POSITIVE, True, False),
        (Support(None, 1), POSITIVE, False, False),
        (Support(None, 2), UNIT, True, False),
        (Support(2, 3), Interval(2), False, True),
        (Support(0, INFINITY), Interval(2), True, False),
        (Support(-INFINITY, 0), Interval(upper=0), False, True),
        (UNKNOWN, REAL, False, True),
    ],
)
def test_what_is_provable(support, allowed, leaves, stays):
    assert support.leaves(allowed) == leaves
    assert support.stays_in(allowed) == stays


def test_the_support_of_a_variable_with_unknown_parameters():
    assert support_of_distribution("Uniform", None) == UNKNOWN
    assert support_of_distribution("TruncatedNormal", None) == UNKNOWN
    assert support_of_distribution("Pareto", None) == (None, INFINITY)
    assert support_of_distribution("Beta", None) == (0, 1)


def test_names_that_nobody_knows():
    assert support_of_distribution("Mixture", {}) == UNKNOWN
    assert support_of_distribution("", {}) == UNKNOWN
