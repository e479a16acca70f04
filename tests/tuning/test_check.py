"""Whether the draws agree with the pilot."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.signal import lfilter

from unfunnel import NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.check import kappa_of_posterior
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.findings import Findings

CHAINS, DRAWS = 2, 200


def check(correlation: float, variance: float, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Check a pilot that found nothing against autocorrelated draws of a block with no data."""
    with pm.Model() as model:
        NormalIdentity(0.0, 1.0, dims=(), centered="auto").create_variable("b")
    if shape:
        with pm.Model(coords={"group": range(shape[0])}) as model:
            NormalIdentity(0.0, 1.0, dims="group", centered="auto").create_variable("b")
    (block,) = auto_blocks(model)
    noise = np.random.default_rng(1).normal(size=(CHAINS, DRAWS + 1000, *shape))
    draws = lfilter([np.sqrt(variance * (1 - correlation**2))], [1, -correlation], noise, axis=1)
    names = ("chain", "draw", "group")[: draws.ndim]
    posterior = xr.Dataset({"b": (names, draws[:, 1000:])})
    nothing = Findings({"b": Estimate(*np.zeros((2, *shape)))}, {"b": np.zeros(shape)}, 0, 0.0, 2)
    return kappa_of_posterior([block], nothing, posterior)["b"]


def flagged(kappa: np.ndarray, error: np.ndarray) -> np.ndarray:
    return kappa > 0.2 + 4 * error


@pytest.mark.parametrize("shape", [(), (300,)], ids=["scalar", "groups"])
def test_a_pilot_that_was_wrong(shape):
    kappa, error = check(0.0, 0.2, shape)  # data that the pilot did not find
    assert flagged(kappa, error).all()
    np.testing.assert_allclose(kappa, 0.8, atol=0.08)


def test_a_pilot_that_was_right():
    kappa, error = check(0.0, 1.0, (300,))
    assert not flagged(kappa, error).any()


def test_chains_that_hardly_moved_prove_nothing():
    """The variance of a chain that is stuck for long is small whatever that of the posterior is."""
    kappa, error = check(0.98, 1.0, (300,))
    assert (kappa > 0.5).mean() > 0.2
    assert flagged(kappa, error).mean() < 0.1  # 0.4 if the draws counted as independent


def test_too_few_draws_of_a_chain_for_an_effective_sample_size():
    with pm.Model() as model:
        NormalIdentity(0.0, 1.0, centered="auto").create_variable("b")
    (block,) = auto_blocks(model)
    posterior = xr.Dataset({"b": (("chain", "draw"), np.linspace(0, 0.1, 60).reshape(20, 3))})
    nothing = Findings({"b": Estimate(*np.zeros(2))}, {"b": np.zeros(())}, 0, 0.0, 2)
    kappa, error = kappa_of_posterior([block], nothing, posterior)["b"]
    assert flagged(kappa, error).all()
