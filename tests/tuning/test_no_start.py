"""Models that cannot start are refused before nutpie samples them; the term is named."""

from __future__ import annotations

import numpy as np
import nutpie
import pymc as pm
import pytest

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.errors import SamplingError


@pytest.fixture(autouse=True)
def nothing_is_sampled(monkeypatch):
    def sample(compiled, **options):
        assert not hasattr(compiled, "n_dim"), "nutpie was asked to sample."
        return original(compiled, **options)

    original = nutpie.sample
    monkeypatch.setattr(nutpie, "sample", sample)


def groups(name="a"):
    return NormalIdentity(0.0, pm.HalfNormal("s"), dims="g", centered="auto").create_variable(name)


def outside_of_a_support():
    with pm.Model(coords={"g": range(3)}) as model:
        pm.Beta("rate", pm.math.exp(groups()), 2.0, observed=[0.5, 2.0, 0.5])
    return model


def not_a_number():
    with pm.Model(coords={"g": range(3)}) as model:
        pm.Potential("term", (groups() * np.array([1.0, np.nan, 1.0])).sum())
    return model


def without_a_gradient():
    with pm.Model(coords={"g": range(3)}) as model:
        pm.Potential("root", pm.math.sqrt(pm.Data("x", np.zeros(3)) * groups()).sum())
    return model


def of_another_static_length():
    with pm.Model(coords={"g": range(3)}) as model:
        pm.Normal("y", groups()[[0, 1, 2]], 1.0, observed=np.ones(4))
    return model


def of_another_length():
    with pm.Model(coords={"g": range(3)}) as model:
        x, y = pm.Data("x", np.ones(4)), pm.Data("obs", np.ones(5))
        pm.Normal("y", groups()[0] * x, 1.0, observed=y)
    return model


def a_quantity_of_another_length():
    with pm.Model(coords={"g": range(3)}) as model:
        a = groups()
        pm.Deterministic("total", a[0] * pm.Data("x", np.ones(4)) + pm.Data("z", np.ones(5)))
        pm.Normal("y", a, 1.0, observed=np.ones(3))
    return model


def an_initial_value_of_another_length():
    with pm.Model(coords={"g": range(3)}) as model:
        pm.Normal("y", groups(), 1.0, observed=np.ones(3))
        pm.Normal("w", pm.Data("x", np.ones(4)), 1.0, initval=pm.Data("start", np.ones(5)))
    return model


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (outside_of_a_support, "the log density of rate is -inf"),
        (not_a_number, "the log density of term is nan"),
        (without_a_gradient, "the gradient of the log density of root is not finite"),
        (of_another_static_length, r"y cannot be computed \("),
        (of_another_length, r"y cannot be computed \("),
        (a_quantity_of_another_length, r"total cannot be computed \("),
        (an_initial_value_of_another_length, "cannot be computed"),
    ],
)
def test_the_term_is_named(build, named):
    with pytest.raises(SamplingError, match=named):
        unfunnel.sample(build(), draws=20, tune=20, chains=1, seed=1, progress_bar=False)


def test_also_where_nothing_is_tuned():
    with pm.Model() as model:
        pm.Beta("rate", pm.math.exp(pm.Normal("x")), 2.0, observed=[0.5, 2.0])
    with pytest.raises(SamplingError, match="the log density of rate is -inf"):
        unfunnel.sample(model, progress_bar=False)
