"""One fit: a compiled model, a data set and a seed make one record."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import numpy as np
import pymc as pm

from benchmarks.forms import Form
from benchmarks.grid import DEFAULT_FAMILY, Length
from benchmarks.preparation import Compiled, Prepared, set_data
from benchmarks.regimes import Data
from unfunnel.optional import require
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.compiled import compile_for_tuning, reason_of

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
        set_data(model, data)
    compiled = compile_for_tuning(model, auto_blocks(model), **form.compile_options)
    return Compiled(model, compiled, time.perf_counter() - start)


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


def _flat(statistic: Any) -> np.ndarray:
    return np.concatenate([np.ravel(values) for values in statistic.data_vars.values()])
