"""The marginal law of one element of a hierarchy, its hyperparameters averaged out by quadrature.

The probability below ``x`` is the average, over the laws of the hyperparameters, of the probability
below it given them, which the family knows. It is taken in normal scores, so that a hyperprior
enters by its quantile function, whichever it is: an integral against the normal density, for which
the trapezoidal rule converges faster than any power of its step where the function is smooth
(Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM Review 56). Where
a scale may come close to zero the function is a step in the mean, which is why the mean has the
finer grid.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import cast

import numpy as np
from scipy.optimize import brentq

from unfunnel.families.ops import NUMPY
from unfunnel.moments.laws import (
    Drawn,
    Hierarchy,
    Known,
    Law,
    Point,
    draw,
    is_explicit,
    number_of_draws,
    probability_below,
    unconstrained,
)

#: Nodes for the first random parameter, which is the mean where that is random, and the second.
FINE = (1025, 65)

#: Nodes for a first guess.
COARSE = (129, 17)


class Marginal:
    """Probabilities and quantiles of one element, where quadrature :meth:`is_possible`."""

    def __init__(self, hierarchy: Hierarchy, sizes: tuple[int, int] = FINE) -> None:
        self.hierarchy = hierarchy
        self.sizes = sizes

    @staticmethod
    def is_possible(law: Law) -> bool:
        """Whether at most two parameters are random, each with a quantile function.

        None may be one of the base law: that would need a table of its quantiles for each value.
        """
        if not isinstance(law, Hierarchy):
            return False
        random = {k: inner for k, inner in law.parameters.items() if not isinstance(inner, Point)}
        return (
            len(random) <= len(FINE)  # more would need a grid of too many dimensions
            and random.keys().isdisjoint(law.family.base.shape)
            and all(map(is_explicit, random.values()))
        )

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""
        return self._below(unconstrained(self.hierarchy.family, x))

    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it."""
        center, width = self._place
        theta = center + width * self._standardized(probability)
        return float(self.hierarchy.family.link.inverse(theta, NUMPY))

    def _standardized(self, probability: float) -> float:
        """Return the quantile on the real line, in widths from the center of the law."""
        center, width = self._place

        def excess(z: float) -> float:
            return self._below(center + width * z) - probability

        near = None
        if self.sizes > COARSE:
            coarse = Marginal(self.hierarchy, COARSE)
            coarse._place = self._place
            near = coarse._standardized(probability)
        return root_near(excess, near, self._ends)

    def _below(self, theta: float) -> float:
        location, scale, weights = self._grid
        below = probability_below(
            self.hierarchy.family, theta, location, scale, self.hierarchy.shape
        )
        return float(np.sum(weights * below))

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
            scores = np.linspace(-_LARGEST_SCORE, _LARGEST_SCORE, size)
            density = np.exp(-0.5 * scores**2)
            values[key] = cast(Known | Hierarchy, law).at_score(scores).reshape(shape)
            weights = weights * (density / density.sum()).reshape(shape)
        matters = weights > _NEGLIGIBLE * weights.max()
        values = {k: np.broadcast_to(v, weights.shape)[matters] for k, v in values.items()}
        family = self.hierarchy.family
        location, scale = family.location_scale(family.stated(values, NUMPY), NUMPY)
        return location, scale, weights[matters]

    @cached_property
    def _place(self) -> tuple[float, float]:
        """Where the law lies on the real line, and how wide it is: the units of a root."""
        location, scale, weights = self._grid
        center = float(np.sum(weights * location))
        return center, float(np.sum(weights * (np.abs(location - center) + scale)))

    def _ends(self) -> tuple[float, float]:
        """Between which all quantiles lie that are ever asked for, in widths from the center."""
        location, scale, _ = self._grid
        center, width = self._place
        place, spread = (location - center) / width, scale / width
        return float(np.min(place - _REACH * spread)), float(np.max(place + _REACH * spread))


def with_quantiles(law: Law, draws: int, rng: np.random.Generator) -> tuple[str, Law | Marginal]:
    """Return how quantiles of a law are found, and what has them."""
    if is_explicit(law):
        return "exact", law
    if isinstance(law, Hierarchy) and Marginal.is_possible(law):
        return "quadrature", Marginal(law)
    return "draws", Drawn(np.asarray(draw(law, number_of_draws(law) or draws, rng)))


# Beyond these scores lies a probability of 2e-17, less than the rounding of the rest. Nodes whose
# weight is this part of the largest one together hold less than 1e-12.
_LARGEST_SCORE = 8.5
_NEGLIGIBLE = 1e-15

# Standard deviations of the base law, wide enough for the heaviest tail at a probability of 1e-4.
_REACH = 200.0

# How far off a first guess may be.
_NEAR = 0.01


def root_near(
    excess: Callable[[float], float],
    near: float | None,
    bracket: Callable[[], tuple[float, float]],
) -> float:
    """Return where a function is zero: near a first guess, if it is there, or in the bracket."""
    ends = None
    if near is not None:
        width = _NEAR * (1 + abs(near))
        ends = near - width, near + width
    if ends is None or excess(ends[0]) * excess(ends[1]) >= 0:
        ends = bracket()
    return float(brentq(excess, *ends, xtol=1e-13, rtol=1e-13))
