"""From made-up records to medians, targets, tables and the picture."""

import pytest
from benchmarks.figure import draw
from benchmarks.grid import FormName, Grid, Regime
from benchmarks.measures import FAILED
from benchmarks.summary import better_fixed, costs, frame, medians
from benchmarks.tables import tables
from benchmarks.verdicts import ratio, uncertainty, verdicts

#: ESS per 1000 gradients that "auto" and its rivals have in every regime.
TYPICAL = {
    FormName.AUTO: 100.0,
    FormName.CENTERED: 10.0,
    FormName.NONCENTERED: 20.0,
    FormName.NONCENTERED_SOFTPLUS: 40.0,
    FormName.VIP: 4.0,
}
FIXED = "ESS per gradient / the better fixed choice"


def record(cell):
    """Return a fit of 4000 draws with 30,000 gradients, 10% more or less than is typical."""
    auto = cell.form == FormName.AUTO
    ess_per_kgrad = TYPICAL[cell.form] * {1: 0.9, 2: 1.0, 3: 1.1}[cell.sampler_seed]
    what = {key: getattr(cell, key) for key in ("regime", "form", "data_seed", "sampler_seed")}
    length = {"draws": 1000, "tune": 1000, "chains": 4, "advi_steps": 20_000}
    ess = {"ess_bulk": 30.0 * ess_per_kgrad, "ess_per_kgrad": ess_per_kgrad, "rhat": 1.01}
    cost = {"divergences": 0, "gradients": 30_000, "tuning_gradients": 30_000}
    pilot = {"pilot_gradients": 3000 * auto, "pilot_seconds": 0.5 * auto, "pilot_problem": ""}
    seconds = {"sample_seconds": 1.0, "compile_seconds": 5.0, "error": ""}
    return what | length | ess | cost | pilot | seconds


RECORDS = [record(cell) for cell in Grid(forms=tuple(TYPICAL))]


def changed(form, regime=None, records=RECORDS, **figures):
    """Return the records with other figures of a form, in a regime or in all."""
    return [
        r | figures if r["form"] == form and regime in (None, r["regime"]) else r for r in records
    ]


def missed(records):
    return {(v.target, v.regime) for v in verdicts(frame(records)) if not v.met}


def test_medians_and_what_follows():
    fits = frame(RECORDS)
    for how, value in (("median", 100.0), ("min", 90.0), ("max", 110.0)):
        found = medians(fits, "ess_per_kgrad", how)
        assert list(found.columns) == list(Regime)
        assert list(found.index) == [form for form in FormName if form in TYPICAL]
        assert list(found.loc[FormName.AUTO]) == pytest.approx([value] * len(Regime))
    row = fits.iloc[0]
    assert (row["form"], row["learning"]) == (FormName.AUTO, 33_000)
    assert row["pilot_share"] == pytest.approx(3 / 63)
    assert (row["run_seconds"], row["total_seconds"]) == (1.5, 6.5)
    fits = frame(changed(FormName.VIP, draws=500, divergences=3))  # 6 of 4000
    assert (medians(fits, "divergences").loc[FormName.VIP] == 6).all()
    fits = frame(changed(FormName.NONCENTERED, tuning_gradients=20_000))
    assert costs(fits).loc[FormName.AUTO, "relative_learning"] == pytest.approx(33 / 20)


def test_better_fixed_choice():
    fits = frame(changed(FormName.CENTERED, Regime.STRONG, ess_per_kgrad=110.0))
    better = better_fixed(fits)
    assert (better["strong"], better["weak"]) == (FormName.CENTERED, FormName.NONCENTERED)
    assert better_fixed(fits[fits["form"] != FormName.CENTERED]) == {}
    fixed = (FormName.CENTERED, FormName.NONCENTERED)
    assert ratio(fits, Regime.STRONG, fixed) == pytest.approx(100 / 110)


