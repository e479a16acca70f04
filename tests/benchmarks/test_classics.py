"""The classic models: both forms of each are one model, and a grid of them runs to its tables."""

import json

import numpy as np
import pymc as pm
import pytest
from benchmarks import classic_fits
from benchmarks.classic_figure import draw
from benchmarks.classic_fits import data_of, fit_classic
from benchmarks.classic_grid import ClassicFit, ClassicGrid, Way, is_possible
from benchmarks.classic_models import CLASSICS
from benchmarks.classic_models.parts import Form, Priors
from benchmarks.classic_references import reference_grid
from benchmarks.classic_summary import comparisons, frame
from benchmarks.classic_tables import as_markdown, as_rich, efficiency_table, losses_table
from benchmarks.classics import app
from benchmarks.measures import FAILED, disagreement
from pymc.model.transform.conditioning import remove_value_transforms
from rich.console import Console
from typer.testing import CliRunner

# One of each shape: one factor, nested, correlated slopes, counts, a random walk.
SHAPES = {"dyestuff", "pastes", "oxboys", "cbpp", "eight_schools", "volatility"}

MODELS = [pytest.param(name, marks=[pytest.mark.slow] * (name not in SHAPES)) for name in CLASSICS]


def build(name, form, priors=Priors.WEAK):
    return CLASSICS[name].build(data_of(CLASSICS[name], small=True), priors, form)


def test_what_the_field_teaches_with_is_there():
    lme4 = {"sleepstudy", "sleepstudy_apart", "dyestuff", "dyestuff2", "penicillin", "pastes"}
    lme4 |= {"cbpp", "grouseticks", "verbagg", "cake", "insteval"}
    radon = {"radon", "radon_slopes", "radon_uranium"}
    others = {"orthodont", "oxboys", "rail", "machines", "mathachieve", "exam", "scotssec"}
    others |= {"contraception", "egsingle", "epil", "grunfeld"}
    made_up = {"eight_schools", "horseshoe", "two_parameter", "volatility"}
    assert set(CLASSICS) == lme4 | radon | others | made_up


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("priors", Priors)
def test_log_density_and_gradient_are_finite_where_chains_start(name, priors):
    for form in Form:
        model = build(name, form, priors)
        evaluate = model.compile_fn([model.logp(), model.dlogp()], on_unused_input="ignore")
        value, gradient = evaluate(model.initial_point())
        assert np.isfinite(value) and np.isfinite(gradient).all()


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("name", MODELS)
def test_both_forms_are_one_model(name):
    """The densities differ by the Jacobian of the map from offsets to effects, and by nothing else.

    Where a map is affine its Jacobian depends on the other variables only.
    """
    centered, other = (remove_value_transforms(build(name, form)) for form in Form)
    variables = [variable.name for variable in centered.free_RVs]
    offsets = [v.name for v in other.free_RVs if v.name.endswith("_offset")]
    effects = [offset.removesuffix("_offset") for offset in offsets]
    assert set(variables) <= set(other.named_vars)
    assert {v.name for v in other.free_RVs} == set(variables) - set(effects) | set(offsets)
    if CLASSICS[name].effects:
        assert set(effects) == set(CLASSICS[name].effects)

    of_centered, of_other = (model.compile_logp(jacobian=False) for model in (centered, other))
    made = other.compile_fn(
        other.replace_rvs_by_values([other[effect] for effect in effects]),
        inputs=other.value_vars,
        on_unused_input="ignore",
    )
    rng = np.random.default_rng(1)
    for _ in range(2):
        names = [v.name for v in other.free_RVs if v.name not in offsets]
        draws = pm.draw([other[name] for name in names], random_seed=rng)
        point = dict(zip(names, draws, strict=True))
        jacobians = []
        for _ in range(2):
            z = {name: rng.standard_normal(other[name].eval().shape) for name in offsets}
            theta = dict(zip(effects, made(point | z), strict=True))
            jacobians.append(of_other(point | z) - of_centered(point | theta))
        assert jacobians[0] == pytest.approx(jacobians[1], rel=1e-7, abs=1e-6)
        if sum(x.size for x in z.values()) <= 60:
            matrix = _matrix(made, point, z, effects)
            assert jacobians[0] == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-5)


