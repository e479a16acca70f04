"""Medians, and what follows from the figures of a fit."""

import pytest
from benchmarks.fit import FAILED
from benchmarks.grid import FormName, Regime
from benchmarks.summary import better_fixed, costs, frame, medians, relative_learning
from benchmarks.tables import tables


def test_medians_and_spread(records):
    fits = frame(records)
    middle, low, high = (medians(fits, "ess_per_kgrad", how) for how in ("median", "min", "max"))
    for table, value in ((middle, 100.0), (low, 90.0), (high, 110.0)):
        assert list(table.columns) == list(Regime)
        assert list(table.loc[FormName.AUTO]) == pytest.approx([value] * len(Regime))
    assert list(middle.index) == [form for form in FormName if form in set(fits["form"])]


def test_derived_figures(records):
    row = frame(records).iloc[0]
    assert row["form"] == FormName.AUTO
    assert row["learning"] == 33_000
    assert row["pilot_share"] == pytest.approx(3 / 63)
    assert row["run_seconds"] == 1.5 and row["total_seconds"] == 6.5


def test_divergences_are_per_4000_draws(records, change):
    fits = frame(change(records, FormName.VIP, draws=500, divergences=3))
    assert (medians(fits, "divergences").loc[FormName.VIP] == 6).all()


def test_better_fixed_choice(records, change):
    records = change(records, FormName.CENTERED, Regime.STRONG, ess_per_kgrad=200.0)
    fits = frame(records)
    assert better_fixed(fits, Regime.STRONG) == FormName.CENTERED
    assert better_fixed(fits, Regime.WEAK) == FormName.NONCENTERED
    assert better_fixed(fits[fits["form"] != FormName.CENTERED], Regime.WEAK) is None


def test_costs_are_relative_to_the_better_fixed_choice(records, change):
    records = change(records, FormName.NONCENTERED, tuning_gradients=20_000)
    fits = frame(records)
    relative = relative_learning(fits)
    assert list(relative.loc[FormName.AUTO]) == pytest.approx([33 / 20] * len(Regime))
    assert costs(fits).loc[FormName.AUTO, "relative_learning"] == pytest.approx(33 / 20)


def test_failed_fits_have_no_efficiency_and_no_other_figures(records):
    first = records[0] | FAILED | {"error": "it failed"}
    fits = frame([first, *records[1:]])
    assert medians(fits, "ess_per_kgrad", "min").loc[FormName.AUTO, Regime.PRIOR] == 0
    assert medians(fits, "divergences").loc[FormName.AUTO, Regime.PRIOR] == 0
    assert len(tables(frame([first]))) >= 3
