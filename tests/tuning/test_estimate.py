"""The estimate: exact for Gaussian likelihoods, safe where nothing can be learned.

Controls are everything in small models, and what matters most in large ones.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfunnel.tuning.estimate import Draws, centeredness, controls_of, site_of

RNG = np.random.default_rng(3)
DRAWS = 80


@given(information=st.floats(1e-6, 1e8), location=st.floats(-50, 50), draws=st.integers(2, 30))
def test_a_gaussian_likelihood_is_recovered(information, location, draws):
    theta = np.random.default_rng(draws).normal(size=(draws, 2, 3))
    found = site_of(theta, information * (location - theta))
    assert found.information.shape == (2, 3)
    np.testing.assert_allclose(found.information, information, rtol=1e-9)
    np.testing.assert_allclose(
        found.weighted_location, information * location, rtol=1e-6, atol=1e-8 * information
    )


def test_nothing_is_the_safe_side():
    theta = RNG.normal(size=(20, 6))
    score = -theta.copy()
    theta[:, 0] = 4.0  # does not move
    score[3, 1] = np.nan
    theta[2, 2] = np.inf
    score[:, 3] = 0.0  # no data
    score[:, 4] = 5.0 * theta[:, 4]  # a likelihood that is convex there
    information, weighted_location = site_of(theta, score)
    np.testing.assert_array_equal(information[:5], 0.0)
    np.testing.assert_array_equal(weighted_location[:4], 0.0)
    assert np.isfinite(weighted_location).all()
    assert weighted_location[4] == 0.0
    assert information[5] == pytest.approx(1.0)


def test_what_only_moves_with_other_parameters():
    """Of such an element nothing but rounding is left, whose slope is any number."""
    rng = np.random.default_rng(2)
    other = rng.normal(size=(80, 2))
    theta = (other - other.mean(axis=0)) @ rng.normal(size=(2, 20))
    score = rng.normal(size=theta.shape) - 2.0 * theta
    held = controls_of(Draws(theta, ("a",)), [Draws(other, ("b",))])
    found = site_of(theta, score, held)
    np.testing.assert_array_equal(found.information, 0.0)
    np.testing.assert_array_equal(found.weighted_location, 0.0)


def test_centeredness():
    scale = np.array([[0.5], [2.0]])
    found = centeredness(np.array([0.0, 1.0, 1e300]), scale)
    np.testing.assert_allclose(found, [0.0, (0.2 + 0.8) / 2, 1.0])


def intercepts_and_slopes(groups):
    """Return draws of both, their scores in a Gaussian model, and the exact information.

    The data of a group know the intercept only together with the slope, and both only together with
    a constant that all groups share.
    """
    constant = RNG.normal(size=DRAWS)
    slope = RNG.normal(size=(DRAWS, groups)) + 2.0 * constant[:, None]
    intercept = -slope - constant[:, None] + 0.3 * RNG.normal(size=(DRAWS, groups))
    noise = RNG.normal(size=(DRAWS, groups, 3))
    information = np.geomspace(1.0, 100.0, groups)
    score = -information * (intercept + slope + constant[:, None])
    return (
        intercept,
        score,
        information,
        [
            Draws(slope, ("geo",)),
            Draws(constant, ()),
            Draws(noise, ("geo", "time")),
        ],
    )


@pytest.mark.parametrize("groups", [4, 1000])
def test_information_does_not_depend_on_the_number_of_groups(groups):
    intercept, score, information, others = intercepts_and_slopes(groups)
    held = controls_of(Draws(intercept, ("geo",)), others)
    found = site_of(intercept, score, held)
    np.testing.assert_allclose(found.information, information, rtol=1e-6)
    alone = site_of(intercept, score)
    assert (alone.information < 0.7 * information).all()


def test_labels_decide_not_positions():
    a = RNG.normal(size=(DRAWS, 30, 40))
    by_geo, by_both = RNG.normal(size=(DRAWS, 30)), RNG.normal(size=(DRAWS, 40, 30))
    score = -2.0 * a + 5.0 * by_geo[:, :, None] - 3.0 * by_both.transpose(0, 2, 1)
    held = controls_of(
        Draws(a, ("geo", "channel")),
        [Draws(by_both, ("channel", "geo")), Draws(by_geo, ("geo",))],
    )
    assert len(held.matching) == 2
    np.testing.assert_allclose(site_of(a, score, held).information, 2.0, rtol=1e-8)


def test_controls_that_repeat_each_other_or_do_not_move():
    a = RNG.normal(size=(DRAWS, 50))
    b = RNG.normal(size=(DRAWS, 50))
    b[:, 7] = 1.0
    b[:, 8] = a[:, 8]
    held = controls_of(Draws(a, ("g",)), [Draws(b, ("g",)), Draws(2.0 * b + 1.0, ("g",))])
    score = -3.0 * a + b
    found = site_of(a, score, held).information
    np.testing.assert_allclose(np.delete(found, 8), 3.0, rtol=1e-6)
    assert found[8] == 0.0  # it cannot be told from the other variable: the safe side


def test_slow_chains_keep_their_variance():
    """Elements that have nothing to do with each other, in draws that depend on one another."""
    walks = np.cumsum(RNG.normal(size=(400, 1500)), axis=0)
    walks -= walks.mean(axis=0)
    block, other = Draws(walks[:, :500], ("a",)), Draws(walks[:, 500:], ("b",))
    kept = controls_of(block, [other], directions=False).residuals(block.values)
    np.testing.assert_array_equal(kept, block.values)
    left = controls_of(block, [other]).residuals(block.values)
    assert (left**2).sum() < 0.1 * (kept**2).sum()


def test_slopes_are_pooled_where_they_are_one():
    rng = np.random.default_rng(4)
    theta, true = rng.normal(size=(8, 50, 2)), np.array([3.0, 0.2])
    center = rng.normal(size=(50, 2))
    score = true * (center - theta) + rng.normal(size=theta.shape)

    def over_groups(x):
        return np.broadcast_to(x.mean(axis=0, keepdims=True), x.shape)

    pooled, alone = site_of(theta, score, pooled=over_groups), site_of(theta, score)
    np.testing.assert_allclose(pooled.information, pooled.information[:1].repeat(50, axis=0))
    assert np.abs(pooled.information - true).max() < 0.2 < np.abs(alone.information - true).max()
    # Where the data put an element is its own.
    assert np.corrcoef(pooled.weighted_location[:, 0], center[:, 0])[0, 1] > 0.9


@pytest.mark.parametrize("outlier", [1e6, -1e12])
def test_a_single_score_makes_no_information(outlier):
    theta = np.random.default_rng(3).normal(2.0, 0.5, size=(40, 3))
    score = -7.0 * (theta - 1.5)
    score[11, 1] = outlier  # the others are lines of slope 7
    site = site_of(theta, score)
    np.testing.assert_allclose(site.information[[0, 2]], 7.0)
    np.testing.assert_allclose(site.information[1], 7.0, rtol=0.2)
    np.testing.assert_allclose(site.weighted_location[1] / site.information[1], 1.5, rtol=0.2)
