"""The distribution of a standard deviation, from a prior with constant parameters.

The laws themselves are those of :mod:`unfunnel.distributions.known`; here are the parameters in
which their priors are written, and their modes. Families with bounds have their own. A prior whose
law is not listed here is asked for its PreliZ distribution, which has the methods of a scipy
distribution that are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from numbers import Real
from typing import Any

from unfunnel.distributions.known import LAWS, Distribution, Numbers
from unfunnel.distributions.supports import support_of
from unfunnel.elicitation.scales.normal_scores import NormalBehindLink
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError, described
from unfunnel.families import LOGNORMAL_EXP
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import POSITIVE


@dataclass(frozen=True)
class Law:
    """A positive distribution and its mode.

    Parameters
    ----------
    distribution : scipy or PreliZ distribution
        With ``mean``, ``cdf``, ``sf``, ``ppf`` and ``pdf``.
    mode : float
        Where the density is highest; 0 where it falls from zero on, a bound where it rises towards
        it, NaN where it is flat.
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
    """Return the law of a prior.

    Parameters
    ----------
    prior : Prior
        With constant parameters, and positive.

    Returns
    -------
    Law
        Its distribution and mode.

    Raises
    ------
    ParameterTypeError
        If it is no prior.
    UnsupportedError
        If a parameter is no number, the prior has a ``transform``, or neither scipy nor PreliZ
        knows its law.
    ParameterError
        If its parameters are outside their support, or it puts mass below zero.

    Examples
    --------
    >>> from unfunnel import scales
    >>> from unfunnel.elicitation.scales.laws import law_of
    >>> law_of(scales.half_normal(0.1)).quantile(0.5)
    0.067448975...
    """
    name, parameters = _name_and_numbers(prior)
    family = getattr(prior, "family", None)
    try:
        numbers = LAWS[name].numbers(parameters) if name in LAWS else None
        if numbers is not None:
            law = _known(LAWS[name], numbers)
        elif family is not None and family.base is NORMAL:
            behind = NormalBehindLink(family, parameters)
            law = Law(behind, behind.mode())
        else:
            law = _from_preliz(prior)
    except (AttributeError, TypeError, ValueError) as error:
        raise UnsupportedError(
            "compare",
            expected="priors whose distribution and parameters scipy or PreliZ knows",
            given=described(prior),
            remedy="Give all its parameters, in the first form that PyMC documents.",
        ) from error
    if not law.quantile(0.0) >= 0.0:  # NaN, too
        raise _not_positive(prior)
    return law


def _name_and_numbers(prior: Any) -> tuple[str, dict[str, float]]:
    if not isinstance(getattr(prior, "distribution", None), str):
        raise ParameterTypeError(
            "compare", expected="priors (Prior, LogNormalExp)", given=described(prior)
        )
    parameters: Mapping[str, Any] = prior.parameters
    numbers = {key: float(value) for key, value in parameters.items() if isinstance(value, Real)}
    if numbers.keys() != parameters.keys():
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
    family = getattr(prior, "family", None)
    if family is not LOGNORMAL_EXP:
        return prior.distribution, numbers
    location, scale = family.location_scale(family.stated(numbers, NUMPY), NUMPY)
    return family.distribution, {"mu": float(location), "sigma": float(scale)}


def _not_positive(prior: Any) -> ParameterError:
    return ParameterError(
        "compare",
        expected="a positive prior with parameters inside their support",
        given=described(prior),
        remedy="A standard deviation has no values below zero.",
    )


def _known(row: Distribution, numbers: Numbers) -> Law:
    mode = nan if row.mode is None else float(row.mode(*numbers))
    return Law(row.law(*numbers), mode)


def _from_preliz(prior: Any) -> Law:
    preliz = prior.preliz
    return Law(preliz, float(preliz.mode()))
