"""One fit: a compiled model, a data set and a seed make one record."""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm

from unfunnel.bench.forms import LOG_EFFECT, Form
from unfunnel.bench.grid import DEFAULT_FAMILY, Length
from unfunnel.bench.regimes import Data
from unfunnel.extras import require
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.compiled import compile_for_tuning, reason_of
from unfunnel.tuning.pilot import run_pilot

_LOG = logging.getLogger("unfunnel")

# R-hat of what never moves: a chain that is stuck, as nothing in these models is constant.
_STUCK = 1e3

#: The figures of a fit that fails.
FAILED: dict[str, Any] = {
    "ess_bulk": 0.0,
    "ess_per_kgrad": 0.0,
    "rhat": None,
    "divergences": None,
    "gradients": None,
    "tuning_gradients": None,
}


@dataclass(frozen=True)
class Compiled:
    """A model, compiled by nutpie, and the seconds that took."""

    model: Any
    nutpie: Any
    seconds: float


@dataclass(frozen=True)
class Prepared:
    """A compiled model that is ready to be sampled, and what was spent on learning how.

    ``options`` are those of ``nutpie.sample`` that suit it, unless the form has its own.
    """

    nutpie: Any
    gradients: int = 0
    seconds: float = 0.0
    problem: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def warm_up() -> None:
    """Compile a small model, so that the first one that counts is not charged for imports."""
    with pm.Model() as model:
        pm.Normal("x")
    require("nutpie", "sample").compile_pymc_model(model)


def compile_form(form: Form, data: Data, family: str = DEFAULT_FAMILY) -> Compiled:
    """Build and compile a form for a kind of data; only what is frozen depends on the numbers."""
    start = time.perf_counter()
    model = form.model(data.likelihood, family)
    if form.frozen:
        _set_data(model, data)
    compiled = compile_for_tuning(model, auto_blocks(model), **form.compile_options)
    return Compiled(model, compiled, time.perf_counter() - start)


def prepare(form: Form, compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Set the data of a compiled model, and find its coordinates where the form does that."""
    if form.frozen:
        return Prepared(compiled.nutpie)
    with_data = compiled.nutpie.with_data(**data.arrays)
    if form.method == "auto":
        return _prepare_auto(compiled.model, with_data, seed)
    if form.method == "vip":
        return _prepare_vip(compiled.model, with_data, data, seed, length)
    return Prepared(with_data)


def _prepare_auto(model: Any, compiled: Any, seed: int) -> Prepared:
    """Do what :func:`unfunnel.sample` does before it samples."""
    start = time.perf_counter()
    blocks = auto_blocks(model)
    pilot = run_pilot(model, compiled, blocks, seed, progress_bar=False)
    steered = pilot.in_compiled(compiled, blocks)
    seconds = time.perf_counter() - start
    adaptation = pilot.adaptation(compiled)
    return Prepared(steered, pilot.gradients, seconds, pilot.problem, adaptation)


def _prepare_vip(model: Any, compiled: Any, data: Data, seed: int, length: Length) -> Prepared:
    """Fit the weights of a VIP model by ADVI, with the settings of its authors' example."""
    from pymc_extras.model.transforms.autoreparam import VIP

    start = time.perf_counter()
    weights = model[f"{LOG_EFFECT}::lam_logit__"]
    vip = VIP({LOG_EFFECT: weights})
    vip.set_all_lambda(0.5)
    _set_data(model, data)
    with model, _silence():
        vip.fit(n=length.advi_steps, random_seed=seed, progressbar=False)
    found = weights.get_value()
    problem = "" if np.isfinite(found).all() else "some weights are not finite"
    ready = compiled.with_data(**{weights.name: np.nan_to_num(found)})
    return Prepared(ready, length.advi_steps, time.perf_counter() - start, problem)


def sample(form: Form, prepared: Prepared, seed: int, length: Length) -> dict[str, Any]:
    """Sample once and return the record of the fit.

    Parameters
    ----------
    form : Form
        How to sample.
    prepared : Prepared
        What to sample.
    seed : int
        Of the sampler.
    length : Length
        How long.

    Returns
    -------
    dict
        Figures of :func:`diagnostics`, gradients and seconds. A fit that fails has an ESS of zero
        and an ``error``.
    """
    options = (form.options or prepared.options) | {"tune": length.tune}
    start = time.perf_counter()
    try:
        trace = require("nutpie", "sample").sample(
            prepared.nutpie,
            draws=length.draws,
            chains=length.chains,
            cores=min(length.chains, os.cpu_count() or 1),
            seed=seed,
            progress_bar=False,
            **options,
        )
        seconds = time.perf_counter() - start
        figures: dict[str, Any] = diagnostics(trace) | {"error": ""}
    except (RuntimeError, ValueError) as error:  # nutpie raises the first
        _LOG.debug("A fit failed.", exc_info=True)
        seconds = time.perf_counter() - start
        figures = FAILED | {"error": reason_of(error)}
    return figures | {
        "pilot_gradients": prepared.gradients,
        "pilot_seconds": prepared.seconds,
        "pilot_problem": prepared.problem,
        "sample_seconds": seconds,
    }


def diagnostics(trace: Any) -> dict[str, float]:
    """Say how well a model was sampled, over every free and deterministic variable of it.

    Parameters
    ----------
    trace : DataTree
        As nutpie returns it, warm-up included.

    Returns
    -------
    dict
        Worst ``ess_bulk`` and ``rhat``; ``divergences`` and ``gradients`` of the kept draws and
        ``tuning_gradients`` of the others; ``ess_per_kgrad``, the bulk ESS per 1000 gradients of
        the kept draws.
    """
    stats = require("arviz_stats", "sample")
    draws = trace["posterior"].dataset
    gradients = int(trace["sample_stats"]["n_steps"].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        rhat, ess = _flat(stats.rhat(draws)), _flat(stats.ess(draws, method="bulk"))
    ess_bulk = float(np.nan_to_num(ess, nan=0.0).min())
    return {
        "ess_bulk": ess_bulk,
        "ess_per_kgrad": 1000.0 * ess_bulk / gradients,
        "rhat": float(np.nan_to_num(rhat, nan=_STUCK, posinf=_STUCK).max()),
        "divergences": int(trace["sample_stats"]["diverging"].sum()),
        "gradients": gradients,
        "tuning_gradients": int(trace["warmup_sample_stats"]["n_steps"].sum()),
    }


def _set_data(model: Any, data: Data) -> None:
    for name, values in data.arrays.items():
        model.set_data(name, values)


def _flat(statistic: Any) -> np.ndarray:
    return np.concatenate([np.ravel(values) for values in statistic.data_vars.values()])


@contextmanager
def _silence() -> Iterator[None]:
    """Keep PyMC from reporting that ADVI has finished."""
    logger = logging.getLogger("pymc")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
