"""Dictionaries and JSON: what goes out comes back, of the same class and equal."""

import json

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

from unfunnel import LogNormalExp, NormalIdentity


def through_json(prior):
    return deserialize(json.loads(json.dumps(prior.to_dict())))


def assert_revived(prior):
    again = through_json(prior)
    assert type(again) is type(prior)
    assert again == prior
    assert prior == again
    assert again.to_dict() == prior.to_dict()
    return again


def test_round_trip_at_every_level(hierarchical, centering):
    inner = LogNormalExp(1.0, 0.5, centered=False)
    prior = LogNormalExp(
        hierarchical(centering), inner, dims=("geo", "channel"), centered=centering
    )
    again = assert_revived(prior)
    assert type(again["mu"]) is type(again["sigma"]) is LogNormalExp
    assert type(again["mu"]["mu"]) is Prior
    assert again.dims == ("geo", "channel")
    assert again["sigma"].centering is False


def test_as_child_of_an_upstream_prior(hierarchical, centering):
    parent = Prior("Normal", mu=NormalIdentity(0.0, 1.0), sigma=hierarchical(centering), dims="geo")
    again = assert_revived(parent)
    assert type(again["sigma"]) is LogNormalExp
    assert type(again["mu"]) is NormalIdentity


@pytest.mark.parametrize(
    "value",
    [
        2,
        1e-3,
        np.float32(0.5),
        np.int64(3),
        [1.0, 2.0],
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        DataArray([1.0, 2.0], dims="geo"),
        DataArray([1.0, 2.0], dims="geo", coords={"geo": ["b", "a"]}),
        DataArray([1.0, 2.0], dims="week", coords={"week": pd.date_range("2024-01-01", periods=2)}),
        DataArray([1.0, 2.0], dims="year", coords={"year": [2023, 2024]}),
    ],
    ids=["int", "float", "float32", "int64", "list", "matrix", "dims", "labels", "dates", "years"],
)
def test_constant_parameters(value):
    dims = getattr(value, "dims", ("geo", "channel")) or None
    assert_revived(LogNormalExp(value, 1.0, dims=dims))


def test_a_tensor_is_saved_by_value():
    again = through_json(LogNormalExp(pt.constant(np.array([1.0, 2.0])), 1.0, dims="geo"))
    np.testing.assert_array_equal(again["mu"], [1.0, 2.0])


def test_an_unknown_key_is_refused_and_named():
    """Prior.from_dict ignores it, and "centred" would be silently centered."""
    data = {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 1}, "centred": False}
    with pytest.raises(DeserializableError) as error:
        deserialize(data)
    assert "Did you mean 'centered'" in str(error.value.__cause__)


def test_other_dictionaries_go_to_upstream_as_before():
    assert deserialize({"dist": "Normal", "kwargs": {"mu": 1}}) == Prior("Normal", mu=1)
    with pytest.raises(DeserializableError):
        deserialize({"dist": "Nrmal"})


def test_model_config_round_trip(hierarchical, centering):
    config = {
        "intercept": LogNormalExp(1.0, 0.5),
        "likelihood": Prior("Normal", sigma=hierarchical(centering), dims="geo"),
        "saturation_beta": hierarchical(centering),
        "plain": 3,
    }
    data = json.loads(json.dumps(serialization.serialize_model_config(config)))
    again = serialization.deserialize_model_config(data)
    assert again == config
    assert type(again["saturation_beta"]) is LogNormalExp
    assert type(again["likelihood"]["sigma"]) is LogNormalExp


def test_parse_model_config_takes_our_priors_as_they_are(hierarchical):
    config = {"beta": hierarchical(False)}
    assert parse_model_config(config)["beta"] is config["beta"]
    with pytest.raises(ModelConfigError, match="beta"):
        parse_model_config({"beta": config["beta"].to_dict()})


def test_revived_and_original_build_the_same_model(hierarchical, centering, xdist):
    def logp(prior):
        with pm.Model(coords={"geo": ["a", "b", "c"]}) as model:
            prior.create_variable("b", xdist=xdist)
        return model.compile_logp()(model.initial_point())

    prior = hierarchical(centering)
    assert logp(through_json(prior)) == logp(prior)
