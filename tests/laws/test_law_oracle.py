"""The law of every family against pytensor-distributions, a second oracle beside scipy.

A family whose distribution it knows is compared with that; of any other, such as one between
bounds, the base law on the real line is, and the link leads to natural units.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from registry import families

from unfunnel.families.ops import NUMPY

PROBABILITIES = np.array([1e-4, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-4])


class Oracle:
    """The law of a row where it is made of numbers."""

    def __init__(self, row: Any) -> None:
        self.family, shape = row.family, row.shape
        stated = dict(zip(("mu", "sigma"), row.constants, strict=True)) | row.options
        location, scale = self.family.location_scale(stated, NUMPY)
        names = (self.family.distribution, self.family.base.name)
        modules = [f"pytensor_distributions.{name.lower()}" for name in names]
        self.is_listed = find_spec(modules[0]) is not None
        self.law = import_module(modules[0] if self.is_listed else modules[1])
        listed = (location, scale)
        if self.is_listed and self.family.counterpart is not None:
            listed = self.family.counterpart.parameters(location, scale, NUMPY)
        self.numbers = tuple(float(x) for x in (*shape, *listed))

    def __getattr__(self, name: str) -> Any:
        def evaluated(*args: Any) -> Any:
            return getattr(self.law, name)(*args, *self.numbers).eval(mode="FAST_COMPILE")

        return evaluated

    def natural(self, values: np.ndarray) -> np.ndarray:
        return values if self.is_listed else self.family.link.inverse(values, NUMPY)

    def log_slope(self, values: np.ndarray) -> Any:
        return 0.0 if self.is_listed else self.family.link.log_slope(values, NUMPY)

    def moments(self) -> tuple[float, float]:
        if self.is_listed:
            return float(self.mean()), float(self.std())
        ends = self.ppf(np.array([1e-30])), self.isf(np.array([1e-30]))
        values = np.linspace(*(float(end[0]) for end in ends), 20_001)
        weights = self.pdf(values)
        natural = self.natural(values)
        mean = np.average(natural, weights=weights)
        return mean, np.sqrt(np.average((natural - mean) ** 2, weights=weights))


@families
def test_density_distribution_function_and_moments(row):
    exact = Oracle(row)
    with pm.Model():
        variable = row.make(*row.constants).create_variable("x")
    values = exact.ppf(PROBABILITIES)
    x = exact.natural(values)
    at = pt.dscalar("at")
    ours = [pm.logp(variable, at), pm.logcdf(variable, at)]
    evaluated = pytensor.function([at], ours, mode="FAST_COMPILE")
    logp, logcdf = np.transpose([evaluated(point) for point in x])
    expected = exact.logpdf(values) - exact.log_slope(values)
    np.testing.assert_allclose(
        logp, expected, rtol=1e-8, atol=1e-8
    )  # some of its constants are float32
    np.testing.assert_allclose(np.exp(logcdf), exact.cdf(values), rtol=1e-7)
    np.testing.assert_allclose(np.exp(logcdf), PROBABILITIES, rtol=1e-7)
    assert exact.moments() == pytest.approx(row.constants, rel=1e-7)