def _matrix(made, point, z, effects):
    """Return the derivatives of effects by offsets, between which the map is affine."""
    flat = np.concatenate([np.ravel(x) for x in z.values()])

    def effects_at(values):
        parts = np.split(values, np.cumsum([x.size for x in z.values()])[:-1])
        offsets = {n: part.reshape(x.shape) for (n, x), part in zip(z.items(), parts, strict=True)}
        return np.concatenate([np.ravel(x) for x in made(point | offsets)])

    at_zero = effects_at(np.zeros_like(flat))
    return np.column_stack([effects_at(row) - at_zero for row in np.eye(flat.size)])


def record(model="dyestuff", way=Way.CENTERED, seed=1, **figures):
    """Return a fit with 400 effective draws of 40,000 gradients in two seconds."""
    fit = {"model": model, "priors": "weak", "way": str(way), "seed": seed}
    length = {"draws": 1000, "tune": None, "chains": 4, "small": False}
    cost = {"gradients": 20_000, "tuning_gradients": 20_000, "pilot_gradients": 0}
    found = {"ess_bulk": 400.0, "ess_per_kgrad": 20.0, "rhat": 1.005, "divergences": 0}
    seconds = {"compile_seconds": 4.0, "sample_seconds": 2.0}
    estimate = {"mean": [1.0], "sd": [2.0], "mcse_mean": [0.1], "mcse_sd": [0.1]}
    rest = {"error": "", "estimates": {"mu": estimate}}
    return fit | length | cost | found | seconds | rest | figures


def compared(*ours, references=(), **fixed):
    records = [record(way=Way.NONCENTERED, ess_bulk=40.0), record(**fixed)]
    records += [record(way=Way.UNFUNNEL, seed=n + 1, **own) for n, own in enumerate(ours)]
    (found,) = comparisons(frame(records, references))
    return found


def test_comparison_with_the_better_fixed_form():
    found = compared({"ess_bulk": 1000.0, "pilot_gradients": 10_000, "sample_seconds": 2.5})
    assert found.efficiency == pytest.approx(1000 / 50 / (400 / 40))
    assert found.speed == pytest.approx(2.0)
    assert found.speed_compiled == pytest.approx(1000 / 6.5 / (400 / 6))
    assert found.lost == ()


@pytest.mark.parametrize(
    ("figures", "lost"),
    [
        ({"rhat": 1.06}, ["R-hat 1.06, fixed 1"]),
        ({"divergences": 3}, ["divergences 3, fixed 0"]),
        ({"divergences": 2}, []),
        ({"pilot_gradients": 5000}, ["ESS per gradient x 0.89"]),
        ({"sample_seconds": 2.3}, ["ESS per second x 0.87 (2.3 s, fixed 2.0 s)"]),
        (FAILED | {"error": "it failed\nhere"}, ["failed: it failed"]),
    ],
)
def test_losses(figures, lost):
    found = compared(figures).lost
    assert len(found) >= len(lost) and all(map(str.startswith, found, lost))
    assert bool(found) is bool(lost)


def test_a_short_run_may_take_a_little_longer():
    assert compared({"sample_seconds": 0.6}, sample_seconds=0.4).lost == ()
    assert "ESS per second" in compared({"sample_seconds": 0.8}, sample_seconds=0.4).lost[0]


def test_distance_from_the_reference():
    estimate = {"mean": [1.0], "sd": [2.9], "mcse_mean": [0.1], "mcse_sd": [0.1]}
    reference = {"reference": "dyestuff", "priors": "weak", "small": False, "rhat": 1.001}
    reference |= {"error": "", "estimates": {"mu": estimate}}
    found = compared({}, references=[reference])
    assert found.errors == pytest.approx(0.9 / np.hypot(0.1, 0.1))
    assert "6.4 Monte Carlo standard errors from the reference" in found.lost
    assert disagreement(reference, reference) == 0
    assert np.isnan(compared({}, references=[reference | {"rhat": 1.02}]).errors)


