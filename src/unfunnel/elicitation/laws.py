"""The distribution of a standard deviation, from a prior with constant parameters.

It is that of the table of distributions, or of the family. A prior whose law is in neither is asked
for its PreliZ distribution, which has the methods of a scipy one that are used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from unfunnel.distributions.known import LAWS
from unfunnel.distributions.supports import support_of
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError, described
from unfunnel.families import Family
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import POSITIVE
from unfunnel.moments.laws import score_maps

# Values of the base law between which the mode is looked for, and how much a flat density varies.
_PLACES = np.linspace(-35.0, 35.0, 1401)
_FLAT = 1e-9


@dataclass(frozen=True)
class Law:
    """A positive distribution of scipy, or with its methods, and its mode.

    The mode is 0 where the density falls from zero on, a bound where it rises towards it, and NaN
    where it is flat.
    """

    distribution: Any
    mode: float

    @property
    def mean(self) -> float:
        """The mean, which may be infinite."""
        return float(self.distribution.mean())

    def quantile(self, probability: float) -> float:
        """Return the value that is exceeded with the complementary probability."""
        return float(self.distribution.ppf(probability))

    def below(self, value: float) -> float:
        """Return the probability of less than ``value``."""
        return float(self.distribution.cdf(value))

    def above(self, value: float) -> float:
        """Return the probability of more than ``value``."""
        return float(self.distribution.sf(value))

    def density(self, values: Any) -> Any:
        """Return the density at ``values``."""
        return self.distribution.pdf(values)


def law_of(prior: Any) -> Law:
    """Return the law of a positive prior with constant parameters, or say why there is none."""
    parameters = _constants(prior)
    try:
        with np.errstate(all="ignore"):  # numbers that it cannot have are NaN
            law = _law(prior, parameters)
            inside = law.quantile(0.0) >= 0.0
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise UnsupportedError(
            "compare",
            expected="priors whose distribution and parameters scipy or PreliZ knows",
            given=described(prior),
            remedy="Give all its parameters, in the first form that PyMC documents.",
        ) from error
    if not inside:
        raise _not_positive(prior)
    return law


def _constants(prior: Any) -> dict[str, float]:
    if not isinstance(getattr(prior, "distribution", None), str):
        raise ParameterTypeError(
            "compare", expected="priors (Prior, LogNormalExp)", given=described(prior)
        )
    parameters: Mapping[str, Any] = prior.parameters
    constants = {key: float(value) for key, value in parameters.items() if isinstance(value, Real)}
    if constants.keys() != parameters.keys():
        raise UnsupportedError(
            "compare",
            expected="priors with constant scalar parameters",
            given=described(prior),
            remedy="Compare its hyperpriors one by one, or draw from it with sample_prior.",
        )
    if prior.transform is not None:
        raise UnsupportedError(
            "compare", expected="priors without transform=", given=described(prior)
        )
    if support_of(prior).leaves(POSITIVE):
        raise _not_positive(prior)
    return constants


def _not_positive(prior: Any) -> ParameterError:
    return ParameterError(
        "compare",
        expected="a positive prior with parameters inside their support",
        given=described(prior),
        remedy="A standard deviation has no values below zero.",
    )


def _law(prior: Any, parameters: dict[str, float]) -> Law:
    family: Family | None = getattr(prior, "family", None)
    row = LAWS.get(prior.distribution if family is None else family.distribution)
    numbers: tuple[Any, ...] | None = None
    if family is None:
        numbers = None if row is None else row.numbers(parameters)
    elif family.counterpart is not None:
        location_scale = family.location_scale(family.stated(parameters, NUMPY), NUMPY)
        numbers = family.counterpart.parameters(*location_scale, NUMPY)
    else:
        behind = BehindLink(family, parameters)
        return Law(behind, behind.mode())
    if row is None or numbers is None:
        return Law(prior.preliz, float(prior.preliz.mode()))
    return Law(row.law(*numbers), math.nan if row.mode is None else float(row.mode(*numbers)))


class BehindLink:
    """A family of constants, with the methods of scipy."""

    def __init__(self, family: Family, parameters: Mapping[str, float]) -> None:
        stated = family.stated(parameters, NUMPY)
        location, scale = family.location_scale(stated, NUMPY)
        self.family, self.stated = family, stated
        self.location, self.scale, self.shape = float(location), float(scale), family.shape(stated)

    def mean(self) -> float:
        """Return the mean, which is stated."""
        return float(self.stated["mu"])

    def cdf(self, x: Any) -> Any:
        """Return the probability below ``x``."""
        return ndtr(self._score(x))

    def sf(self, x: Any) -> Any:
        """Return the probability above ``x``."""
        return ndtr(-self._score(x))

    def ppf(self, p: Any) -> Any:
        """Return the value with this probability below it."""
        return self._value(self.family.base.quantile(p, NUMPY, *self.shape))

    def pdf(self, x: Any) -> Any:
        """Return the density, which is zero outside the support."""
        return np.nan_to_num(np.exp(self._log_density(self._place(x))))

    def mode(self) -> float:
        """Return where the density is highest; an end of the support, or NaN where it is flat."""
        heights = self._log_density(_PLACES)
        if np.ptp(heights) < _FLAT:
            return math.nan
        at = int(np.argmax(heights))
        if at in (0, len(_PLACES) - 1):
            return float(self.family.link.support[min(at, 1)])
        around = _PLACES[at - 1], _PLACES[at + 1]
        best = minimize_scalar(
            lambda z: -self._log_density(z), bounds=around, options={"xatol": 1e-10}
        )
        return float(self._value(best.x))

    def _value(self, z: Any) -> Any:
        return self.family.link.inverse(self.location + self.scale * z, NUMPY)

    def _place(self, x: Any) -> Any:
        """Return where ``x`` is in the base law."""
        with np.errstate(divide="ignore"):
            theta = self.family.link.forward(np.clip(x, *self.family.link.support), NUMPY)
        return (theta - self.location) / self.scale

    def _score(self, x: Any) -> Any:
        _, to_score = score_maps(self.family.base, self.shape)
        return to_score(self._place(x))

    def _log_density(self, z: Any) -> Any:
        slope = self.family.link.log_slope(self.location + self.scale * z, NUMPY)
        with np.errstate(invalid="ignore"):
            log_density = self.family.base.log_density(z, NUMPY, *self.shape)
            return log_density - math.log(self.scale) - slope
