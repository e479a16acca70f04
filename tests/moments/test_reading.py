"""What is read from a prior: the distribution and its numbers, or nothing."""

from __future__ import annotations

import pymc as pm
import pytest
from pymc_extras.prior import Prior

from unfunnel.moments.reading import distribution_of, scalar_law


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
