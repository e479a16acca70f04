"""Numbers that describe a law, each with how it was found and how far off it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, sqrt
from typing import Literal

import numpy as np
from scipy.special import ndtri

from unfunnel.families.ops import NUMPY
from unfunnel.moments.marginal import Marginal
from unfunnel.moments.random_parameters import Explicit, Hierarchy, Law, is_explicit, needs_draws

Method = Literal["exact", "quadrature", "draws"]

# The spread of a statistic over this many parts of the draws gives its Monte Carlo error.
_PARTS = 20


@dataclass(frozen=True)
class Number:
    """A number and how it was found.

    Parameters
    ----------
    value : float
        The number.
    method : {"exact", "quadrature", "draws"}
        A closed form; an integral; an average over random draws.
    error : float
        0; how far the integral over every second node is from it; the Monte Carlo standard error.
    """

    value: float
    method: Method
    error: float = 0.0


@dataclass(frozen=True)
class Estimate:
    """A statistic, and the same of each part of the draws; None where it needs no draws."""

    value: float
    parts: np.ndarray | None = None

    def number(self) -> Number:
        """Return it with its Monte Carlo error."""
        if self.parts is None:
            return Number(self.value, "exact")
        return Number(self.value, "draws", float(self.parts.std(ddof=1)) / sqrt(_PARTS))

    def map(self, function: Callable[..., float], *others: Estimate) -> Estimate:
        """Return a function of this statistic and others."""
        all_of = (self, *others)
        value = function(*(each.value for each in all_of))
        if all(each.parts is None for each in all_of):
            return Estimate(value)
        columns = [
            np.full(_PARTS, each.value) if each.parts is None else each.parts for each in all_of
        ]
        return Estimate(value, np.array([function(*row) for row in zip(*columns, strict=True)]))


class Measures:
    """What is said of one law.

    Parameters
    ----------
    law : Law
        The law.
    draws : int
        How many to take, where it comes to draws.
    rng : Generator
        Where they come from.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from unfunnel.families import NORMAL_IDENTITY
    >>> from unfunnel.moments.random_parameters import Hierarchy, Known, Point
    >>> from unfunnel.moments.measures import Measures
    >>> law = Hierarchy(NORMAL_IDENTITY, {"mu": Known(stats.norm(1, 3)), "sigma": Point(4.0)})
    >>> measures = Measures(law, 1000, np.random.default_rng())
    >>> measures.sd(), measures.quantile(0.5).method
    (Number(value=5.0, method='exact', error=0.0), 'quadrature')
    """

    def __init__(self, law: Law, draws: int, rng: np.random.Generator) -> None:
        self.law = law
        self._number_of_draws = draws
        self._rng = rng

    # -- moments

    def mean(self) -> Number:
        """Return the mean."""
        return self._mean.number()

    def sd(self) -> Number:
        """Return the standard deviation, by the law of total variance for a hierarchy."""
        return self.variance.map(sqrt).number()

    @cached_property
    def _mean(self) -> Estimate:
        if isinstance(self.law, Hierarchy):
            return self.parameters["mu"]._mean  # the same of another law
        return _estimate(np.mean, self.draws) if needs_draws(self.law) else Estimate(self.law.mean)

    @cached_property
    def variance(self) -> Estimate:
        """The variance."""
        if isinstance(self.law, Hierarchy):
            within = self._variance_within(self.law)
            return self.parameters["mu"].variance.map(lambda mu, sigma: mu + sigma, within)
        return (
            _estimate(np.var, self.draws) if needs_draws(self.law) else Estimate(self.law.variance)
        )

    def _variance_within(self, law: Hierarchy) -> Estimate:
        """Return the expected variance around the mean, the expected square of ``sigma``."""
        scale, mu, ratio = self.parameters[law.scale_name], self.parameters["mu"], law.ratio
        if ratio is None:
            return scale.second_moment
        if needs_draws(scale.law) and needs_draws(mu.law):  # they may depend on one another
            draws = law.draw_sigma(self._number_of_draws, self._rng)
            return _estimate(lambda part: float(np.mean(part**2)), draws)
        unit = mu._mean.map(
            lambda mean, variance: float(ratio.expected_squared_unit(mean, variance, NUMPY)),
            mu.variance,
        )
        return scale.second_moment.map(lambda square, of_unit: square * of_unit, unit)

    @cached_property
    def second_moment(self) -> Estimate:
        """The expected square."""
        return self.variance.map(lambda variance, mean: variance + mean**2, self._mean)

    @cached_property
    def parameters(self) -> dict[str, Measures]:
        """The same of each parameter of a hierarchy."""
        assert isinstance(self.law, Hierarchy)  # noqa: S101  # for the type checker
        return {
            key: Measures(law, self._number_of_draws, self._rng)
            for key, law in self.law.parameters.items()
        }

    # -- probabilities

    def quantile(self, probability: float) -> Number:
        """Return the value with this probability below it."""
        return self._probabilistic(
            lambda law: float(law.at_score(np.asarray(ndtri(probability)))),
            lambda marginal: marginal.quantile(probability),
            lambda draws: float(np.quantile(draws, probability)),
        )

    def below(self, x: float) -> Number:
        """Return the probability below ``x``."""
        return self._probabilistic(
            lambda law: law.cdf(x),
            lambda marginal: marginal.cdf(x),
            lambda draws: float(np.mean(draws < x)),
        )

    def distribution_function(self, at: np.ndarray) -> np.ndarray:
        """Return the probabilities below many values, without errors."""
        if self.marginal is None:
            return np.array([self.below(float(x)).value for x in at])
        return np.array([self.marginal.cdf(float(x)) for x in at])

    def _probabilistic(
        self,
        closed: Callable[[Explicit], float],
        integral: Callable[[Marginal], float],
        statistic: Callable[[np.ndarray], float],
    ) -> Number:
        if is_explicit(self.law):
            return Number(closed(self.law), "exact")  # type: ignore[arg-type]  # it is Explicit
        if self.marginal is not None:
            value = integral(self.marginal)
            return Number(value, "quadrature", abs(integral(self.marginal.half) - value))
        return _estimate(statistic, self.draws).number()

    @cached_property
    def marginal(self) -> Marginal | None:
        """The law by quadrature, where that is possible and needed."""
        if isinstance(self.law, Hierarchy) and Marginal.is_possible(self.law):
            return Marginal(self.law)
        return None

    @cached_property
    def draws(self) -> np.ndarray:
        """Random draws of the law."""
        return self.law.draw(self._number_of_draws, self._rng)


def share(part: Measures, whole: Measures) -> Number:
    """Return the variance of one law over that of another; NaN if they are infinite."""
    return part.variance.map(_ratio, whole.variance).number()


def _ratio(part: float, whole: float) -> float:
    return part / whole if isfinite(part) and whole > 0 else np.nan


def _estimate(statistic: Callable[[np.ndarray], float], draws: np.ndarray) -> Estimate:
    parts = np.array([statistic(part) for part in np.array_split(draws, _PARTS)])
    return Estimate(float(statistic(draws)), parts)
