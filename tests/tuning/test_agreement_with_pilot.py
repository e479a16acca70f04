"""Whether the draws agree with the pilot, and what is said if not: never by chance."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.signal import lfilter

from unfunnel import NormalIdentity
from unfunnel.tuning.agreement import disagreements
from unfunnel.tuning.compiled import Coordinates
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.pilot import PilotResult
from unfunnel.tuning.plan import Plan


@pytest.fixture(scope="module")
def plan():
    """Return the plan for a block of groups without data."""
    with pm.Model(coords={"group": range(300)}) as model:
        NormalIdentity(0.0, 1.0, dims="group", centered="auto").create_variable("b")
    return Plan.of(model)


def disagreeing(plan, chains, draws, sd=1.0, correlation=0.0, kappa=0.0, seed=1):
    """Return how many elements are said to disagree with a pilot, by the draws of the block.

    ``sd`` is that of the sampled value in the coordinate of the pilot, by element: 1 if the pilot
    was right. ``kappa`` is what the pilot found.
    """
    noise = np.random.default_rng(seed).normal(size=(chains, draws + 1000, 300))
    filtered = lfilter([np.sqrt(1 - correlation**2)], [1, -correlation], noise, axis=1)[:, 1000:]
    information = np.full(300, kappa / (1 - kappa))
    posterior = sd * filtered / np.sqrt(1 + information)
    site, found = Site(information, 0.0 * information), np.full(300, kappa)
    pilot = PilotResult(Coordinates({"b": site}), {"b": found}, 0, 2)
    dataset = xr.Dataset({"b": (("chain", "draw", "group"), posterior)})
    said = disagreements(plan, pilot, dataset)
    return int(said[0].split()[0]) if said else 0


def test_a_pilot_that_was_wrong(plan):
    assert disagreeing(plan, 2, 200, sd=np.sqrt(0.2)) == 300  # data that it did not find
    assert disagreeing(plan, 2, 200, sd=2.0, kappa=0.8) == 300  # or that are not there
    some = np.where(np.arange(300) < 2, np.sqrt(0.2), 1.0)
    assert disagreeing(plan, 2, 200, sd=some) == 2


@pytest.mark.parametrize("kappa", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(("chains", "draws"), [(1, 50), (1, 400), (2, 200), (4, 100), (20, 3)])
def test_a_pilot_that_was_right(plan, chains, draws, correlation, kappa):
    """Chains that hardly moved prove nothing, nor do short ones: 300 groups, and 3 seeds each."""
    for seed in range(3):
        options = {"correlation": correlation, "kappa": kappa, "seed": seed}
        assert disagreeing(plan, chains, draws, **options) == 0


def test_one_element_of_a_thousand_is_chance():
    with pm.Model(coords={"group": range(1000)}) as model:
        NormalIdentity(0.0, 1.0, dims="group", centered="auto").create_variable("b")
    plan, zeros = Plan.of(model), np.zeros(1000)
    pilot = PilotResult(Coordinates({"b": Site(zeros, zeros)}), {"b": zeros}, 0, 2)
    noise = np.random.default_rng(2).normal(size=(2, 200, 1000))
    for wrong, said in ((1, False), (2, True)):
        draws = np.where(np.arange(1000) < wrong, 0.3, 1.0) * noise
        dataset = xr.Dataset({"b": (("chain", "draw", "group"), draws)})
        assert bool(disagreements(plan, pilot, dataset)) is said
