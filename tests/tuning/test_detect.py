"""Which variables of a model are hierarchies, and why others are left alone."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from models import by_others
from pymc.distributions.transforms import ordered

from unfunnel import (
    LogNormalExp,
    NormalIdentity,
    ProbitNormal,
    StudentTIdentity,
    reparameterize,
)
from unfunnel.tuning.detect import find_hierarchies


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_a_model_written_without_us(xdist):
    found = find_hierarchies(by_others(xdist))
    assert list(found.links) == ["a"]
    assert found.left_alone == {"z": "already non-centered: it is multiplied by a random scale"}


ROWS = np.array([0, 1, 1, 2])

OURS = {
    "LogNormal": lambda s, c: LogNormalExp(2.0, s, dims="geo", centered=c),
    "MirroredLogNormal": lambda s, c: LogNormalExp(-2.0, s, upper=0, dims="geo", centered=c),
    "ProbitNormal": lambda s, c: ProbitNormal(0.4, spread=s / (1 + s), dims="geo", centered=c),
    "StudentT": lambda s, c: StudentTIdentity(0.0, s, nu=5, dims="geo", centered=c),
}


@pytest.mark.parametrize("law", OURS)
@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_priors_of_ours_in_another_parameterization(law, xdist):
    def model_of(centered):
        with pm.Model(coords={"geo": range(3)}) as model:
            s = (pmd if xdist else pm).HalfNormal("s")
            prior = OURS[law](s, centered)
            prior.create_variable("beta", xdist=xdist)
        return model, prior

    for centered in (True, False):
        model, prior = model_of(centered)
        found = find_hierarchies(model)
        assert found.left_alone == {}
        assert found.links == {"beta": prior.family.link}
        assert "beta_informed__" in [v.name for v in reparameterize(model).value_vars]
    (reason,) = find_hierarchies(model_of("offset")[0]).left_alone.values()
    assert reason.startswith("already non-centered")


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
    assert list(found.left_alone) == ["gamma", "zero", "order"]
    assert found.left_alone["gamma"] == "Gamma is not a location-scale law that is supported"
    assert found.left_alone["order"] == "it has the transform ordered"


def test_labelled_offsets():
    with pm.Model(coords={"g": range(3), "week": range(4)}) as model:
        z, tau = pmd.Normal("z", 0, 1, dims="g"), pmd.HalfNormal("tau", sigma=1)
        pmd.Deterministic("b", tau * z)
        w = pmd.Normal("w", 0, 1, dims="g")
        rows = pmd.as_xtensor(ROWS, dims="row")
        pmd.Deterministic("c", tau * w.isel(g=rows).rename(row="week"))
        NormalIdentity(0.0, 1.0, dims="g").create_variable("constant", xdist=True)
    assert list(find_hierarchies(model).left_alone) == ["z", "w"]


#: What stands between an offset and what it is multiplied by.
SCALED = {
    "rows": lambda z, t: z[ROWS] * t,
    "rows of both": lambda z, t: z[ROWS] * (t * np.ones(3))[ROWS],
    "slice": lambda z, t: t * z[1:],
    "matrix": lambda z, t: pm.math.dot(t * np.eye(3), z),
    "matmul": lambda z, t: (t * np.eye(3)) @ z[:, None],
    "division": lambda z, t: z / t,
    "data between": lambda z, t: t * pm.math.dot(np.ones((2, 3)), -z),
    "around its mean": lambda z, t: t * (z - z.mean()),
    "shape": lambda z, t: t * z.reshape((1, 3)),
}


@pytest.mark.parametrize("form", SCALED)
def test_offsets_in_the_forms_that_texts_have(form):
    with pm.Model() as model:
        z, t = pm.Normal("z", shape=3), pm.HalfNormal("t")
        pm.Deterministic("b", 1.0 + SCALED[form](z, t))
    assert list(find_hierarchies(model).left_alone) == ["z"]


def test_correlated_offsets():
    with pm.Model() as model:
        spread = pm.HalfNormal.dist(shape=2)
        factor, _, _ = pm.LKJCholeskyCov("factor", eta=2, n=2, sd_dist=spread)
        z = pm.Normal("z", shape=(2, 5))
        pm.Normal("y", (factor @ z).T[:, 0], 1.0, observed=np.zeros(5))
    assert list(find_hierarchies(model).left_alone) == ["z"]


def test_sums_with_other_variables_are_no_offsets():
    with pm.Model() as model:
        z, t = pm.Normal("z", shape=3), pm.HalfNormal("t")
        intercept = pm.Normal("intercept")
        pm.Deterministic("b", t * (intercept + z[ROWS]))
        pm.Deterministic("c", (1.0 + t) / z)
    assert find_hierarchies(model).left_alone == {}


def test_a_positive_variable_without_a_transform():
    with pm.Model() as model:
        pm.LogNormal("a", 0, pm.HalfNormal("s"), shape=2, default_transform=None)
    assert find_hierarchies(model).left_alone == {"a": "it has no transform"}
