"""A dim that an array was aligned with cannot change behind the prior's back."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pymc as pm
import pytest
from pymc.model.fgraph import clone_model
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.errors import LabelError

pytestmark = [
    pytest.mark.usefixtures("fast_compile"),
    pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"]),
]

LABELLED = DataArray([1.0, 2.0, 3.0], dims="geo", coords={"geo": ["a", "b", "c"]})
KINDS = {
    "mu": {"mu": np.ones(2), "sigma": 1.0},
    "sigma": {"mu": 1.0, "sigma": LABELLED},
    "centered": {"mu": 1.0, "sigma": 1.0, "centered": LABELLED / 4},
}
PARAMETERS = pytest.mark.parametrize("parameter", KINDS)


def model_with(parameter, xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        pm.Data("data", [1.0, 2.0], dims="geo")
        prior = LogNormalExp(**KINDS[parameter], dims="geo")
        prior.create_variable("beta", xdist=xdist)
    return model


CHANGES = {
    "set_data": lambda m: pm.set_data(
        {"data": np.ones(3)}, coords={"geo": ["a", "b", "c"]}, model=m
    ),
    "reorder": lambda m: pm.set_data({"data": np.ones(2)}, coords={"geo": ["b", "a"]}, model=m),
    "set_dim": lambda m: m.set_dim("geo", 3, coord_values=["a", "b", "c"]),
    "set_dim reorder": lambda m: m.set_dim("geo", 2, coord_values=["b", "a"]),
}


@PARAMETERS
@pytest.mark.parametrize("change", CHANGES)
def test_resizing_or_reordering_is_refused(xdist, parameter, change):
    model = model_with(parameter, xdist)
    for each in (model, clone_model(model), copy.copy(model)):
        with pytest.raises(LabelError) as caught:
            CHANGES[change](each)
        text = str(caught.value)
        assert text.startswith(f"beta: {parameter}: expected dim 'geo' to keep the labels")
        assert "Build the model again with the new coords" in text


@PARAMETERS
def test_the_same_labels_may_be_set_again(xdist, parameter):
    model = model_with(parameter, xdist)
    pm.set_data({"data": np.ones(2)}, coords={"geo": ["a", "b"]}, model=model)
    model.set_dim("geo", 2, coord_values=["a", "b"])
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_dims_without_labels_that_are_resized(xdist):
    with pm.Model() as model:
        data = pm.Data("data", [1.0, 2.0], dims="geo")
        assert model.coords["geo"] is None
        LogNormalExp([1.0, 2.0], 1.0, dims="geo").create_variable("beta", xdist=xdist)
        assert data.name == "data"
    point = model.initial_point()
    logp = model.compile_logp()
    assert np.isfinite(logp(point))
    pm.set_data({"data": np.ones(3)}, model=model)
    message = "beta: expected the dims .*'geo'.* to keep the lengths .*Build the model again"
    with pytest.raises(AssertionError, match=message):
        pm.draw(model["beta"])
    with pytest.raises(AssertionError, match=message):
        logp(point)


def test_a_dim_that_nobody_depends_on_stays_free(xdist):
    with pm.Model(coords={"geo": ["a", "b"], "channel": ["x", "y"]}) as model:
        data = pm.Data("data", [1.0, 2.0], dims="geo")
        prior = LogNormalExp(data, np.ones((1, 2)), dims=("geo", "channel"))
        beta = prior.create_variable("beta", xdist=xdist)
    pm.set_data({"data": np.ones(3)}, coords={"geo": ["c", "a", "b"]}, model=model)
    assert pm.draw(beta, random_seed=1).shape == (3, 2)
    with pytest.raises(LabelError, match="beta: sigma"):
        model.set_dim("channel", 3, coord_values=["x", "y", "z"])


def test_every_owner_is_named(xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        for name in ("alpha", "beta"):
            prior = LogNormalExp(np.ones(2), 1.0, dims="geo")
            prior.create_variable(name, xdist=xdist)
    with pytest.raises(LabelError, match="alpha: mu, beta: mu: expected"):
        model.set_dim("geo", 1, coord_values=["a"])


def test_what_is_held_survives_pickling(xdist):
    coords = model_with("mu", xdist)._coords
    back = pickle.loads(pickle.dumps(coords))
    assert back == coords
    with pytest.raises(LabelError):
        back["geo"] = ("b", "a")


@pytest.mark.parametrize("built_in", ["parent", "sub-model"])
def test_a_model_and_its_sub_model_share_their_coords(xdist, built_in):
    with pm.Model(coords={"geo": ["a", "b"]}) as parent, pm.Model(name="s") as sub:
        pass
    with parent if built_in == "parent" else sub:
        LogNormalExp(np.ones(2), 1.0, dims="geo").create_variable("beta", xdist=xdist)
    with parent, pm.Model(name="later") as later:
        pass
    for each in (parent, later, *([sub] if built_in == "sub-model" else [])):
        with pytest.raises(LabelError, match="beta: mu: expected dim 'geo' to keep the labels"):
            each.set_dim("geo", 3, coord_values=["a", "b", "c"])
    sub.add_coord("channel", ["x"])
    assert parent.coords["channel"] == ("x",)
    parent.add_coord("week", [1, 2])
    assert sub.coords["week"] == (1, 2)


def test_a_change_through_an_earlier_sub_model_is_noticed(xdist):
    with pm.Model(coords={"geo": ["a", "b"]}) as parent, pm.Model(name="s") as sub:
        pass
    with parent:
        LogNormalExp(np.ones(2), 1.0, dims="geo").create_variable("beta", xdist=xdist)
    sub.set_dim("geo", 2, coord_values=["b", "a"])
    with pytest.raises(LabelError, match="beta: mu: expected dim 'geo' to keep the labels"):
        pm.sample_prior_predictive(1, model=parent)
