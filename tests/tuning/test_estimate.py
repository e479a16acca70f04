"""The estimate: exact for Gaussian likelihoods, safe where nothing can be learned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfunnel.tuning.estimate import centeredness, information_from_scores
from unfunnel.tuning.regressors import Draws, regressors

RNG = np.random.default_rng(3)


def estimate(theta, score, *others):
    """Estimate with other variables held fixed."""
    return information_from_scores(theta, score, regressors(Draws(theta, ("a",)), others))


@given(information=st.floats(1e-6, 1e8), location=st.floats(-50, 50), draws=st.integers(2, 30))
def test_a_gaussian_likelihood_is_recovered(information, location, draws):
    theta = np.random.default_rng(draws).normal(size=(draws, 2, 3))
    found = information_from_scores(theta, information * (location - theta))
    assert found.information.shape == (2, 3)
    np.testing.assert_allclose(found.information, information, rtol=1e-9)
    np.testing.assert_allclose(
        found.weighted_location, information * location, rtol=1e-6, atol=1e-8 * information
    )


def test_units():
    theta = RNG.normal(size=(40, 4)) + 3
    score = -np.exp(theta) + 20
    base = information_from_scores(theta, score)
    for unit in (1e-3, 1e3):
        found = information_from_scores(unit * theta, score / unit)
        np.testing.assert_allclose(found.information, base.information / unit**2, rtol=1e-9)
        np.testing.assert_allclose(
            found.weighted_location, base.weighted_location / unit, rtol=1e-9
        )


def test_a_score_that_also_depends_on_other_parameters():
    theta, others = RNG.normal(size=(60, 5)), RNG.normal(size=(60, 8))
    theta[:, 0] += 3 * others[:, 0]  # a ridge: the data know only a combination of both
    score = 50.0 * (1.0 - theta) + 400.0 * others @ RNG.normal(size=(8, 5))
    found = estimate(theta, score, Draws(others, ("b",)))
    np.testing.assert_allclose(found.information, 50.0, rtol=1e-9)
    assert not np.allclose(information_from_scores(theta, score).information, 50.0, rtol=0.5)


def test_more_other_parameters_than_draws():
    theta, others = RNG.normal(size=(40, 3)), RNG.normal(size=(40, 500))
    found = estimate(theta, 2.0 * (1.0 - theta), Draws(others, ("b",)))
    np.testing.assert_allclose(found.information, 2.0, rtol=1e-9)


def test_nothing_is_the_safe_side():
    theta = RNG.normal(size=(20, 6))
    score = -theta.copy()
    theta[:, 0] = 4.0  # does not move
    score[3, 1] = np.nan
    theta[2, 2] = np.inf
    score[:, 3] = 0.0  # no data
    score[:, 4] = 5.0 * theta[:, 4]  # a likelihood that is convex there
    information, weighted_location = information_from_scores(theta, score)
    np.testing.assert_array_equal(information[:5], 0.0)
    np.testing.assert_array_equal(weighted_location[:4], 0.0)
    assert np.isfinite(weighted_location).all()
    assert weighted_location[4] == 0.0
    assert information[5] == pytest.approx(1.0)


def test_constant_other_parameters():
    theta = RNG.normal(size=(20, 2))
    found = estimate(
        theta, -theta, Draws(np.ones((20, 3)), ("b",)), Draws(np.ones((20, 2)), ("a",))
    )
    np.testing.assert_allclose(found.information, 1.0)


def test_what_only_moves_with_other_parameters():
    """Of such an element nothing but rounding is left, whose slope is any number."""
    rng = np.random.default_rng(2)
    other = rng.normal(size=(80, 2))
    theta = (other - other.mean(axis=0)) @ rng.normal(size=(2, 20))
    score = rng.normal(size=theta.shape) - 2.0 * theta
    found = estimate(theta, score, Draws(other, ("b",)))
    np.testing.assert_array_equal(found.information, 0.0)
    np.testing.assert_array_equal(found.weighted_location, 0.0)


def test_centeredness():
    scale = np.array([[0.5], [2.0]])
    found = centeredness(np.array([0.0, 1.0, 1e300]), scale)
    np.testing.assert_allclose(found, [0.0, (0.2 + 0.8) / 2, 1.0])


def test_centeredness_of_scales_of_any_size():
    information = np.array([0.0, 1.0])
    np.testing.assert_array_equal(centeredness(information, np.array([[1e200]])), [0.0, 1.0])
    np.testing.assert_allclose(centeredness(information, np.array([[1e-12]])), [0.0, 1e-24])
