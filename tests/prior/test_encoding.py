"""The dictionary forms of priors: what goes in comes out, and nothing is ignored."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import ByCoord, LogNormalExp, NormalIdentity
from unfunnel.errors import (
    CenteringError,
    DecodeError,
    ParameterError,
    UnsupportedError,
    listed,
)
from unfunnel.families import FAMILIES

pytestmark = pytest.mark.usefixtures("fast_compile")

HIERARCHY = LogNormalExp(
    Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5), dims="geo", centered=False
)
HALF, GAMMA = Prior("HalfNormal", sigma=1.0), Prior("Gamma", mu=1.0, sigma=1.0)
BY_LABEL = {"tv": HALF, "search": GAMMA}
CHANNELS = ByCoord("channel", BY_LABEL)


def test_the_form_is_that_of_prior():
    assert LogNormalExp(1, 2).to_dict() == {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 2}}
    assert HIERARCHY.to_dict() == {
        "dist": "LogNormalExp",
        "kwargs": {
            "mu": {"dist": "Gamma", "kwargs": {"mu": 1.5, "sigma": 0.5}},
            "sigma": {"dist": "Exponential", "kwargs": {"scale": 0.5}},
        },
        "centered": False,
        "dims": ["geo"],
    }
    assert CHANNELS.to_dict() == {
        "dist": "ByCoord",
        "kwargs": {
            "dim": "channel",
            "labels": ["tv", "search"],
            "members": [HALF.to_dict(), GAMMA.to_dict()],
        },
    }


def test_labelled_arrays_keep_their_labels():
    array = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["b", "a"]})
    prior = LogNormalExp(array, 1.0, dims="geo", centered=array / 4)
    data = prior.to_dict()
    assert data["kwargs"]["mu"] == {
        "class": "DataArray",
        "data": [1.0, 2.0],
        "dims": ["geo"],
        "coords": {"geo": ["b", "a"]},
    }
    assert data["centered"]["coords"] == {"geo": ["b", "a"]}
    assert deserialize(data) == prior
    assert deserialize(data) != LogNormalExp(array[::-1], 1.0, dims="geo", centered=array / 4)


@pytest.mark.parametrize(
    ("key", "nearest"), [("centred", "centered"), ("dim", "dims"), ("sigm", "sigma"), ("zzz", None)]
)
def test_unknown_keys(key, nearest):
    data = {**LogNormalExp(1, 2).to_dict(), key: False}
    with pytest.raises(DecodeError) as caught:
        LogNormalExp.from_dict(data)
    text = str(caught.value)
    assert (
        "expected the keys 'dist', 'kwargs', 'dims', 'centered', 'transform', 'zero_sum' and"
        in text
    )
    assert f"also {key!r}" in text
    assert "nothing is ignored" in text
    assert nearest is None or f"Did you mean {nearest!r}?" in text


@pytest.mark.parametrize(
    "data", [{"dist": "LogNormalExpp"}, {"dist": "Normal"}, {}, 3, None, {"dist": 1}]
)
def test_dictionaries_of_something_else(data):
    with pytest.raises(DecodeError, match=re.escape(listed(FAMILIES))):
        LogNormalExp.from_dict(data)


KWARGS = {"mu": 1, "sigma": 2}


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        ({"kwargs": KWARGS, "mu": 3}, DecodeError, "'mu' both in 'kwargs' and beside it"),
        ({"kwargs": {**KWARGS, "dims": "geo"}}, ParameterError, "unknown parameter 'dims'"),
        ({"kwargs": {**KWARGS, "sigm": 1}}, ParameterError, r"Did you mean 'sigma'\?"),
        ({"kwargs": KWARGS, "distribution": "LogNormalExp"}, DecodeError, "also 'distribution'"),
        ({"kwargs": [1, 2]}, DecodeError, "'kwargs' to hold parameters by name"),
        ({"kwargs": KWARGS, "centered": "false"}, CenteringError, "the string 'false'"),
        ({"kwargs": {"mu": 1, "sigma": -1}}, ParameterError, r"positive and finite.*but got -1"),
        (
            {"kwargs": {"mu": {"class": "DataArray", "data": [1]}, "sigma": 1}},
            DecodeError,
            "expected the keys 'class', 'data', 'dims'",
        ),
    ],
)
def test_what_is_refused(data, error, text):
    with pytest.raises(error, match=text):
        LogNormalExp.from_dict({"dist": "LogNormalExp", **data})


def test_what_cannot_be_written_down():
    class Factory:
        dims = ()

        def create_variable(self, name, xdist=False):
            raise NotImplementedError

    with pytest.raises(UnsupportedError, match="parameters that have a dictionary form"):
        NormalIdentity(Factory(), 1).to_dict()


TIMES = DataArray(
    [[0.2, 0.4], [0.6, 0.8]],
    dims=("time", "geo"),
    coords={"time": [1, 2], "geo": ["a", "b"], "area": ("geo", [5.0, 6.0])},
)


@pytest.mark.parametrize(
    "prior",
    [
        LogNormalExp(np.array(2.0), np.array(3)),
        LogNormalExp(DataArray(2.0), 1),
        LogNormalExp(1, TIMES.sel(time=2), dims="geo"),
        LogNormalExp(TIMES, 1, dims=("geo", "time")),
        LogNormalExp(1, 1, dims="geo", centered=TIMES.sel(time=2)),
        LogNormalExp(Fraction(1, 3), Fraction(2)),
        LogNormalExp(-2, cv=Prior("HalfNormal"), upper=0, dims="geo", centered=False),
        LogNormalExp(cv=[0.1, 0.2], lower=1, dims="geo"),
        LogNormalExp(np.float32(0.1), np.int8(2), centered=np.array(0.5)),
        LogNormalExp(
            TIMES.sel(time=1, drop=True).assign_coords(geo=pd.date_range("2024-01-01", periods=2)),
            1,
            dims="geo",
        ),
    ],
    ids=str,
)
def test_odd_numbers_come_back_from_json(prior):
    assert LogNormalExp.from_dict(json.loads(json.dumps(prior.to_dict()))) == prior


@pytest.mark.parametrize(
    "labels",
    [
        pd.to_timedelta([1, 2], unit="D"),
        pd.period_range("2024-01", periods=2, freq="M"),
        pd.Index([("a", 1), ("a", 2)], tupleize_cols=False),
    ],
    ids=lambda labels: type(labels).__name__,
)
def test_labels_that_json_cannot_hold(labels):
    values = DataArray([0.5, 0.7], dims="geo", coords={"geo": labels})
    for prior in (
        LogNormalExp(values, 1, dims="geo"),
        LogNormalExp(1, 1, centered=values),
        ByCoord("geo", dict.fromkeys(labels, HALF)),
    ):
        with pytest.raises(UnsupportedError, match="labels that JSON can hold"):
            prior.to_dict()


COORDS = {"geo": ["a", "b"], "channel": ["x", "y"]}
GRID = np.arange(4.0).reshape(2, 2)


def data_prior():
    # The dims of the prior are in another order than those of the data.
    mu = pm.Data("m", GRID, dims=("geo", "channel"))
    return NormalIdentity(mu, 1e-9, dims=("channel", "geo"))


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_data_of_the_model_keep_dims_and_labels(xdist):
    with pm.Model(coords=COORDS):
        prior = data_prior()
        written = prior.to_dict()
        with pm.Model(name="s"):
            assert prior.to_dict() == written
        drawn = pm.draw(prior.create_variable("beta", xdist=xdist), random_seed=1)
    assert written["kwargs"]["mu"] == {
        "class": "DataArray",
        "data": GRID.tolist(),
        "dims": ["geo", "channel"],
        "coords": COORDS,
    }
    with pm.Model(coords=COORDS):
        again = NormalIdentity.from_dict(json.loads(json.dumps(written)))
        redrawn = pm.draw(again.create_variable("beta", xdist=xdist), random_seed=1)
    np.testing.assert_array_equal(redrawn, drawn)
    np.testing.assert_allclose(drawn, GRID.T, atol=1e-6)


def test_data_outside_of_their_model():
    with pm.Model(coords=COORDS):
        prior = data_prior()
        one_dim = LogNormalExp(pm.Data("v", [1.0, 2.0], dims="geo"), np.float64(1), dims="geo")
    assert one_dim.to_dict()["kwargs"] == {"mu": [1.0, 2.0], "sigma": 1.0}
    with pytest.raises(UnsupportedError, match=r"the data 'm' .*outside of their model") as caught:
        prior.to_dict()
    assert "Call to_dict inside `with model:`" in str(caught.value)


@pytest.mark.parametrize(
    "labels", [[2023, 2024], list(pd.date_range("2024-01-01", periods=2)), ["a", 1]], ids=str
)
def test_labels_of_members_keep_their_types(labels):
    data = ByCoord("g", dict.fromkeys(labels, HALF)).to_dict()
    back = list(ByCoord.from_dict(json.loads(json.dumps(data))).members)
    assert back == labels
    assert [type(label) for label in back] == [type(label) for label in labels]


def test_forms_of_members_that_people_write():
    by_label = {"dim": "channel", "members": {k: v.to_dict() for k, v in BY_LABEL.items()}}
    assert deserialize({"dist": "ByCoord", "kwargs": by_label}) == CHANNELS
    assert deserialize({"distribution": "ByCoord", **by_label}) == CHANNELS
    assert deserialize({"dist": "ByCoord", **by_label, "dims": "channel"}).dims == ("channel",)


BROKEN = CHANNELS.to_dict()


def members_changed(**changes):
    return {"dist": "ByCoord", "kwargs": {**BROKEN["kwargs"], **changes}}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"dist": "Normal"}, "whose 'dist' is 'ByCoord'"),
        (BROKEN | {"centered": False}, "also 'centered'"),
        (members_changed(member={}), "Did you mean 'members'?"),
        (BROKEN | {"dim": "channel"}, "'dim' both in 'kwargs' and beside it"),
        ({"dist": "ByCoord", "kwargs": {"dim": "channel"}}, "no 'members'"),
        ({"dist": "ByCoord"}, "no 'dim' and 'members'"),
        (members_changed(labels=["tv"]), "list and 1 labels"),
        (members_changed(members={"tv": {}}), "dict and 2 labels"),
        (members_changed(labels=None), "list and 0 labels"),
        (members_changed(members=3), "int and 2 labels"),
    ],
)
def test_what_is_refused_of_members(data, text):
    with pytest.raises(DecodeError) as caught:
        ByCoord.from_dict(data)
    assert text in str(caught.value)
