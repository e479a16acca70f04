"""Priors of other libraries become ours: the same laws, with notes, and refusals with reasons."""

import copy
import json
import math
import re
from inspect import signature

import numpy as np
import pymc as pm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior

from unfunnel import LaplaceIdentity, LogNormalExp
from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.families import LOGNORMAL_EXP
from unfunnel.families.ops import NUMPY
from unfunnel.files.convert import Entry, convert, times

pytestmark = pytest.mark.usefixtures("fast_compile")

GAMMA = {"dist": "Gamma", "kwargs": {"mu": 1.5, "sigma": 0.5}}
HALF_NORMAL = {"dist": "HalfNormal", "kwargs": {"sigma": 0.5}}


def peer(name, *, dims=None, centered=True, **parameters):
    data = {"special_prior": name, "kwargs": parameters}
    return data | ({} if centered else {"centered": False}) | ({"dims": dims} if dims else {})


def exponential(mu=0.4, sigma=0.3, **options):
    kwargs = {"mu": mu, "sigma": sigma}
    return {"dist": "Normal", "kwargs": kwargs, "transform": "exp", **options}


def converted(data):
    """Convert one prior, of which nothing may be refused, and return it with its note."""
    before = copy.deepcopy(data)
    found = convert({"beta": data})
    assert data == before
    assert not found.refused
    (note,) = found.notes
    json.dumps(found.data)
    return found.data["beta"], str(note)


def refused(data):
    found = convert({"beta": data})
    assert found.data == {"beta": data}
    assert not found.notes
    (problem,) = found.refused
    return problem


# -- what is written


@pytest.mark.parametrize("form", ["special", "flat", "class", "registry"])
def test_every_form_of_a_log_normal_prior(form):
    parameters = {"mean": GAMMA, "std": 0.5}
    options = {"dims": ["geo"], "centered": False}
    name = "LogNormalPrior"
    data = {
        "special": {"special_prior": name, "kwargs": parameters, **options},
        "flat": {"special_prior": name, **parameters, **options},
        "class": {"class": f"pymc_marketing.special_priors.{name}", "kwargs": parameters | options},
        "registry": {
            "special_prior": name,
            "kwargs": parameters,
            **options,
            "__type__": f"pymc_marketing.special_priors.{name}",
        },
    }[form]
    found, note = converted(data)
    assert deserialize(found) == LogNormalExp(
        Prior("Gamma", mu=1.5, sigma=0.5), 0.5, dims="geo", centered=False
    )
    assert ("distribution" in found) == (form == "flat")  # written as it was
    assert note.startswith("beta: LogNormalPrior is now LogNormalExp: the same law")
    assert "_mu and _sigma, not _mean and _std" in note


def test_aliases_and_likelihoods():
    assert converted(peer("LogNormalPrior", mu=2.0, sigma=1.0))[0] == {
        "dist": "LogNormalExp",
        "kwargs": {"mu": 2.0, "sigma": 1.0},
    }
    found, note = converted(peer("LogNormalPrior", std=HALF_NORMAL, dims=["date"]))
    assert found["kwargs"] == {"sigma": HALF_NORMAL}
    assert "without mu it is a likelihood" in note


def test_nested_and_enveloped_priors():
    nested = {"dist": "Normal", "kwargs": {"mu": 0, "sigma": peer("LogNormalPrior", mean=1, std=2)}}
    file = {"$schema": "x", "unfunnel": 1, "priors": {"beta": nested, "kept": GAMMA}}
    found = convert(file)
    assert found.data["priors"]["beta"]["kwargs"]["sigma"]["dist"] == "LogNormalExp"
    assert found.data["priors"]["kept"] == GAMMA
    assert (found.data["$schema"], found.data["unfunnel"]) == ("x", 1)
    assert found.notes[0].path == ("beta", "kwargs", "sigma")
    members = {"dist": "ByCoord", "kwargs": {"dim": "c", "members": [exponential()]}}
    assert convert({"beta": members}).notes[0].path == ("beta", "kwargs", "members", 0)


