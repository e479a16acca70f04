"""Initial values are points in natural units, whatever coordinate is sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from models import COORDS, GROUPS, by_others, mixed
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.tuning.blocks import Plan
from unfunnel.tuning.compiled import Coordinates, compile_plan, in_coordinates, set_in_model
from unfunnel.tuning.estimate import Site
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


def start(model: Any, sites: dict[str, Site], **options: Any) -> dict[str, np.ndarray]:
    plan, coordinates = Plan.of(model), Coordinates(sites)
    compiled = compile_plan(plan, **(NO_JITTER | options))
    return natural(model, in_coordinates(compiled, plan, coordinates), coordinates)


def test_an_initial_value_of_a_block():
    model = mixed()
    model.set_initval(model["phi"], START)
    plan = Plan.of(model)
    compiled = compile_plan(plan, **NO_JITTER)
    other = Site(SITE.information[::-1], SITE.weighted_location)
    used = Coordinates({"phi": SITE}), Coordinates({"phi": other})
    ready = [in_coordinates(compiled, plan, coordinates) for coordinates in used]
    for _ in range(2):  # what one coordinate needs is not left behind for the other
        for each, coordinates in zip(ready, used, strict=True):
            np.testing.assert_allclose(natural(model, each, coordinates)["phi"], START)


@pytest.mark.slow
def test_without_one_a_block_starts_where_the_data_put_it():
    """The middle of the sampled coordinate: not the prior mean, far away if data are strong."""
    site = Site(np.full(GROUPS, 1e6), np.full(GROUPS, 1e6 * np.log(40.0)))
    np.testing.assert_allclose(start(mixed(), {"phi": site})["phi"], 40.0, rtol=1e-3)


@pytest.mark.slow
def test_a_block_whose_location_is_a_block():
    with pm.Model(coords=COORDS | {"part": range(2)}) as model:
        region = NormalIdentity(
            Prior("Normal"), Prior("HalfNormal"), dims="part", centered="auto"
        ).create_variable("region")
        NormalIdentity(
            region[np.arange(GROUPS) % 2], Prior("HalfNormal"), dims="group", centered="auto"
        ).create_variable("a")
    model.set_initval(model["a"], START)
    sites = {"region": Site(np.array([3.0, 900.0]), np.array([9.0, -2.0])), "a": SITE}
    found = start(model, sites)
    np.testing.assert_allclose(found["a"], START)
    np.testing.assert_allclose(found["region"], 0.0, atol=1e-12)  # as PyMC starts it


@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")  # so few draws
def test_sample_starts_there(nutpie_calls):
    """Also where the block was found in a model written without this library."""
    model = by_others()
    model.set_initval(model["a"], START)
    options = {"draws": 50, "tune": 50, "chains": 2, "compile_kwargs": NO_JITTER}
    trace = unfunnel.sample(model, blocks="all", seed=1, progress_bar=False, **options)
    found = trace["unfunnel"]
    site = Site(*(found[f"a_{x}"].values for x in ("information", "weighted_location")))
    assert site.information.max() > 100.0
    copy = unfunnel.reparameterize(model)
    first = Coordinates({"a": Site(*np.zeros((2, GROUPS)))})
    last = Coordinates({"a": site}, {"tau": float(np.log(found["tau_stretch"]))})
    for call, coordinates in ((0, first), (-1, last)):
        compiled, _options = nutpie_calls[call]
        np.testing.assert_allclose(natural(copy, compiled, coordinates)["a"], START)


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
