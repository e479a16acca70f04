"""Copies, equality, pickles and dictionaries: the same prior in another place."""

import json
import pickle

import cloudpickle
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc_extras.deserialize import DeserializableError, deserialize
from pymc_extras.prior import Prior
from pymc_marketing.model_config import ModelConfigError, parse_model_config
from pymc_marketing.serialization import serialization
from xarray import DataArray

from integration import GEO, built, logp_at_start, through_json
from unfunnel import LogNormalExp, NormalIdentity


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps], ids=["pickle", "cloudpickle"])
def test_pickle_before_and_after_building(centering, xdist, dumps):
    ours = LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, dims="geo", centered=centering)
    before = pickle.loads(dumps(ours))
    built(ours, xdist)
    after = pickle.loads(dumps(ours))
    assert type(before) is type(after) is LogNormalExp
    assert before == after == ours


def test_deepcopy_copies_arrays_and_keeps_model_variables():
    with pm.Model(coords=GEO):
        sd = pm.HalfNormal("sd", 1.0)
    prior = LogNormalExp(np.array([1.0, 2.0, 3.0]), sd, dims="geo")
    copied = prior.deepcopy()
    assert copied["sigma"] is sd
    copied["mu"][0] = 99.0
    copied.dims = None
    assert prior["mu"][0] == 1.0
    assert prior.dims == ("geo",)


@pytest.mark.parametrize(
    "other",
    [
        LogNormalExp(2.0, 0.6, dims="geo"),
        LogNormalExp(2.0, 0.5),
        LogNormalExp(2.0, 0.5, dims="geo", centered=False),
        LogNormalExp(2.0, 0.5, dims="geo", centered=0.4),
        LogNormalExp(2.0, 0.5, dims="geo", centered="offset"),
        LogNormalExp(2.0, 0.5, dims="geo", transform="log"),
        LogNormalExp(np.array([2.0]), 0.5, dims="geo"),
        LogNormalExp(DataArray(2.0), 0.5, dims="geo"),
        LogNormalExp(sigma=0.5, dims="geo"),
        LogNormalExp(2.0, 0.5, dims="geo", centered=DataArray([0.1, 0.2], dims="geo")),
        NormalIdentity(2.0, 0.5, dims="geo"),
        Prior("LogNormal", mu=2.0, sigma=0.5, dims="geo"),
        "LogNormalExp",
    ],
    ids=repr,
)
def test_unequal_from_either_side(other):
    prior = LogNormalExp(2.0, 0.5, dims="geo")
    assert prior != other
    assert other != prior
    assert prior == LogNormalExp(2.0, 0.5, dims=["geo"])


LABELLED = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1.0, True),
        ([1.0, 2.0], np.array([1.0, 2.0]), True),
        (np.ones(2), np.ones(3), False),
        (LABELLED, LABELLED.copy(), True),
        (LABELLED, LABELLED[::-1], False),
        (LABELLED, LABELLED.values, False),
        (LABELLED, LABELLED.assign_coords(geo=["a", "c"]), False),
    ],
    ids=str,
)
def test_arrays_are_compared_by_element_and_label(a, b, same):
    first, second = (LogNormalExp(x, 1, dims="geo") for x in (a, b))
    assert (first == second) is (second == first) is same
    first, second = (LogNormalExp(1, 1, centered=np.multiply(x, 0.25)) for x in (a, b))
    assert (first == second) is (second == first) is same


def test_variables_are_the_same_only_if_they_are_one():
    with pm.Model():
        a, b = pm.Gamma("a", 1, 1), pm.Gamma("b", 1, 1)
    assert LogNormalExp(a, 1) == LogNormalExp(a, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(b, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(1, 1)


# -- dictionaries and JSON


def test_round_trip_at_every_level(hierarchical, centering):
    inner = LogNormalExp(hierarchical(centering), LogNormalExp(1.0, 0.5, centered=False))
    inner.dims = "geo"
    prior = Prior("Normal", mu=NormalIdentity(0.0, 1.0), sigma=inner, dims="geo")
    again = through_json(prior)
    assert again == prior
    assert prior == again
    assert again.to_dict() == prior.to_dict()
    assert type(again["mu"]) is NormalIdentity
    assert type(again["sigma"]) is type(again["sigma"]["sigma"]) is LogNormalExp
    assert type(again["sigma"]["mu"]["mu"]) is Prior
    assert again["sigma"].dims == ("geo",)
    assert again["sigma"]["sigma"].centering is False


@pytest.mark.parametrize(
    "value",
    [
        2,
        np.float32(0.5),
        np.int64(3),
        [1.0, 2.0],
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        DataArray([1.0, 2.0], dims="geo"),
        DataArray([1.0, 2.0], dims="geo", coords={"geo": ["b", "a"]}),
        DataArray([1.0, 2.0], dims="week", coords={"week": pd.date_range("2024-01-01", periods=2)}),
        DataArray([1.0, 2.0], dims="year", coords={"year": [2023, 2024]}),
    ],
    ids=["int", "float32", "int64", "list", "matrix", "dims", "labels", "dates", "years"],
)
def test_constant_parameters(value):
    prior = LogNormalExp(value, 1.0, dims=getattr(value, "dims", ("geo", "channel")) or None)
    assert through_json(prior) == prior


def test_a_tensor_is_saved_by_value():
    again = through_json(LogNormalExp(pt.constant(np.array([1.0, 2.0])), 1.0, dims="geo"))
    np.testing.assert_array_equal(again["mu"], [1.0, 2.0])


def test_other_dictionaries_go_to_upstream_as_before():
    assert deserialize({"dist": "Normal", "kwargs": {"mu": 1}}) == Prior("Normal", mu=1)
    with pytest.raises(DeserializableError):
        deserialize({"dist": "Nrmal"})


def test_model_configurations(hierarchical, centering):
    config = {
        "intercept": LogNormalExp(1.0, 0.5),
        "likelihood": Prior("Normal", sigma=hierarchical(centering), dims="geo"),
        "saturation_beta": hierarchical(centering),
        "plain": 3,
    }
    data = json.loads(json.dumps(serialization.serialize_model_config(config)))
    again = serialization.deserialize_model_config(data)
    assert again == config
    assert type(again["saturation_beta"]) is type(again["likelihood"]["sigma"]) is LogNormalExp
    # Upstream's parser takes our priors as they are, and no dictionaries of them.
    assert parse_model_config({"beta": config["intercept"]})["beta"] is config["intercept"]
    with pytest.raises(ModelConfigError, match="beta"):
        parse_model_config({"beta": config["intercept"].to_dict()})


def test_revived_and_original_build_the_same_model(hierarchical, centering):
    prior = hierarchical(centering)
    assert logp_at_start(built(through_json(prior))) == logp_at_start(built(prior))
