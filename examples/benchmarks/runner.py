"""A grid of fits: what is missing is run, here, in several processes or on a dask cluster.

It is for any grid: a list of settings, and a function from the settings of a fit to its figures.
Each fit is stored as it ends, so that a run which is stopped loses no more than what it was at. A
function that is run elsewhere has to be importable there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.store import Record, Settings, Store
from unfunnel.optional import require

_LOG = logging.getLogger("unfunnel")

#: From the settings of a fit to its figures.
Fit = Callable[[Settings], Record]


@dataclass(frozen=True)
class Workers:
    """Where fits are run: in ``jobs`` processes of this machine, or where a scheduler listens.

    Workers of dask should have one thread each, and be able to import what they are to run.
    """

    jobs: int = 1
    dask: str = ""


def run_grid(
    fit: Fit,
    grid: Iterable[Settings],
    store: Store | None = None,
    workers: Workers | None = None,
    progress_bar: bool = True,
) -> list[Record]:
    """Return the records of a grid, in its order; only what the store does not have is run.

    A fit whose workers died again and again is missing from what is returned, and is run once more
    the next time.
    """
    cells = list(grid)
    found: list[Record | None] = [store.read(cell) if store else None for cell in cells]
    missing = [number for number, record in enumerate(found) if record is None]
    with _progress(progress_bar) as progress:
        task = progress.add_task("sampling", total=len(cells), completed=len(cells) - len(missing))
        todo = [(number, cells[number]) for number in missing]
        for number, figures in _figures(fit, todo, workers or Workers()):
            record = dict(cells[number]) | figures
            if store is not None:
                store.write(cells[number], record)
            found[number] = record
            progress.advance(task)
    return [record for record in found if record is not None]


def _figures(
    fit: Fit, todo: Sequence[tuple[int, Settings]], workers: Workers
) -> Iterator[tuple[int, Record]]:
    """Yield the figures of each fit as it ends, with its number."""
    if not todo:
        return
    if workers.dask:
        yield from _on_cluster(fit, todo, workers.dask)
    else:
        # One fit at a time, else they would be stored in batches.
        parallel = Parallel(workers.jobs, return_as="generator_unordered", batch_size=1)
        yield from parallel(delayed(_numbered)(fit, number, cell) for number, cell in todo)


def _on_cluster(
    fit: Fit, todo: Sequence[tuple[int, Settings]], address: str
) -> Iterator[tuple[int, Record]]:
    """Yield figures as fits end on the workers of a dask scheduler.

    Not by joblib's backend for dask, which returns nothing before everything has ended. Dask runs a
    fit again whose worker has died; one that has lost several may be what kills them.
    """
    distributed = require("distributed", "dask")
    with distributed.Client(address) as client:
        futures = [client.submit(_numbered, fit, number, cell, pure=False) for number, cell in todo]
        for future in distributed.as_completed(futures):
            if future.status == "finished":
                yield future.result()
            elif isinstance(lost := future.exception(), distributed.KilledWorker):
                _LOG.warning("A fit is missing, as its workers died: %s", lost)
            else:
                raise lost
            future.release()


def _numbered(fit: Fit, number: int, cell: Settings) -> tuple[int, Record]:
    return number, fit(cell)


def _progress(shown: bool) -> Any:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    return Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not shown
    )
