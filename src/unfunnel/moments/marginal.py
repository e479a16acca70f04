"""The marginal law of one element of a hierarchy, its hyperparameters averaged out by quadrature.

The probability below ``x`` is the average, over the laws of the hyperparameters, of the probability
below it given them, which the family knows. It is taken in normal scores (``scores``), so that a
hyperprior enters by its quantile function, whichever it is. Where a scale may come close to zero
that probability is a step in the mean, which is why the mean has the finer grid.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import cast

import numpy as np
from scipy.optimize import brentq

from unfunnel.families.ops import NUMPY
from unfunnel.moments.random_parameters import (
    Explicit,
    Hierarchy,
    Point,
    is_explicit,
    probability_below,
    unconstrained,
)
from unfunnel.moments.scores import nodes

#: Nodes for the first random parameter, which is the mean where that is random, and the second.
FINE = (1025, 65)

#: Nodes for a first guess, and how far it may be off.
COARSE = (129, 17)
_NEAR = 0.01

#: More random parameters than these would need a grid of too many dimensions.
MOST_RANDOM_PARAMETERS = 2


class Marginal:
    """Probabilities and quantiles of one element.

    Parameters
    ----------
    hierarchy : Hierarchy
        With at most two random parameters, each with a quantile function, and none of them of the
        base law.
    sizes : tuple of int, default FINE
        Nodes for the first and the second random parameter.

    Examples
    --------
    >>> from scipy import stats
    >>> from unfunnel.families import NORMAL_IDENTITY
    >>> from unfunnel.moments.random_parameters import Hierarchy, Known, Point
    >>> from unfunnel.moments.marginal import Marginal
    >>> parameters = {"mu": Known(stats.norm(1, 3)), "sigma": Point(4.0)}
    >>> marginal = Marginal(Hierarchy(NORMAL_IDENTITY, parameters))  # Normal(1, 5)
    >>> round(marginal.quantile(0.95), 6)
    9.224268
    """

    def __init__(self, hierarchy: Hierarchy, sizes: tuple[int, int] = FINE) -> None:
        self.hierarchy = hierarchy
        self.sizes = sizes

    @staticmethod
    def is_possible(hierarchy: Hierarchy) -> bool:
        """Whether quadrature can be done: few random parameters, each with a quantile function.

        A base law with random parameters of its own would need a table of its quantiles for each.
        """
        random = {
            key: law for key, law in hierarchy.parameters.items() if not isinstance(law, Point)
        }
        return (
            len(random) <= MOST_RANDOM_PARAMETERS
            and random.keys().isdisjoint(hierarchy.family.base.shape)
            and all(is_explicit(law) for law in random.values())
        )

    @cached_property
    def half(self) -> Marginal:
        """The same with every second node, to see how far the two differ."""
        return Marginal(self.hierarchy, (self.sizes[0] // 2 + 1, self.sizes[1] // 2 + 1))

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""
        return self._below(unconstrained(self.hierarchy.family, x))

    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it."""
        return float(self.hierarchy.family.link.inverse(self._theta(probability), NUMPY))

    def _theta(self, probability: float) -> float:
        """Return the quantile on the real line: near that of a coarse grid, if it is there."""

        def excess(theta: float) -> float:
            return self._below(theta) - probability

        near = self._coarse._theta(probability) if self.sizes > COARSE else None
        return root_near(excess, near, lambda: self._unconstrained_range)

    def _below(self, theta: float) -> float:
        location, scale, weights = self._grid
        family, shape = self.hierarchy.family, self.hierarchy.shape
        below = probability_below(family, theta, location, scale, shape)
        return float(np.sum(weights * below))

    @cached_property
    def _coarse(self) -> Marginal:
        return Marginal(self.hierarchy, COARSE)

    @cached_property
    def _grid(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Location and scale at the nodes, and the weights of these."""
        values: dict[str, np.ndarray] = {}
        weights = np.ones((1, 1))
        sizes = iter(zip(self.sizes, ((-1, 1), (1, -1)), strict=True))
        for key, law in self.hierarchy.parameters.items():
            if isinstance(law, Point):
                values[key] = np.asarray(law.value)
                continue
            size, shape = next(sizes)
            scores, of_scores = nodes(size)
            values[key] = cast(Explicit, law).at_score(scores).reshape(shape)
            weights = weights * of_scores.reshape(shape)
        matters = weights > _NEGLIGIBLE * weights.max()
        values = {k: np.broadcast_to(v, weights.shape)[matters] for k, v in values.items()}
        family = self.hierarchy.family
        location, scale = family.location_scale(family.stated(values, NUMPY), NUMPY)
        return location, scale, weights[matters]

    @cached_property
    def _unconstrained_range(self) -> tuple[float, float]:
        """Where the quantiles of any use lie, on the real line, given parameters that may occur."""
        location, scale, _ = self._grid
        return float(np.min(location - _REACH * scale)), float(np.max(location + _REACH * scale))


#: Standard deviations of the base law, wide enough for the heaviest tail at a probability of 1e-4.
_REACH = 200.0

#: Nodes whose weight is this part of the largest one together hold less than 1e-12.
_NEGLIGIBLE = 1e-15


def root_near(
    excess: Callable[[float], float],
    near: float | None,
    bracket: Callable[[], tuple[float, float]],
) -> float:
    """Return where a function is zero: near a first guess, if it is there.

    Parameters
    ----------
    excess : callable
        The function.
    near : float or None
        Where it is zero on a coarse grid, if that is known.
    bracket : callable
        Returns two ends at which its signs differ; called only if they do not around ``near``.
    """
    ends = None
    if near is not None:
        width = _NEAR * (1 + abs(near))
        ends = near - width, near + width
    if ends is None or excess(ends[0]) * excess(ends[1]) >= 0:
        ends = bracket()
    return float(brentq(excess, *ends, xtol=1e-13, rtol=1e-13))
