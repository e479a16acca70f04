"""The parameters of a law from what is said about its tails.

A statement is a bound and the probability beyond it: ``P(sigma > upper) = upper_tail`` or
``P(sigma < lower) = lower_tail``. Whatever the numbers are, up to the ends of floats, a law is
returned only if it has the tails that were stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import optimize

from unfunnel.distributions.known import LAWS
from unfunnel.distributions.object_facts import number_between
from unfunnel.errors import ParameterError, listed

if TYPE_CHECKING:
    from pymc_extras.prior import Prior

#: The probability beyond a bound where none is given.
DEFAULT_TAIL = 0.05

# What a law must reproduce the stated probabilities to.
_TOLERANCE = 1e-8

# Shapes between which the root finder looks. Outside, the quantiles of the inverse gamma law under-
# or overflow, and the half-t law is the half-normal one to six digits.
_SHAPES = {"InverseGamma": (0.02, 1e7), "HalfStudentT": (0.02, 1e6)}

# As many statements are needed as there are free parameters.
_WANTED = {
    1: "one statement about a tail, upper= or lower=, for the one free parameter",
    2: "two statements, lower= and upper=, for the two free parameters",
}


class Tail(NamedTuple):
    """A bound, in the units of the standard deviation, and the probability beyond it."""

    bound: float
    probability: float


class Tails(NamedTuple):
    """What is said to a function about the lower and the upper tail; either may be left open."""

    subject: str
    lower: Tail | None
    upper: Tail | None

    @classmethod
    def stated(
        cls, subject: str, lower: Any, lower_tail: Any, upper: Any, upper_tail: Any
    ) -> Tails:
        """Check what was given and return it."""
        low = _tail(subject, "lower", lower, lower_tail)
        high = _tail(subject, "upper", upper, upper_tail)
        if low is not None and high is not None:
            if not low.bound < high.bound:
                raise ParameterError(
                    subject, expected="lower < upper", given=f"lower={lower}, upper={upper}"
                )
            if not low.probability + high.probability < 1.0:
                raise ParameterError(
                    subject,
                    expected="probability left between lower and upper",
                    given=f"tails of {low.probability} and {high.probability}",
                )
        return cls(subject, low, high)

    @property
    def statements(self) -> list[Tail]:
        """The tails that something is said about."""
        return [tail for tail in (self.lower, self.upper) if tail is not None]

    def prior(
        self, distribution: str, parameters: Mapping[str, Any], dims: Any, **fixed: Any
    ) -> Prior:
        """Return a prior with the given parameters, or with those that the statements ask for.

        The ``fixed`` ones are given beside statements.
        """
        count = len(self.statements)
        given = {key: value for key, value in parameters.items() if value is not None}
        if count and given:
            raise ParameterError(
                self.subject,
                expected=f"either {listed(parameters)} or statements about tails",
                given=f"{listed(given)} and {count} of them",
                remedy="Leave out one of the two.",
            )
        if not count and len(given) < len(parameters):
            raise ParameterError(
                self.subject,
                expected=f"{listed(parameters)}, or statements about tails in place of them",
                given=f"no {listed(key for key in parameters if key not in given)}",
                remedy="Pass upper=, lower= or both, with upper_tail= and lower_tail=.",
            )
        if count and count != len(parameters):
            raise ParameterError(
                self.subject,
                expected=_WANTED[len(parameters)],
                given=f"{count} of them",
                remedy="lognormal and inverse_gamma hold two." if count == len(_WANTED) else "",
            )
        found = self._numbers(fixed)
        if count:
            with np.errstate(all="ignore"):  # what is not finite is refused
                given = self._solution(distribution, list(parameters), found)
        found |= self._numbers(given)
        if count:
            self._check(distribution, found)
        return _prior(self.subject, distribution, found, dims)

    def _numbers(self, parameters: Mapping[str, Any]) -> dict[str, float]:
        """Return parameters of PyMC as floats, or refuse what they cannot be."""
        ends = {key: -inf if key == "mu" else 0.0 for key in parameters}
        return {
            key: number_between(self.subject, key, value, ends[key])
            for key, value in parameters.items()
        }

    def _solution(
        self, distribution: str, names: list[str], fixed: Mapping[str, float]
    ) -> dict[str, float]:
        """Return the free parameters that the statements ask for."""
        if self.lower is None or self.upper is None:
            return {names[0]: self._scale(distribution, names[0], fixed)}
        solve = self._location_and_scale if distribution == "LogNormal" else self._shape_and_scale
        return dict(zip(names, solve(distribution, self.lower, self.upper), strict=True))

    def _scale(self, distribution: str, name: str, fixed: Mapping[str, float]) -> float:
        row = LAWS[distribution]
        standard = row.law(*(row.numbers({**fixed, name: 1.0}) or ()))
        (tail,) = self.statements
        quantile = (standard.ppf if self.lower else standard.isf)(tail.probability)
        # The power is that of the parameter in the unit of the variable: a rate has -1.
        return float((np.float64(tail.bound) / quantile) ** row.units[name])

    def _location_and_scale(
        self, distribution: str, lower: Tail, upper: Tail
    ) -> tuple[float, float]:
        normal = LAWS["Normal"].law(0.0, 1.0)
        z_low, z_high = normal.ppf(lower.probability), normal.isf(upper.probability)
        low, high = np.log(lower.bound), np.log(upper.bound)
        width = (high - low) / (z_high - z_low)
        return float(low - width * z_low), float(width)

    def _shape_and_scale(self, distribution: str, lower: Tail, upper: Tail) -> tuple[float, float]:
        """Find the shape by the ratio of the bounds, which does not depend on the scale.

        The ratio of the two quantiles falls as the shape grows.
        """
        row, log_ratio = LAWS[distribution], np.log(upper.bound) - np.log(lower.bound)

        def excess(log_shape: float) -> float:
            law = row.law(float(np.exp(log_shape)), 1.0)
            high, low = law.isf(upper.probability), law.ppf(lower.probability)
            return float(np.log(high) - np.log(low) - log_ratio)

        first, last = (float(np.log(edge)) for edge in _SHAPES[distribution])
        widest, narrowest = excess(first), excess(last)
        if not widest > 0.0 > narrowest:
            limits = [float(np.exp(log_ratio + x)) for x in (narrowest, widest)]
            raise ParameterError(
                self.subject,
                expected=f"upper / lower between {limits[0]:.4g} and {limits[1]:.4g}, "
                "which this law can have with these tails",
                given=f"{float(np.exp(log_ratio)):.4g}",
                remedy="Move the bounds or the tails, or use lognormal, which holds any two.",
            )
        try:
            shape = float(np.exp(optimize.brentq(excess, first, last, xtol=1e-15, disp=False)))
        except ValueError as error:  # a quantile is NaN
            raise self._beyond_floats("quantiles that cannot be computed") from error
        return shape, float(upper.bound / row.law(shape, 1.0).isf(upper.probability))

    def _check(self, distribution: str, parameters: Mapping[str, float]) -> None:
        """Refuse a law that does not have the stated tails: they are beyond what floats can do."""
        row = LAWS[distribution]
        with np.errstate(all="ignore"):
            law = row.law(*(row.numbers(parameters) or ()))
            found = [float(law.cdf(self.lower.bound))] if self.lower else []
            found += [float(law.sf(self.upper.bound))] if self.upper else []
        wanted = [tail.probability for tail in self.statements]
        if not np.allclose(found, wanted, rtol=_TOLERANCE, atol=0.0):
            raise self._beyond_floats(f"tails of {found} in place of {wanted}")

    def _beyond_floats(self, given: str) -> ParameterError:
        return ParameterError(
            self.subject,
            expected="bounds and tails for which floats can hold the parameters",
            given=given,
            remedy="Use less extreme bounds or tails, or another unit for the effects.",
        )


def _prior(subject: str, distribution: str, parameters: dict[str, Any], dims: Any) -> Prior:
    from pymc_extras.prior import Prior  # slow, and only needed here

    from unfunnel.prior.parameters import check_dims

    return Prior(distribution, dims=check_dims(subject, dims, {}), **parameters)


def _tail(subject: str, side: str, bound: Any, probability: Any) -> Tail | None:
    if bound is None:
        if probability is None:
            return None
        raise ParameterError(
            subject,
            expected=f"{side}=, the bound that {side}_tail is about",
            given=f"{side}_tail={probability!r} alone",
        )
    probability = DEFAULT_TAIL if probability is None else probability
    return Tail(
        number_between(subject, side, bound, 0),
        number_between(subject, f"{side}_tail", probability, 0, 1),
    )
