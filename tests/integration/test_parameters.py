"""What may be given as mu and sigma, and where its numbers go."""

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytensor.tensor as pt
import pytest
from pymc_extras.prior import Prior
from pytensor.graph.traversal import ancestors
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.errors import SupportWarning

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y", "z"]}
MEANS = np.array([1.0, 10.0, 100.0])
TINY = 1e-6


def mean_of(prior, xdist, coords=COORDS):
    """One draw of a prior whose sigma is tiny: its means, where they ended up."""
    with pm.Model(coords=coords):
        variable = prior.create_variable("b", xdist=xdist)
    return np.asarray(pm.draw(variable, random_seed=1))


@pytest.mark.parametrize(
    "value",
    [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.array(2.0), DataArray(2.0)],
    ids=lambda value: type(value).__name__,
)
def test_scalars_of_every_type(value, xdist):
    np.testing.assert_allclose(
        mean_of(LogNormalExp(value, TINY, dims="geo"), xdist), [2.0] * 3, rtol=1e-4
    )


@pytest.mark.parametrize(
    "value",
    [MEANS, list(MEANS), MEANS.astype(int), pt.constant(MEANS), pytensor.shared(MEANS)],
    ids=["array", "list", "integers", "constant", "shared"],
)
def test_vectors_over_the_last_dim(value, centering, xdist):
    draw = mean_of(LogNormalExp(value, TINY, dims="geo", centered=centering), xdist)
    np.testing.assert_allclose(draw, MEANS, rtol=1e-4)


def test_a_two_dimensional_array_keeps_its_orientation(centering, xdist):
    """On square dims, so that a transposition would not be noticed by shape."""
    values = np.arange(1.0, 10.0).reshape(3, 3)
    prior = LogNormalExp(values, TINY, dims=("geo", "channel"), centered=centering)
    np.testing.assert_allclose(mean_of(prior, xdist), values, rtol=1e-4)


@pytest.mark.parametrize("dims", [("geo", "channel"), ("channel", "geo")])
def test_labelled_arrays_align_by_dim_and_by_label(dims, centering, xdist):
    """The array's geos are in another order than the model's, and geo need not be the last dim."""
    array = DataArray(MEANS[::-1], dims="geo", coords={"geo": ["c", "b", "a"]})
    draw = mean_of(LogNormalExp(array, TINY, dims=dims, centered=centering), xdist)
    by_geo = draw if dims[0] == "geo" else draw.T
    np.testing.assert_allclose(by_geo, np.repeat(MEANS[:, None], 3, axis=1), rtol=1e-4)


def test_more_labels_than_the_model_has_are_allowed(xdist):
    array = DataArray([7.0, *MEANS], dims="geo", coords={"geo": ["z", "a", "b", "c"]})
    np.testing.assert_allclose(
        mean_of(LogNormalExp(array, TINY, dims="geo"), xdist), MEANS, rtol=1e-4
    )


def test_model_data_are_followed(xdist):
    """pm.Data as the mean: new values, new draws."""
    with pm.Model(coords=COORDS):
        data = (pmd.Data if xdist else pm.Data)("m", MEANS, dims="geo")
        variable = LogNormalExp(data, TINY, dims=("geo", "channel")).create_variable(
            "b", xdist=xdist
        )
        first = np.asarray(pm.draw(variable, random_seed=1))
        pm.set_data({"m": MEANS[::-1]})
        second = np.asarray(pm.draw(variable, random_seed=1))
    np.testing.assert_allclose(first, np.repeat(MEANS[:, None], 3, axis=1), rtol=1e-4)
    np.testing.assert_allclose(second, np.repeat(MEANS[::-1, None], 3, axis=1), rtol=1e-4)


def test_plain_data_in_a_labelled_model():
    """A tensor that the model knows under dims is aligned by those, also with pymc.dims."""
    with pm.Model(coords=COORDS):
        data = pm.Data("m", MEANS, dims="geo")
        variable = LogNormalExp(data, TINY, dims=("geo", "channel")).create_variable(
            "b", xdist=True
        )
    draw = np.asarray(pm.draw(variable, random_seed=1))
    np.testing.assert_allclose(draw, np.repeat(MEANS[:, None], 3, axis=1), rtol=1e-4)


def test_random_variables_of_the_model_are_ancestors(centering, xdist):
    with pm.Model(coords=COORDS) as model:
        mean = (pmd if xdist else pm).Gamma("m", alpha=4.0, beta=2.0, dims="geo")
        sd = (pmd if xdist else pm).HalfNormal("s", 1.0)
        prior = LogNormalExp(mean, sd, dims=("geo", "channel"), centered=centering)
        prior.create_variable("b", xdist=xdist)
    assert {mean, sd} <= set(ancestors([model["b"]]))
    assert "b_mu" not in model.named_vars
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_constants_enter_with_full_precision(xdist):
    """0.1 as float32 would be off in the ninth digit."""
    with pm.Model():
        variable = LogNormalExp(0.1, 1e-12).create_variable("b", xdist=xdist)
    assert variable.dtype == "float64"
    np.testing.assert_allclose(np.asarray(pm.draw(variable, random_seed=1)), 0.1, rtol=1e-10)


class DoubledGamma:
    """A variable factory that is no Prior."""

    dims = ("geo",)

    def create_variable(self, name, xdist=False):
        return 2.0 * Prior("Gamma", mu=1.0, sigma=TINY, dims="geo").create_variable(
            name, xdist=xdist
        )


def test_any_variable_factory_is_a_hyperprior(centering, xdist):
    with pytest.warns(SupportWarning, match="could not establish"):
        prior = LogNormalExp(DoubledGamma(), TINY, dims="geo", centered=centering)
    np.testing.assert_allclose(mean_of(prior, xdist), [2.0] * 3, rtol=1e-3)