def test_the_reference_is_the_better_fixed_form():
    records = [record(way=Way.NONCENTERED, ess_per_kgrad=30.0), record(), record(way=Way.UNFUNNEL)]
    assert [x["form"] for x in reference_grid(records)] == ["noncentered"]


def test_tables_and_figure_of_made_up_records():
    bad = {"rhat": 1.2, "divergences": 40}
    records = [
        record(model, way, seed, **(bad if model == "rail" and way == Way.UNFUNNEL else {}))
        for model in ("dyestuff", "rail")
        for way in Way
        for seed in (1, 2)
    ]
    failed = record("rail", Way.VIP, 3) | FAILED | {"error": "no"}
    fits = frame([*records, failed])
    table = efficiency_table(fits)
    assert list(table.index) == ["dyestuff", "rail"]
    assert table.loc["dyestuff", "unfunnel"] == "10" and table.loc["rail", "unfunnel"] == "10 (40)*"
    lost = losses_table(fits)
    assert list(lost.index) == ["rail, weak"] and "R-hat 1.2" in lost.loc["rail, weak", "lost"]
    assert as_markdown(table).splitlines()[1].startswith("| --- | --: |")
    console = Console(width=160, record=True)
    console.print(as_rich(table, "title"), as_rich(lost, "lost"))
    assert "rail, weak" in console.export_text()
    (ax,) = draw(fits).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["dyestuff", "rail"]


def test_which_ways_are_possible():
    assert is_possible("dyestuff", Priors.WEAK, Way.BAMBI)
    assert not is_possible("dyestuff", Priors.VAGUE, Way.BAMBI)  # whose priors are its own
    assert not is_possible("horseshoe", Priors.WEAK, Way.BAMBI)
    assert not is_possible("oxboys", Priors.WEAK, Way.VIP)
    grid = ClassicGrid(("oxboys",))
    assert len(grid.settings()) == 3 * (2 * 3 + 1)
    assert json.loads(json.dumps(grid.settings())) == grid.settings()


@pytest.mark.slow
@pytest.mark.parametrize("way", Way)
def test_every_way_to_sample(way):
    fit = ClassicFit("pastes", "weak", str(way), 1, 100, 200, 2)
    found = fit_classic(vars(fit))
    assert found["error"] == "" and found["ess_bulk"] > 0
    assert found["compile_seconds"] > 0 and found["sample_seconds"] > 0
    assert (found["pilot_gradients"] > 0) is (way in {Way.UNFUNNEL, Way.VIP})
    assert ("verdict" in found) is (way == Way.UNFUNNEL)
    if way is not Way.BAMBI:
        assert set(found["estimates"]) == {
            "mu",
            "sd_batch",
            "of_batch",
            "sd_cask",
            "of_cask",
            "sigma",
        }


def test_a_fit_that_fails_is_a_result(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("no initial point")

    monkeypatch.setattr("nutpie.compile_pymc_model", fails)
    monkeypatch.setattr(classic_fits, "warm_up", lambda: None)
    found = fit_classic(vars(ClassicFit("rail", "weak", "centered", 1)))
    assert found["error"] == "RuntimeError: no initial point"
    assert found["ess_bulk"] == 0
    assert comparisons(frame([record("rail"), record("rail", Way.UNFUNNEL) | found]))[0].lost


@pytest.mark.slow
def test_the_quick_grid(tmp_path):
    models = ["--model", "rail", "--model", "eight_schools"]
    options = ["--quick", *models, "--records", tmp_path / "records"]
    figure = tmp_path / "classics.png"
    result = CliRunner().invoke(app, [str(x) for x in (*options, "--figure", figure)])
    assert result.exit_code == 0, result.output
    assert "eight_schools" in result.output and "per gradient" in result.output
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert len(list((tmp_path / "records").iterdir())) == 2 * 3
    again = CliRunner().invoke(app, [*map(str, options), "--markdown"])
    assert "| eight_schools |" in again.output


def test_unknown_models():
    assert CliRunner().invoke(app, ["--model", "sleep"]).exit_code == 2
