"""Tuning variables whose deviations sum to zero: coordinates, pooled information, the report."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.structures.zero_sum import contracted
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.check import kappa_of_posterior
from unfunnel.tuning.estimate import information_from_scores
from unfunnel.tuning.findings import Findings
from unfunnel.tuning.hierarchies import find_hierarchies

GROUPS = 12
COORDS = {"group": [f"g{i}" for i in range(GROUPS)], "predictor": ["x", "y"]}
TRUE = np.array([2.0, 0.5])
ERRORS = np.array([0.5, 1.0])


def model_of(centered="auto", xdist=False):
    rng = np.random.default_rng(6)
    data = TRUE * rng.normal(size=(GROUPS, 2)) + ERRORS * rng.normal(size=(GROUPS, 2))
    with pm.Model(coords=COORDS) as model:
        b = NormalIdentity(
            Prior("Normal", dims="predictor"),
            Prior("HalfNormal", sigma=2, dims="predictor"),
            dims=("group", "predictor"),
            zero_sum="group",
            centered=centered,
        ).create_variable("b", xdist=xdist)
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


@pytest.fixture(scope="module")
def sampled():
    model = model_of()
    trace = unfunnel.sample(
        model, draws=400, chains=2, seed=3, progress_bar=False, blocks="all", cores=1
    )
    return model, trace


@pytest.mark.slow
def test_draws_sum_to_zero_and_sample_well(sampled):
    _model, trace = sampled
    posterior = trace["posterior"].to_dataset()
    np.testing.assert_allclose(posterior["b"].mean("group"), posterior["b_mu"], atol=1e-8)
    assert int(trace["sample_stats"]["diverging"].sum()) == 0
    assert trace["unfunnel"].attrs["untouched"] == ""


def test_the_check_knows_right_from_wrong(sampled):
    model, trace = sampled
    (block,) = auto_blocks(model)
    posterior = trace["posterior"].to_dataset()
    right = np.broadcast_to(1 / ERRORS**2, (GROUPS - 1, 2))
    spread = posterior["b_sigma"].values.reshape(-1, 1, 2)
    data = np.asarray(model.rvs_to_values[model["data"]].data)
    weighted = contracted(data - data.mean(axis=0), (0,)) * right
    for information, agrees in ((right, True), (np.zeros_like(right), False)):
        kappa = 1 - (1 / (1 + information * spread**2)).mean(axis=0)
        values = unfunnel.tuning.estimate.Estimate(information, weighted * (information > 0))
        pilot = Findings({"b": values}, {"b": kappa}, 0, 0.0, 1)
        found, error = kappa_of_posterior([block], pilot, posterior)["b"]
        apart = np.abs(found - kappa)
        assert (apart < 0.2 + 4 * error).all() == agrees
        shared = np.broadcast_to(found[:1], found.shape)  # along the groups
        np.testing.assert_allclose(found, shared, rtol=1e-12)


def test_slopes_are_pooled_along_axes_that_share_one():
    rng = np.random.default_rng(4)
    theta = rng.normal(size=(8, 50, 2))
    true = np.array([3.0, 0.2])
    center = rng.normal(size=(50, 2))
    score = true * (center - theta) + rng.normal(size=theta.shape)
    pooled = information_from_scores(theta, score, pooled=(0,))
    alone = information_from_scores(theta, score)
    np.testing.assert_allclose(pooled.information, pooled.information[:1].repeat(50, axis=0))
    assert np.abs(pooled.information - true).max() < 0.2 < np.abs(alone.information - true).max()
    # Where the data put an element is its own.
    assert np.corrcoef(pooled.weighted_location[:, 0], center[:, 0])[0, 1] > 0.9


def test_only_its_own_prior_can_make_it_informed():
    model = model_of()
    assert find_hierarchies(model).untouched == {}
    copy = unfunnel.reparameterize(model)
    assert {v.name for v in copy.value_vars} == {v.name for v in model.value_vars}
    point = {k: v + 0.1 for k, v in model.initial_point().items()}
    expected = float(model.compile_logp()(point))
    assert float(copy.compile_logp()(point)) == pytest.approx(expected, rel=1e-12)
    reason = find_hierarchies(model_of(centered=False)).untouched["b"]
    assert "sum to zero" in reason and '"auto"' in reason
