"""Real fits, tiny: every form makes a record, and a run goes on where it stopped."""

from dataclasses import replace

import pytest
from benchmarks import run as bench
from benchmarks.__main__ import app
from benchmarks.forms import FORMS
from benchmarks.grid import DEFAULT_FORMS, FormName, Grid, Length, Regime
from benchmarks.preparation import Prepared
from benchmarks.regimes import Likelihood, simulate
from benchmarks.summary import frame
from typer.testing import CliRunner

import unfunnel
from unfunnel.families import FAMILIES

TINY = Length(draws=30, tune=60, chains=2, advi_steps=200)
GRID = Grid((Regime.MIXED,), DEFAULT_FORMS, 1, 1, TINY)
SHORT = "--regime mixed --data-seeds 1 --sampler-seeds 1 --draws 30 --tune 60 --chains 2".split()


def run(*forms, **options):
    records = bench.run(replace(GRID, forms=forms, **options))
    for record in records:
        assert not record["error"]
        assert record["gradients"] >= 60 and record["tuning_gradients"] >= 120
        assert record["ess_per_kgrad"] > 0
        assert record["compile_seconds"] > 0 and record["sample_seconds"] > 0
    return records


def command(*arguments):
    result = CliRunner().invoke(app, [str(x) for x in (*SHORT, *arguments)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_every_name_has_a_form():
    assert set(FORMS) == set(FormName)


@pytest.mark.slow  # each is compiled anew
@pytest.mark.parametrize("form", DEFAULT_FORMS)
def test_forms(form):
    (record,) = run(form)
    if form == FormName.VIP:
        assert record["pilot_gradients"] == TINY.advi_steps


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")
def test_auto_is_what_sample_does():
    auto, diagonal, untuned = run(FormName.AUTO, FormName.AUTO_DIAG, FormName.NONCENTERED_SOFTPLUS)
    assert diagonal["pilot_gradients"] == auto["pilot_gradients"] > 0
    assert diagonal["tuning_gradients"] != auto["tuning_gradients"]
    assert auto["compile_seconds"] == untuned["compile_seconds"]  # compiled once
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
    records = run(*forms, regimes=(Regime.WEAK, Regime.POISSON), families=(name,))
    assert len(records) >= 3
    assert set(frame(records)["family"]) == {name}


@pytest.mark.slow
def test_the_command_goes_on_where_it_stopped(tmp_path):
    folder, figure = tmp_path / "records", tmp_path / "bench.png"
    options = ["--records", folder, "--figure", figure, "--form"]
    output = command(*options, "noncentered")
    assert "ESS per 1000 gradients" in output and "pymc-extras" in output
    assert figure.read_bytes().startswith(b"\x89PNG")
    (first,) = folder.iterdir()
    before = first.read_bytes()
    command(*options, "noncentered", "--form", "noncentered-low-rank")
    assert first.read_bytes() == before
    assert len(list(folder.iterdir())) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")
def test_families_have_tables_and_figures_of_their_own(tmp_path):
    families = ["--family", "ProbitNormal", "--family", "NormalIdentity"]
    forms = ["--form", "centered", "--form", "vip", "--figure", tmp_path / "f.png"]
    output = command(*families, *forms)
    assert "vip is skipped for ProbitNormal, NormalIdentity" in output
    assert output.count("ESS per 1000 gradients") == 2
    figures = sorted(path.name for path in tmp_path.iterdir())
    assert figures == ["f-NormalIdentity.png", "f-ProbitNormal.png"]


@pytest.mark.parametrize("arguments", [["--form", "best"], ["--draws", "0"], ["--family", "Norml"]])
def test_invalid_options(arguments):
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_fit_that_fails_is_recorded(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("no initial point")

    monkeypatch.setattr("nutpie.sample", fails)
    record = bench.sample(Prepared(None), 1, TINY, {})
    assert record["error"] == "no initial point"
    assert record["ess_per_kgrad"] == 0


def test_forms_without_their_packages_are_left_out(monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    assert "pip install 'unfunnel[flow]'" in command("--form", "flow")


@pytest.mark.parametrize("form", FormName)
def test_poisson_models(form):
    model = FORMS[form].build(Likelihood.POISSON)
    assert {"count", "exposure"} <= set(model.named_vars)
    assert model.observed_RVs[0].type.shape in ((30,), (None,))
