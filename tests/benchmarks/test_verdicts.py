"""The targets, each met and missed."""

import pytest
from benchmarks.grid import FormName, Regime
from benchmarks.summary import frame
from benchmarks.tables import tables
from benchmarks.verdicts import Verdict, ratio, uncertainty, verdicts


def missed(records):
    return {(v.target, v.regime) for v in verdicts(frame(records)) if not v.met}


def test_all_are_met(records):
    found = verdicts(frame(records))
    assert all(v.met for v in found)
    assert {v.regime for v in found} >= set(Regime)
    # Nothing about the flow, which was not run.
    assert not any("flow" in v.target for v in found)


def test_bounds_from_both_sides():
    assert Verdict("a", "b", 1.0, 1.0).met
    assert not Verdict("a", "b", 1.0, 0.9).met
    assert Verdict("a", "b", 1.0, 0.9, at_least=False).met
    assert not Verdict("a", "b", 1.0, float("nan")).met


FIXED = "ESS per gradient / the better fixed choice"


@pytest.mark.parametrize(
    ("regime", "factor"),
    [
        (Regime.PRIOR, 0.95),
        (Regime.WEAK, 3.5),
        (Regime.STRONG, 0.95),
        (Regime.MIXED, 2.5),
        (Regime.IMBALANCE, 1.5),
        (Regime.POISSON, 0.9),
    ],
)
def test_efficiency_against_fixed_choices(records, change, regime, factor):
    just = change(records, FormName.AUTO, regime, ess_per_kgrad=20 * factor * 1.001)
    short = change(records, FormName.AUTO, regime, ess_per_kgrad=20 * factor * 0.99)
    assert (FIXED, regime) not in missed(just)
    assert (FIXED, regime) in missed(short)


def test_better_choice_is_the_opponent_in_each_regime(records, change):
    records = change(records, FormName.CENTERED, Regime.STRONG, ess_per_kgrad=110.0)
    assert missed(records) >= {(FIXED, Regime.STRONG)}
    fits = frame(records)
    fixed = (FormName.CENTERED, FormName.NONCENTERED)
    assert ratio(fits, Regime.STRONG, fixed) == pytest.approx(100 / 110)


def test_uncertainty_of_a_ratio(records):
    low, high = uncertainty(frame(records), Regime.WEAK, (FormName.VIP,))
    assert 90 / 4.4 <= low < 25 < high <= 110 / 3.6
    assert uncertainty(frame(records), Regime.WEAK, (FormName.FLOW,)) is None


def test_no_data_seed_may_fall_behind(records):
    slow = [
        r | ({"ess_per_kgrad": 50.0} if r["form"] == FormName.AUTO and r["data_seed"] == 2 else {})
        for r in records
    ]
    (target,) = missed(slow)
    assert target == ("the same, worst data seed of 3", Regime.WEAK)


def test_vip_and_softplus(records, change):
    strong = change(records, FormName.VIP, Regime.STRONG, ess_per_kgrad=5.1)
    assert missed(strong) == {("ESS per gradient / VIP", Regime.STRONG)}
    weak = change(records, FormName.NONCENTERED_SOFTPLUS, Regime.WEAK, ess_per_kgrad=51.0)
    (target,) = missed(weak)
    assert "transform of sigma" in target[0]


def test_divergences(records, change):
    worse = change(records, FormName.AUTO, Regime.STRONG, divergences=1)
    assert missed(worse) == {("divergences in 4000 draws", Regime.STRONG)}
    worse = change(records, FormName.AUTO, Regime.POISSON, divergences=3)
    assert missed(worse) == {("divergences: the better fixed choice + 2", Regime.POISSON)}
    assert not missed(change(records, FormName.AUTO, Regime.WEAK, divergences=2))


def test_costs(records, change):
    found = {t for t, _ in missed(change(records, FormName.AUTO, pilot_gradients=15_000))}
    assert found == {
        "share of the pilot in all gradients",
        "tuning and pilot / tuning of the better fixed choice",
    }
    slow = change(records, FormName.AUTO, Regime.WEAK, compile_seconds=8.0)
    rivals = ("nutpie alone on the same model", "the better fixed choice")
    assert missed(slow) == {
        (f"seconds, with compilation / {rival}", Regime.WEAK) for rival in rivals
    }
    quick = change(records, FormName.CENTERED, compile_seconds=3.0)
    quick = change(quick, FormName.NONCENTERED, compile_seconds=3.0)
    assert {target for target, _ in missed(quick)} == {f"seconds, with compilation / {rivals[1]}"}


def test_the_flow_is_compared_on_the_data_it_was_run_on(records):
    flow = [
        r | {"form": FormName.FLOW, "ess_per_kgrad": 110.0}
        for r in records
        if r["form"] == FormName.AUTO and r["data_seed"] == 1
    ]
    fits = frame([*records, *flow])
    assert ratio(fits, Regime.WEAK, (FormName.FLOW,)) == pytest.approx(100 / 110)
    assert any("flow" in v.target for v in verdicts(fits))


@pytest.mark.parametrize("forms", [{FormName.AUTO}, {FormName.VIP}, {FormName.CENTERED}])
def test_what_was_not_run_is_not_judged(records, forms):
    fits = frame([r for r in records if r["form"] in forms])
    assert all("fixed" not in v.target for v in verdicts(fits))
    assert len(tables(fits)) >= 3
