"""The known laws are those of PyMC, in both tails."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from hyperpriors import HYPERPRIORS
from pymc_extras.prior import Prior

from unfunnel.distributions.known import KNOWN_LAWS
from unfunnel.elicitation.scales.laws import LAWS
from unfunnel.moments.reading import scalar_law


def test_every_distribution_has_an_example():
    assert HYPERPRIORS.keys() == KNOWN_LAWS.keys()


def test_what_can_be_compared_is_known():
    assert LAWS.keys() <= KNOWN_LAWS.keys()


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("name", HYPERPRIORS)
def test_the_law_is_that_of_the_random_variable(name):
    law = scalar_law(Prior(name, **HYPERPRIORS[name])).law
    points = law.ppf([0.01, 0.3, 0.5, 0.9, 0.999])
    variable = Prior(name, **HYPERPRIORS[name]).pymc_distribution.dist(**HYPERPRIORS[name])
    density = np.exp(pm.logp(variable, points).eval())
    assert law.pdf(points) == pytest.approx(density, rel=1e-6)
    step = 1e-5 * (points[3] - points[1])
    slope = (law.cdf(points + step) - law.cdf(points - step)) / (2 * step)
    assert slope == pytest.approx(density, rel=2e-4)
    assert law.cdf(points) == pytest.approx([0.01, 0.3, 0.5, 0.9, 0.999], rel=1e-9)
    assert law.isf([0.99, 0.5, 0.001]) == pytest.approx(points[[0, 2, 4]], rel=1e-9)


@pytest.mark.parametrize(
    "name", ["Exponential", "HalfCauchy", "HalfNormal", "HalfStudentT", "Weibull"]
)
def test_quantiles_next_to_zero_and_far_out(name):
    law = scalar_law(Prior(name, **HYPERPRIORS[name])).law
    p = np.array([1e-17, 1e-12, 1e-6])
    np.testing.assert_allclose(law.cdf(law.ppf(p)), p, rtol=1e-9)
    np.testing.assert_allclose(law.sf(law.isf(p)), p, rtol=1e-9)
