"""Models in which nothing can be tuned: they are sampled, copied and refused as others are."""

from __future__ import annotations

import logging

import numpy as np
import pymc as pm
import pytest
from models import by_others, mixed

import unfunnel
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.tuning.blocks import auto_blocks

SHORT = {"draws": 120, "tune": 150, "chains": 2, "seed": 1, "progress_bar": False}


@pytest.fixture(scope="module")
def flat():
    with pm.Model() as model:
        x = pm.Normal("x", shape=2)
        pm.Normal("y", x, 1.0, observed=[0.0, 1.0])
    return model


@pytest.mark.parametrize("blocks", ["auto", "all"])
def test_it_is_sampled_as_it_is(flat, blocks, caplog):
    with caplog.at_level(logging.INFO, "unfunnel"):
        trace = unfunnel.sample(flat, blocks=blocks, **SHORT)
    assert trace["posterior"]["x"].shape == (2, 120, 2)
    assert {"observed_data", "sample_stats", "unfunnel"} <= set(trace.children)
    (line,) = [r.getMessage() for r in caplog.records if "Nothing is tuned" in r.getMessage()]
    assert "none of 'x' has a random location or scale" in line
    assert trace["unfunnel"].attrs["adaptation"] == "diag"
    assert trace["unfunnel"].attrs["verdict"]
    report = unfunnel.TuningReport(trace["unfunnel"].to_dataset())
    assert str(report).startswith("Nothing was tuned: ")
    assert report.to_dataframe().empty


def test_what_would_help_is_named(caplog):
    with caplog.at_level(logging.INFO, "unfunnel"):
        unfunnel.sample(mixed(False), **SHORT)
        unfunnel.sample(mixed("offset"), blocks="all", **SHORT)
    auto, every = (r.getMessage() for r in caplog.records if "Nothing is" in r.getMessage())
    assert 'no prior of the model has centered="auto"; blocks="all" would tune \'phi\'' in auto
    assert "phi_log_offset: already non-centered" in every and "Write it as a centered" in every


def test_a_block_by_name_is_an_error(flat):
    for function in (unfunnel.sample, unfunnel.tune, unfunnel.reparameterize):
        with pytest.raises(ParameterError, match="names among none, but got 'x'"):
            function(flat, blocks=["x"])


def test_the_copy_is_an_equal_one(flat):
    copy = unfunnel.reparameterize(flat)
    assert copy is not flat
    assert [v.name for v in copy.value_vars] == ["x"]
    point = {"x": np.array([0.3, -1.0])}
    assert copy.compile_logp()(point) == flat.compile_logp()(point)
    for blocks in ("auto", "all"):
        with pytest.raises(UnsupportedError, match="a hierarchy that can be tuned"):
            unfunnel.tune(flat, blocks=blocks)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_tune_any_model_in_place(xdist):
    model = by_others(xdist)
    report = unfunnel.tune(model, blocks="all", seed=1, progress_bar=False)
    assert report.blocks == ["a"]
    assert {v.name for v in model.value_vars} == {"mu", "tau_softplus__", "a_informed__", "z"}
    (block,) = auto_blocks(model)
    np.testing.assert_array_equal(block.sites.values[0], report.values["a_information"])
    assert np.isfinite(model.compile_logp()(model.initial_point()))
