"""``sample``: one call from a model to its posterior, in the coordinates of a pilot."""

from __future__ import annotations

import arviz_stats
import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr
from models import GROUPS, MEANS, SIZES, by_others

import unfunnel
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.compiled import Coordinates
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.pilot import PilotResult

QUIET = {"progress_bar": False}
SHORT = {"draws": 200, "tune": 200, "chains": 2, **QUIET}


@pytest.fixture(scope="module")
def trace(model):
    """Return an ordinary run; a warning would be an error."""
    return unfunnel.sample(model, **SHORT, seed=5)


def test_the_groups_of_the_trace(model, trace):
    assert {"posterior", "sample_stats", "constant_data", "observed_data", "unfunnel"} <= set(
        trace.children
    )
    assert set(trace["posterior"].data_vars) == {"phi", "phi_mu", "phi_sigma"}
    assert trace["posterior"]["phi"].dims == ("chain", "draw", "group")
    np.testing.assert_array_equal(trace["observed_data"]["y"].values, MEANS)
    np.testing.assert_array_equal(trace["constant_data"]["sizes"].values, SIZES)
    assert trace["posterior"].attrs["inference_library"] == "nutpie"
    assert trace["posterior"].attrs["tuning_steps"] == 200
    assert auto_blocks(model)[0].sites.values == ()  # the model is not changed


def test_what_the_pilot_found(trace):
    found = trace["unfunnel"].to_dataset()
    assert list(found["group"].values) == [f"g{i}" for i in range(GROUPS)]
    kappa = found["phi_kappa"].values
    assert (kappa[SIZES == 2000] > 0.9).all()
    assert (kappa[SIZES == 1] < 0.5).all()
    of_each = {"phi_information", "phi_weighted_location", "phi_kappa"}
    assert set(found.data_vars) == {*of_each, "phi_sigma_stretch"}
    assert 0 < found.attrs["gradients"] < 20_000
    assert found.attrs["rounds"] >= 2
    assert found.attrs["problem"] == ""
    assert found.attrs["adaptation"] in ("diag", "low_rank")
    assert 0.0 <= found.attrs["fisher_divergence"] < 0.5


def test_it_survives_netcdf(trace, tmp_path):
    trace.to_netcdf(tmp_path / "trace.nc")
    with xr.open_datatree(tmp_path / "trace.nc") as loaded:
        xr.testing.assert_identical(
            loaded["unfunnel"].to_dataset().load(), trace["unfunnel"].to_dataset()
        )


def test_one_seed_fixes_everything(model, trace):
    with model:
        again = unfunnel.sample(**SHORT, random_seed=5)
    for group in ("posterior", "unfunnel"):
        for name, values in trace[group].data_vars.items():
            np.testing.assert_array_equal(again[group][name].values, values.values)
    other = unfunnel.sample(model, **SHORT, seed=6)
    assert not np.array_equal(other["posterior"]["phi"], trace["posterior"]["phi"])


def test_a_dim_that_is_called_as_a_variable_of_the_report():
    """It gets a name that is not taken."""
    coords = {"a_kappa": ["x", "y"], "a_kappa_dim": [1, 2, 3]}
    with pm.Model(coords=coords) as model:
        pm.Normal("a", pm.Normal("m"), pm.HalfNormal("s"), dims=tuple(coords))
    found = unfunnel.sample(model, **SHORT, seed=1, blocks="all")["unfunnel"]
    for name in ("a_kappa", "a_information", "a_weighted_location"):
        assert found[name].dims == ("a_kappa_dim_dim", "a_kappa_dim")
    assert list(found["a_kappa_dim_dim"].values) == ["x", "y"]
    assert list(found["a_kappa_dim"].values) == [1, 2, 3]


def test_options_pass_through(model):
    found = unfunnel.sample(
        model, **SHORT, seed=1, save_warmup=False, target_accept=0.9, store_divergences=True
    )
    assert "warmup_posterior" not in found.children
    assert '"target_accept": 0.9' in found["sample_stats"].attrs["inference_library_settings"]


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_any_model(xdist):
    model = by_others(xdist)
    names = {v.name for v in model.free_RVs} | {"b"}
    before = [v.name for v in model.value_vars]
    found = unfunnel.sample(model, **SHORT, seed=1, blocks="all")
    assert set(found["posterior"].data_vars) == names
    assert found["unfunnel"]["a_kappa"].dims == ("group",)
    assert "z: already non-centered" in found["unfunnel"].attrs["untouched"]
    assert [v.name for v in model.value_vars] == before
    assert float(arviz_stats.rhat(found["posterior"].dataset)["a"].max()) < 1.1


