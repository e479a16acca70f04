"""One line of progress for a pilot, and none if none is asked for."""

from __future__ import annotations

from io import StringIO
from typing import Any

import nutpie
import pytest
from models import by_others, mixed
from rich.console import Console

import unfunnel
from unfunnel.tuning import progress

QUIET = {"progress_bar": False}


@pytest.fixture(scope="module")
def model():
    return mixed()


def test_one_line_for_all_rounds(model, capsys, monkeypatch):
    original, bars = nutpie.sample, []

    def sample(compiled: Any, **options: Any) -> Any:
        bars.append(options["progress_bar"])
        return original(compiled, **options)

    monkeypatch.setattr(nutpie, "sample", sample)
    report = unfunnel.tune(model, seed=1)
    (line,) = capsys.readouterr().out.splitlines()
    rounds, gradients = (report.values.attrs[key] for key in ("rounds", "gradients"))
    assert line.startswith(f"Pilot, {rounds} rounds ")
    assert f"{gradients} gradients" in line
    assert bars == [False] * rounds


def test_sample_shows_both(model, capsys, monkeypatch):
    original, bars = nutpie.sample, []

    def sample(compiled: Any, **options: Any) -> Any:
        bars.append(options["progress_bar"])
        return original(compiled, **options | {"progress_bar": False})

    monkeypatch.setattr(nutpie, "sample", sample)
    unfunnel.sample(model, seed=1, draws=50, tune=50, chains=1)
    assert capsys.readouterr().out.count("Pilot") == 1
    assert bars[-1] is True
    assert not any(bars[:-1])


def test_what_is_left_as_it_is_is_named(capsys, monkeypatch):
    original = nutpie.sample
    monkeypatch.setattr(
        nutpie, "sample", lambda *args, **options: original(*args, **options | QUIET)
    )
    unfunnel.sample(by_others(), blocks="all", seed=1, draws=50, tune=50, chains=1)
    (line,) = [x for x in capsys.readouterr().out.split("\n") if "Left as they are: z: " in x]
    assert "already non-centered" in line


def test_silence(model, capfd):
    unfunnel.tune(model, seed=1, progress_bar=False)
    unfunnel.sample(model, seed=1, draws=50, tune=50, chains=1, progress_bar=False)
    assert capfd.readouterr() == ("", "")


def test_a_failed_pilot(model, capsys, monkeypatch):
    def fails(*args: Any, **options: Any) -> Any:
        raise RuntimeError("no point to start from")

    monkeypatch.setattr(nutpie, "sample", fails)
    with pytest.warns(unfunnel.TuningWarning, match="no point to start from"):
        unfunnel.tune(model, seed=1)
    assert capsys.readouterr().out.startswith("Pilot failed ")


def test_a_notebook_without_widgets(monkeypatch):
    """Nothing can be redrawn there: the line is printed when the pilot is over."""
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    assert not progress._can_be_live(Console(force_jupyter=True))
    assert progress._can_be_live(Console())
    console = Console(file=StringIO())
    monkeypatch.setattr(progress, "Console", lambda: console)
    monkeypatch.setattr(progress, "_can_be_live", lambda console: False)
    with progress.pilot_progress(True, 5) as shown:
        shown.in_round(1, 0)
        assert console.file.getvalue() == ""
        shown.done(2, 1234)
    (line,) = console.file.getvalue().splitlines()
    assert line.startswith("Pilot, 2 rounds ")
    assert "1234 gradients" in line


def test_how_far_a_round_is():
    class Chain:
        finished_draws, total_draws, total_num_steps = 25, 100, 70

    with progress.pilot_progress(True, 5) as shown:
        update = shown.in_round(3, 1000)
        update([Chain, Chain])
        (task,) = shown._bar.tasks
        assert task.completed == 2.25
        assert task.fields["gradients"] == 1140
        assert task.description == "Pilot, round 3 of at most 5"
