"""Real fits, tiny: every form makes a record, and a run goes on where it stopped."""

import json
import logging
from dataclasses import replace

import nutpie
import pytest
from benchmarks import run as bench
from benchmarks.fit import sample
from benchmarks.forms import FORMS
from benchmarks.grid import DEFAULT_FAMILY, DEFAULT_FORMS, FormName, Grid, Length, Regime
from benchmarks.preparation import Prepared
from benchmarks.regimes import Likelihood, simulate
from benchmarks.summary import frame

import unfunnel
from unfunnel.families import FAMILIES

TINY = Length(draws=30, tune=60, chains=2, advi_steps=200)
GRID = Grid((Regime.MIXED,), DEFAULT_FORMS, 1, 1, TINY)

#: Forms that share what is compiled are run together.
TOGETHER = {
    (FormName.AUTO, FormName.AUTO_DIAG, FormName.NONCENTERED_SOFTPLUS),
    (FormName.CENTERED, FormName.CENTERED_LOW_RANK),
    (FormName.NONCENTERED, FormName.NONCENTERED_LOW_RANK),
}
ALONE = set(DEFAULT_FORMS) - {form for forms in TOGETHER for form in forms}


def run(*forms, families=GRID.families, **options):
    return list(bench.run(replace(GRID, forms=forms, families=families), **options))


def check(record):
    assert not record["error"]
    assert record["gradients"] >= 60 and record["tuning_gradients"] >= 120
    assert record["ess_per_kgrad"] > 0
    assert record["compile_seconds"] > 0 and record["sample_seconds"] > 0
    assert len(frame([record])) == 1


@pytest.mark.slow  # each is compiled anew
@pytest.mark.parametrize("form", sorted(ALONE))
def test_forms(form):
    (record,) = run(form)
    check(record)
    assert record["pilot_gradients"] == (TINY.advi_steps if form == FormName.VIP else 0)


@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")
def test_auto_is_what_sample_does():
    auto, diagonal, untuned = run(FormName.AUTO, FormName.AUTO_DIAG, FormName.NONCENTERED_SOFTPLUS)
    for record in (auto, diagonal, untuned):
        check(record)
    assert diagonal["pilot_gradients"] == auto["pilot_gradients"] > 0
    assert diagonal["tuning_gradients"] != auto["tuning_gradients"]
    assert auto["compile_seconds"] == untuned["compile_seconds"]
    assert untuned["pilot_gradients"] == 0

    model = FORMS[FormName.AUTO].build(Likelihood.NORMAL)
    for name, values in simulate(Regime.MIXED, 1).arrays.items():
        model.set_data(name, values)
    (cell,) = replace(GRID, forms=(FormName.AUTO,))
    trace = unfunnel.sample(model, draws=30, tune=60, chains=2, seed=cell.seed, progress_bar=False)
    assert trace["unfunnel"].attrs["gradients"] == auto["pilot_gradients"] > 200
    assert int(trace["sample_stats"]["n_steps"].sum()) == auto["gradients"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")
@pytest.mark.parametrize("name", FAMILIES)
def test_families(name):
    forms = (FormName.AUTO, FormName.CENTERED, FormName.NONCENTERED, FormName.EXP_CENTERED)
    grid = replace(GRID, regimes=(Regime.WEAK, Regime.POISSON), forms=forms, families=(name,))
    found = list(bench.run(grid))
    assert len(found) == sum(map(bench.is_possible, grid)) >= 3
    for record in found:
        check(record)
        assert record["family"] == name


@pytest.mark.slow
def test_fits_of_another_family_are_other_fits():
    (cell,) = replace(GRID, forms=(FormName.NONCENTERED,), families=("LaplaceIdentity",))
    (first,) = run(FormName.NONCENTERED, families=("LaplaceIdentity",))
    check(first)
    assert first["family"] == cell.family
    as_before = {key: value for key, value in first.items() if key != "family"}
    (other,) = run(FormName.NONCENTERED, done=[first])
    assert other["family"] == DEFAULT_FAMILY and other != first
    assert run(FormName.NONCENTERED, done=[as_before]) == [as_before]


def test_what_was_run_is_not_run_again(tmp_path, monkeypatch):
    path = tmp_path / "records.jsonl"
    (first,) = run(FormName.NONCENTERED, save_to=path)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"regime": ')  # interrupted here
    both = run(
        FormName.NONCENTERED,
        FormName.NONCENTERED_LOW_RANK,
        done=bench.read_records(path),
        save_to=path,
    )
    assert both[0] == first
    for record in both:
        check(record)
    assert bench.read_records(path) == both
    monkeypatch.setattr(bench, "compile_form", None)
    assert run(FormName.NONCENTERED_LOW_RANK, done=both) == both[1:]


def test_incomplete_lines(tmp_path, caplog):
    path = tmp_path / "records.jsonl"
    assert bench.read_records(path) == []
    path.write_text('{"a": 1}\n{"a": ', encoding="utf-8")
    with caplog.at_level(logging.WARNING, "unfunnel"):
        assert bench.read_records(path) == [{"a": 1}]
    assert "incomplete" in caplog.text
    assert path.read_text(encoding="utf-8") == '{"a": 1}\n'


def test_json_holds_records_and_versions(records, tmp_path):
    bench.write_json(tmp_path / "bench.json", GRID, records)
    content = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {"python", "pymc", "pytensor", "nutpie", "pymc-extras"} <= set(content["versions"])
    assert content["grid"]["length"]["draws"] == 30
    assert content["records"] == records


def test_a_fit_that_fails_is_recorded(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("no initial point")

    monkeypatch.setattr(nutpie, "sample", fails)
    record = sample(FORMS[FormName.CENTERED], Prepared(None), 1, TINY)
    assert record["error"] == "no initial point"
    assert record["ess_per_kgrad"] == 0


def test_forms_without_their_packages_are_left_out(monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    assert run(FormName.FLOW, FormName.MARKETING_CENTERED) == []
    assert bench.missing(FormName.FLOW) == "pip install 'unfunnel[flow]'"
    assert bench.missing(FormName.AUTO) == ""


@pytest.mark.parametrize("form", FormName)
def test_poisson_models(form):
    model = FORMS[form].build(Likelihood.POISSON)
    assert {"count", "exposure"} <= set(model.named_vars)
    assert model.observed_RVs[0].type.shape in ((30,), (None,))