def test_failed_fits_have_no_efficiency_and_no_other_figures():
    fits = frame([RECORDS[0] | FAILED | {"error": "it failed"}, *RECORDS[1:]])
    assert medians(fits, "ess_per_kgrad", "min").loc[FormName.AUTO, Regime.PRIOR] == 0
    assert medians(fits, "divergences").loc[FormName.AUTO, Regime.PRIOR] == 0
    assert len(tables(fits[:1])) >= 3
    failed = frame(changed(FormName.VIP, ess_per_kgrad=0.0))
    dots = [
        sum(len(c.get_offsets()) for c in draw(some).axes[0].collections)
        for some in (frame(RECORDS), failed)
    ]
    assert 0 < dots[1] < dots[0]


def test_targets_are_met():
    found = verdicts(frame(RECORDS))
    assert all(v.met for v in found)
    assert {v.regime for v in found} >= set(Regime)
    assert not any("flow" in v.target for v in found)  # which was not run


@pytest.mark.parametrize(
    ("regime", "factor"),
    [("prior", 0.95), ("weak", 3.5), ("strong", 0.95), ("mixed", 2.5), ("imbalance", 1.5)],
)
def test_efficiency_against_fixed_choices(regime, factor):
    for enough, of_factor in ((True, 1.001), (False, 0.99)):
        records = changed(FormName.AUTO, regime, ess_per_kgrad=20 * factor * of_factor)
        assert ((FIXED, regime) not in missed(records)) is enough


@pytest.mark.parametrize(
    ("form", "regime", "figures", "targets"),
    [
        (FormName.VIP, "strong", {"ess_per_kgrad": 5.1}, {"ESS per gradient / VIP"}),
        (FormName.AUTO, "strong", {"divergences": 1}, {"divergences in 4000 draws"}),
        (
            FormName.AUTO,
            "poisson",
            {"divergences": 3},
            {"divergences: the better fixed choice + 2"},
        ),
        (FormName.AUTO, "weak", {"divergences": 2}, set()),
        (
            FormName.AUTO,
            "weak",
            {"compile_seconds": 8.0},
            {
                "seconds, with compilation / nutpie alone on the same model",
                "seconds, with compilation / the better fixed choice",
            },
        ),
        (
            FormName.AUTO,
            None,
            {"pilot_gradients": 15_000},
            {
                "share of the pilot in all gradients",
                "tuning and pilot / tuning of the better fixed choice",
            },
        ),
    ],
)
def test_targets_are_missed(form, regime, figures, targets):
    assert {target for target, _ in missed(changed(form, regime, **figures))} == targets


def test_no_data_seed_may_fall_behind():
    auto_on_2 = {"form": FormName.AUTO, "data_seed": 2}
    slow = [r | {"ess_per_kgrad": 50.0} if auto_on_2.items() <= r.items() else r for r in RECORDS]
    assert missed(slow) == {("the same, worst data seed of 3", Regime.WEAK)}


def test_uncertainty_of_a_ratio():
    low, high = uncertainty(frame(RECORDS), Regime.WEAK, (FormName.VIP,))
    assert 90 / 4.4 <= low < 25 < high <= 110 / 3.6
    assert uncertainty(frame(RECORDS), Regime.WEAK, (FormName.FLOW,)) is None


def test_the_flow_is_compared_on_the_data_it_was_run_on():
    auto = [r for r in RECORDS if r["form"] == FormName.AUTO and r["data_seed"] == 1]
    flow = [r | {"form": FormName.FLOW, "ess_per_kgrad": 110.0} for r in auto]
    fits = frame([*RECORDS, *flow])
    assert ratio(fits, Regime.WEAK, (FormName.FLOW,)) == pytest.approx(100 / 110)
    assert any("flow" in v.target for v in verdicts(fits))


@pytest.mark.parametrize("form", [FormName.AUTO, FormName.VIP, FormName.CENTERED])
def test_what_was_not_run_is_not_judged(form):
    fits = frame([r for r in RECORDS if r["form"] == form])
    assert all("fixed" not in v.target for v in verdicts(fits))
    assert len(tables(fits)) >= 3
    assert len(draw(fits).axes) == len(Regime)