def test_arrays_of_xarray():
    data = {
        "dims": ["geo"],
        "attrs": {},
        "data": [1.0, 2.0],
        "coords": {"geo": {"dims": ["geo"], "attrs": {}, "data": ["a", "b"]}},
        "name": None,
    }
    found, _ = converted(peer("LogNormalPrior", mean=data, std=1.0, dims=["geo"]))
    mean = deserialize(found).parameters["mu"]
    assert mean.dims == ("geo",)
    assert list(mean["geo"].values) == ["a", "b"]
    assert mean.values.tolist() == [1.0, 2.0]


def test_priors_are_asked_for_their_dictionaries():
    found = convert({"a": Prior("Normal", mu=0.4, sigma=0.3, transform="exp"), "b": 2.0})
    assert found.data["a"]["dist"] == "LogNormalExp"
    assert found.data["b"] == 2.0


def test_what_is_ours_stays():
    ours = {"a": LogNormalExp(1, 2, dims="geo").to_dict(), "b": GAMMA, "c": [1, 2], "d": "text"}
    found = convert(ours)
    assert (found.data, found.notes, found.refused) == (ours, [], [])


# -- the laws


@settings(max_examples=50)
@given(st.floats(-20, 20), st.floats(1e-3, 5))
def test_an_exponential_has_its_own_location_and_scale(mu, sigma):
    found, _ = converted(exponential(mu, sigma))
    location, scale = LOGNORMAL_EXP.location_scale(found["kwargs"], NUMPY)
    assert location == pytest.approx(mu, rel=1e-9, abs=1e-9)
    assert scale == pytest.approx(sigma, rel=1e-9)


@pytest.mark.parametrize(
    ("kwargs", "mu", "sigma"),
    [({}, 0.0, 1.0), ({"mu": 1}, 1.0, 1.0), ({"tau": 4.0}, 0.0, 0.5), ({"sigma": 2}, 0.0, 2.0)],
)
def test_defaults_are_those_of_pymc(kwargs, mu, sigma):
    found, _ = converted({"dist": "Normal", "kwargs": kwargs, "transform": "exp"})
    assert found["kwargs"]["mu"] == pytest.approx(math.exp(mu + sigma**2 / 2))
    assert found["kwargs"]["sigma"] == pytest.approx(
        math.exp(mu + sigma**2 / 2) * math.sqrt(math.expm1(sigma**2))
    )


def test_arrays_keep_their_form():
    found, _ = converted(exponential([0.0, 1.0], 0.5, dims=["geo"]))
    assert found["kwargs"]["mu"] == pytest.approx(np.exp([0.125, 1.125]))
    labels = {"class": "DataArray", "dims": ["geo"], "coords": {"geo": ["a", "b"]}}
    found, _ = converted(exponential({**labels, "data": [0.0, 1.0]}, 0.5, dims=["geo"]))
    assert {**found["kwargs"]["sigma"], "data": 0} == {**labels, "data": 0}
    assert found["kwargs"]["mu"]["data"] == pytest.approx(np.exp([0.125, 1.125]))
    other = {**labels, "coords": {"geo": ["b", "a"]}, "data": [0.5, 0.6]}
    with_other = exponential({**labels, "data": [0.0, 1.0]}, other)
    assert "arrays with different dims or coords" in str(refused(with_other))


def log_density(prior, at, coords):
    with pm.Model(coords=coords) as model:
        prior.create_variable("x")
    point = {value.name: np.full(3, at) for value in model.value_vars}
    return model.compile_logp(jacobian=False)(point)


@pytest.mark.parametrize("b", [0.7, [0.5, 1.0, 2.0]])
def test_a_laplace_prior_is_the_laplace_law(b):
    found, note = converted(peer("LaplacePrior", mu=0.5, b=b, dims=["geo"]))
    prior = deserialize(found)
    assert type(prior) is LaplaceIdentity
    assert "sqrt(2) b" in note
    coords = {"geo": list("abc")}
    theirs = Prior("Laplace", mu=0.5, b=b if isinstance(b, float) else np.array(b), dims="geo")
    for at in (-3.0, 0.4, 2.0):
        assert log_density(prior, at, coords) == pytest.approx(log_density(theirs, at, coords))


