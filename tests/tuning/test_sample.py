"""``sample``: one call from a model to its posterior, in the coordinates of a pilot."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import arviz_stats
import numpy as np
import pymc as pm
import pytest
import xarray as xr
from models import GROUPS, MEANS, SIZES, by_others, mixed

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.errors import ParameterError, ParameterTypeError, SamplingError, UnsupportedError
from unfunnel.tuning import pilot as pilot_module
from unfunnel.tuning.arguments import require_options
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.doubts import warn_of_disagreement
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.findings import Findings
from unfunnel.tuning.report import report_of

QUIET = {"progress_bar": False}
SHORT = {"draws": 200, "tune": 200, "chains": 2, **QUIET}


@pytest.fixture(scope="module")
def model():
    return mixed()


@pytest.fixture(scope="module")
def trace(model):
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
    assert found.attrs["adaptation"] == "low_rank"


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
    with pm.Model(coords={"a_kappa": ["x", "y"], "geo": [1, 2, 3]}) as model:
        pm.Normal("a", pm.Normal("m"), pm.HalfNormal("s"), dims=("a_kappa", "geo"))
    found = unfunnel.sample(model, **SHORT, seed=1, blocks="all")["unfunnel"]
    for name in ("a_kappa", "a_information", "a_weighted_location"):
        assert found[name].dims == ("a_kappa_dim", "geo")
    assert list(found["a_kappa_dim"].values) == ["x", "y"]
    assert list(found["geo"].values) == [1, 2, 3]


def test_a_new_name_of_a_dim_is_one_that_is_not_taken():
    dims = ("a_kappa", "a_kappa_dim")
    blocks = [SimpleNamespace(name="a", zero_sum_axes=(), dims=dims, labelled=lambda x: (dims, x))]
    zeros = np.zeros((2, 3))
    pilot = Findings({"a": Estimate(zeros, zeros)}, {"a": zeros}, 0, 0.0, 1)
    model = pm.Model(coords={"a_kappa": ["x", "y"], "a_kappa_dim": [1, 2, 3]})
    found = report_of(model, blocks, pilot).values
    assert found["a_kappa"].dims == ("a_kappa_dim_dim", "a_kappa_dim")
    assert list(found["a_kappa_dim_dim"].values) == ["x", "y"]
    assert list(found["a_kappa_dim"].values) == [1, 2, 3]


def test_the_model_is_not_changed(model, trace):
    (block,) = auto_blocks(model)
    assert block.sites.values == ()


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
    assert abs(float(found["posterior"]["tau"].mean()) - exact) < 4 * error


def test_a_failed_pilot_samples_in_the_safe_form(model, monkeypatch):
    import nutpie

    original = nutpie.sample

    def fails(*args, **kwargs):
        if kwargs.get("store_gradient"):  # as the runs of a pilot do
            raise RuntimeError("all initialization\n\npoints failed\n\nStack backtrace:\n 0: main")
        return original(*args, **kwargs)

    monkeypatch.setattr(nutpie, "sample", fails)
    with pytest.warns(unfunnel.TuningWarning, match="all initialization points failed") as caught:
        found = unfunnel.sample(model, **SHORT, seed=1)
    assert len(caught) == 1
    assert "are non-centered" in str(caught[0].message)
    problem = found["unfunnel"].attrs["problem"]
    assert problem == "the pilot run failed: all initialization points failed"
    assert found["unfunnel"].attrs["rounds"] == 0
    assert (found["unfunnel"]["phi_information"] == 0).all()
    assert np.isfinite(found["posterior"]["phi"]).all()


def test_a_pilot_that_was_wrong_is_reported(model, monkeypatch):
    right = pilot_module._estimates

    def wrong(at):
        return {
            name: type(e)(np.zeros_like(e.information), np.zeros_like(e.information))
            for name, e in right(at).items()
        }

    monkeypatch.setattr(pilot_module, "_estimates", wrong)
    with pytest.warns(unfunnel.TuningWarning, match=r"of 12 elements of phi turned out"):
        unfunnel.sample(model, draws=500, tune=500, chains=4, seed=1, **QUIET)


@pytest.mark.parametrize(("size", "wrong", "warned"), [(12, 1, 1), (1000, 1, 0), (1000, 2, 1)])
def test_a_few_elements_of_many_disagree_by_chance(monkeypatch, size, wrong, warned):
    posterior = xr.Dataset({"b": (("chain", "draw"), np.zeros((1, 1)))})
    trace = xr.DataTree.from_dict({"posterior": posterior})
    kappa = np.where(np.arange(size) < wrong, 0.9, 0.1)
    monkeypatch.setattr(
        "unfunnel.tuning.doubts.kappa_of_posterior", lambda *_: {"b": (kappa, np.zeros(size))}
    )
    found = Findings({}, {"b": np.full(size, 0.1)}, 0, 0.0, 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_disagreement([], found, trace)
    assert len(caught) == warned


def test_nan_in_the_data():
    with pm.Model(coords={"g": range(3)}) as model:
        a = NormalIdentity(0.0, pm.HalfNormal("s"), dims="g", centered="auto").create_variable("a")
        pm.Potential("likelihood", (a * np.array([1.0, np.nan, 1.0])).sum())
    with (
        pytest.warns(unfunnel.TuningWarning, match="the pilot run failed"),
        pytest.raises(SamplingError, match=r"start, .* gradient that is not finite\. Look at"),
    ):
        unfunnel.sample(model, **SHORT, seed=1)


def test_refusals(model):
    for option in ({"blocking": False}, {"return_raw_trace": True}):
        with pytest.raises(UnsupportedError, match="groups are added to the finished trace"):
            unfunnel.sample(model, **option)
    with pytest.raises(UnsupportedError, match='prior that has centered="auto"'):
        unfunnel.sample(mixed(False))
    with pytest.raises(ParameterError, match="seed or random_seed, which are one"):
        unfunnel.sample(model, seed=1, random_seed=2)
    for seed in (-1, "a", 1.5, True, 2**64):
        with pytest.raises(ParameterError, match="a non-negative whole number"):
            unfunnel.sample(model, seed=seed)
    with pytest.raises(ParameterError, match=r"names among 'phi'.*Did you mean 'phi'"):
        unfunnel.sample(model, blocks=["phy"])
    for function in (unfunnel.sample, unfunnel.tune):
        with pytest.raises(ParameterError, match=r"names among 'phi', but got none"):
            function(model, blocks=[])
    with pytest.raises(ParameterError, match=r"but got 'all'.* unfunnel\.reparameterize\(model\)"):
        unfunnel.tune(model, blocks="all")


def test_options_of_the_compilation(model):
    for function in (unfunnel.sample, unfunnel.tune):
        for wrong in ("numba", {3: 4}):
            with pytest.raises(ParameterTypeError, match="a dictionary of options"):
                function(model, compile_kwargs=wrong)
        with pytest.raises(ParameterError, match=r"'beckend'; Numba says: .*Unrecognized"):
            function(model, compile_kwargs={"beckend": "numba"})


def test_lengths_that_nutpie_cannot_have(model):
    for name in ("draws", "tune", "chains", "cores", "num_draws", "num_tune", "num_chains"):
        with pytest.raises(ParameterError, match=f"{name}: expected at least 1, but got 0"):
            unfunnel.sample(model, **{name: 0})
        with pytest.raises(ParameterTypeError, match=f"{name}: expected a whole number"):
            unfunnel.sample(model, **{name: 10.0})
    for rate in (0.0, 1.0, 80):
        with pytest.raises(ParameterError, match=r"target_accept to be in \(0.0, 1.0\)"):
            unfunnel.sample(model, target_accept=rate)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"target_acept": 0.9}, "but got 'target_acept'; nutpie says: Unknown settings attribute"),
        ({"adaptation": "full"}, "Unknown adaptation strategy"),
        ({"adaptation": "diag", "mass_matrix_eigval_cutoff": 2.0}, "not available for diag"),
        ({"maxdepth": "deep"}, "nutpie says"),
    ],
)
def test_options_that_nutpie_does_not_know(model, monkeypatch, options, reason):
    """Before the pilot, not after it."""
    monkeypatch.setattr("unfunnel.tuning.sample.run_pilot", None)
    with pytest.raises(ParameterError, match=reason):
        unfunnel.sample(model, **options)


def test_nothing_is_shown_while_options_are_checked(monkeypatch):
    """In a notebook nutpie shows its bar as soon as it need not ask the model for ``init_mean``."""
    import nutpie

    original, shown = nutpie.sample, []

    def sample(compiled, **options):
        shown.append(options["progress_bar"])
        return original(compiled, **options)

    monkeypatch.setattr(nutpie, "sample", sample)
    require_options({"init_mean": np.zeros(2)}, {})
    assert shown == [False]


@pytest.mark.filterwarnings("ignore:`low_rank_modified_mass_matrix` is deprecated:FutureWarning")
def test_the_adaptation_under_a_former_name(model):
    for asked, adaptation in ((True, "low_rank"), (False, "diag")):
        options = SHORT | {"low_rank_modified_mass_matrix": asked}
        found = unfunnel.sample(model, **options, seed=1)
        assert found["unfunnel"].attrs["adaptation"] == adaptation


@pytest.mark.parametrize(
    ("options", "length"), [({}, 400), ({"num_tune": 60}, 60), ({"tune": 70}, 70)]
)
def test_the_length_of_the_warm_up(model, options, length):
    """By the name that it has among the settings of nutpie, too."""
    found = unfunnel.sample(model, draws=20, chains=1, seed=1, **QUIET, **options)
    assert found["unfunnel"].attrs["adaptation"] == "low_rank"
    assert found["warmup_posterior"].sizes["draw"] == length


class Builder:
    """Has a model once it is built, as pymc-marketing's builders do."""

    def build_model(self):
        """Do nothing."""


