"""The laws that a prior is made of, by their moments and by their values at normal scores.

A hyperprior is a number (:class:`Point`), a distribution of scipy (:class:`Known`), draws of
something of which no more is known (:class:`Drawn`), or a family over other laws
(:class:`Hierarchy`). This module is pure: it knows neither PyMC nor a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from unfunnel.errors import UnsupportedError
from unfunnel.families import Family, Ratio
from unfunnel.families.ops import NUMPY
from unfunnel.moments.scores import base_values, score_maps, value_at_score


@dataclass(frozen=True)
class Point:
    """A constant."""

    value: float

    @property
    def mean(self) -> float:
        """The constant itself."""
        return self.value

    @property
    def variance(self) -> float:
        """Zero."""
        return 0.0

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the constant, as often as there are scores."""
        return np.full(np.shape(scores), self.value)

    def cdf(self, x: float) -> float:
        """Return 1 from the constant on."""
        return float(x >= self.value)

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return the constant, as often as asked."""
        return np.full(number, self.value)


@dataclass(frozen=True)
class Known:
    """A distribution of scipy, or what has the same methods."""

    law: Any

    @property
    def mean(self) -> float:
        """In natural units; infinite where it is."""
        return float(self.law.mean())

    @property
    def variance(self) -> float:
        """In squared units; infinite or NaN where it is."""
        return float(self.law.var())

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores."""
        return value_at_score(self.law, scores)

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``."""
        return float(self.law.cdf(x))

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return independent draws."""
        return self.at_score(rng.standard_normal(number))


@dataclass(frozen=True)
class Drawn:
    """Draws of what has no known law; those of one prior are drawn together."""

    values: np.ndarray

    @property
    def mean(self) -> float:
        """Of the draws."""
        return float(self.values.mean())

    @property
    def variance(self) -> float:
        """Of the draws."""
        return float(self.values.var())

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return the draws themselves, which keep their order: others may depend on them."""
        return self.values


@dataclass(frozen=True)
class Hierarchy:
    """A family whose natural-scale parameters have laws of their own, independent of one another.

    Notes
    -----
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
    def variance(self) -> float:
        """What the mean varies, and what the elements vary around it."""
        mu = self.parameters["mu"]
        within = second_moment(self.parameters[self.scale_name])
        if self.ratio is not None:
            within *= self.ratio.expected_squared_unit(mu.mean, mu.variance, NUMPY)
        return mu.variance + within

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
    def is_constant(self) -> bool:
        """Whether every parameter is a number."""
        return all(isinstance(law, Point) for law in self.parameters.values())

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores; the parameters must be numbers."""
        return self._values(scores, self._constants)

    def cdf(self, x: float) -> float:
        """Return the probability below ``x``; the parameters must be numbers."""
        law = self.family.location_scale(self.family.stated(self._constants, NUMPY), NUMPY)
        theta = unconstrained(self.family, x)
        return float(probability_below(self.family, theta, *law, self.shape))

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return independent draws, each with parameters of its own."""
        drawn = self._draw_parameters(number, rng)
        return self._values(rng.standard_normal(number), drawn)

    def draw_sigma(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Return independent draws of the standard deviation, whatever is stated in its place."""
        stated = self.family.stated(self._draw_parameters(number, rng), NUMPY)
        return np.broadcast_to(stated["sigma"], (number,))

    def _draw_parameters(self, number: int, rng: np.random.Generator) -> dict[str, Any]:
        drawn = {
            key: law.value if isinstance(law, Point) else law.draw(number, rng)
            for key, law in self.parameters.items()
        }
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
    def _constants(self) -> dict[str, float]:
        return {key: law.mean for key, law in self.parameters.items()}

    def _values(self, scores: np.ndarray, parameters: Mapping[str, Any]) -> np.ndarray:
        stated = self.family.stated(parameters, NUMPY)
        location, scale = self.family.location_scale(stated, NUMPY)
        z = base_values(self.family.base, scores, self.family.shape(stated))
        return np.asarray(self.family.link.inverse(location + scale * z, NUMPY))


Explicit = Point | Known | Hierarchy
Law = Explicit | Drawn


def probability_below(
    family: Family, theta: float, location: Any, scale: Any, shape: tuple[float, ...] = ()
) -> Any:
    """Return the probability below a value of the unconstrained variable, elementwise."""
    _, to_score = score_maps(family.base, shape)
    return ndtr(to_score((theta - location) / scale))


def unconstrained(family: Family, x: float) -> float:
    """Return ``x`` on the real line; outside the support, the end of the line that it is beyond."""
    if x <= family.link.support.lower:
        return -np.inf
    return np.inf if x >= family.link.support.upper else float(family.link.forward(x, NUMPY))


def second_moment(law: Law) -> float:
    """Return the expected square."""
    return law.variance + law.mean**2


def needs_draws(law: Law) -> bool:
    """Whether something of which only draws are known is part of a law."""
    if isinstance(law, Hierarchy):
        return any(needs_draws(parameter) for parameter in law.parameters.values())
    return isinstance(law, Drawn)


def is_explicit(law: Law) -> bool:
    """Whether the quantiles of a law are at hand: a number, a known law, a family of numbers."""
    return law.is_constant if isinstance(law, Hierarchy) else not isinstance(law, Drawn)