def test_a_non_centered_laplace_prior_is_told_apart():
    _, note = converted(peer("LaplacePrior", mu=0, b=1, dims=["geo"], centered=False))
    assert "one variance for all elements" in note
    assert "one variance" not in converted(peer("LaplacePrior", mu=0, b=1, dims=["geo"]))[1]


FORMS = [
    pytest.param(name, list(signature(form).parameters), id=f"{name}-{number}")
    for name, row in DISTRIBUTIONS.items()
    if row.units
    for number, form in enumerate(row.forms)
]


@pytest.mark.parametrize(("name", "parameters"), FORMS)
def test_hyperpriors_in_another_unit(name, parameters):
    given = {key: 2.5 + 0.25 * number for number, key in enumerate(parameters)}
    scaled = times({"dist": name, "kwargs": given}, 3.0)
    assert scaled["dist"] == name
    row, at = DISTRIBUTIONS[name], [0.1, 0.5, 0.9]
    old, new = (row.law(*row.numbers(each)).ppf(at) for each in (given, scaled["kwargs"]))
    assert new == pytest.approx(3.0 * old, rel=1e-9)


def test_ours_in_another_unit_and_what_becomes_scaled():
    ours = {"dist": "LogNormalExp", "kwargs": {"mu": 2.0, "cv": 0.3}}
    assert times(ours, 3.0)["kwargs"] == {"mu": 6.0, "cv": 0.3}
    for other in (
        {"dist": "LogNormal", "kwargs": {"mu": 0.0, "sigma": 1.0}},
        {"dist": "HalfNormal"},  # the default has a unit
        {"dist": "Uniform", "kwargs": {"lower": 0.5}},
        {"dist": "HalfNormal", "kwargs": {"sigma": HALF_NORMAL}},
        {**HALF_NORMAL, "transform": "exp"},
    ):
        assert times(other, 3.0) == {"class": "Scaled", "data": {"dist": other, "factor": 3.0}}


# -- what is refused


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        (peer("LogNormalPrior", mean=-2.0, std=1.0), ("mean",), "positive .* -2.0.*squares it"),
        (peer("LogNormalPrior", mean=[1, -2], std=1.0), ("mean",), r"positive .* \[1, -2\]"),
        (peer("LogNormalPrior", mean="1e-3", std=1), ("mean",), "'1e-3', of type str"),
        (peer("LogNormalPrior", mean=1.0), (), "expected 'std', .* without 'std'"),
        (peer("LogNormalPrior", mean=1, std=1, sd=2), ("sd",), "a key 'sd'.*mean 'std'"),
        ({**peer("LogNormalPrior", mean=1, std=1), "centred": 1}, ("centred",), "nothing is ign"),
        (peer("LaplacePrior", mu=0, b=0), ("b",), "a positive number, but got 0"),
        (peer("LaplacePrior", mu=0), (), "expected 'mu' and 'b', .* without 'b'"),
        (peer("LaplacePrior", mu={**GAMMA, "dims": "geo"}, b=1), (), "no dims, while mu has 'geo'"),
        (exponential(800, 1), (), "mu = inf"),
        (exponential(0, 0), (), "sigma = 0"),
    ],
)
def test_refusals(data, path, message):
    problem = refused(data)
    assert problem.path == ("beta", *path)
    assert re.search(message, str(problem))


@pytest.mark.parametrize(("mu", "sigma"), [(0.0, HALF_NORMAL), (HALF_NORMAL, [0.1, 1.0])])
def test_a_hierarchy_on_the_log_scale_is_refused_with_what_to_write(mu, sigma):
    problem = refused(exponential(mu, sigma, dims=["geo"]))
    assert problem.path == ("beta",)
    assert "on the log scale" in problem.given
    assert "LogNormalExp(mu, cv)" in problem.remedy


def test_dictionaries_that_name_no_prior():
    assert Entry.read({"class": "Scaled", "data": {"dist": GAMMA, "factor": 2}}) is None
    assert Entry.read({"dist": GAMMA, "factor": 2.0}) is None
    scaled = {"class": "Scaled", "data": {"dist": exponential(), "factor": 2}}
    assert converted(scaled)[0]["data"]["dist"]["dist"] == "LogNormalExp"
