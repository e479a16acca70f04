"""Which variables of a model are hierarchies, and why others are left alone."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from models import by_others, mixed
from pymc.distributions.transforms import ordered

from unfunnel import NormalIdentity
from unfunnel.tuning.hierarchies import find_hierarchies


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_a_model_written_without_us(xdist):
    found = find_hierarchies(by_others(xdist))
    assert list(found.links) == ["a"]
    assert found.untouched == {"z": "already non-centered: it is multiplied by a random scale"}


def test_laws():
    with pm.Model() as model:
        s = pm.HalfNormal("s")
        pm.Normal("normal", 0, s, shape=2)
        pm.LogNormal("lognormal", 0, s, shape=2)
        pm.StudentT("student", nu=4, mu=0, sigma=s, shape=2)
        pm.Laplace("laplace", 0, s, shape=2)
        pm.Normal("located", pm.Normal("m"), 1.0, shape=2)
        pm.Gamma("gamma", mu=1.0, sigma=s, shape=2)
        pm.ZeroSumNormal("zero", sigma=s, shape=2)
        pm.Normal("order", 0, s, shape=2, transform=ordered, initval=[0.0, 1.0])
        pm.Normal("flat", 0, 10, shape=2)
    found = find_hierarchies(model)
    assert list(found.links) == ["normal", "lognormal", "student", "laplace", "located"]
    assert {name: link.name for name, link in found.links.items()}["lognormal"] == "log"
    assert list(found.untouched) == ["gamma", "zero", "order"]
    assert found.untouched["gamma"] == "Gamma is not a location-scale law that is supported"
    assert found.untouched["order"] == "it has the transform ordered"


@pytest.mark.parametrize("centered", [True, False, "auto", 0.3])
def test_ours_in_every_coordinate(centered):
    assert list(find_hierarchies(mixed(centered)).links) == ["phi"]


def test_the_textbook_form_of_ours_is_named():
    found = find_hierarchies(mixed("offset"))
    assert not found.links
    assert list(found.untouched) == ["phi_log_offset"]


def test_coefficients_and_scales_are_no_offsets():
    with pm.Model() as model:
        x = pm.Data("x", np.ones(3))
        slope, scale = pm.Normal("slope"), pm.HalfNormal("scale")
        pm.Normal("y", slope * x, scale * 2.0, observed=np.zeros(3))
    assert find_hierarchies(model).untouched == {}


def test_labelled_offsets():
    with pm.Model(coords={"g": range(3)}) as model:
        z, tau = pmd.Normal("z", 0, 1, dims="g"), pmd.HalfNormal("tau", sigma=1)
        pmd.Deterministic("b", tau * z)
        NormalIdentity(0.0, 1.0, dims="g").create_variable("constant", xdist=True)
    assert list(find_hierarchies(model).untouched) == ["z"]


def test_a_positive_variable_without_a_transform():
    with pm.Model() as model:
        pm.LogNormal("a", 0, pm.HalfNormal("s"), shape=2, default_transform=None)
    assert find_hierarchies(model).untouched == {"a": "it has no transform"}
