"""The laws of hyperpriors: those of PyMC, with the moments that are asked for."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from scipy import integrate, stats

from unfunnel.statements.hyperpriors import DISTRIBUTIONS, ONE_NUMBER, TWO_NUMBERS, HalfStudentT
from unfunnel.statements.reading import distribution_of, scalar_law

EXAMPLES = {
    "Beta": {"mu": 0.3, "sigma": 0.1},
    "Cauchy": {"alpha": 0.2, "beta": 0.7},
    "Exponential": {"lam": 2.0},
    "Gamma": {"mu": 1.5, "sigma": 0.5},
    "HalfCauchy": {"beta": 0.7},
    "HalfNormal": {"tau": 4.0},
    "HalfStudentT": {"nu": 5, "sigma": 0.7},
    "InverseGamma": {"mu": 0.5, "sigma": 0.2},
    "Laplace": {"mu": 0.4, "b": 0.6},
    "LogNormal": {"mu": -1.0, "sigma": 0.5},
    "Logistic": {"mu": 0.4, "s": 0.6},
    "Normal": {"mu": -1, "sigma": 2},
    "Pareto": {"alpha": 4.0, "m": 0.3},
    "StudentT": {"nu": 5, "mu": 0.2, "sigma": 0.7},
    "TruncatedNormal": {"mu": 0.5, "sigma": 2.0, "lower": 0.1},
    "Uniform": {"lower": 0.5, "upper": 2.0},
    "Weibull": {"alpha": 1.5, "beta": 2.0},
}


def test_every_distribution_has_an_example():
    assert EXAMPLES.keys() == DISTRIBUTIONS.keys()
    assert {*ONE_NUMBER, *TWO_NUMBERS} == {n for n, d in DISTRIBUTIONS.items() if d.restated}


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_law_is_that_of_the_random_variable(name):
    law = scalar_law(Prior(name, **EXAMPLES[name])).law
    points = law.ppf([0.01, 0.3, 0.5, 0.9, 0.999])
    density = np.exp(
        pm.logp(
            Prior(name, **EXAMPLES[name]).pymc_distribution.dist(**EXAMPLES[name]), points
        ).eval()
    )
    step = 1e-5 * (points[3] - points[1])
    slope = (law.cdf(points + step) - law.cdf(points - step)) / (2 * step)
    assert slope == pytest.approx(density, rel=2e-4)
    assert law.cdf(points) == pytest.approx([0.01, 0.3, 0.5, 0.9, 0.999], rel=1e-9)
    assert law.isf([0.99, 0.5, 0.001]) == pytest.approx(points[[0, 2, 4]], rel=1e-9)


@pytest.mark.parametrize("nu", [1.5, 2.0, 3.0, 30.0])
def test_moments_of_half_t(nu):
    law = HalfStudentT(nu, 0.5)
    t = stats.t(nu, scale=0.5)
    mean = 2 * integrate.quad(lambda x: x * t.pdf(x), 0, np.inf)[0]
    assert law.mean() == pytest.approx(mean, rel=1e-7)
    expected = t.var() - mean**2 if nu > 2 else np.inf
    assert law.var() == pytest.approx(expected, rel=1e-6)
    assert law.ppf(1e-12) == pytest.approx(1e-12 / (2 * t.pdf(0)), rel=1e-9)
    assert HalfStudentT(1.0, 1.0).mean() == np.inf


@pytest.mark.parametrize("name", [*TWO_NUMBERS, *ONE_NUMBER])
def test_restated_moments(name):
    _, numbers = distribution_of(Prior(name, **EXAMPLES[name]))
    numbers = tuple(float(x) for x in numbers)
    law = scalar_law(Prior(name, **DISTRIBUTIONS[name].restated(2.5, 0.7, numbers)))
    assert law.mean == pytest.approx(2.5, rel=1e-12)
    if name in TWO_NUMBERS:
        assert law.variance == pytest.approx(0.49, rel=1e-12)
    else:  # the shape is kept
        before = scalar_law(Prior(name, **EXAMPLES[name]))
        assert law.variance / 2.5**2 == pytest.approx(before.variance / before.mean**2, rel=1e-12)


@pytest.mark.parametrize(
    "value",
    [
        Prior("Gamma", mu=Prior("HalfNormal"), sigma=1),
        Prior("Normal", transform="exp"),
        Prior("SkewNormal", mu=0, sigma=1, alpha=1),
        Prior("HalfNormal").create_variable,
        "HalfNormal",
    ],
    ids=["random parameters", "transform", "unknown name", "function", "string"],
)
def test_what_is_not_known(value):
    assert distribution_of(value) is None
    assert scalar_law(value) is None


def test_numbers_are_doubles():
    # PyTensor would store 1.5 in half of the digits of a double.
    law = scalar_law(Prior("Gamma", mu=1.5, sigma=0.7))
    assert law.mean == pytest.approx(1.5, rel=1e-15)


def test_random_variables_of_a_model():
    with pm.Model():
        mean = pm.Gamma("mean", mu=1.5, sigma=0.5)
        child = pm.Normal("child", mean, 1.0)
    name, numbers = distribution_of(mean)
    assert name == "Gamma"
    assert float(numbers[0]) == pytest.approx(9.0)
    assert distribution_of(child) is None
    assert distribution_of(mean + 1) is None
