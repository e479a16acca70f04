"""Hyperpriors of the same kind have the moments that are asked for."""

from __future__ import annotations

import pytest
from hyperpriors import HYPERPRIORS
from pymc_extras.prior import Prior

from unfunnel.statements.reading import distribution_of, scalar_law
from unfunnel.statements.restating import ONE_NUMBER, RESTATED, TWO_NUMBERS


@pytest.mark.parametrize("name", [*TWO_NUMBERS, *ONE_NUMBER])
def test_restated_moments(name):
    _, numbers = distribution_of(Prior(name, **HYPERPRIORS[name]))
    numbers = tuple(float(x) for x in numbers)
    law = scalar_law(Prior(name, **RESTATED[name](2.5, 0.7, numbers)))
    assert law.mean == pytest.approx(2.5, rel=1e-12)
    if name in TWO_NUMBERS:
        assert law.variance == pytest.approx(0.49, rel=1e-12)
    else:  # the shape is kept
        before = scalar_law(Prior(name, **HYPERPRIORS[name]))
        assert law.variance / 2.5**2 == pytest.approx(before.variance / before.mean**2, rel=1e-12)
