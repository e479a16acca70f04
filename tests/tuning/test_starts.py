"""Initial values are points in natural units, whatever coordinate is sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from models import GROUPS, MEANS, SIZES, by_others, mixed

import unfunnel
from unfunnel.tuning.compiled import Coordinates, set_in_model
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.reparameterize import informed_copy
from unfunnel.tuning.scores import Layout

START = np.linspace(1.0, 3.0, GROUPS)
NO_JITTER: dict[str, Any] = {"jitter_rvs": set()}
SITE = Site(np.linspace(1.0, 2000.0, GROUPS), np.linspace(1.0, 500.0, GROUPS))


def natural(model: Any, compiled: Any, coordinates: Coordinates) -> dict[str, np.ndarray]:
    """Return where a compiled model starts, in natural units."""
    copy = informed_copy(model, {})  # which PyMC's own refuses for initial values
    set_in_model(Plan.of(copy), coordinates)
    function = copy.compile_fn(
        copy.unobserved_value_vars, inputs=copy.value_vars, on_unused_input="ignore"
    )
    layout = Layout.of(copy, compiled.shapes)
    flat = compiled.initial_point_func(1)
    values = function({v.name: layout.part(flat, v.name) for v in copy.value_vars})
    return dict(zip((v.name for v in copy.unobserved_value_vars), values, strict=True))


@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")  # so few draws
def test_the_pilot_starts_there_and_the_run_where_the_pilot_ended(nutpie_calls):
    """Also where the block was found in a model written without this library."""
    model = by_others()
    model.set_initval(model["a"], START)
    options = {"draws": 50, "tune": 50, "chains": 2, "compile_kwargs": NO_JITTER}
    trace = unfunnel.sample(model, blocks="all", seed=1, progress_bar=False, **options)
    found = trace["unfunnel"]
    site = Site(*(found[f"a_{x}"].values for x in ("information", "weighted_location")))
    assert site.information.max() > 100.0
    copy = unfunnel.reparameterize(model)
    first, last = nutpie_calls[0][0], nutpie_calls[-1][0]
    untuned = Coordinates({"a": Site(*np.zeros((2, GROUPS)))})
    np.testing.assert_allclose(natural(copy, first, untuned)["a"], START)
    stretch = {"tau": float(np.log(found["tau_stretch"]))}
    tuned = Coordinates({"a": site}, log_stretch=stretch)
    near = np.where(SIZES > 1, 10.0 / np.sqrt(SIZES), np.inf)  # standard errors of the data
    start = natural(copy, last, tuned)
    assert (np.abs(start["a"] + start["b"] - MEANS) < near).all()


def test_a_tuned_model_starts_there():
    model = mixed()
    model.set_initval(model["phi"], START)
    set_in_model(Plan.of(model), Coordinates({"phi": SITE}))
    point = pm.initial_point.make_initial_point_fn(model=model, return_transformed=False)(1)
    np.testing.assert_allclose(point["phi"], START)


def test_symbolic_initial_values_are_copied():
    with pm.Model() as model:
        pm.Normal("a", pm.Normal("mu"), pm.HalfNormal("s"), shape=2, initval=pt.arange(2) + 0.5)
    copy = unfunnel.reparameterize(model)
    mu, s, v = (copy.initial_point()[name] for name in ("mu", "s_softplus__", "a_informed__"))
    assert np.isfinite([mu, s]).all()
    point = pm.initial_point.make_initial_point_fn(model=copy, return_transformed=False)(1)
    np.testing.assert_allclose(point["a"], [0.5, 1.5])
    np.testing.assert_allclose(v[1] / v[0], 3.0)
