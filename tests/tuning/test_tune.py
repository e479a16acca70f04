"""``tune``: a model is set in place, once and again, and copies of it are not."""

from __future__ import annotations

import numpy as np
import nutpie
import pytest
from models import mixed

import unfunnel
from unfunnel.tuning.plan import Plan

QUIET = {"progress_bar": False}


def now(model):
    """Return the site parameters and the stretch that a model has."""
    plan = Plan.of(model)
    return plan.blocks[0].sites.values, plan.scales[0].transform.log_stretch


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_what_is_tuned_is_one_model_and_no_copy_of_it(xdist):
    model = mixed(xdist=xdist)
    tuned = model.copy()
    report = unfunnel.tune(tuned, seed=2, **QUIET)
    later = tuned.copy()
    assert now(model) == ((), 0.0)
    (information, weighted_location), log_stretch = now(tuned)
    np.testing.assert_array_equal(information, report.values["phi_information"])
    np.testing.assert_array_equal(weighted_location, report.values["phi_weighted_location"])
    assert np.exp(log_stretch) == pytest.approx(float(report.values["phi_sigma_stretch"]))
    np.testing.assert_array_equal(now(later)[0], now(tuned)[0])
    assert now(later)[1] == log_stretch


def test_tuning_again_finds_the_same(failing_nutpie_later):
    """The pilot begins with nothing, whatever the model was set to; one that fails leaves that."""
    model = mixed()
    first = unfunnel.tune(model, seed=2, **QUIET)
    copy = model.copy()  # which is compiled anew
    second = unfunnel.tune(copy, seed=2, **QUIET)
    trace = unfunnel.sample(model, seed=2, draws=50, tune=100, chains=2, **QUIET)
    stretch = float(first.values["phi_sigma_stretch"])
    assert 0.1 < stretch < 10.0
    for again in (second.values, trace["unfunnel"]):
        np.testing.assert_array_equal(first.kappa("phi"), again["phi_kappa"])
        assert float(again["phi_sigma_stretch"]) == stretch
    assert np.exp(now(model)[1]) == pytest.approx(stretch)  # which sampling did not change
    failing_nutpie_later()
    with pytest.warns(unfunnel.TuningWarning, match="the pilot run failed"):
        report = unfunnel.tune(model, seed=1, **QUIET)
    assert now(model)[1] == 0.0
    assert (now(model)[0][0] == 0.0).all()
    assert "phi_sigma_stretch" not in report.values


@pytest.fixture
def failing_nutpie_later(monkeypatch):
    def fails(*_args, **_options):
        raise RuntimeError("nothing")

    return lambda: monkeypatch.setattr(nutpie, "sample", fails)


@pytest.mark.parametrize(
    "xdist", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["classic", "xdist"]
)
def test_a_model_that_nutpie_is_to_freeze(xdist):
    """It would copy the graph, but not the stretch that the transform has."""
    model = mixed(xdist=xdist)
    report = unfunnel.tune(model, seed=2, **QUIET, compile_kwargs={"freeze_model": True})
    assert np.exp(now(model)[1]) == pytest.approx(float(report.values["phi_sigma_stretch"]))
