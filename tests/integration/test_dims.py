"""Dims by name: declared order, missing dims, resizing."""

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from pymc_extras.prior import Prior, UnsupportedShapeError
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.errors import DimsError
from unfunnel.parameterization.choices import is_textbook

COORDS = {"geo": ["a", "b", "c"], "channel": ["tv", "radio"]}


def axes_of(model, variable, xdist):
    return variable.type.dims if xdist else model.named_vars_to_dims[variable.name]


def draw_array(variable, **kwargs):
    return np.asarray(pm.draw(variable, random_seed=3, **kwargs))


@pytest.mark.parametrize("child_dims", [("channel", "geo"), ("geo",), ("channel",), None])
@pytest.mark.parametrize("dims", [("geo", "channel"), ("channel", "geo")])
def test_children_align_by_name_and_the_declared_order_holds(child_dims, dims, xdist):
    """A child of tiny spread shows through its axis: the variable is where its mean is."""
    child = LogNormalExp(
        DataArray([1.0, 10.0, 100.0], dims="geo", coords={"geo": COORDS["geo"]})
        if child_dims and "geo" in child_dims
        else 5.0,
        1e-6,
        dims=child_dims,
    )
    prior = LogNormalExp(child, 1e-6, dims=dims)
    with pm.Model(coords=COORDS) as model:
        variable = prior.create_variable("b", xdist=xdist)
    assert axes_of(model, variable, xdist) == dims
    # Not a transposition of a random variable: consumers read the op.
    assert variable.owner.op.name == "lognormal"
    draw = draw_array(variable)
    assert draw.shape == tuple(len(COORDS[dim]) for dim in dims)
    by_geo = draw if dims[0] == "geo" else draw.T
    expected = [1.0, 10.0, 100.0] if child_dims and "geo" in child_dims else [5.0] * 3
    np.testing.assert_allclose(by_geo, np.repeat(np.array(expected)[:, None], 2, 1), rtol=1e-4)


@pytest.mark.parametrize("own", [("geo", "channel"), ("channel", "geo")])
def test_order_and_dims_hold_for_every_centering(hierarchical, centering, own, xdist):
    prior = LogNormalExp(
        Prior("Gamma", mu=2.0, sigma=0.5, dims="channel"),
        Prior("Gamma", mu=1.0, sigma=0.3, dims=("channel", "geo")),
        dims=own,
        centered=centering,
    )
    with pm.Model(coords=COORDS) as model:
        variable = prior.create_variable("b", xdist=xdist)
    assert axes_of(model, variable, xdist) == own
    assert variable is model["b"]
    if not is_textbook(centering):
        assert variable.owner.op.name == "lognormal"
    assert draw_array(variable).shape == tuple(len(COORDS[dim]) for dim in own)
    assert np.isfinite(model.compile_logp()(model.initial_point()))


@pytest.mark.parametrize("given", ["geo", ["geo"], ("geo",)])
def test_str_list_and_tuple_are_one_tuple(given):
    assert LogNormalExp(1, 1, dims=given).dims == ("geo",)
    prior = LogNormalExp(1, 1)
    prior.dims = given
    assert prior.dims == ("geo",)


def test_dims_given_as_str_are_no_letters_to_a_parent():
    child = Prior("Gamma", mu=1, sigma=1, dims="geo")
    assert Prior("Normal", sigma=LogNormalExp(child, 1, dims="geo"), dims="geo").dims == ("geo",)


def test_child_dims_outside_the_own_dims_are_refused_at_construction_and_on_assignment():
    child = Prior("Gamma", mu=1, sigma=1, dims="geo")
    with pytest.raises(UnsupportedShapeError, match=r"mu: .*among.*'channel', but got dim 'geo'"):
        LogNormalExp(child, 1, dims="channel")
    prior = LogNormalExp(child, 1, dims="geo")
    with pytest.raises(DimsError, match="among those of the prior"):
        prior.dims = "channel"
    assert prior.dims == ("geo",)


def test_dims_that_the_model_lacks_are_named(xdist):
    with pm.Model(), pytest.raises(DimsError, match=r"no coords for 'geo'.*Create the"):
        LogNormalExp(1, 1, dims="geo").create_variable("b", xdist=xdist)


@pytest.mark.parametrize("centered", [True, False, 0.4, "offset"])
def test_a_resized_dim_resizes_the_variable(centered, xdist):
    """Nothing is baked in at build time: x has two geos, then three."""
    prior = LogNormalExp(
        Prior("Gamma", mu=2.0, sigma=0.5),
        Prior("Exponential", scale=1.0),
        dims="geo",
        centered=centered,
    )
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        data = pmd.Data if xdist else pm.Data
        x = data("x", [1.0, 2.0], dims="geo")
        b = prior.create_variable("b", xdist=xdist)
        det = (pmd if xdist else pm).Deterministic("xb", x * b)
        assert draw_array(det).shape == (2,)
        pm.set_data({"x": [1.0, 2.0, 3.0]}, coords={"geo": ["a", "b", "c"]})
        assert draw_array(b).shape == draw_array(det).shape == (3,)
        assert model.initial_point()[model.rvs_to_values[model.free_RVs[-1]].name].shape == (3,)
