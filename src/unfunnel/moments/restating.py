"""The same prior with another mean and standard deviation.

A hierarchy is described by four numbers: mean and standard deviation of one element, the share
``f`` of its variance that is that of the mean ``mu`` (the intraclass correlation of two elements
with the same ``mu``), and the coefficient of variation ``c`` of ``sigma``. By the law of total
variance, ``Var = Var[mu] + E[sigma**2]``, its hyperpriors then have::

    mu:     mean = mean                          sd = sqrt(f) * sd
    sigma:  mean = sd * sqrt((1 - f) / (1 + c**2))    sd = c * mean

Where a ratio stands in place of ``sigma``, ``c`` is its coefficient of variation, and its mean is
that of ``sigma`` above, divided by ``sqrt(E[unit**2])``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isclose, isfinite, sqrt
from typing import Any

import numpy as np

from unfunnel.distributions.known import LAWS
from unfunnel.errors import ParameterError, UnsupportedError, described, listed
from unfunnel.families import Parameter, Ratio
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import POSITIVE, REAL, Interval
from unfunnel.moments.random_parameters import Hierarchy, Law
from unfunnel.moments.reading import distribution_of, is_ours, scalar_law

#: Kinds that can be given another mean and standard deviation, and those that can be given a mean.
TWO_NUMBERS = [name for name, row in LAWS.items() if row.restate and not row.has_one_number]
ONE_NUMBER = [name for name, row in LAWS.items() if row.restate and row.has_one_number]


@dataclass(frozen=True)
class Split:
    """How the variance of one element divides; the part of a hierarchy without units.

    Parameters
    ----------
    icc : float
        The share that the variance of ``mu`` has, in [0, 1).
    cv : float
        The standard deviation of ``sigma``, or of the ratio in its place, over its mean.
    """

    icc: float
    cv: float

    def sd_of_mu(self, sd: float) -> float:
        """Return the standard deviation of ``mu`` if that of one element is ``sd``."""
        return sqrt(self.icc) * sd

    def mean_of_scale(self, mean: float, sd: float, ratio: Ratio | None) -> float:
        """Return the mean of ``sigma``, or of the ratio in its place.

        Parameters
        ----------
        mean, sd : float
            Of one element.
        ratio : Ratio or None
            What stands in place of ``sigma``.
        """
        mean_of_sigma = sd * sqrt((1 - self.icc) / (1 + self.cv**2))
        if ratio is None:
            return mean_of_sigma
        unit = ratio.expected_squared_unit(mean, self.icc * sd**2, NUMPY)
        return mean_of_sigma / sqrt(unit) if unit > 0 else inf


def split_of(subject: str, hierarchy: Hierarchy) -> Split:
    """Return how the variance of a hierarchy divides.

    Raises
    ------
    UnsupportedError
        If a hyperprior has no finite mean or variance.
    """
    mu, sigma = hierarchy.parameters["mu"], hierarchy.parameters[hierarchy.scale_name]
    split = Split(mu.variance / hierarchy.variance, sqrt(sigma.variance) / sigma.mean)
    if isfinite(split.icc) and isfinite(split.cv):
        return split
    raise UnsupportedError(
        subject,
        expected="hyperpriors with a finite mean and a finite variance",
        given=f"a mean of {mu.mean:g} and {sigma.mean:g}, a variance of {mu.variance:g} and "
        f"{sigma.variance:g} for mu and {hierarchy.scale_name}",
        remedy="Use Gamma, HalfNormal, Exponential or LogNormalExp.",
    )


def restated_hierarchy(subject: str, prior: Any, mean: float, sd: float, split: Split) -> Any:
    """Return a hierarchical prior whose elements have this mean and standard deviation, exactly.

    Parameters
    ----------
    subject : str
        For messages.
    prior : NaturalPrior
        The families of its hyperpriors, its dims and its centering are kept, and its other
        parameters.
    mean, sd : float
        Of one element, hyperparameters averaged out, in natural units.
    split : Split
        How the variance divides.

    Raises
    ------
    UnsupportedError
        If a hyperprior cannot be given the moments it needs.
    """
    ratio = prior.family.ratio_of("sigma", prior.parameters)
    name = "sigma" if ratio is None else ratio.name
    mean_of_scale = split.mean_of_scale(mean, sd, ratio)
    moments = {
        "mu": (mean, split.sd_of_mu(sd)),
        name: (mean_of_scale, split.cv * mean_of_scale),
    }
    new = {
        key: restated(f"{subject}: {key}", prior.parameters[key], *its, prior.family.parameter(key))
        for key, its in moments.items()
    }
    return _of_same_class(prior, new)


def restated(subject: str, value: Any, mean: float, sd: float, parameter: Parameter) -> Any:
    """Return a number or a hyperprior of the same kind with this mean and standard deviation.

    Parameters
    ----------
    subject : str
        For messages.
    value : object
        The number or hyperprior.
    mean, sd : float
        What it is to have; a number only the mean.
    parameter : Parameter
        What it is a value of.

    Raises
    ------
    ParameterError
        If no law of the kind has these moments.
    UnsupportedError
        If the kind has no closed form for it, or only one number that scales it.
    """
    if isinstance(value, int | float):
        return mean
    if is_ours(value):
        moments = {"mu": mean, "sigma": sd}
        return _of_same_class(value, value.family.in_terms_of(value.parameters, moments, NUMPY))
    with np.errstate(all="ignore"):
        new = _restated_distribution(value, mean, sd)
        law = None if new is None else scalar_law(new)
        possible = law is not None and _has_moments(law, mean, sd)
    if not possible:
        name = getattr(value, "distribution", None)
        if name in TWO_NUMBERS:
            raise ParameterError(
                subject,
                expected=f"a mean and a standard deviation that {name} can have",
                given=f"a mean of {mean:g} and a standard deviation of {sd:g}",
                remedy="Use a hyperprior that can have them.",
            )
        one = name in ONE_NUMBER
        raise UnsupportedError(
            subject,
            expected=f"a hyperprior that can be given the mean {mean:g} and the standard deviation "
            f"{sd:g} ({listed(TWO_NUMBERS)}, or one of this library)",
            given=f"{described(value)}, which {_ONE_NUMBER if one else _NO_FORM}",
            remedy=f"Use {_suitable(parameter.support, mean, sd)}.",
        )
    return new


def _suitable(support: Interval, mean: float, sd: float) -> str:
    """Name a hyperprior that lives on an interval and can be given any moments."""
    moments = f"mu={mean:.3g}, sigma={sd:.3g}"
    if support == POSITIVE:
        return f"Prior('Gamma', {moments}), or LogNormalExp"
    if support == REAL:
        return f"Prior('Normal', {moments})"
    ends = {key: end for key, end in support._asdict().items() if isfinite(end)}
    family = "LogNormalExp" if len(ends) == 1 else "ProbitNormal"
    return f"{family}({moments}, {', '.join(f'{key}={end:g}' for key, end in ends.items())})"


_ONE_NUMBER = "has one number for both"
_NO_FORM = "has no closed form for it"


def _restated_distribution(value: Any, mean: float, sd: float) -> Any:
    found = distribution_of(value)
    name = getattr(value, "distribution", None)
    restate = LAWS[name].restate if name in LAWS else None
    if found is None or restate is None:
        return None
    keywords = restate(mean, sd, *(float(number) for number in found[1]))
    return type(value)(name, dims=value.dims, centered=value.centered, **keywords)


def _has_moments(law: Law, mean: float, sd: float) -> bool:
    return isclose(law.mean, mean, rel_tol=_ROUNDING, abs_tol=_ROUNDING * sd) and isclose(
        law.variance, sd**2, rel_tol=_ROUNDING
    )


_ROUNDING = 1e-9


def _of_same_class(prior: Any, new: dict[str, Any]) -> Any:
    options = {**prior.bounds, "dims": prior.dims, "centered": prior.centering}
    if prior.zero_sum is not None:
        options |= prior.zero_sum.options
    return type(prior)(**{**prior.parameters, **new, **options})
