"""What is held fixed: everything in small models, what matters most in large ones."""

from __future__ import annotations

import numpy as np
import pytest

from unfunnel.tuning.estimate import information_from_scores
from unfunnel.tuning.regressors import Draws, no_regressors, regressors

RNG = np.random.default_rng(4)
DRAWS = 80


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


@pytest.mark.parametrize("groups", [4, 100, 1000])
def test_information_does_not_depend_on_the_number_of_groups(groups):
    intercept, score, information, others = intercepts_and_slopes(groups)
    held = regressors(Draws(intercept, ("geo",)), others)
    found = information_from_scores(intercept, score, held)
    np.testing.assert_allclose(found.information, information, rtol=1e-6)
    alone = information_from_scores(intercept, score)
    assert (alone.information < 0.7 * information).all()


def test_labels_decide_not_positions():
    a = RNG.normal(size=(DRAWS, 30, 40))
    by_geo, by_both = RNG.normal(size=(DRAWS, 30)), RNG.normal(size=(DRAWS, 40, 30))
    score = -2.0 * a + 5.0 * by_geo[:, :, None] - 3.0 * by_both.transpose(0, 2, 1)
    held = regressors(
        Draws(a, ("geo", "channel")),
        [Draws(by_both, ("channel", "geo")), Draws(by_geo, ("geo",))],
    )
    assert len(held.matching) == 2
    np.testing.assert_allclose(information_from_scores(a, score, held).information, 2.0, rtol=1e-8)


def test_what_does_not_match():
    a = Draws(RNG.normal(size=(DRAWS, 30)), ("geo",))
    sums_to_zero = Draws(RNG.normal(size=(DRAWS, 29)), ("geo",))
    other = Draws(RNG.normal(size=(DRAWS, 30)), ("week",))
    held = regressors(a, [sums_to_zero, other])
    assert held.matching == ()
    assert held.shared.shape == (DRAWS, DRAWS // 4)


def test_regressors_that_repeat_each_other_or_do_not_move():
    a = RNG.normal(size=(DRAWS, 50))
    b = RNG.normal(size=(DRAWS, 50))
    b[:, 7] = 1.0
    b[:, 8] = a[:, 8]
    held = regressors(Draws(a, ("g",)), [Draws(b, ("g",)), Draws(2.0 * b + 1.0, ("g",))])
    score = -3.0 * a + b
    found = information_from_scores(a, score, held).information
    np.testing.assert_allclose(np.delete(found, 8), 3.0, rtol=1e-6)
    assert found[8] == 0.0  # it cannot be told from the other variable: the safe side


def test_nothing_to_hold_fixed():
    x = RNG.normal(size=(10, 2))
    np.testing.assert_array_equal(no_regressors(10).residuals(x), x)
    held = regressors(Draws(x, ("a",)), [])
    np.testing.assert_array_equal(held.residuals(x), x)
    assert held.count == 0


def test_slow_chains_keep_their_variance():
    """Elements that have nothing to do with each other, in draws that depend on one another."""
    walks = np.cumsum(RNG.normal(size=(400, 1500)), axis=0)
    walks -= walks.mean(axis=0)
    block, other = Draws(walks[:, :500], ("a",)), Draws(walks[:, 500:], ("b",))
    kept = regressors(block, [other], directions=False).residuals(block.values)
    np.testing.assert_array_equal(kept, block.values)
    left = regressors(block, [other]).residuals(block.values)
    assert (left**2).sum() < 0.1 * (kept**2).sum()
