"""Tuning variables whose deviations sum to zero: coordinates, pooled information, the report."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.detect import find_hierarchies

GROUPS = 12
COORDS = {"group": [f"g{i}" for i in range(GROUPS)], "predictor": ["x", "y"]}
ERRORS = np.array([0.5, 1.0])


def model_of(centered="auto", xdist=False):
    rng = np.random.default_rng(6)
    true = np.array([2.0, 0.5]) * rng.normal(size=(GROUPS, 2))
    with pm.Model(coords=COORDS) as model:
        b = NormalIdentity(
            Prior("Normal", dims="predictor"),
            Prior("HalfNormal", sigma=2, dims="predictor"),
            dims=("group", "predictor"),
            zero_sum="group",
            centered=centered,
        ).create_variable("b", xdist=xdist)
        data = true + ERRORS * rng.normal(size=(GROUPS, 2))
        pm.Normal("data", b.values if xdist else b, ERRORS, observed=data)
    return model


@pytest.mark.parametrize(
    "xdist",
    [
        pytest.param(False, id="classic", marks=pytest.mark.slow),
        pytest.param(True, id="xdist"),
    ],
)
def test_a_block_is_tuned_in_its_coordinates(xdist):
    model = model_of(xdist=xdist)
    report = unfunnel.tune(model, seed=1, progress_bar=False)
    information = report.values["b_information"]
    # Coordinates are orthonormal: each has the information that an element has.
    assert information.dims == ("predictor",)
    np.testing.assert_allclose(information, 1 / ERRORS**2, rtol=1e-6)
    assert report.kappa("b").dims == ("predictor",)
    assert list(report.values["b_weighted_location"].dims) == ["group", "predictor"]
    sums = report.values["b_weighted_location"].sum("group")
    np.testing.assert_allclose(sums, 0, atol=1e-8)
    (block,) = auto_blocks(model)
    assert block.sites.values[0].shape == (GROUPS - 1, 2)
    assert "close to centered" in str(report) or "by element" in str(report)


@pytest.mark.slow
def test_draws_sum_to_zero_and_agree_with_the_pilot():
    """A warning is an error here: the check pools along the groups, and finds the pilot right."""
    trace = unfunnel.sample(
        model_of(), draws=400, chains=2, seed=3, progress_bar=False, blocks="all", cores=1
    )
    posterior = trace["posterior"].to_dataset()
    np.testing.assert_allclose(posterior["b"].mean("group"), posterior["b_mu"], atol=1e-8)
    assert int(trace["sample_stats"]["diverging"].sum()) <= 2
    assert trace["unfunnel"].attrs["untouched"] == ""


def test_only_its_own_prior_can_make_it_informed():
    model = model_of()
    assert find_hierarchies(model).left_alone == {}
    copy = unfunnel.reparameterize(model)
    assert {v.name for v in copy.value_vars} == {v.name for v in model.value_vars}
    point = {k: v + 0.1 for k, v in model.initial_point().items()}
    expected = float(model.compile_logp()(point))
    assert float(copy.compile_logp()(point)) == pytest.approx(expected, rel=1e-12)
    reason = find_hierarchies(model_of(centered=False)).left_alone["b"]
    assert "drawn together (zero_sum)" in reason and '"auto"' in reason