@pytest.mark.parametrize("function", [unfunnel.sample, unfunnel.tune, unfunnel.reparameterize])
def test_what_is_no_model(function):
    with pytest.raises(ParameterTypeError, match=r"a pymc.Model, but got 3 of type int\.$"):
        function(3)
    with pytest.raises(ParameterTypeError, match=r"Call its build_model, then .* \.model"):
        function(Builder())
    with pytest.raises(ParameterTypeError, match=r"none on the context stack\. Pass the model"):
        function()


@pytest.mark.parametrize("function", [unfunnel.sample, unfunnel.tune, unfunnel.reparameterize])
def test_blocks_that_are_no_names(model, function):
    """A variable in place of its name, above all."""
    for blocks in (model["phi"], [model["phi"]], None, 3, [None], b"phi", np.array(["phi", "a"])):
        with pytest.raises(ParameterTypeError, match=r"^blocks: expected the name of a variable"):
            function(model, blocks=blocks)
    with pytest.raises(ParameterTypeError, match=r"but got phi of type .* Pass its name"):
        function(model, blocks=[model["phi"]])


@pytest.mark.parametrize("function", [unfunnel.sample, unfunnel.tune])
def test_a_wrong_seed_is_refused_before_anything_is_compiled(model, monkeypatch, function):
    monkeypatch.setattr(f"{function.__module__}.compile_for_tuning", None)
    with pytest.raises(ParameterError, match="a non-negative whole number"):
        function(model, seed=-1)


