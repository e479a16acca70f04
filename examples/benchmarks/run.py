"""A whole grid of fits, one record after the other; it goes on where it was interrupted."""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.fit import compile_form, sample, warm_up
from benchmarks.forms import FORMS, Form
from benchmarks.grid import DEFAULT_FAMILY, Cell, FormName, Grid, Regime
from benchmarks.hierarchies import hierarchy_of
from benchmarks.preparation import Compiled, Prepared
from benchmarks.regimes import Data, simulate

Record = dict[str, Any]

_LOG = logging.getLogger("unfunnel")
_PACKAGES = ("pymc", "pytensor", "nutpie", "pymc-extras", "pymc-marketing", "unfunnel")


def missing(form: FormName) -> str:
    """Return the pip command that a form needs first; empty if it can be run."""
    for module, extra in FORMS[form].needs.items():
        if find_spec(module) is None:
            return f"pip install 'unfunnel[{extra}]'"
    return ""


def left_out(grid: Grid) -> list[str]:
    """Return what of a grid cannot be run, in words: a line for each form and regime.

    Parameters
    ----------
    grid : Grid
        With any families.
    """
    lines = []
    for form in grid.forms:
        if command := missing(form):
            lines.append(f"{form} is skipped. For it, run: {command}")
        elif not FORMS[form].any_family and (others := _others(grid)):
            lines.append(f"{form} is skipped for {', '.join(others)}: it has {DEFAULT_FAMILY} only")
    signed = [name for name in _others(grid) if not hierarchy_of(name).positive]
    if signed and Regime.POISSON in grid.regimes:
        lines.append(
            f"{Regime.POISSON} is skipped for {', '.join(signed)}: its rates have to be positive"
        )
    return lines


def _others(grid: Grid) -> list[str]:
    return [name for name in grid.families if name != DEFAULT_FAMILY]


def is_possible(cell: Cell) -> bool:
    """Whether a family has this form and regime, and the packages for it are installed."""
    if missing(cell.form) or not (FORMS[cell.form].any_family or cell.family == DEFAULT_FAMILY):
        return False
    return cell.regime is not Regime.POISSON or hierarchy_of(cell.family).positive


def run(grid: Grid, done: Iterable[Record] = (), save_to: Path | None = None) -> Iterator[Record]:
    """Run a grid.

    Parameters
    ----------
    grid : Grid
        What to run. Forms whose packages are not installed are left out, and what a family does not
        have.
    done : iterable of dict, optional
        Records of an earlier run; the fits that are among them are not repeated.
    save_to : Path, optional
        A file that each new record is added to, one line of JSON each; see :func:`read_records`.

    Yields
    ------
    dict
        One for each fit of the grid, in its order: those of ``done`` as they are.
    """
    earlier = {_key(record): record for record in done}
    bench = _Bench(grid)
    for cell in grid:
        if not is_possible(cell):
            continue
        settings = asdict(cell) | asdict(grid.length)
        record = earlier.get(_key(settings))
        if record is None:
            record = settings | bench.fit(cell)
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


def write_json(path: Path, grid: Grid, records: Iterable[Record]) -> None:
    """Write the records with the settings and the versions they were made with."""
    content = {"versions": versions(), "grid": asdict(grid), "records": list(records)}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


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


class _Bench:
    """What fits share: models compiled once for each likelihood, and ADVI once for a data set."""

    def __init__(self, grid: Grid) -> None:
        self.length = grid.length
        self._compiled: dict[tuple[Any, ...], Compiled] = {}
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    def fit(self, cell: Cell) -> Record:
        form = FORMS[cell.form]
        data = simulate(cell.regime, cell.data_seed, cell.family)
        compiled = self._compile(form, data, cell)
        prepared = self._prepare(form, compiled, data, cell)
        _LOG.debug("Sampling %s.", cell)
        record = sample(form, prepared, cell.seed, self.length)
        return record | {"compile_seconds": compiled.seconds}

    def _compile(self, form: Form, data: Data, cell: Cell) -> Compiled:
        options = str(form.compile_options)
        key: tuple[Any, ...] = (form.build, options, data.likelihood, cell.family)
        if form.frozen:
            key += (cell.regime, cell.data_seed)
        if not self._compiled:
            warm_up()
        if key not in self._compiled:
            self._compiled[key] = compile_form(form, data, cell.family)
        return self._compiled[key]

    def _prepare(self, form: Form, compiled: Compiled, data: Data, cell: Cell) -> Prepared:
        if not form.prepared_once:
            return form.prepare(compiled, data, cell.seed, self.length)
        key = (cell.form, cell.family, cell.regime, cell.data_seed)
        if key not in self._prepared:
            self._prepared[key] = form.prepare(compiled, data, cell.data_seed, self.length)
        return self._prepared[key]
