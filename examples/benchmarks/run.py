"""The grid of regimes: which of its fits are possible, and the figures of one of them."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict, fields
from functools import cache
from importlib.util import find_spec
from typing import Any

import nutpie

from benchmarks.forms import FORMS
from benchmarks.grid import DEFAULT_FAMILY, Cell, FormName, Grid, Length, Regime
from benchmarks.hierarchies import hierarchy_of
from benchmarks.measures import FAILED, diagnostics, warm_up
from benchmarks.preparation import Compiled, Prepared
from benchmarks.regimes import simulate
from benchmarks.runner import Workers, run_grid
from benchmarks.store import Record, Settings, Store

_LOG = logging.getLogger("unfunnel")


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


def run(
    grid: Grid,
    store: Store | None = None,
    workers: Workers | None = None,
    progress_bar: bool = False,
) -> list[Record]:
    """Return the record of each fit of a grid that is possible, in the grid's order.

    Only what the store does not have is run; see :func:`benchmarks.runner.run_grid`.
    """
    cells = [asdict(cell) | asdict(grid.length) for cell in filter(is_possible, grid)]
    return run_grid(fit_cell, cells, store, workers, progress_bar)


def fit_cell(settings: Settings) -> Record:
    """Return the figures of a fit; models stay compiled for what this process is given next."""
    length = Length(**{field.name: settings[field.name] for field in fields(Length)})
    of_cell = {field.name: settings[field.name] for field in fields(Cell)}
    enums = {"regime": Regime(settings["regime"]), "form": FormName(settings["form"])}
    return _fits(length).fit(Cell(**of_cell | enums))


@cache
def _fits(length: Length) -> _Fits:
    return _Fits(length)


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
        warm_up()
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
