"""Arrays meet coords: labels by label, positions from the right, the rest is refused."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import UnsupportedShapeError
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import DimsError, LabelError

pytestmark = [
    pytest.mark.usefixtures("fast_compile"),
    pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"]),
]

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")


def built(mu, xdist, dims=DIMS, coords=COORDS, sigma=1e-9, **kwargs):
    """Return one draw of a variable that is its mean, but for a tiny deviation."""
    with pm.Model(coords=coords):
        prior = NormalIdentity(mu, sigma, dims=dims, **kwargs)
        return pm.draw(prior.create_variable("beta", xdist=xdist), random_seed=1)


def refused(error, mu, xdist, **kwargs):
    with pytest.raises(error) as caught:
        built(mu, xdist, **kwargs)
    return str(caught.value)


def labelled(values, **labels):
    return DataArray(values, dims=list(labels), coords=labels)


def test_dims_in_another_order(xdist):
    mu = labelled([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], channel=["y", "x"], geo=["b", "a", "c"])
    np.testing.assert_allclose(built(mu, xdist), [[5, 2], [4, 1], [6, 3]], atol=1e-6)


def test_labels_of_other_types(xdist):
    days = np.array(["2024-01-08", "2024-01-01"], dtype="datetime64[ns]")
    coords = {"geo": days[::-1], "channel": [7, 3]}
    found = built(labelled([1.0, 2.0], geo=days), xdist, coords=coords)
    np.testing.assert_allclose(found, [[2, 2], [1, 1]], atol=1e-6)
    found = built(labelled([1.0, 2.0], channel=[3, 7]), xdist, coords=coords)
    np.testing.assert_allclose(found, [[2, 1], [2, 1]], atol=1e-6)


def test_missing_labels(xdist):
    text = refused(LabelError, labelled([1.0, 2.0], geo=["a", "c"]), xdist)
    assert text.startswith(
        "beta: mu: expected a value for each label of dim 'geo', which has [a, b, c]"
    )
    assert "no value for [b] among the labels [a, c]" in text


def test_labels_of_the_wrong_type(xdist):
    mu = labelled([1.0, 2.0], channel=["0", "1"])
    text = refused(LabelError, mu, xdist, coords={**COORDS, "channel": [0, 1]})
    assert "Labels are compared with their types: 1 and '1' differ." in text


def test_repeated_labels(xdist):
    text = refused(LabelError, labelled([1.0, 2.0, 3.0, 4.0], geo=["a", "b", "c", "a"]), xdist)
    assert "expected unique labels along dim 'geo', but got repeated labels [a]" in text


def test_undeclared_dims(xdist):
    with pytest.raises(DimsError) as caught:
        LogNormalExp(labelled([1.0, 2.0], channel=["x", "y"]), 1, dims="geo")
    assert isinstance(caught.value, UnsupportedShapeError)
    assert "dims among those of the prior around it, 'geo', but got dim 'channel'" in str(
        caught.value
    )
    assert "Add it to the dims there" in str(caught.value)


def test_dims_without_labels(xdist):
    np.testing.assert_allclose(
        built(DataArray([1.0, 2.0, 3.0], dims="geo"), xdist)[:, 0], [1, 2, 3], atol=1e-6
    )
    text = refused(LabelError, DataArray([1.0, 2.0], dims="geo"), xdist)
    assert "expected length 3 along dim 'geo', but got 2 values without labels." in text
    assert "Give the DataArray coords" in text


def test_positions_from_the_right(xdist):
    grid = np.arange(6.0).reshape(3, 2)
    np.testing.assert_allclose(built(grid, xdist), grid, atol=1e-6)
    np.testing.assert_allclose(built([10.0, 20.0], xdist), [[10, 20]] * 3, atol=1e-6)
    np.testing.assert_allclose(built(grid[:, :1], xdist), grid[:, [0, 0]], atol=1e-6)
    square = {"geo": ["a", "b"], "channel": ["x", "y"]}
    np.testing.assert_allclose(
        built(grid[:2], xdist, coords=square, sigma=np.full((2, 2), 1e-9)), grid[:2], atol=1e-6
    )


def test_positions_of_the_wrong_length(xdist):
    text = refused(LabelError, np.ones(3), xdist)
    assert text.startswith("beta: mu: expected length 2 along dim 'channel', but got shape (3,)")
    assert "their last axis along the last dim" in text
    assert "expected length 3 along dim 'geo'" in refused(LabelError, np.ones((2, 2)), xdist)


def test_too_many_axes(xdist):
    with pytest.raises(UnsupportedShapeError, match="at most one axis, for 'geo'"):
        LogNormalExp(np.ones((2, 2)), 1, dims="geo")


def test_weights_by_label(xdist):
    weights = labelled([0.3, 0.9], channel=["x", "zzz"])
    text = refused(LabelError, 1.0, xdist, centered=weights)
    assert text.startswith("beta: centered: expected a value for each label of dim 'channel'")


def test_observed_by_label(xdist):
    def logp(observed):
        with pm.Model(coords=COORDS) as model:
            prior = NormalIdentity(sigma=1.0, dims=DIMS)
            mu = pm.math.constant(0.0) if not xdist else 0.0
            prior.create_likelihood_variable("y", mu=mu, observed=observed, xdist=xdist)
        return model["y"], model

    grid = np.arange(6.0).reshape(3, 2)
    _, model = logp(labelled(grid.T[::-1], channel=["y", "x"], geo=["a", "b", "c"]))
    data = model.rvs_to_values[model["y"]]
    np.testing.assert_allclose(getattr(data, "values", data).eval(), grid)
    with pytest.raises(LabelError, match="y: observed: expected the labels of dim 'geo'"):
        logp(labelled(np.ones((4, 2)), geo=["a", "b", "c", "d"], channel=["x", "y"]))


def test_dates_against_labels_that_are_no_dates(xdist):
    mu = labelled([1.0, 2.0, 3.0], geo=np.array(["2024-01-01", "2024-01-08", "2024-01-15"], "M8"))
    text = refused(LabelError, mu, xdist)
    assert text.startswith("beta: mu: expected a value for each label of dim 'geo'")
    assert "[a, b, c]" in text
    assert "2024-01-08" in text


SQUARE = {"geo": ["a", "b"], "channel": ["x", "y"]}
SQUARE_GRID = np.arange(4.0).reshape(2, 2)


def observed_values(make, xdist):
    with pm.Model(coords=SQUARE) as model:
        prior = NormalIdentity(sigma=1.0, dims=DIMS)
        y = prior.create_likelihood_variable("y", mu=0.0, observed=make(), xdist=xdist)
    values = model.rvs_to_values[y]
    return getattr(values, "values", values).eval()


def test_data_whose_dims_are_in_another_order_are_refused(xdist):
    def make():
        return pm.Data("data", SQUARE_GRID, dims=DIMS[::-1])

    with pytest.raises(DimsError, match="y: observed: expected data with the dims") as caught:
        observed_values(make, xdist)
    assert "'data' with dims ('channel', 'geo')" in str(caught.value)


def test_data_with_the_dims_in_order_are_taken(xdist):
    found = observed_values(lambda: pm.Data("data", SQUARE_GRID, dims=DIMS), xdist)
    np.testing.assert_array_equal(found, SQUARE_GRID)
