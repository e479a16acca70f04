"""What is written is read again: of the same class, equal to the last bit, in the same order."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import numpy as np
import pandas as pd
import pymc as pm
import pytest
from hypothesis import given, settings
from pymc_extras.prior import Censored, Prior, Scaled
from strategies_of_priors import WORDS, files, same
from xarray import DataArray

import unfunnel
from unfunnel import ByCoord, LogNormalExp
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError

FORMATS = ("json", "yaml")
ACCEPTED = jsonschema.Draft202012Validator(unfunnel.schema())


def assert_comes_back(priors, format, bare=False):
    text = unfunnel.dumps(priors, format, bare)
    again = unfunnel.loads(text, format)
    assert same(again, priors), text
    assert unfunnel.dumps(again, format, bare) == text


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60)
@given(files)
def test_any_file(format, priors):
    assert_comes_back(priors, format)


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=1000)
@given(files)
def test_any_file_many_times(format, priors):
    assert_comes_back(priors, format)


@pytest.mark.parametrize("format", FORMATS)
def test_words_as_names_labels_and_dims(format):
    for word in WORDS:
        named = word or "empty"
        array = DataArray([0.5, 1.5], dims=named, coords={named: [word, f"{word}2"]})
        priors = {
            word or "x": LogNormalExp(1, 1, dims=named),
            "b": Prior("Normal", mu=array, sigma=Scaled(Prior("HalfNormal"), array), dims=named),
            "c": ByCoord(named, {word: Prior("Normal"), f"{word}2": LogNormalExp(1, 2)}),
        }
        assert_comes_back(priors, format)


@settings(max_examples=15)
@given(files)
def test_the_schema_accepts_what_is_written(priors):
    for bare in (False, True):
        if bare and {"unfunnel", "$schema"} & priors.keys():
            continue
        try:
            data = json.loads(unfunnel.dumps(priors, bare=bare))
        except UnsupportedError as error:  # what a reader other than this library cannot be given
            assert bare and "core_dims" in str(error)
            continue
        if bare:  # where an infinite bound says that there is none
            data = json.loads(json.dumps(data).replace("Infinity", "1e308"))
        assert not list(ACCEPTED.iter_errors(data))


DAYS = pd.date_range("2024-01-01", periods=2)
TIMES = DataArray(
    [[0.2, 0.4], [0.6, 0.8]],
    dims=("time", "geo"),
    coords={
        "time": DAYS,
        "geo": ["a", "b"],
        "area": ("geo", [5.0, 6.0]),
        "opened": ("geo", DAYS + pd.Timedelta("5h")),
        "year": 2024,
    },
)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "value",
    [
        TIMES,
        TIMES.isel(time=1),
        Prior("Normal", mu=TIMES, sigma=TIMES.isel(geo=0), dims=("time", "geo")),
        Scaled(Prior("Normal", mu=TIMES.isel(time=0), dims="geo"), TIMES.isel(time=1)),
        Prior("Normal", mu=Prior("Normal", mu=TIMES[0], dims="geo"), dims=("time", "geo")),
        Prior("Normal", sigma=Prior("HalfNormal", sigma=1), dims="geo"),
        Prior("Dirichlet", a=np.ones(3), dims="geo", core_dims="geo"),
        Prior("HalfNormal"),
        np.array([[1, 2], [3, 4]]),
        np.array([5e-324, 0.1 + 0.2, -0.0, 1e22]),
        DataArray(3.5),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_upstream_would_lose(value, format):
    assert_comes_back({"x": value}, format)
    assert not list(ACCEPTED.iter_errors(json.loads(unfunnel.dumps({"x": value}))))


def test_numpy_numbers_become_pythons():
    written = {"a": np.float32(0.1), "b": np.int8(3), "c": np.float64(0.1), "d": np.array(2.5)}
    assert same(
        unfunnel.loads(unfunnel.dumps(written)),
        {"a": float(np.float32(0.1)), "b": 3, "c": 0.1, "d": 2.5},
    )


@pytest.mark.usefixtures("fast_compile")
def test_numbers_of_a_model_are_written_and_its_variables_are_not():
    with pm.Model(coords={"geo": ["a", "b"]}):
        data = pm.Data("m", [1.0, 2.0], dims="geo")
        text = unfunnel.dumps({"x": Prior("Normal", mu=data, dims="geo")})
        expected = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})
        assert same(unfunnel.loads(text)["x"].parameters["mu"], expected)
        random = Prior("Normal", mu=pm.Normal("z"))
    with pytest.raises(UnsupportedError, match=r"beta\.kwargs\.mu.*depends on a random variable"):
        unfunnel.dumps({"beta": random})


class Effect(LogNormalExp):
    """A prior with another name."""


class Other(Prior):
    """A prior of somebody else's."""


