"""Parameters from a median or a mode and one more number, where that is a closed form.

For the lognormal law, with ``v`` the variance of ``log phi`` and ``w = exp(v)`` (Johnson, Kotz &
Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 14)::

    median = exp(location)      mode = median / w      mean = median * sqrt(w)
    sd**2 = mean**2 * (w - 1)

A median with a standard deviation is a quadratic equation in ``w``, a mode with a standard
deviation a quartic one. With a bound the distance from it is lognormal, and the same equations
hold for distances. A family that is symmetric about its mean has its median and its mode there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from unfunnel.distributions.value_checks import finite_parameters, number_between, the_one_given
from unfunnel.errors import ParameterError, UnsupportedError, listed
from unfunnel.families import Family
from unfunnel.families.base_distributions import NORMAL, BaseLaw
from unfunnel.families.links import IDENTITY, LOG
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import POSITIVE

Form = Callable[[str, float, float], dict[str, float]]


@dataclass(frozen=True)
class CentreForms:
    """What determines the parameters together with a median, and with a mode.

    Parameters
    ----------
    median, mode : dict of str to callable
        By the name of the second number: ``(subject, centre, number) -> parameters``.
    """

    median: dict[str, Form]
    mode: dict[str, Form]


def from_median(
    family: Family,
    median: Any,
    *,
    sigma: Any = None,
    gsd: Any = None,
    shape: tuple[float, ...] = (),
) -> dict[str, float]:
    """Return the parameters of the law with this median and one measure of spread.

    Parameters
    ----------
    family : Family
        Of the prior.
    median : float
        In natural units.
    sigma : float, optional
        The standard deviation, in natural units.
    gsd : float, optional
        The geometric standard deviation, without unit and above 1: two thirds of the values lie
        between ``median / gsd`` and ``median * gsd``. Positive families only. With a bound it is
        that of the distance from the bound.
    shape : tuple of float, default ()
        The parameters of the base law.

    Returns
    -------
    dict of str to float
        By parameter.

    Raises
    ------
    ParameterError
        If a number cannot be meant, or not exactly one of ``sigma`` and ``gsd`` is given.
    UnsupportedError
        If there is no closed form for this family.

    Examples
    --------
    >>> from unfunnel.families import LOGNORMAL_EXP
    >>> from unfunnel.moments.medians_and_modes import from_median
    >>> round(from_median(LOGNORMAL_EXP, 2, gsd=1.5)["mu"], 6)
    2.171348
    """
    return _from_centre(family, shape, "median", median, sigma=sigma, gsd=gsd)


def from_mode(
    family: Family,
    mode: Any,
    *,
    mu: Any = None,
    sigma: Any = None,
    shape: tuple[float, ...] = (),
) -> dict[str, float]:
    """Return the parameters of the law with this mode and this mean or standard deviation.

    Parameters
    ----------
    family : Family
        Of the prior.
    mode : float
        The most likely value, in natural units.
    mu : float, optional
        The mean, further from the bound than the mode. Families with one bound only.
    sigma : float, optional
        The standard deviation.
    shape : tuple of float, default ()
        The parameters of the base law.

    Returns
    -------
    dict of str to float
        By parameter.

    Raises
    ------
    ParameterError
        If a number cannot be meant, or not exactly one of ``mu`` and ``sigma`` is given.
    UnsupportedError
        If there is no closed form for this family.

    Examples
    --------
    >>> from unfunnel.families import LOGNORMAL_EXP
    >>> from unfunnel.moments.medians_and_modes import from_mode
    >>> round(from_mode(LOGNORMAL_EXP, 1, mu=1.5)["sigma"], 6)
    0.835664
    """
    return _from_centre(family, shape, "mode", mode, mu=mu, sigma=sigma)


def _from_centre(
    family: Family, shape: tuple[float, ...], centre: str, value: Any, **seconds: Any
) -> dict[str, float]:
    subject = f"{family.name}: from_{centre}"
    second = the_one_given(subject, **seconds)
    form = _form(subject, family, shape, centre, second)
    value = number_between(subject, centre, value, *family.link.support)
    is_place = second in _PLACES
    support = family.link.support if is_place else POSITIVE
    number = number_between(subject, second, seconds[second], *support)
    lower, upper = family.bounds
    # The distance from a bound is what has the law: x = bound + sign * distance.
    sign, bound = (1.0, lower or 0.0) if upper is None else (-1.0, upper)
    about = f"{subject} (distances from the bound {bound:g})" if bound or upper == 0 else subject

    def parameters() -> dict[str, float]:
        second_distance = sign * (number - bound) if is_place else number
        found = form(about, sign * (value - bound), second_distance)
        return {**found, "mu": bound + sign * found["mu"]}

    return finite_parameters(subject, parameters)


#: The second numbers that are values of the variable, and no spreads.
_PLACES = ("mu",)


def _form(subject: str, family: Family, shape: tuple[float, ...], centre: str, second: str) -> Form:
    forms = _forms(family, shape)
    closed: dict[str, Form] = {} if forms is None else getattr(forms, centre)
    if second in closed:
        return closed[second]
    raise UnsupportedError(
        subject,
        expected=f"a family and a number with a closed form (here: {listed(closed)})",
        given=f"{family.name} and {second}",
        remedy="State it by from_quantiles, or by its parameters.",
    )


def _forms(family: Family, shape: tuple[float, ...]) -> CentreForms | None:
    if family.link.name == LOG.name and family.base is NORMAL:
        return _LOGNORMAL
    symmetric = family.link is IDENTITY and _is_symmetric(family.base, shape)
    return _SYMMETRIC if symmetric else None


def _is_symmetric(base: BaseLaw, shape: tuple[float, ...]) -> bool:
    return all(
        abs(base.quantile(p, NUMPY, *shape) + base.quantile(1 - p, NUMPY, *shape)) < _ROUNDING
        for p in (0.5, 0.25, 0.05)
    )


# -- symmetric about the mean


def _mean_is_centre(subject: str, centre: float, sigma: float) -> dict[str, float]:
    return {"mu": centre, "sigma": sigma}


# -- lognormal


def _median_and_sigma(subject: str, median: float, sigma: float) -> dict[str, float]:
    # cv**2 = w - 1 is the root of w (w - 1) = ratio**2 in the form that neither cancels nor squares
    # a number that may be extreme.
    ratio = sigma / median
    cv = ratio * np.sqrt(2 / (1 + np.hypot(1, 2 * ratio)))
    return {"mu": median * np.hypot(1, cv), "sigma": sigma}


def _median_and_gsd(subject: str, median: float, gsd: float) -> dict[str, float]:
    if gsd <= 1:
        raise ParameterError(
            subject,
            expected="gsd above 1, a factor",
            given=f"{gsd}",
            remedy="A spread of 30 % up or down is gsd=1.3.",
        )
    variance = np.log(gsd) ** 2
    mean = median * np.exp(variance / 2)
    return {"mu": mean, "sigma": mean * np.sqrt(np.expm1(variance))}


def _mode_and_mu(subject: str, mode: float, mu: float) -> dict[str, float]:
    if mu <= mode:
        raise ParameterError(
            subject,
            expected="mode < mu, as a positive law has a longer tail to the right",
            given=f"mode={mode}, mu={mu}",
        )
    # mean / mode = w**(3/2)
    return {"mu": mu, "sigma": mu * np.sqrt(np.expm1(2 / 3 * np.log(mu / mode)))}


def _mode_and_sigma(subject: str, mode: float, sigma: float) -> dict[str, float]:
    # sd**2 = mode**2 w**3 (w - 1). In x = log(w - 1) the function x + 3 log(w) - 2 log(sd / mode)
    # increases and is convex, and the start is to the right of its root: no step goes beyond it.
    target = 2 * np.log(sigma / mode)
    x = min(target, target / 4)
    for _ in range(_NEWTON_STEPS):
        slope = 1 + 3 * np.exp(-_softplus(-x))
        x -= (x + 3 * _softplus(x) - target) / slope
    return {"mu": mode * np.exp(1.5 * _softplus(x)), "sigma": sigma}


def _softplus(x: float) -> float:
    return float(np.logaddexp(0.0, x))


_ROUNDING = 1e-12
# Six reach a double for ordinary numbers; the rest costs nothing.
_NEWTON_STEPS = 12

_LOGNORMAL = CentreForms(
    median={"sigma": _median_and_sigma, "gsd": _median_and_gsd},
    mode={"mu": _mode_and_mu, "sigma": _mode_and_sigma},
)
_SYMMETRIC = CentreForms(median={"sigma": _mean_is_centre}, mode={"sigma": _mean_is_centre})
