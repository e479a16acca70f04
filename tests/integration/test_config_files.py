"""Consumers of priors, fed from a file: YAML builder, model configurations, other model classes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Censored, Prior, Scaled
from pymc_marketing.mmm.builders.yaml import build_mmm_from_yaml
from pymc_marketing.serialization import serialization
from pymc_marketing.special_priors import LogNormalPrior, MaskedPrior
from xarray import DataArray

import unfunnel
from integration import COORDS
from unfunnel import ByCoord, LogNormalExp
from unfunnel.errors import UnsupportedError

sys.path.insert(0, str(Path(__file__).parents[1] / "files"))
from strategies_of_priors import same

ACCEPTED = jsonschema.Draft202012Validator(unfunnel.schema())
READERS = {"json": json.loads, "yaml": yaml.safe_load}
BOTH = ("geo", "channel")
MASK = DataArray([[True, False], [True, True], [False, True]], dims=BOTH, coords=COORDS)
SIZES = DataArray([1.0, 2.0, 3.0], dims="geo", coords={"geo": COORDS["geo"]})

formats = pytest.mark.parametrize("format", READERS)


def effect(dims="geo", centered=False):
    return LogNormalExp(
        Prior("Gamma", mu=2.0, sigma=0.5),
        Prior("Exponential", lam=1.0),
        dims=dims,
        centered=centered,
    )


MASKED = {
    "labelled": MaskedPrior(effect(BOTH), MASK),
    "without labels": MaskedPrior(effect(BOTH), MASK.drop_vars(BOTH)),
    "some labels": MaskedPrior(effect(BOTH), MASK.drop_vars("geo")),
    "named": MaskedPrior(effect(BOTH), MASK, active_dim="pairs"),
    "inside": Prior(
        "Normal", sigma=MaskedPrior(effect(), MASK[:, 0].drop_vars("channel")), dims=BOTH
    ),
}

CONFIGURATIONS = {
    "masks": MASKED,
    "lifetime value": {
        "alpha": LogNormalExp(2.0, 1.0, centered=False),
        "r": LogNormalExp(LogNormalExp(2.0, 0.3), 1.0),
        "a": Prior("HalfNormal", sigma=1.5),
        "b": LogNormalExp(2.0, cv=0.5),
    },
    "choice": {"betas_fixed_": LogNormalExp(0.5, 0.2, dims=("alts", "fixed_covariates"))},
    "diffusion": {
        "m": Scaled(LogNormalExp(1.0, 0.3, dims="product"), 1000.0),
        "likelihood": Prior(
            "NegativeBinomial", alpha=LogNormalExp(2.0, 0.5), dims=("T", "product")
        ),
    },
}


@formats
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_through_a_file(name, format, tmp_path):
    priors, path = CONFIGURATIONS[name], tmp_path / f"priors.{format}"
    unfunnel.dump(priors, path)
    assert same(unfunnel.load(path), priors)
    assert ACCEPTED.is_valid(json.loads(unfunnel.dumps(priors)))


BARE = {
    "ours": effect(centered=SIZES / 4),
    "plain": Prior("Normal", mu=SIZES, sigma=effect(), dims="geo"),
    "scaled": Scaled(Prior("Normal", mu=SIZES, dims="geo"), SIZES),
    "censored": Censored(Prior("Normal", mu=SIZES, dims="geo"), lower=0.0),
    "masked": MASKED["labelled"],
    "unlabelled": MASKED["without labels"],
    "by label": ByCoord("geo", {"a": effect(None), "b": Prior("Normal"), "c": LogNormalExp(1, 2)}),
    "labels": SIZES,
}


@formats
def test_bare_is_what_deserialize_reads(format):
    text = unfunnel.dumps(BARE, format, bare=True)
    for name, data in READERS[format](text).items():
        assert same(deserialize(data), BARE[name]), name
    assert same(unfunnel.loads(text, format), BARE)


@formats
def test_bare_is_what_a_saved_model_config_holds(format):
    config = {name: BARE[name] for name in ("ours", "by label")} | {"m": Prior("Normal", mu=1)}
    data = READERS[format](unfunnel.dumps({**config, "weight": 2.5}, format, bare=True))
    again = serialization.deserialize_model_config(data)
    assert again == {**config, "weight": 2.5}
    assert all(type(again[name]) is type(config[name]) for name in config)


def test_what_upstream_would_drop_is_refused_in_bare():
    prior = Prior("Normal", mu=0, sigma=1, dims="geo", core_dims="geo")
    assert same(unfunnel.loads(unfunnel.dumps({"x": prior}))["x"], prior)
    with pytest.raises(UnsupportedError, match=r"x: expected what pymc-extras reads.*core_dims"):
        unfunnel.dumps({"x": prior}, bare=True)


def test_priors_of_others_are_refused_by_name():
    with pytest.raises(UnsupportedError, match="Use LogNormalExp in its place"):
        unfunnel.dumps({"x": LogNormalPrior(mean=1, std=1)})


def test_the_yaml_builder_reads_a_bare_mapping(tmp_path, media_data):
    labelled = DataArray([1.0, 2.0], dims="channel", coords={"channel": COORDS["channel"]})
    saturation = {
        "beta": effect(BOTH),
        "lam": Prior("Gamma", mu=labelled, sigma=0.5, dims="channel"),
    }
    config = {"intercept": LogNormalExp(2.0, 0.5, dims="geo", centered="offset")}
    bare = [yaml.safe_load(unfunnel.dumps(x, "yaml", bare=True)) for x in (saturation, config)]
    kwargs = {
        "date_column": "date",
        "target_column": "y",
        "channel_columns": COORDS["channel"],
        "dims": ["geo"],
        "adstock": {"class": "pymc_marketing.mmm.GeometricAdstock", "kwargs": {"l_max": 3}},
        "saturation": {
            "class": "pymc_marketing.mmm.LogisticSaturation",
            "kwargs": {"priors": bare[0]},
        },
        "model_config": bare[1],
    }
    path = tmp_path / "model.yaml"
    model = {"class": "pymc_marketing.mmm.MMM", "kwargs": kwargs}
    path.write_text(yaml.safe_dump({"model": model}))
    frame, y = media_data
    mmm = build_mmm_from_yaml(path, X=frame, y=y)
    assert same(mmm.saturation.function_priors["beta"], saturation["beta"])
    assert same(mmm.saturation.function_priors["lam"], saturation["lam"])
    assert same(mmm.model_config["intercept"], config["intercept"])


@formats
def test_a_media_mix_model(make_mmm, format):
    priors = {
        "beta": effect(BOTH),
        "lam": MASKED["labelled"],
        "intercept": LogNormalExp(0.5, 0.2, dims="geo"),
        "likelihood": Prior("Normal", sigma=effect(None), dims=("date", "geo")),
    }

    def identifier(given):
        saturation = {name: given[name] for name in ("beta", "lam")}
        config = {name: given[name] for name in ("intercept", "likelihood")}
        return make_mmm(saturation=saturation, model_config=config, build=False).id

    again = unfunnel.loads(unfunnel.dumps(priors, format), format)
    assert same(again, priors)
    assert identifier(again) == identifier(priors)
