"""A whole grid of fits, one record after the other; it goes on where it was interrupted."""

from __future__ import annotations

import json
import logging
import os
import platform
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import arviz_stats
import numpy as np
import nutpie
import pymc as pm

from benchmarks.forms import FORMS
from benchmarks.grid import DEFAULT_FAMILY, Cell, FormName, Grid, Length, Regime
from benchmarks.hierarchies import hierarchy_of
from benchmarks.preparation import Compiled, Prepared
from benchmarks.regimes import simulate

Record = dict[str, Any]

_LOG = logging.getLogger("unfunnel")
_PACKAGES = ("pymc", "pytensor", "nutpie", "pymc-extras", "pymc-marketing", "unfunnel")

# R-hat of what never moves: a chain that is stuck, as nothing in these models is constant.
_STUCK = 1e3

#: The figures of a fit that fails.
FAILED: Record = {"ess_bulk": 0.0, "ess_per_kgrad": 0.0} | dict.fromkeys(
    ("rhat", "divergences", "gradients", "tuning_gradients")
)


def missing(form: FormName) -> str:
    """Return the pip command that a form needs first; empty if it can be run."""
    for module, extra in FORMS[form].needs.items():
        if find_spec(module) is None:
            return f"pip install 'unfunnel[{extra}]'"
    return ""


def is_possible(cell: Cell) -> bool:
    """Whether a family has this form and regime, and the packages for it are installed."""
    if missing(cell.form) or not (FORMS[cell.form].any_family or cell.family == DEFAULT_FAMILY):
        return False
    return cell.regime is not Regime.POISSON or hierarchy_of(cell.family).positive


def left_out(grid: Grid) -> list[str]:
    """Return what of a grid cannot be run, in words: a line for each form and regime."""
    lines = []
    others = [name for name in grid.families if name != DEFAULT_FAMILY]
    for form in grid.forms:
        if command := missing(form):
            lines.append(f"{form} is skipped. For it, run: {command}")
        elif others and not FORMS[form].any_family:
            lines.append(f"{form} is skipped for {', '.join(others)}: it has {DEFAULT_FAMILY} only")
    signed = ", ".join(name for name in others if not hierarchy_of(name).positive)
    if signed and Regime.POISSON in grid.regimes:
        lines.append(f"{Regime.POISSON} is skipped for {signed}: its rates have to be positive")
    return lines


def run(grid: Grid, done: Iterable[Record] = (), save_to: Path | None = None) -> Iterator[Record]:
    """Yield the record of each fit of a grid that is possible, in the grid's order.

    Fits that are among ``done`` are not repeated. Each new record is added to the file ``save_to``,
    one line of JSON each; see :func:`read_records`.
    """
    earlier = {_key(record): record for record in done}
    fits = _Fits(grid.length)
    for cell in filter(is_possible, grid):
        settings = asdict(cell) | asdict(grid.length)
        record = earlier.get(_key(settings))
        if record is None:
            record = settings | fits.fit(cell)
            if save_to is not None:
                with save_to.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record) + "\n")
        yield record


def read_records(path: Path) -> list[Record]:
    """Read a file of records; the incomplete last line of an interrupted run is dropped."""
    if not path.exists():
        return []
    *lines, rest = path.read_text(encoding="utf-8").split("\n")
    if rest:
        _LOG.warning("%s: the last line is incomplete and is dropped.", path)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return [json.loads(line) for line in lines]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            _LOG.debug("%s is not installed.", package)
    return found


def _key(settings: Record) -> tuple[Any, ...]:
    names = ("regime", "form", "data_seed", "sampler_seed", "draws", "tune", "chains", "advi_steps")
    # Records that were made before there was a choice are of the default family.
    return (settings.get("family", DEFAULT_FAMILY), *(settings[name] for name in names))


class _Fits:
    """What fits share: models compiled once for each likelihood, and ADVI once for a data set."""

    def __init__(self, length: Length) -> None:
        self.length = length
        self._compiled: dict[tuple[Any, ...], Compiled] = {}
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    def fit(self, cell: Cell) -> Record:
        form = FORMS[cell.form]
        data = simulate(cell.regime, cell.data_seed, cell.family)
        key: tuple[Any, ...] = (form.build, form.frozen, data.likelihood, cell.family)
        if form.frozen:
            key += (cell.regime, cell.data_seed)
        if not self._compiled:
            _warm_up()
        if key not in self._compiled:
            self._compiled[key] = form.compile(data, cell.family)
        compiled = self._compiled[key]
        key = (cell.form, cell.family, cell.regime, cell.data_seed)
        if not form.prepared_once:
            self._prepared[key] = form.prepare(compiled, data, cell.seed, self.length)
        elif key not in self._prepared:
            self._prepared[key] = form.prepare(compiled, data, cell.data_seed, self.length)
        _LOG.debug("Sampling %s.", cell)
        record = sample(self._prepared[key], cell.seed, self.length, form.options)
        return record | {"compile_seconds": compiled.seconds}


def _warm_up() -> None:
    """Compile a small model, so that the first one that counts is not charged for imports."""
    with pm.Model() as model:
        pm.Normal("x")
    nutpie.compile_pymc_model(model)


def sample(prepared: Prepared, seed: int, length: Length, options: dict[str, Any]) -> Record:
    """Sample once; a fit that fails has an ESS of zero and an ``error``."""
    start = time.perf_counter()
    try:
        trace = nutpie.sample(
            prepared.nutpie,
            draws=length.draws,
            tune=length.tune,
            chains=length.chains,
            cores=min(length.chains, os.cpu_count() or 1),
            seed=seed,
            progress_bar=False,
            **(options or prepared.options),
        )
        seconds = time.perf_counter() - start
        figures = diagnostics(trace) | {"error": ""}
    except (RuntimeError, ValueError) as error:  # nutpie raises the first
        seconds = time.perf_counter() - start
        figures = FAILED | {"error": str(error)}
    return figures | {
        "pilot_gradients": prepared.gradients,
        "pilot_seconds": prepared.seconds,
        "pilot_problem": prepared.problem,
        "sample_seconds": seconds,
    }


def diagnostics(trace: Any) -> Record:
    """Say how well a model was sampled, by the worst element of any variable of it."""
    draws = trace["posterior"].dataset
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
