"""Priors of other libraries become ours: the same laws, with notes, and refusals with reasons."""

import copy
import json
import math
import re

import numpy as np
import pymc as pm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior

from unfunnel import LaplaceIdentity, LogNormalExp
from unfunnel.families import LOGNORMAL_EXP
from unfunnel.families.ops import NUMPY
from unfunnel.files.convert import convert

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
    (note,) = found.refused
    return str(note)


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
    members = {"dist": "ByCoord", "kwargs": {"dim": "c", "members": [exponential()]}}
    scaled = {"class": "Scaled", "data": {"dist": exponential(), "factor": 2}}
    ours = LogNormalExp(1, 2, dims="geo").to_dict()
    file = {"$schema": "x", "unfunnel": 1, "priors": {
        "beta": nested, "by": members, "scaled": scaled, "kept": GAMMA, "ours": ours, "one": 1.0,
        "object": Prior("Normal", mu=0.4, sigma=0.3, transform="exp"),
    }}  # fmt: skip
    found = convert(file)
    priors = found.data["priors"]
    assert priors["beta"]["kwargs"]["sigma"]["dist"] == "LogNormalExp"
    assert priors["object"]["dist"] == "LogNormalExp"
    assert (priors["kept"], priors["ours"], priors["one"]) == (GAMMA, ours, 1.0)
    assert (found.data["$schema"], found.data["unfunnel"]) == ("x", 1)
    assert [note.path for note in found.notes] == [
        ("beta", "kwargs", "sigma"),
        ("by", "kwargs", "members", 0),
        ("scaled", "data", "dist"),
        ("object",),
    ]


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
    assert "arrays with different dims or coords" in refused(with_other)


def log_density(prior, at, coords):
    with pm.Model(coords=coords) as model:
        prior.create_variable("x")
    point = {value.name: np.full(3, at) for value in model.value_vars}
    return model.compile_logp(jacobian=False)(point)


def test_a_laplace_prior_is_the_laplace_law():
    b = [0.5, 1.0, 2.0]
    found, note = converted(peer("LaplacePrior", mu=0.5, b=b, dims=["geo"]))
    prior = deserialize(found)
    assert type(prior) is LaplaceIdentity
    assert "sqrt(2) b" in note
    coords = {"geo": list("abc")}
    theirs = Prior("Laplace", mu=0.5, b=np.array(b), dims="geo")
    for at in (-3.0, 0.4, 2.0):
        assert log_density(prior, at, coords) == pytest.approx(log_density(theirs, at, coords))


def test_a_hyperprior_of_a_laplace_prior_is_scaled():
    found, note = converted(peer("LaplacePrior", mu=GAMMA, b=HALF_NORMAL, dims=["geo"]))
    factor = math.sqrt(2.0)
    assert found["kwargs"] == {
        "mu": GAMMA,
        "sigma": {"class": "Scaled", "data": {"dist": HALF_NORMAL, "factor": factor}},
    }
    assert "ends in _sigma, not _b" in note
    assert deserialize(found).parameters["sigma"].factor == factor


def test_a_non_centered_laplace_prior_is_told_apart():
    _, note = converted(peer("LaplacePrior", mu=0, b=1, dims=["geo"], centered=False))
    assert "one variance for all elements" in note
    assert "one variance" not in converted(peer("LaplacePrior", mu=0, b=1, dims=["geo"]))[1]


# -- what is refused


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (peer("LogNormalPrior", mean=-2.0, std=1.0), "mean = -2.0 is not positive.*squares it"),
        (peer("LogNormalPrior", mean=[1, -2], std=1.0), r"mean = \[1, -2\] is not positive"),
        (peer("LogNormalPrior", mean="1e-3", std=1), "'1e-3', of type str"),
        (peer("LogNormalPrior", mean=1.0), "without 'std'"),
        (peer("LogNormalPrior", mean=1, std=1, sd=2), "keys 'mean' and 'std', not 'sd'"),
        ({**peer("LogNormalPrior", mean=1, std=1), "centred": 1}, "not 'centred'"),
        (peer("LaplacePrior", mu=0, b=0), "b = 0 is not positive"),
        (peer("LaplacePrior", mu=0), "without 'b'"),
        (peer("LaplacePrior", mu={**GAMMA, "dims": "geo"}, b=1), "mu has dims and it has none"),
        (exponential(800, 1), "mu = inf"),
        (exponential(0, 0), "sigma = 0"),
        (exponential(0.0, HALF_NORMAL, dims=["geo"]), "on the log scale.*LogNormalExp.mu, cv"),
        (exponential(HALF_NORMAL, [0.1, 1.0]), "on the log scale"),
    ],
)
def test_refusals_are_one_sentence(data, message):
    said = refused(data)
    assert re.fullmatch(rf"beta: .*{message}.*\.", said)
    assert ". " not in said
