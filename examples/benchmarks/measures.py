"""What is measured of a fit: how well it was sampled, what it estimates, and with what software."""

from __future__ import annotations

import logging
import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import arviz_stats
import numpy as np
import nutpie
import pymc as pm

from benchmarks.store import Record

_LOG = logging.getLogger("unfunnel")
_PACKAGES = ("pymc", "pytensor", "nutpie", "pymc-extras", "pymc-marketing", "bambi", "unfunnel")

# R-hat of what never moves: a chain that is stuck, as nothing in these models is constant.
_STUCK = 1e3

#: The figures of a fit that fails.
FAILED: Record = {"ess_bulk": 0.0, "ess_per_kgrad": 0.0} | dict.fromkeys(
    ("rhat", "divergences", "gradients", "tuning_gradients")
)


def diagnostics(trace: Any, names: Sequence[str] | None = None) -> Record:
    """Say how well a model was sampled, by the worst element of any of these variables, or of all.

    ``ess_per_kgrad`` is per 1000 gradients of the kept draws.
    """
    draws = trace["posterior"].dataset
    draws = draws if names is None else draws[list(names)]
    gradients = int(trace["sample_stats"]["n_steps"].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        rhat, ess = (
            np.concatenate([np.ravel(values) for values in statistic.data_vars.values()])
            for statistic in (arviz_stats.rhat(draws), arviz_stats.ess(draws, method="bulk"))
        )
    ess_bulk = float(np.nan_to_num(ess, nan=0.0).min())
    return {
        "ess_bulk": ess_bulk,
        "ess_per_kgrad": 1000.0 * ess_bulk / gradients,
        "rhat": float(np.nan_to_num(rhat, nan=_STUCK, posinf=_STUCK).max()),
        "divergences": int(trace["sample_stats"]["diverging"].sum()),
        "gradients": gradients,
        "tuning_gradients": int(trace["warmup_sample_stats"]["n_steps"].sum()),
    }


def estimates(trace: Any, names: Sequence[str], positive: Sequence[str] = ()) -> Record:
    """Return means and sds of all elements of these variables, and their Monte Carlo errors.

    Of the logarithms of what is ``positive``: under a half-Cauchy law a variable itself may have
    neither mean nor sd.
    """
    draws = trace["posterior"].dataset[list(names)]
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = draws.assign({name: np.log(draws[name]) for name in positive})
        found = {
            "mean": draws.mean(("chain", "draw")),
            "sd": draws.std(("chain", "draw"), ddof=1),
            "mcse_mean": arviz_stats.mcse(draws, method="mean"),
            "mcse_sd": arviz_stats.mcse(draws, method="sd"),
        }
    return {
        name: {
            what: [float(f"{x:.6g}") for x in np.ravel(values[name])]
            for what, values in found.items()
        }
        for name in names
    }


def disagreement(record: Record, reference: Record) -> float:
    """Return how far estimates are from those of another run, in Monte Carlo standard errors.

    The worst mean or sd of any element of the variables that both have.
    """
    ours, theirs = record["estimates"], reference["estimates"]
    worst = 0.0
    for name in ours.keys() & theirs.keys():
        for what in ("mean", "sd"):
            here, there = np.array(ours[name][what]), np.array(theirs[name][what])
            errors = (np.array(x[name][f"mcse_{what}"]) for x in (ours, theirs))
            with np.errstate(invalid="ignore", divide="ignore"):
                distance = np.abs(here - there) / np.hypot(*errors)
            worst = max(worst, float(np.nan_to_num(distance, nan=0.0, posinf=np.inf).max()))
    return worst


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            _LOG.debug("%s is not installed.", package)
    return found


@cache
def warm_up() -> None:
    """Compile and sample a small model, so that no fit that counts is charged for imports."""
    with pm.Model() as model:
        pm.Normal("x")
    compiled = nutpie.compile_pymc_model(model)
    nutpie.sample(compiled, draws=20, tune=20, chains=1, seed=1, progress_bar=False)
