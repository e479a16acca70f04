"""One-dimensional laws: mean, standard deviation, quantiles, probabilities and draws.

A parameter of a prior is a number (:class:`Point`), a distribution of scipy (:class:`Known`), or
draws of something of which no more is known (:class:`Drawn`); one element of a hierarchy is a
:class:`~unfunnel.moments.hierarchy.Hierarchy` of these. Standard deviations are never squared on
the way, so that the units of a prior may be as small or as large as floats are. Nothing here knows
PyMC.

Quantiles and draws go through *normal scores*: a value and its score ``t`` have the same
probability below them, ``F(value) = Phi(t)``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from unfunnel.families.base_distributions import NORMAL, BaseLaw
from unfunnel.families.ops import NUMPY


class Law(ABC):
    """What is asked of every law; by default its quantiles are exact, and nothing is drawn."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """In natural units; infinite or NaN where it is."""

    @property
    @abstractmethod
    def sd(self) -> float:
        """In natural units; infinite or NaN where it is."""

    @abstractmethod
    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it."""

    @abstractmethod
    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""

    @abstractmethod
    def draw(self, number: int, rng: np.random.Generator) -> Any:
        """Return draws: of a constant itself, and of what is drawn the draws there are."""

    @property
    def method(self) -> str:
        """How quantiles are found: ``"exact"``, ``"quadrature"`` or ``"draws"``."""
        return "exact"

    @property
    def number_of_draws(self) -> int:
        """How many draws of something unknown are part of it; 0 if all of it is known."""
        return 0

    def part(self, which: int, of: int) -> Law:
        """Return the same law with one part of its draws."""
        return self

    def with_quantiles(self, number: int, rng: np.random.Generator) -> Law:
        """Return the law itself, or draws of it if these are the only way to its quantiles."""
        if self.method != "draws":
            return self
        return Drawn(np.asarray(self.draw(self.number_of_draws or number, rng)))


@dataclass(frozen=True)
class Point(Law):
    """A constant."""

    value: float

    @property
    def mean(self) -> float:
        """The constant itself."""
        return self.value

    @property
    def sd(self) -> float:
        """None."""
        return 0.0

    def quantile(self, probability: float) -> float:
        """Return the constant."""
        return self.value

    def cdf(self, x: float) -> float:
        """Return 1 above the constant, else 0."""
        return float(x >= self.value)

    def draw(self, number: int, rng: np.random.Generator) -> float:
        """Return the constant."""
        return self.value


@dataclass(frozen=True)
class Known(Law):
    """A frozen distribution of scipy."""

    law: Any

    @property
    def mean(self) -> float:
        """As scipy says."""
        return float(self.law.mean())

    @property
    def sd(self) -> float:
        """As scipy says, but in the unit of the law, so that it is not squared."""
        kind, count = self.law.dist, self.law.dist.numargs
        place = dict(zip(("loc", "scale"), self.law.args[count:], strict=False)) | self.law.kwds
        return float(place.get("scale", 1.0) * kind.std(*self.law.args[:count]))

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores, exact in both tails.

        They stay inside the support also where a quantile is rounded to the end of it: a standard
        deviation is never zero.
        """
        below, above = ndtr(np.minimum(scores, 0.0)), ndtr(-np.maximum(scores, 0.0))
        values = np.where(scores < 0, self.law.ppf(below), self.law.isf(above))
        lower, upper = self.law.support()
        inside = np.nextafter(lower, np.inf), np.nextafter(upper, -np.inf)
        return np.asarray(np.clip(values, *inside))

    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it."""
        return float(self.at_score(ndtri(probability)))

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""
        return float(self.law.cdf(x))

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return independent draws."""
        return self.at_score(rng.standard_normal(number))


@dataclass(frozen=True)
class Drawn(Law):
    """Draws of what has no known law; those of one prior are drawn together."""

    values: np.ndarray

    @property
    def mean(self) -> float:
        """Of the draws."""
        return float(self.values.mean())

    @property
    def sd(self) -> float:
        """Of the draws."""
        unit = np.abs(self.values).max() or 1.0
        return float(unit * np.std(self.values / unit))

    def quantile(self, probability: float) -> float:
        """Return the value with this share of the draws below it."""
        return float(np.quantile(self.values, probability))

    def cdf(self, x: float) -> float:
        """Return the share of the draws below ``x``."""
        return float(np.mean(self.values < x))

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return the draws there are."""
        return self.values

    @property
    def method(self) -> str:
        """How quantiles are found."""
        return "draws"

    @property
    def number_of_draws(self) -> int:
        """How many there are."""
        return len(self.values)

    def part(self, which: int, of: int) -> Law:
        """Return one part of the draws."""
        return Drawn(np.array_split(self.values, of)[which])


# Scores at which the quantile function of a base law is tabulated: close to 1, the probabilities
# that it takes are too coarse to go further out.
_TABULATED = np.linspace(-6.0, 6.0, 2401)


@cache
def score_maps(
    base: BaseLaw, shape: tuple[float, ...] = ()
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return two functions of a base law: from a score to its value, and from a value to its score.

    The normal law is its own score. For others they are monotone cubic interpolations of the
    quantile function, to about nine digits, and constant where no more than 1e-9 lies beyond.
    """
    if base is NORMAL:
        return np.asarray, np.asarray
    values = np.array([base.quantile(float(p), NUMPY, *shape) for p in ndtr(_TABULATED)])
    return _interpolated(_TABULATED, values), _interpolated(values, _TABULATED)


def base_values(base: BaseLaw, scores: np.ndarray, shape: tuple[Any, ...]) -> Any:
    """Return the values of a base law at normal scores; its own parameters may be one for each."""
    if all(np.ndim(parameter) == 0 for parameter in shape):
        to_value, _ = score_maps(base, tuple(float(parameter) for parameter in shape))
        return to_value(scores)
    return base.quantile(ndtr(scores), NUMPY, *shape)


def _interpolated(x: np.ndarray, y: np.ndarray) -> Callable[[Any], Any]:
    curve = PchipInterpolator(x, y)
    return lambda at: curve(np.clip(at, x[0], x[-1]))