@pytest.mark.parametrize("function", [unfunnel.sample, unfunnel.tune, unfunnel.reparameterize])
def test_a_submodel(function):
    """It would be sampled without the data outside of it."""
    with pm.Model(), pm.Model(name="sub") as sub:
        a = NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("a")
    with sub.root:
        pm.Normal("y", a, observed=1.0)
    with pytest.raises(UnsupportedError, match=r"the submodel 'sub'. Pass model\.root"):
        function(sub)


def test_models_that_cannot_be_sampled_this_way():
    with pm.Model() as empty:
        pm.Normal("y", observed=1.0)
    with pytest.raises(UnsupportedError, match="a model with free random variables"):
        unfunnel.sample(empty, blocks="all")
    with pm.Model() as discrete:
        k = pm.Poisson("k", 3.0)
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("b")
        pm.Normal("y", k, observed=1.0)
    with pytest.raises(UnsupportedError, match="the discrete 'k'"):
        unfunnel.sample(discrete)


def test_no_warnings_in_an_ordinary_run(model):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        unfunnel.sample(model, **SHORT, seed=9)
    assert not [w for w in caught if "Cannot cache compiled function" not in str(w.message)]


def test_nothing_to_find_in_any_model():
    with pm.Model() as model:
        pm.Normal("x")
    with pytest.raises(UnsupportedError, match="whose location or scale is random"):
        unfunnel.sample(model, blocks="all")


def test_hardly_any_draws(model):
    found = unfunnel.sample(model, draws=1, tune=50, chains=1, seed=1, **QUIET)
    assert found["posterior"]["phi"].shape == (1, 1, GROUPS)


def test_an_interrupted_pilot_stops(model, monkeypatch):
    """nutpie returns what it has when it is interrupted."""
    import nutpie

    original = nutpie.sample
    monkeypatch.setattr(nutpie, "sample", lambda *a, **k: original(*a, **{**k, "draws": 3}))
    with pytest.raises(KeyboardInterrupt):
        unfunnel.sample(model, **SHORT, seed=1)
