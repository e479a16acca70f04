"""The law of one element of a hierarchy: exact moments, and quantiles by quadrature.

The probability below ``x`` is the average, over the laws of the hyperparameters, of the probability
below it given them, which the family knows. It is taken in normal scores, so that a hyperprior
enters by its quantile function, whichever it is: an integral against the normal density, for which
the trapezoidal rule converges faster than any power of its step where the function is smooth
(Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM Review 56). Where
a scale may come close to zero the function is a step in the mean, which is why the mean has the
finer grid. A family of constants is the case of one node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import hypot, sqrt
from typing import Any, cast

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from unfunnel.errors import UnsupportedError
from unfunnel.families import Family, Ratio
from unfunnel.families.ops import NUMPY
from unfunnel.moments.laws import Drawn, Known, Law, Point, base_values, score_maps

#: How many nodes the first random parameter has, which is the mean where that is random, and the
#: second; :data:`COARSE` is for a first guess.
Sizes = tuple[int, int]
FINE, COARSE = (1025, 65), (129, 17)


@dataclass(frozen=True, eq=False)
class Hierarchy(Law):
    """A family whose natural-scale parameters have laws of their own, independent of one another.

    The family matches its moments for every value of the parameters, so the law of total variance
    is exact, for any family and for parameters that depend on one another::

        E phi = E[mu]        Var phi = Var[mu] + E[sigma**2]

    Where ``sigma = ratio * unit(mu)``, and the ratio does not depend on ``mu``,
    ``E[sigma**2] = E[ratio**2] E[unit(mu)**2]``.
    """

    family: Family
    parameters: Mapping[str, Law]

    @property
    def mean(self) -> float:
        """The mean of the mean."""
        return self.parameters["mu"].mean

    @property
    def sd(self) -> float:
        """What the mean varies, and what the elements vary around it."""
        return hypot(self.parameters["mu"].sd, self._rms_sigma())

    def _rms_sigma(self) -> float:
        mu, scale, unit = self.parameters["mu"], self.parameters[self.scale_name], 1.0
        if self.ratio is not None:
            number = mu.number_of_draws
            if number and scale.number_of_draws:  # they may depend on one another
                drawn = self._draw_parameters(number, np.random.default_rng(0))
                scale = Drawn(np.asarray(self.family.stated(drawn, NUMPY)["sigma"]))
            else:
                unit = rms_unit(self.ratio, mu.mean, mu.sd)
        return hypot(scale.mean, scale.sd) * unit

    @property
    def ratio(self) -> Ratio | None:
        """What is stated in place of ``sigma``, if anything."""
        return self.family.ratio_of("sigma", self.parameters)

    @property
    def scale_name(self) -> str:
        """The parameter that says how far elements lie apart: ``sigma``, or its ratio."""
        return "sigma" if self.ratio is None else self.ratio.name

    @property
    def shape(self) -> tuple[float, ...]:
        """The parameters of the base law; they must be numbers."""
        return tuple(self.parameters[name].mean for name in self.family.base.shape)

    @property
    def method(self) -> str:
        """How quantiles are found: by quadrature over at most two parameters with quantiles.

        None of them may be one of the base law: that would need a table for each value.
        """
        random = {key: law for key, law in self.parameters.items() if not isinstance(law, Point)}
        if not random:
            return "exact"
        few = len(random) <= len(FINE) and random.keys().isdisjoint(self.family.base.shape)
        return "quadrature" if few and {x.method for x in random.values()} == {"exact"} else "draws"

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""
        return self.below(x, FINE)

    def below(self, x: float, sizes: Sizes) -> float:
        """Return the probability below ``x``, by this many nodes."""
        support = self.family.link.support
        if not support.lower < x < support.upper:
            return float(x >= support.upper)
        return self._below(float(self.family.link.forward(x, NUMPY)), sizes)

    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it."""
        if self.method == "exact":
            (location,), (scale,), _ = _nodes(self, FINE)
            z = self.family.base.quantile(probability, NUMPY, *self.shape)
            return float(self.family.link.inverse(location + scale * z, NUMPY))
        center, width = self._place

        def excess(z: float, sizes: Sizes) -> float:
            return self._below(center + width * z, sizes) - probability

        theta = center + width * refined_root(excess, self._ends)
        return float(self.family.link.inverse(theta, NUMPY))

    def _below(self, theta: float, sizes: Sizes) -> float:
        location, scale, weights = _nodes(self, sizes)
        _, to_score = score_maps(self.family.base, self.shape)
        return float(np.sum(weights * ndtr(to_score((theta - location) / scale))))

    @cached_property
    def _place(self) -> tuple[float, float]:
        """Where the law lies on the real line, and how wide it is: the units of a root."""
        location, scale, weights = _nodes(self, COARSE)
        center = float(np.sum(weights * location))
        return center, float(np.sum(weights * (np.abs(location - center) + scale)))

    def _ends(self, sizes: Sizes) -> tuple[float, float]:
        """Between which all quantiles lie that are ever asked for, in widths from the center."""
        location, scale, _ = _nodes(self, sizes)
        center, width = self._place
        place, spread = (location - center) / width, scale / width
        return float(np.min(place - _REACH * spread)), float(np.max(place + _REACH * spread))

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores; the parameters must be numbers."""
        return self._values({key: law.mean for key, law in self.parameters.items()}, scores)

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws, each with parameters of its own."""
        return self._values(self._draw_parameters(number, rng), rng.standard_normal(number))

    def _values(self, parameters: dict[str, Any], scores: np.ndarray) -> np.ndarray:
        stated = self.family.stated(parameters, NUMPY)
        location, scale = self.family.location_scale(stated, NUMPY)
        z = base_values(self.family.base, scores, self.family.shape(stated))
        return np.asarray(self.family.link.inverse(location + scale * z, NUMPY))

    def _draw_parameters(self, number: int, rng: np.random.Generator) -> dict[str, Any]:
        drawn = {key: law.draw(number, rng) for key, law in self.parameters.items()}
        for name in self.family.base.shape:
            parameter = self.family.parameter(name)
            if not np.all(parameter.support.holds(drawn[name])):
                raise UnsupportedError(
                    f"{self.family.name}: {name}",
                    expected=f"a hyperprior with {parameter.support.support}, to draw from "
                    f"({parameter.meaning})",
                    given="one that puts mass outside, where the density is zero",
                    remedy="Use one with this support, such as LogNormalExp(..., lower=) or "
                    "TruncatedNormal(lower=).",
                )
        return drawn

    @property
    def number_of_draws(self) -> int:
        """How many draws of something unknown its parameters have."""
        return max(law.number_of_draws for law in self.parameters.values())

    def part(self, which: int, of: int) -> Law:
        """Return the same hierarchy with one part of the draws of each parameter."""
        parts = {key: law.part(which, of) for key, law in self.parameters.items()}
        return Hierarchy(self.family, parts)


