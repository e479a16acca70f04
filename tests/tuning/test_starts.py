"""Initial values are points in natural units, whatever coordinate is sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytensor.tensor as pt
import pytest
from models import COORDS, GROUPS, by_others, mixed
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.compiled import compile_for_tuning, with_steering
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.geometry import Layout
from unfunnel.tuning.scales import scales_of

START = np.linspace(1.0, 3.0, GROUPS)
NO_JITTER: dict[str, Any] = {"jitter_rvs": set()}
STEERING = Estimate(np.linspace(1.0, 2000.0, GROUPS), np.linspace(1.0, 500.0, GROUPS))


def natural(
    model: Any, compiled: Any, steering: dict[str, Estimate], stretch: float = 1.0
) -> dict[str, np.ndarray]:
    """Return where a compiled model starts, in natural units."""
    for block in auto_blocks(model):
        block.sites.set(*steering[block.name])
    for scale in scales_of(model, auto_blocks(model)):
        scale.stretch(np.log(stretch))
    function = model.compile_fn(
        model.unobserved_value_vars, inputs=model.value_vars, on_unused_input="ignore"
    )
    layout = Layout.of(model, compiled.shapes)
    flat = compiled.initial_point_func(1)
    values = function({v.name: layout.part(flat, v.name) for v in model.value_vars})
    for block in auto_blocks(model):
        block.sites.set(*np.zeros((2, *(0,) * block.value.ndim)))
    for scale in scales_of(model, auto_blocks(model)):
        scale.stretch(0.0)
    names = (v.name for v in model.unobserved_value_vars)
    return dict(zip(names, values, strict=True))


def start(model: Any, steering: dict[str, Estimate], **options: Any) -> dict[str, np.ndarray]:
    blocks = auto_blocks(model)
    compiled = compile_for_tuning(model, blocks, **(NO_JITTER | options))
    return natural(model, with_steering(compiled, blocks, steering), steering)


def test_an_initial_value_of_a_block():
    model = mixed()
    model.set_initval(model["phi"], START)
    blocks = auto_blocks(model)
    compiled = compile_for_tuning(model, blocks, **NO_JITTER)
    other = Estimate(STEERING.information[::-1], STEERING.weighted_location)
    used = {"phi": STEERING}, {"phi": other}
    steered = [with_steering(compiled, blocks, steering) for steering in used]
    for _ in range(2):  # what one coordinate needs is not left behind for the other
        for each, steering in zip(steered, used, strict=True):
            np.testing.assert_allclose(natural(model, each, steering)["phi"], START)


@pytest.mark.slow
def test_initial_points_that_nutpie_is_given():
    """By the variable of a model that was copied, too."""
    model = by_others()
    copy = unfunnel.reparameterize(model)
    found = start(copy, {"a": STEERING}, initial_points={model["a"]: START, "tau": 0.7})
    np.testing.assert_allclose(found["a"], START)
    np.testing.assert_allclose(found["tau"], 0.7)


@pytest.mark.slow
def test_without_one_a_block_starts_where_the_data_put_it():
    """The middle of the sampled coordinate: not the prior mean, far away if data are strong."""
    steering = Estimate(np.full(GROUPS, 1e6), np.full(GROUPS, 1e6 * np.log(40.0)))
    np.testing.assert_allclose(start(mixed(), {"phi": steering})["phi"], 40.0, rtol=1e-3)


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
    steering = {"region": Estimate(np.array([3.0, 900.0]), np.array([9.0, -2.0])), "a": STEERING}
    found = start(model, steering)
    np.testing.assert_allclose(found["a"], START)
    np.testing.assert_allclose(found["region"], 0.0, atol=1e-12)  # as PyMC starts it


def test_sample_starts_there(monkeypatch):
    """Also where the block was found in a model written without this library."""
    model = by_others()
    model.set_initval(model["a"], START)
    original, seen = nutpie.sample, []

    def sample(compiled: Any, **options: Any) -> Any:
        seen.append(compiled)
        return original(compiled, **options)

    monkeypatch.setattr(nutpie, "sample", sample)
    trace = unfunnel.sample(
        model, blocks="all", seed=1, draws=50, tune=50, chains=2, progress_bar=False,
        compile_kwargs=NO_JITTER,
    )  # fmt: skip
    found = trace["unfunnel"]
    steering = Estimate(*(found[f"a_{x}"].values for x in ("information", "weighted_location")))
    assert steering.information.max() > 100.0
    copy = unfunnel.reparameterize(model)
    untuned, stretch = Estimate(*np.zeros((2, GROUPS))), float(found["tau_stretch"])
    for compiled, used, tau in ((seen[0], untuned, 1.0), (seen[-1], steering, stretch)):
        np.testing.assert_allclose(natural(copy, compiled, {"a": used}, tau)["a"], START)


def test_a_tuned_model_starts_there():
    model = mixed()
    model.set_initval(model["phi"], START)
    (block,) = auto_blocks(model)
    block.sites.set(*STEERING)
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