def test_the_posterior_of_the_model_as_it_was_written():
    """A conjugate hierarchy whose posterior is known, centered and by somebody else."""
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 0.7)
        a = pm.Normal("a", 1.0, tau, shape=3)
        pm.Normal("y", a, 0.5, observed=[0.2, 1.0, 2.5])
    found = unfunnel.sample(model, draws=2000, tune=500, chains=4, seed=2, blocks=["a"], **QUIET)
    grid = np.linspace(1e-3, 5, 20_000)
    variance = grid**2 + 0.25
    log_density = -0.5 * (grid / 0.7) ** 2 - 1.5 * np.log(variance) - 0.5 * 2.89 / variance
    weights = np.exp(log_density - log_density.max())
    exact = (grid * weights).sum() / weights.sum()
    error = float(arviz_stats.mcse(found["posterior"].dataset)["tau"])
    assert abs(float(found["posterior"]["tau"].mean()) - exact) < 4.5 * error


@pytest.fixture
def every_run_is_bad(monkeypatch):
    monkeypatch.setattr("unfunnel.tuning.check._DISAGREE", 1.0)


@pytest.mark.usefixtures("failing_nutpie", "every_run_is_bad")
def test_a_run_after_a_failed_pilot_is_the_pilot_of_another(model):
    """It is non-centered, which mixes slowly here; what follows knows what it found."""
    with pytest.warns(unfunnel.TuningWarning, match="all initialization points failed") as caught:
        found = unfunnel.sample(model, **SHORT, seed=1)
    (said,) = [w.message for w in caught if w.category is unfunnel.TuningWarning]
    assert "are non-centered" in str(said)
    attributes = found["unfunnel"].attrs
    assert attributes["problem"] == "the pilot run failed: all initialization points failed"
    assert "R-hat at most" in attributes["first_run"]
    assert attributes["least_ess"] > 100  # of 400 draws; of the first run it was 35
    assert (found["unfunnel"]["phi_kappa"][::2] > 0.9).all()  # those with much data
    for group in ("sample_stats", "warmup_sample_stats"):
        assert "unconstrained_draw" not in found[group]


@pytest.mark.usefixtures("failing_nutpie", "every_run_is_bad")
def test_a_second_run_has_no_more_time_than_the_first(model, monkeypatch):
    monkeypatch.setattr("unfunnel.tuning.running.time.perf_counter", lambda: 0.0)
    with pytest.warns(unfunnel.TuningWarning):
        found = unfunnel.sample(model, **SHORT, seed=1)
    assert "first_run" not in found["unfunnel"].attrs
    assert found["unfunnel"].attrs["rounds"] == 0
    assert (found["unfunnel"]["phi_information"] == 0).all()


def test_a_pilot_that_was_wrong_is_reported(model, monkeypatch):
    """It says that there are no data."""

    def pilot(plan, compiled, seed, **options):
        (block,) = plan.blocks
        none = np.zeros(GROUPS)
        return PilotResult(Coordinates({block.name: Site(none, none)}), {block.name: none}, 100, 2)

    monkeypatch.setattr("unfunnel.tuning.api.run_pilot", pilot)
    with pytest.warns(unfunnel.TuningWarning, match=r"of 12 elements of phi turned out"):
        unfunnel.sample(model, draws=500, tune=500, chains=4, seed=1, **QUIET)


def test_an_interrupted_pilot_stops(model, monkeypatch):
    """nutpie returns what it has when it is interrupted."""
    original = nutpie.sample
    monkeypatch.setattr(nutpie, "sample", lambda *a, **k: original(*a, **{**k, "draws": 3}))
    with pytest.raises(KeyboardInterrupt):
        unfunnel.sample(model, **SHORT, seed=1)


@pytest.mark.filterwarnings("ignore:`low_rank_modified_mass_matrix` is deprecated:FutureWarning")
@pytest.mark.parametrize(
    ("options", "adaptation", "length"),
    [
        ({}, "diag", 400),
        ({"num_tune": 60}, "diag", 60),
        ({"tune": 70}, "diag", 70),
        ({"tune": 70, "low_rank_modified_mass_matrix": True}, "low_rank", 70),
        ({"tune": 70, "low_rank_modified_mass_matrix": False}, "diag", 70),
    ],
)
def test_the_adaptation_and_its_warm_up(model, options, adaptation, length):
    """By former names, and by those that they have among the settings of nutpie, too."""
    found = unfunnel.sample(model, draws=1, chains=1, seed=1, **QUIET, **options)
    assert found["posterior"]["phi"].shape == (1, 1, GROUPS)
    assert found["unfunnel"].attrs["adaptation"] == adaptation
    assert found["warmup_posterior"].sizes["draw"] == length
