"""One line of progress for a pilot, and none if none is asked for."""

from __future__ import annotations

import pytest
from models import by_others

import unfunnel

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
