"""The laws that a prior is made of: their means, standard deviations, quantiles and draws.

A parameter is a number (:class:`Point`), a distribution of scipy (:class:`Known`), draws of
something of which no more is known (:class:`Drawn`), or a family over other laws
(:class:`Hierarchy`). Standard deviations are never squared on the way, so that the units of a prior
may be as small or as large as floats are. Nothing here knows PyMC.

Quantiles and draws go through *normal scores*: a value and its score ``t`` have the same
probability below them, ``F(value) = Phi(t)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import hypot, sqrt
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from unfunnel.errors import UnsupportedError
from unfunnel.families import Family, Ratio
from unfunnel.families.base_distributions import NORMAL, BaseLaw
from unfunnel.families.ops import NUMPY


@dataclass(frozen=True)
class Point:
    """A constant."""

    value: float
    sd = 0.0

    @property
    def mean(self) -> float:
        """The constant itself."""
        return self.value

    def quantile(self, probability: float) -> float:
        """Return the constant."""
        return self.value

    def cdf(self, x: float) -> float:
        """Return 1 above the constant, else 0."""
        return float(x >= self.value)


@dataclass(frozen=True)
class Known:
    """A frozen distribution of scipy."""

    law: Any

    @property
    def mean(self) -> float:
        """In natural units; infinite or NaN where it is."""
        return float(self.law.mean())

    @property
    def sd(self) -> float:
        """In natural units; infinite or NaN where it is."""
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


@dataclass(frozen=True)
class Drawn:
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


@dataclass(frozen=True)
class Hierarchy:
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
            number = number_of_draws(mu)
            if number and number_of_draws(scale):  # they may depend on one another
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
    def location_scale(self) -> tuple[float, float]:
        """On the real line; the parameters must be numbers."""
        numbers = {key: law.mean for key, law in self.parameters.items()}
        return self.family.location_scale(self.family.stated(numbers, NUMPY), NUMPY)

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores; the parameters must be numbers."""
        return self._values({key: law.mean for key, law in self.parameters.items()}, scores)

    def quantile(self, probability: float) -> float:
        """Return the value with this probability below it; the parameters must be numbers."""
        location, scale = self.location_scale
        z = self.family.base.quantile(probability, NUMPY, *self.shape)
        return float(self.family.link.inverse(location + scale * z, NUMPY))

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``; the parameters must be numbers."""
        theta = unconstrained(self.family, x)
        return float(probability_below(self.family, theta, *self.location_scale, self.shape))

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws, each with parameters of its own."""
        return self._values(self._draw_parameters(number, rng), rng.standard_normal(number))

    def _values(self, parameters: dict[str, Any], scores: np.ndarray) -> np.ndarray:
        stated = self.family.stated(parameters, NUMPY)
        location, scale = self.family.location_scale(stated, NUMPY)
        z = base_values(self.family.base, scores, self.family.shape(stated))
        return np.asarray(self.family.link.inverse(location + scale * z, NUMPY))

    def _draw_parameters(self, number: int, rng: np.random.Generator) -> dict[str, Any]:
        drawn = {key: draw(law, number, rng) for key, law in self.parameters.items()}
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


Law = Point | Known | Hierarchy | Drawn


def is_explicit(law: Law) -> bool:
    """Whether a law has an exact quantile function."""
    if isinstance(law, Hierarchy):
        return all(isinstance(parameter, Point) for parameter in law.parameters.values())
    return not isinstance(law, Drawn)


def draw(law: Law, number: int, rng: np.random.Generator) -> Any:
    """Return draws of a law: a constant itself, and of what is drawn the draws there are."""
    match law:
        case Point():
            return law.value
        case Known():
            return law.at_score(rng.standard_normal(number))
        case Drawn():
            return law.values
        case Hierarchy():
            return law.draw(number, rng)


def number_of_draws(law: Law) -> int:
    """Return how many draws of something unknown are part of a law; 0 if all of it is known."""
    if isinstance(law, Hierarchy):
        return max(map(number_of_draws, law.parameters.values()))
    return len(law.values) if isinstance(law, Drawn) else 0


def part_of(law: Law, which: int, of: int) -> Law:
    """Return the same law with one part of its draws."""
    if isinstance(law, Hierarchy):
        parts = {key: part_of(parameter, which, of) for key, parameter in law.parameters.items()}
        return Hierarchy(law.family, parts)
    return Drawn(np.array_split(law.values, of)[which]) if isinstance(law, Drawn) else law


def rms_unit(ratio: Ratio, mean: float, sd: float) -> float:
    """Return the root of ``E[unit(mu)**2]`` for a random ``mu`` with this mean and deviation."""
    unit = float(ratio.unit({"mu": mean}, NUMPY))
    around = sqrt(abs(ratio.curvature)) * sd
    if ratio.curvature >= 0:
        return hypot(unit, around)
    return sqrt(max(unit - around, 0.0)) * sqrt(unit + around)


def unconstrained(family: Family, x: float) -> float:
    """Return ``x`` on the real line; outside the support, the end of the line that it is beyond."""
    if x <= family.link.support.lower:
        return -np.inf
    return np.inf if x >= family.link.support.upper else float(family.link.forward(x, NUMPY))


def probability_below(
    family: Family, theta: float, location: Any, scale: Any, shape: tuple[float, ...] = ()
) -> Any:
    """Return the probability below a value of the unconstrained variable, elementwise."""
    _, to_score = score_maps(family.base, shape)
    return ndtr(to_score((theta - location) / scale))


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
