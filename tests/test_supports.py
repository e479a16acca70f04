"""What is known of the support of a hyperprior."""

from __future__ import annotations

import pymc as pm
import pytest
from pymc_extras.prior import Censored, Prior, Scaled

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.supports import _POSITIVE, _REAL, support_of, support_of_distribution

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


@pytest.mark.parametrize("name", sorted(_POSITIVE - {"HalfFlat"}))
def test_positive_distributions_draw_positive_numbers(name):
    draws = pm.draw(getattr(pm, name).dist(**ARGUMENTS.get(name, {})), 500, random_seed=1)
    assert (draws > 0).all()
    assert support_of_distribution(name, {}) == "positive"


@pytest.mark.parametrize(
    "name", ["Cauchy", "Gumbel", "Laplace", "Logistic", "Normal", "SkewNormal"]
)
def test_real_distributions_reach_below_zero(name):
    arguments = {"mu": 0, "beta": 1} if name == "Gumbel" else {}
    arguments = {"mu": 0, "b": 1} if name == "Laplace" else arguments
    arguments = {"alpha": 0, "beta": 1} if name == "Cauchy" else arguments
    draws = pm.draw(getattr(pm, name).dist(**arguments), 500, random_seed=1)
    assert (draws < 0).any()
    assert support_of_distribution(name, {}) == "real"


def test_the_two_lists_do_not_overlap():
    assert not _POSITIVE & _REAL


CASES = [
    (Prior("Gamma", mu=1, sigma=1), "positive"),
    (Prior("Normal"), "real"),
    (Prior("Normal", transform="exp"), "positive"),
    (Prior("Gamma", mu=1, sigma=1, transform="log"), "unknown"),
    (Prior("Uniform", lower=0, upper=1), "positive"),
    (Prior("Uniform", lower=-0.1, upper=1), "real"),
    (Prior("Uniform", lower=Prior("HalfNormal"), upper=9), "unknown"),
    (Prior("TruncatedNormal", lower=0.5), "positive"),
    (Prior("TruncatedNormal", upper=0.5), "unknown"),
    (Scaled(Prior("HalfNormal"), 2), "positive"),
    (Scaled(Prior("HalfNormal"), -2), "unknown"),
    (Censored(Prior("Normal"), lower=0.5), "positive"),
    (Censored(Prior("Normal"), lower=0), "real"),
    (Censored(Prior("HalfNormal"), upper=3), "positive"),
    (LogNormalExp(1, 1), "positive"),
    (LogNormalExp(1, 1, transform="log"), "unknown"),
    (NormalIdentity(1, 1), "real"),
    (NormalIdentity(1, 1, transform="exp"), "positive"),
    (object(), "unknown"),
]


@pytest.mark.parametrize(("value", "support"), CASES)
def test_support_of(value, support):
    assert support_of(value) == support


def test_names_that_nobody_knows():
    assert support_of_distribution("Mixture", {}) == "unknown"
    assert support_of_distribution("", {}) == "unknown"
