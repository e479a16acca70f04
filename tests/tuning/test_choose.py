"""What a form leaves to the sampler, and what is chosen by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest

from unfunnel.tuning.choose import divergence, divergence_after_low_rank, whitened
from unfunnel.tuning.compiled import compile_plan
from unfunnel.tuning.pilot import PilotResult, run_pilot
from unfunnel.tuning.reparameterize import plan_of_any
from unfunnel.tuning.rounds import Round


def normal_draws(covariance: np.ndarray, number: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of a normal density, and its gradients there."""
    draws = np.random.default_rng(1).multivariate_normal(
        np.arange(len(covariance)), covariance, size=number
    )
    return draws, -np.linalg.solve(covariance, (draws - np.arange(len(covariance))).T).T


def test_nothing_is_left_of_independent_normals_in_any_units():
    draws, gradients = normal_draws(np.diag([1e-6, 1.0, 1e8]), 2000)
    assert divergence(*whitened(draws, gradients)) < 0.01


def test_what_the_diagonal_leaves_of_correlated_normals():
    """Cov(x, g) is minus the identity, so that it is var(x) / s + s var(g) - 2 with the best s."""
    rho = 0.9
    draws, gradients = normal_draws(np.array([[1.0, rho], [rho, 1.0]]), 20_000)
    root = np.sqrt(1.0 - rho**2)
    expected = 1.0 / root + root / root**2 - 2.0  # s is the root: var(x) is 1, var(g) its square
    assert divergence(*whitened(draws, gradients)) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("size", [3, 60])
def test_low_rank_removes_a_ridge(size):
    ridge = np.ones((size, 1)) / np.sqrt(size)
    draws, gradients = normal_draws(np.eye(size) + 400.0 * ridge @ ridge.T, 160)
    both = whitened(draws, gradients)
    assert divergence_after_low_rank(*both) < 0.2 * divergence(*both)


def test_low_rank_does_not_gain_by_what_is_chance():
    both = whitened(*normal_draws(np.eye(60), 80))
    assert divergence_after_low_rank(*both) >= 0.95 * divergence(*both)


def test_what_does_not_move_is_left_out():
    draws, gradients = normal_draws(np.eye(3))
    draws[:, 1] = 2.0
    points, pulls = whitened(draws, gradients)
    assert points.shape == pulls.shape == (len(draws), 2)


def round_of(log_density: Any, dimensions: int = 10) -> Round:
    log_density = np.asarray(log_density, dtype=float)
    return Round(np.zeros((log_density.size, dimensions)), log_density, [])


def test_chains_that_agree_have_arrived():
    rng = np.random.default_rng(1)
    assert round_of(-0.5 * rng.chisquare(10, size=(2, 40))).arrived


@pytest.mark.parametrize(
    "log_density",
    [
        pytest.param(np.linspace(-500.0, -10.0, 40) * np.ones((2, 1)), id="drift"),
        pytest.param(
            np.random.default_rng(1).normal([[-10.0], [-60.0]], size=(2, 40)), id="disagree"
        ),
        pytest.param([np.full(40, -10.0), np.random.default_rng(1).normal(size=40)], id="frozen"),
        pytest.param(np.where(np.arange(40) == 7, -np.inf, -np.arange(40.0)) * 1.0, id="infinite"),
    ],
)
def test_chains_that_have_not_arrived(log_density):
    assert not round_of(np.atleast_2d(log_density)).arrived


def piloted(model: Any, seed: int = 1) -> PilotResult:
    plan = plan_of_any(model, "all")
    return run_pilot(plan, compile_plan(plan), seed)


def test_a_start_far_from_the_posterior():
    """Counts under priors whose middle is thousands of standard deviations away."""
    rng = np.random.default_rng(5)
    x = np.linspace(-2.0, 2.0, 25)
    y = rng.poisson(np.exp(5.0 + 1.2 * x - 0.4 * x**2 + rng.normal(0.0, 0.2, 25)))
    with pm.Model(coords={"row": range(25)}) as model:
        a, b, c = (pm.Uniform(name, -30, 20) for name in "abc")
        effect = pm.Normal("effect", 0.0, pm.Uniform("sd", 0, 5), dims="row")
        pm.Poisson("y", pm.math.exp(a + b * x + c * x**2 + effect), observed=y)
    found = piloted(model)
    assert not found.failed and not found.problem
    # Of a count of y at the mode the information is y, and no more.
    assert found.coordinates.sites["effect"].information.max() < 10.0 * y.max()
    assert found.start_at is not None and np.isfinite(found.start_at).all()


def test_crossed_factors_of_few_levels_are_not_informed_one_by_one():
    """A ridge between two factors: what each knows given the other is not what it knows."""
    rng = np.random.default_rng(11)
    i, j = (x.ravel() for x in np.meshgrid(range(5), range(8), indexing="ij"))
    y = 1.0 + 0.1 * rng.normal(size=5)[i] + 0.3 * rng.normal(size=8)[j] + 0.2 * rng.normal(size=40)
    with pm.Model() as model:
        total = 0.0
        for name, size, level in (("row", 5, i), ("column", 8, j)):
            mean, sd = pm.Normal(f"{name}_mean", 0, 10), pm.Uniform(f"{name}_sd", 0, 50)
            total = total + pm.Normal(name, mean, sd, shape=size)[level]
        pm.Normal("y", total, pm.HalfNormal("sigma"), observed=y)
    found = piloted(model)
    assert found.choice is not None
    assert all((kappa < 0.1).all() for kappa in found.kappa.values())
    assert found.choice.low_rank_pays
