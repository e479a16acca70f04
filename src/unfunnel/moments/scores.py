"""Normal scores: every law as a function of a standard normal variable.

A value and its normal score ``t`` have the same probability below them: ``F(value) = Phi(t)``. In
scores an average over any continuous law is an integral against the normal density, for which the
trapezoidal rule converges faster than any power of its step where the function is smooth (Trefethen
& Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM Review 56).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr

from unfunnel.families.base_distributions import NORMAL, BaseLaw
from unfunnel.families.ops import NUMPY

#: Beyond these scores lies a probability of 2e-17, less than the rounding of the rest.
LARGEST_SCORE = 8.5

# Scores at which the quantile function of a base law is tabulated: close to 1, the probabilities
# that it takes are too coarse to go further out.
_TABULATED = np.linspace(-6.0, 6.0, 2401)


def nodes(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores, an odd number of them, and weights that sum to one."""
    scores = np.linspace(-LARGEST_SCORE, LARGEST_SCORE, number)
    weights = np.exp(-0.5 * scores**2)
    return scores, weights / weights.sum()


def value_at_score(law: Any, scores: np.ndarray) -> np.ndarray:
    """Return the values of a scipy distribution at these scores, exact in both tails.

    They are inside its support also where a quantile is rounded to the end of it, or beyond: a
    standard deviation is never zero.
    """
    below, above = ndtr(np.minimum(scores, 0.0)), ndtr(-np.maximum(scores, 0.0))
    values = np.where(scores < 0, law.ppf(below), law.isf(above))
    lower, upper = law.support()
    return np.asarray(np.clip(values, np.nextafter(lower, np.inf), np.nextafter(upper, -np.inf)))


@cache
def score_maps(
    base: BaseLaw, shape: tuple[float, ...] = ()
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return two functions of a base law: from a score to its value, and from a value to its score.

    The normal law is its own score. For others they are monotone cubic interpolations of the
    quantile function, to about nine digits, and constant where no more than 1e-9 lies beyond.

    Parameters
    ----------
    base : BaseLaw
        The law.
    shape : tuple of float
        Further arguments of its quantile function.
    """
    if base is NORMAL:
        return _same, _same
    values = np.array([base.quantile(float(p), NUMPY, *shape) for p in ndtr(_TABULATED)])
    return _interpolated(_TABULATED, values), _interpolated(values, _TABULATED)


def base_values(base: BaseLaw, scores: np.ndarray, shape: tuple[Any, ...]) -> Any:
    """Return the values of a base law at these normal scores.

    Parameters
    ----------
    base : BaseLaw
        The law.
    scores : ndarray
        Normal scores.
    shape : tuple of float or ndarray
        Its own parameters; where they are arrays, one for each score.
    """
    if all(np.ndim(parameter) == 0 for parameter in shape):
        to_value, _ = score_maps(base, tuple(float(parameter) for parameter in shape))
        return to_value(scores)
    return base.quantile(ndtr(scores), NUMPY, *shape)


def _same(x: Any) -> Any:
    return x


def _interpolated(x: np.ndarray, y: np.ndarray) -> Callable[[Any], Any]:
    curve = PchipInterpolator(x, y)
    return lambda at: curve(np.clip(at, x[0], x[-1]))
