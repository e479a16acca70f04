"""The dictionary form: what it is, and what is refused."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import yaml
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import (
    CenteringError,
    DecodeError,
    ParameterError,
    ParameterTypeError,
    UnsupportedError,
    listed,
)
from unfunnel.families import FAMILIES

HIERARCHY = LogNormalExp(
    Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5), dims="geo", centered=False
)


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


def test_yaml():
    text = yaml.safe_dump(HIERARCHY.to_dict())
    assert deserialize(yaml.safe_load(text)) == HIERARCHY
    flat = """
    distribution: LogNormalExp
    mu: {distribution: LogNormalExp, mu: 1.5, sigma: 0.5}
    sigma: {dist: Exponential, kwargs: {scale: 0.5}}
    dims: geo
    centered: false
    """
    loaded = deserialize(yaml.safe_load(flat))
    assert type(loaded) is LogNormalExp
    assert (loaded.dims, loaded.centering) == (("geo",), False)
    assert loaded.parameters["mu"] == LogNormalExp(1.5, 0.5)
    assert loaded.parameters["sigma"] == Prior("Exponential", scale=0.5)
    with pytest.raises(ParameterTypeError, match=r"write 1\.0e-3"):
        LogNormalExp.from_dict(yaml.safe_load("{dist: LogNormalExp, kwargs: {mu: 1, sigma: 1e-3}}"))


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


def test_the_nearest_family_is_named():
    with pytest.raises(DecodeError, match=r"Did you mean 'LogNormalExp'\?"):
        LogNormalExp.from_dict({"dist": "LogNormalxp"})


def test_from_dict_gives_the_family_that_is_named():
    assert type(LogNormalExp.from_dict(NormalIdentity(0, 1).to_dict())) is NormalIdentity


def test_numbers_are_checked_again():
    with pytest.raises(CenteringError, match="the string 'false'"):
        LogNormalExp.from_dict({**LogNormalExp(1, 2).to_dict(), "centered": "false"})
    with pytest.raises(ValueError, match=r"positive and finite numbers.*but got -1"):
        LogNormalExp.from_dict({"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": -1}})


def test_a_broken_labelled_array():
    data = {
        "dist": "LogNormalExp",
        "kwargs": {"mu": {"class": "DataArray", "data": [1]}, "sigma": 1},
    }
    with pytest.raises(DecodeError, match="expected the keys 'class', 'data', 'dims'"):
        LogNormalExp.from_dict(data)


def test_what_cannot_be_written_down():
    class Factory:
        dims = ()

        def create_variable(self, name, xdist=False):
            raise NotImplementedError

    with pytest.raises(UnsupportedError, match="parameters that have a dictionary form"):
        NormalIdentity(Factory(), 1).to_dict()


def test_shared_data_are_written_as_numbers():
    with pm.Model(coords={"geo": ["a", "b"]}):
        prior = LogNormalExp(pm.Data("m", [1.0, 2.0], dims="geo"), np.float64(1), dims="geo")
    assert prior.to_dict()["kwargs"] == {"mu": [1.0, 2.0], "sigma": 1.0}


KWARGS = {"mu": 1, "sigma": 2}


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        ({"kwargs": KWARGS, "mu": 3}, DecodeError, "'mu' both in 'kwargs' and beside it"),
        ({"kwargs": {**KWARGS, "dims": "geo"}}, ParameterError, "unknown parameter 'dims'"),
        ({"kwargs": {**KWARGS, "sigm": 1}}, ParameterError, r"Did you mean 'sigma'\?"),
        ({"kwargs": KWARGS, "distribution": "LogNormalExp"}, DecodeError, "also 'distribution'"),
        ({"kwargs": [1, 2]}, DecodeError, "'kwargs' to hold parameters by name"),
    ],
)
def test_nothing_is_given_twice_or_in_the_wrong_place(data, error, text):
    with pytest.raises(error, match=text):
        LogNormalExp.from_dict({"dist": "LogNormalExp", **data})


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
    for prior in (LogNormalExp(values, 1, dims="geo"), LogNormalExp(1, 1, centered=values)):
        with pytest.raises(UnsupportedError, match="labels that JSON can hold"):
            prior.to_dict()
