"""Grids of fits: nothing is run twice, nothing that has ended is lost."""

import os
import signal
import time
from pathlib import Path

import distributed
import pytest
from benchmarks.runner import Workers, run_grid
from benchmarks.store import Store

GRID = [{"study": "squares", "number": number} for number in range(6)]


def square(settings):
    return {"square": settings["number"] ** 2}


def counted(settings):
    """Square a number; leave a file for each time that it is done."""
    folder = Path(settings["folder"])
    (folder / f"{settings['number']}-{time.monotonic_ns()}").touch()
    return square(settings)


def killed_once(settings):
    """Kill the process that is given number 2, the first time."""
    struck = Path(settings["folder"]) / "struck"
    if settings["number"] == 2 and not struck.exists():
        struck.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return square(settings) | {"process": os.getpid()}


def deadly(settings):
    if settings["number"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(settings)


def of(folder, grid=GRID):
    folder.mkdir()
    return [{"study": "of a folder", "folder": str(folder), **cell} for cell in grid]


@pytest.mark.parametrize("jobs", [1, 2])
def test_records_come_in_the_order_of_the_grid(jobs, tmp_path):
    store = Store(tmp_path / "records")
    found = run_grid(square, GRID, store, Workers(jobs), progress_bar=False)
    assert found == [cell | {"square": cell["number"] ** 2} for cell in GRID]
    assert found == [store.read(cell) for cell in GRID]


def test_a_second_run_does_what_is_missing(tmp_path):
    grid, store = of(tmp_path / "done"), Store(tmp_path / "records")
    first = run_grid(counted, grid[:2], store, progress_bar=False)
    again = run_grid(counted, grid, store, progress_bar=False)
    assert again[:2] == first
    done = sorted(path.name.split("-")[0] for path in (tmp_path / "done").iterdir())
    assert done == ["0", "1", "2", "3", "4", "5"]


def test_what_had_ended_before_a_failure_is_kept(tmp_path):
    def fails_at_3(settings):
        if settings["number"] == 3:
            raise KeyboardInterrupt
        return square(settings)

    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_grid(fails_at_3, GRID, store, progress_bar=False)
    assert [store.read(cell) is not None for cell in GRID] == [True] * 3 + [False] * 3


def test_a_record_is_there_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    store = Store(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.write(GRID[0], {"square": 0})
    assert len(list(tmp_path.iterdir())) == 1  # what it was at
    assert store.read(GRID[0]) is None
    store.write(GRID[0], {"square": 0})
    assert store.read(GRID[0]) == {"square": 0}


@pytest.fixture
def cluster():
    """Two workers in processes of their own; a dead one is replaced."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


@pytest.mark.filterwarnings("ignore")  # of dask, about workers that are gone
def test_a_worker_of_a_cluster_is_killed_and_nothing_is_lost(cluster, tmp_path):
    grid, store = of(tmp_path / "killed"), Store(tmp_path / "records")
    workers = Workers(dask=cluster.scheduler_address)
    found = run_grid(killed_once, grid, store, workers, progress_bar=False)
    assert (tmp_path / "killed" / "struck").exists()
    assert [record["square"] for record in found] == [0, 1, 4, 9, 16, 25]
    assert found == [store.read(cell) for cell in grid]
    assert all(record["process"] != os.getpid() for record in found)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of dask, about workers that are gone
def test_a_fit_that_kills_every_worker_is_left_out(cluster, tmp_path, caplog):
    store = Store(tmp_path / "records")
    workers = Workers(dask=cluster.scheduler_address)
    found = run_grid(deadly, GRID, store, workers, progress_bar=False)
    assert [record["number"] for record in found] == [0, 1, 3, 4, 5]
    assert "A fit is missing" in caplog.text
    assert store.read(GRID[2]) is None
    again = run_grid(square, GRID, store, workers, progress_bar=False)
    assert [record["square"] for record in again] == [0, 1, 4, 9, 16, 25]