# Beyond these scores lies a probability of 2e-17, less than the rounding of the rest. Nodes whose
# weight is this part of the largest one together hold less than 1e-12.
_LARGEST_SCORE = 8.5
_NEGLIGIBLE = 1e-15

# Standard deviations of the base law, wide enough for the heaviest tail at a probability of 1e-4.
_REACH = 200.0

# How far off a first guess may be.
_NEAR = 0.01


@lru_cache(maxsize=4)  # for one law after another; a table may hold thousands of them
def _nodes(hierarchy: Hierarchy, sizes: Sizes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return location and scale at the nodes, and the weights of these."""
    values: dict[str, np.ndarray] = {}
    weights = np.ones((1, 1))
    axes = iter(zip(sizes, ((-1, 1), (1, -1)), strict=True))
    for key, law in hierarchy.parameters.items():
        if isinstance(law, Point):
            values[key] = np.asarray(law.value)
            continue
        size, shape = next(axes)
        scores = np.linspace(-_LARGEST_SCORE, _LARGEST_SCORE, size)
        density = np.exp(-0.5 * scores**2)
        values[key] = cast(Known | Hierarchy, law).at_score(scores).reshape(shape)
        weights = weights * (density / density.sum()).reshape(shape)
    matters = weights > _NEGLIGIBLE * weights.max()
    values = {k: np.broadcast_to(v, weights.shape)[matters] for k, v in values.items()}
    family = hierarchy.family
    location, scale = family.location_scale(family.stated(values, NUMPY), NUMPY)
    return location, scale, weights[matters]


def rms_unit(ratio: Ratio, mean: float, sd: float) -> float:
    """Return the root of ``E[unit(mu)**2]`` for a random ``mu`` with this mean and deviation."""
    unit = float(ratio.unit({"mu": mean}, NUMPY))
    around = sqrt(abs(ratio.curvature)) * sd
    if ratio.curvature >= 0:
        return hypot(unit, around)
    return sqrt(max(unit - around, 0.0)) * sqrt(unit + around)


def refined_root(
    excess: Callable[[float, Sizes], float], bracket: Callable[[Sizes], tuple[float, float]]
) -> float:
    """Return where a function of a quadrature is zero: by few nodes first, by many near there."""

    def root(sizes: Sizes, ends: tuple[float, float]) -> float:
        return float(brentq(lambda at: excess(at, sizes), *ends, xtol=1e-13, rtol=1e-13))

    guess = root(COARSE, bracket(COARSE))
    width = _NEAR * (1 + abs(guess))
    near = guess - width, guess + width
    is_between = excess(near[0], FINE) * excess(near[1], FINE) < 0
    return root(FINE, near if is_between else bracket(FINE))
