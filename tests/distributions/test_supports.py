"""What is known of the support of a hyperprior."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from pymc_extras.prior import Censored, Prior, Scaled

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.distributions.supports import (
    UNKNOWN,
    Support,
    support_of,
    support_of_distribution,
)
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

pytestmark = pytest.mark.usefixtures("fast_compile")

INFINITY = float("inf")
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
    (Prior("VonMises", mu=0, kappa=1), (-pi, pi)),
    (Prior("Lognormal"), (0, INFINITY)),
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
