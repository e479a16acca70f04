"""What the data say about each element of a block, estimated from draws and scores.

The *score* of an element is the derivative of the log-likelihood, that is of everything in the
model but the element's own prior, at a draw. Close to its maximum a log-likelihood is quadratic and
its score a falling line; the line's slope is the information, and where it crosses zero is where
the data put the element. A Gaussian likelihood is recovered exactly from two draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from unfunnel.tuning.regressors import Regressors, no_regressors

# Relative to the size of an element.
_ROUNDING = 1e-10


class Estimate(NamedTuple):
    """Steering values of a block: one number per element each."""

    information: np.ndarray
    weighted_location: np.ndarray


def information_from_scores(
    theta: np.ndarray,
    score: np.ndarray,
    others: Regressors | None = None,
    pooled: tuple[int, ...] = (),
) -> Estimate:
    """Regress the scores of each element on the element.

    Parameters
    ----------
    theta : ndarray, shape (draws, ...)
        Draws of the unconstrained variable, in units of theta.
    score : ndarray, shape (draws, ...)
        Derivative of the log-likelihood at them, in 1/theta.
    others : Regressors, optional
        What else the scores may depend on. The slope is then the one at fixed values of these, as
        in a regression on all of them (Frisch & Waugh 1933, Econometrica 1): another number, and
        much less noisy, where the data determine an element only together with other parameters.
    pooled : tuple of int
        Axes of an element along which all have one slope.

    Returns
    -------
    Estimate
        Information ``I = max(0, -cov(score, theta) / var(theta))``, in 1/theta**2, and weighted
        location ``mean(score) + I mean(theta)``. Elements that do not move, or only as ``others``
        do, or with scores that are not finite, get zeros: no information is the safe side.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.tuning.estimate import information_from_scores
    >>> theta = np.array([[0.5], [1.5]])
    >>> information, weighted_location = information_from_scores(theta, 4.0 * (2.0 - theta))
    >>> float(information[0]), float(weighted_location[0] / information[0])
    (4.0, 2.0)
    """
    usable = np.isfinite(theta).all(axis=0) & np.isfinite(score).all(axis=0)
    theta, score = np.where(usable, theta, 0.0), np.where(usable, score, 0.0)
    mean = theta.mean(axis=0)
    deviation = (others or no_regressors(len(theta))).residuals(theta - mean)
    variance = shared_mean((deviation**2).mean(axis=0), pooled)
    # Rounding alone leaves less of what the regressors determine, or of what never changes.
    moving = usable & (variance > _ROUNDING**2 * (theta**2).mean(axis=0))
    covariance = shared_mean((deviation * score).mean(axis=0), pooled)
    slope = covariance / np.where(moving, variance, 1.0)
    information = np.maximum(0.0, -slope)
    # Without information a mean score would move the coordinate by scale**2, without bound.
    weighted_location = np.where(slope < 0.0, score.mean(axis=0) + information * mean, 0.0)
    return Estimate(np.where(moving, information, 0.0), np.where(moving, weighted_location, 0.0))


def shared_mean(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return ``x`` with its mean along ``axes`` in place of each element along them."""
    return np.broadcast_to(x.mean(axis=axes, keepdims=True), x.shape) if axes else x


def centeredness(information: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return ``kappa``, the share of the posterior precision that comes from the data.

    Parameters
    ----------
    information : ndarray, shape (...)
        In 1/theta**2.
    scale : ndarray, shape (draws, ...)
        Draws of the scale; broadcasts against ``information``.

    Returns
    -------
    ndarray
        Mean over the draws of ``I s**2 / (1 + I s**2)``, in [0, 1]: 0 where non-centered is right,
        1 where centered is.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.tuning.estimate import centeredness
    >>> centeredness(np.array([0.0, 1.0]), np.ones((5, 1)))
    array([0. , 0.5])
    """
    ratio = np.sqrt(information) * scale  # without a square that overflows, or rounds to no share
    return np.asarray(((ratio / np.hypot(1.0, ratio)) ** 2).mean(axis=0))
