"""One line of progress for a pilot, and none if none is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from models import by_others
from rich.console import Console

import unfunnel
from unfunnel.tuning.progress import can_be_live, pilot_progress

# With so few draws whether the pilot settled, or the draws agree with it, is not what is tested.
pytestmark = pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")

SHORT = {"draws": 50, "tune": 50, "chains": 1}


def test_one_line_for_all_rounds(model, capsys, nutpie_calls):
    report = unfunnel.tune(model.copy(), seed=1)
    (line,) = capsys.readouterr().out.splitlines()
    rounds, gradients = (report.values.attrs[key] for key in ("rounds", "gradients"))
    assert line.startswith(f"Pilot, {rounds} rounds ")
    assert f"{gradients} gradients" in line
    assert [options["progress_bar"] for _compiled, options in nutpie_calls] == [False] * rounds


def test_sample_shows_both(capsys, nutpie_calls):
    unfunnel.sample(by_others(), blocks="all", seed=1, **SHORT)
    shown = capsys.readouterr().out
    assert shown.count("Pilot") == 1
    (line,) = [x for x in shown.split("\n") if "Left as they are: z: " in x]
    assert "already non-centered" in line
    bars = [options["progress_bar"] for _compiled, options in nutpie_calls]
    assert bars == [False] * (len(bars) - 1) + [True]


def test_silence(model, capfd):
    unfunnel.sample(model, seed=1, **SHORT, progress_bar=False)
    assert capfd.readouterr() == ("", "")


def test_a_failed_pilot(model, capsys, failing_nutpie):
    unfunnel.tune(model.copy(), seed=1)
    assert capsys.readouterr().out.startswith("Pilot failed ")


def test_a_notebook_without_widgets(capsys):
    """Nothing can be redrawn there: the line is printed when the pilot is over."""
    assert not can_be_live(Console(force_jupyter=True), widgets=False)
    assert can_be_live(Console(force_jupyter=True), widgets=True)
    assert can_be_live(Console(), widgets=False)


def test_how_far_a_round_is(capsys):
    chain = SimpleNamespace(finished_draws=25, total_draws=100, total_num_steps=70)
    with pilot_progress(True, 5) as shown:
        shown.in_round(3, 1000)([chain, chain])
        (task,) = shown.bar.tasks
        assert task.completed == 2.25
        assert task.fields["gradients"] == 1140
        assert task.description == "Pilot, round 3 of at most 5"
        shown.done(4, 1234)
    assert "1234 gradients" in capsys.readouterr().out