def circular():
    prior = Prior("Normal", mu=Prior("Normal"))
    prior.parameters["mu"].parameters["mu"] = prior
    return prior


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Effect(1, 2), r"x: expected a Prior, one of ours.*type Effect.*as its base class"),
        (Other("Normal"), r"type Other"),
        (Scaled(Effect(1, 2), 2.0), r"x\.data\.dist: expected"),
        ({"dist": "Normal"}, r"Revive it first"),
        ("Normal", r"type str.*holds priors, numbers and arrays"),
        (None, r"Leave the name out"),
        (object(), r"x: expected.*of type object"),
        (Scaled(Prior("Normal"), "2"), r"x\.data\.factor"),
        (np.array([1.0, np.nan]), r"x\[1\]: expected finite numbers, but got nan"),
        (Prior("Uniform", lower=0, upper=np.inf), r"x\.kwargs\.upper.*but got inf.*Leave out"),
        (np.zeros((0, 2)), r"at least one.*float64 of shape \(0, 2\)"),
        (np.array([1j]), r"complex128"),
        (np.array(["a"]), r"<U1"),
        (Effect, r"type type"),
        (DataArray([1.0], dims="t", coords={"t": DAYS[:1].tz_localize("UTC")}), "time zone"),
        (DataArray([1.0], dims="t", coords={"t": pd.DatetimeIndex(["3000-01-01"])}), "dates"),
        (DataArray([1.0], dims="t", coords={"t": pd.DatetimeIndex([None])}), "NaT"),
        (DataArray([1.0], dims="t", coords={"t": [np.nan]}), "nan"),
        (
            DataArray([[1.0]], dims=("a", "b"), coords={"c": (("a", "b"), [[1]])}),
            r"drop_vars\('c'\)",
        ),
        (circular(), "depth that can be counted"),
        (np.zeros(100_000), "at most 100000 values"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_has_no_form_is_refused(value, message):
    with pytest.raises(UnsupportedError, match=message):
        unfunnel.dumps({"x": value})


def test_names_and_formats_are_checked():
    with pytest.raises(ParameterError, match="a mapping of names to priors"):
        unfunnel.dumps(LogNormalExp(1, 2))
    with pytest.raises(ParameterError, match="names that are texts"):
        unfunnel.dumps({1: LogNormalExp(1, 2)})
    with pytest.raises(ParameterError, match="'json' or 'yaml'"):
        unfunnel.dumps({}, "toml")
    with pytest.raises(ParameterError, match="one of 'json' and 'yaml'"):
        unfunnel.loads("", "toml")
    for name in ("unfunnel", "$schema"):
        assert unfunnel.loads(unfunnel.dumps({name: 1.0})) == {name: 1.0}
        with pytest.raises(UnsupportedError, match="Rename the prior"):
            unfunnel.dumps({name: 1.0}, bare=True)


@pytest.mark.parametrize("path", [3, None, ["p.json"], b"p.json"])
def test_paths_are_checked(path):
    with pytest.raises(ParameterTypeError, match="path: expected the path of a file"):
        unfunnel.load(path)
    with pytest.raises(ParameterTypeError, match="path: expected the path of a file"):
        unfunnel.dump({}, path)


@pytest.mark.parametrize("name", ["p.json", "p.yaml", "p.YML"])
def test_files(tmp_path, name):
    priors = {"zeta": LogNormalExp(1, 2), "alpha": Prior("Normal"), "é": 1}
    path = tmp_path / name
    unfunnel.dump(priors, path)
    assert same(unfunnel.load(str(path)), priors)
    before = path.read_bytes()
    assert b"\r" not in before and before.endswith(b"\n")
    with pytest.raises(UnsupportedError):
        unfunnel.dump({"x": object()}, path)
    assert path.read_bytes() == before
    with pytest.raises(ParameterError, match=r"'\.json', '\.yaml' and '\.yml', but got '\.txt'"):
        unfunnel.dump(priors, tmp_path / "p.txt")
    with pytest.raises(FileNotFoundError):
        unfunnel.load(tmp_path / "other.json")


@pytest.mark.slow
def test_in_a_new_process(tmp_path):
    path = tmp_path / "p.yaml"
    unfunnel.dump({"a": LogNormalExp(1, 2), "b": ByCoord("g", {"x": LogNormalExp(1, 2)})}, path)
    code = "import sys, unfunnel; print(unfunnel.load(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(unfunnel.load(path))


def test_censored_without_bounds_has_no_infinite_numbers():
    priors = {"x": Censored(Prior("Normal", mu=0), lower=0)}
    assert "nfinity" not in unfunnel.dumps(priors)
    # Upstream reads both bounds or nothing.
    assert "Infinity" in unfunnel.dumps(priors, bare=True)
    assert_comes_back(priors, "json", bare=True)
    assert_comes_back(priors, "yaml", bare=True)
