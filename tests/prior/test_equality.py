"""When two priors are the same."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.prior.base import same_value

LABELLED = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1.0, True),
        (np.ones(2), np.ones(2), True),
        (np.ones(2), np.ones(3), False),
        (np.ones(2), 1.0, False),
        (LABELLED, LABELLED.copy(), True),
        (LABELLED, LABELLED[::-1], False),
        (LABELLED, LABELLED.values, False),
        (LABELLED, LABELLED.assign_coords(geo=["a", "c"]), False),
        (LogNormalExp(LABELLED, 1, dims="geo"), LogNormalExp(LABELLED, 1, dims="geo"), True),
    ],
)
def test_values(a, b, same):
    assert same_value(a, b) is same
    assert same_value(b, a) is same


def test_variables_are_the_same_only_if_they_are_one():
    with pm.Model():
        a, b = pm.Gamma("a", 1, 1), pm.Gamma("b", 1, 1)
    assert LogNormalExp(a, 1) == LogNormalExp(a, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(b, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(1, 1)
