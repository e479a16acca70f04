"""Observed data meet the dims of a likelihood in either backend."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from xarray import DataArray

from unfunnel import NormalIdentity
from unfunnel.errors import DimsError

pytestmark = [
    pytest.mark.usefixtures("fast_compile"),
    pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"]),
]

COORDS = {"geo": ["a", "b"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")
GRID = np.arange(4.0).reshape(2, 2)


def observed_values(make, xdist):
    with pm.Model(coords=COORDS) as model:
        prior = NormalIdentity(sigma=1.0, dims=DIMS)
        y = prior.create_likelihood_variable("y", mu=0.0, observed=make(), xdist=xdist)
    values = model.rvs_to_values[y]
    return getattr(values, "values", values).eval()


def test_data_whose_dims_are_in_another_order_are_refused(xdist):
    def make():
        return pm.Data("data", GRID, dims=DIMS[::-1])

    with pytest.raises(DimsError, match="y: observed: expected data with the dims") as caught:
        observed_values(make, xdist)
    assert "'data' with dims ('channel', 'geo')" in str(caught.value)


def test_data_with_the_dims_in_order_are_taken(xdist):
    found = observed_values(lambda: pm.Data("data", GRID, dims=DIMS), xdist)
    np.testing.assert_array_equal(found, GRID)


def test_labelled_data_are_transposed_and_reordered(xdist):
    coords = {"channel": ["y", "x"], "geo": ["b", "a"]}
    data = DataArray(GRID.T[::-1, ::-1], dims=DIMS[::-1], coords=coords)
    np.testing.assert_array_equal(observed_values(lambda: data, xdist), GRID)
