"""Parameters of a law from what is said about its tails.

A statement is a bound and the probability beyond it: ``P(sigma > upper) = upper_tail`` or
``P(sigma < lower) = lower_tail``. All laws here are scale families, so that one statement fixes the
scale in closed form, and the ratio of two bounds fixes the shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from unfunnel.distributions.value_checks import is_number
from unfunnel.errors import ParameterError, ParameterTypeError

#: The probability beyond a bound where none is given.
DEFAULT_TAIL = 0.05

# What a root must reproduce the stated probabilities to.
_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Tail:
    """A bound and the probability beyond it.

    Parameters
    ----------
    bound : float
        In the units of the standard deviation.
    probability : float
        In (0, 1).
    """

    bound: float
    probability: float


@dataclass(frozen=True)
class Tails:
    """What is said about the lower and the upper tail; either may be left open.

    Parameters
    ----------
    subject : str
        The function that was called, for messages.
    lower, upper : Tail or None
        The statements.
    """

    subject: str
    lower: Tail | None
    upper: Tail | None

    @classmethod
    def stated(
        cls,
        subject: str,
        lower: float | None,
        lower_tail: float | None,
        upper: float | None,
        upper_tail: float | None,
    ) -> Tails:
        """Check what was given and return it.

        Raises
        ------
        ParameterError
            If a bound or a probability cannot be meant, or both together cannot.
        """
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
    def count(self) -> int:
        """How many statements there are."""
        return (self.lower is not None) + (self.upper is not None)

    def scale(self, standard: Any) -> float:
        """Return the scale of a law from the only statement.

        Parameters
        ----------
        standard : scipy distribution
            The law with scale 1.

        Raises
        ------
        ParameterError
            If there is not exactly one statement.
        """
        if self.lower is not None and self.upper is None:
            return float(self.lower.bound / standard.ppf(self.lower.probability))
        if self.upper is not None and self.lower is None:
            return float(self.upper.bound / standard.isf(self.upper.probability))
        raise ParameterError(
            self.subject,
            expected="one statement about a tail, upper= or lower=, for the one free parameter",
            given=f"{self.count} of them",
            remedy="lognormal and inverse_gamma hold two." if self.count else "",
        )

    def pair(self) -> tuple[Tail, Tail]:
        """Return both statements.

        Raises
        ------
        ParameterError
            If one is missing.
        """
        if self.lower is None or self.upper is None:
            raise ParameterError(
                self.subject,
                expected="two statements, lower= and upper=, for the two free parameters",
                given=f"{self.count} of them",
            )
        return self.lower, self.upper

    def shape_and_scale(
        self, standard: Callable[[float], Any], bracket: tuple[float, float]
    ) -> tuple[float, float]:
        """Return shape and scale of a law from both statements, by a root finder.

        The ratio of the two quantiles does not depend on the scale and falls as the shape grows.

        Parameters
        ----------
        standard : callable
            From the shape to the law with scale 1.
        bracket : tuple of float
            The shapes between which the answer is looked for.

        Raises
        ------
        ParameterError
            If no shape in the bracket has both tails.
        """
        lower, upper = self.pair()

        def excess(log_shape: float) -> float:
            law = standard(float(np.exp(log_shape)))
            with np.errstate(over="ignore"):
                high, low = law.isf(upper.probability), law.ppf(lower.probability)
                return float(np.log(high) - np.log(low) - np.log(upper.bound / lower.bound))

        first, last = (float(np.log(edge)) for edge in bracket)
        widest, narrowest = excess(first), excess(last)
        if not (widest > 0.0 > narrowest):
            ratio = upper.bound / lower.bound
            limits = [ratio * float(np.exp(min(x, 600.0))) for x in (narrowest, widest)]
            raise ParameterError(
                self.subject,
                expected=f"upper / lower between {limits[0]:.4g} and {limits[1]:.4g}, "
                "which this law can have with these tails",
                given=f"{ratio:.4g}",
                remedy="Move the bounds or the tails, or use lognormal, which holds any two.",
            )
        log_shape, result = optimize.brentq(
            excess, first, last, xtol=1e-15, full_output=True, disp=False
        )
        shape = float(np.exp(log_shape))
        scale = float(upper.bound / standard(shape).isf(upper.probability))
        found = (
            float(standard(shape).cdf(lower.bound / scale)),
            float(standard(shape).sf(upper.bound / scale)),
        )
        wanted = (lower.probability, upper.probability)
        if not (result.converged and np.allclose(found, wanted, rtol=_TOLERANCE, atol=0.0)):
            raise ParameterError(
                self.subject,
                expected=f"tails {wanted} to be reached",
                given=f"{found} by the root finder ({result.flag})",
                remedy="Use lognormal, which has a closed form, or less extreme tails.",
            )
        return shape, scale


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
    for name, value in ((side, bound), (f"{side}_tail", probability)):
        if not is_number(value):
            raise ParameterTypeError(subject, expected=f"a number as {name}=", given=repr(value))
    if not (0.0 < bound < np.inf):
        raise ParameterError(subject, expected=f"a positive, finite {side}=", given=repr(bound))
    if not (0.0 < probability < 1.0):
        raise ParameterError(
            subject,
            expected=f"the probability beyond {side} in (0, 1)",
            given=repr(probability),
        )
    return Tail(float(bound), float(probability))
