"""Constant parameters from two numbers about one element: an interval, a median, a mode.

The link of a family is monotone and its base law has a quantile function, so that two quantiles are
two linear equations for location and scale, whatever the family.

Medians and modes have closed forms for the lognormal law, with ``w = exp(scale**2)`` (Johnson, Kotz
& Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 14)::

    median = exp(location)      mode = median / w      mean = median * sqrt(w)
    sd**2 = mean**2 * (w - 1)

With a bound the distance from it is lognormal. A family that is symmetric about its mean has its
median and its mode there. The law of most entropy in an interval is found by PreliZ.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from math import inf, isclose, isfinite, nan
from typing import Any

import numpy as np
from scipy.special import ndtr

from unfunnel.distributions.object_facts import number_between, require_number, the_one_given
from unfunnel.errors import ParameterError, UnsupportedError, listed
from unfunnel.families import Family
from unfunnel.families.base_distributions import NORMAL, BaseLaw
from unfunnel.families.links import IDENTITY, LOG
from unfunnel.families.ops import NUMPY
from unfunnel.moments.laws import score_maps


def check_interval(
    subject: str, family: Family, bounds: dict[str, Any], mass: Any
) -> tuple[float, float, float]:
    """Return lower bound, upper bound and mass as floats, or refuse them.

    The bounds have the names of the arguments, the lower one first.
    """
    for name, value in {**bounds, "mass": mass}.items():
        require_number(subject, name, value)
    (low_name, low), (high_name, high) = bounds.items()
    least, most = family.link.support
    if not least < low < high < most:
        raise ParameterError(
            subject,
            expected=f"{least} < {low_name} < {high_name} < {most}",
            given=f"{low_name}={low}, {high_name}={high}",
        )
    if not 0 < mass < 1:
        raise ParameterError(subject, expected="mass in (0, 1)", given=f"{mass}")
    return float(low), float(high), float(mass)


def from_quantiles(
    subject: str, family: Family, shape: tuple[float, ...], low: Any, high: Any, mass: Any
) -> dict[str, float]:
    """Return mean and sd of the law with these quantiles, which are checked."""
    interval = check_interval(subject, family, {"low": low, "high": high}, mass)
    return from_interval(subject, family, *interval, shape)


def from_interval(
    subject: str, family: Family, low: float, high: float, mass: float, shape: tuple[float, ...]
) -> dict[str, float]:
    """Return mean and sd of the law that leaves ``(1 - mass) / 2`` on each side of an interval.

    With ``z`` the quantiles of the base law, ``link(low) = location + scale * z_low`` and
    ``link(high) = location + scale * z_high``.
    """
    tail = (1 - mass) / 2
    with np.errstate(all="ignore"):
        z_low, z_high = (
            np.float64(family.base.quantile(p, NUMPY, *shape)) for p in (tail, 1 - tail)
        )
        at_low, at_high = (np.float64(family.link.forward(x, NUMPY)) for x in (low, high))
        width = z_high - z_low
        location = at_low * (z_high / width) - at_high * (z_low / width)
        scale = at_high / width - at_low / width
    return moments_at(subject, family, float(location), float(scale), shape)


def moments_at(
    subject: str, family: Family, location: float, scale: float, shape: tuple[float, ...]
) -> dict[str, float]:
    """Return mean and sd of the law with this location and scale, if doubles can state it so."""
    with np.errstate(all="ignore"):
        found = family.moments(np.float64(location), np.float64(scale), NUMPY, *shape)
    moments = {key: float(value) for key, value in found.items()}
    again = location_scale(family, moments, shape)
    near = abs(again[0] - location) <= _DIGITS * scale + _ROUNDING * max(1.0, abs(location))
    if near and isclose(again[1], scale, rel_tol=_DIGITS) and 0 < moments["sigma"] < inf:
        return moments
    raise _not_in_doubles(subject, moments)


def location_scale(
    family: Family, moments: dict[str, float], shape: tuple[float, ...]
) -> tuple[float, float]:
    """Return location and scale of the law with these parameters; NaN if floats cannot."""
    stated = {**moments, **dict(zip(family.base.shape, shape, strict=True))}
    try:
        with np.errstate(all="ignore"):
            location, scale = family.location_scale(stated, NUMPY)
    except ArithmeticError:  # of Python's own numbers
        return nan, nan
    return float(location), float(scale)


def _not_in_doubles(subject: str, moments: dict[str, float]) -> ParameterError:
    return ParameterError(
        subject,
        expected="a law whose mean and standard deviation are finite numbers, precise enough to "
        "state it",
        given=", ".join(f"{key}={value}" for key, value in moments.items()),
        remedy="State less spread (a narrower interval, or more mass in it), or other units.",
    )


# To how many digits the parameters must state what was asked, and what rounding does to numbers.
_DIGITS, _ROUNDING = 1e-6, 8 * np.finfo(float).eps


# -- medians and modes

# (subject, median or mode, the other number) -> mean and sd
Form = Callable[[str, float, float], tuple[float, float]]


def from_center(
    subject: str,
    family: Family,
    shape: tuple[float, ...],
    name: str,
    value: Any,
    others: dict[str, Any],
) -> dict[str, float]:
    """Return the parameters of the law with this median or mode, and the other number given."""
    other = the_one_given(subject, **others)
    form = _form(subject, family, shape, name, other)
    value = number_between(subject, name, value, *family.link.support)
    ends = family.link.support if other == "mu" else (0.0, inf)
    number = number_between(subject, other, others[other], *ends)
    lower, upper = family.bounds
    # The distance from a bound is what has the law: x = bound + sign * distance.
    sign, bound = (1.0, lower or 0.0) if upper is None else (-1.0, upper)
    about = f"{subject} (distances from the bound {bound:g})" if bound or upper == 0 else subject
    distance = sign * (number - bound) if other == "mu" else number
    with np.errstate(all="ignore"):
        mean, sd = form(about, np.float64(sign * (value - bound)), np.float64(distance))
        moments = {"mu": float(bound + sign * mean), "sigma": float(sd)}
        if other in moments:
            moments[other] = number
        location, scale = location_scale(family, moments, shape)
        if name == "mode" and family.link is not IDENTITY:
            location -= sign * scale**2
        found = float(family.link.inverse(np.float64(location), NUMPY))
    precise = isclose(found - bound, value - bound, rel_tol=_DIGITS)
    if precise and all(map(isfinite, moments.values())) and moments["sigma"] > 0:
        return moments
    raise _not_in_doubles(subject, moments)


def _form(subject: str, family: Family, shape: tuple[float, ...], name: str, other: str) -> Form:
    closed: dict[str, Form] = {}
    if family.link.name == LOG.name and family.base is NORMAL:
        closed = _LOGNORMAL[name]
    elif family.link is IDENTITY and _is_symmetric(family.base, shape):
        closed = {"sigma": lambda subject, center, sigma: (center, sigma)}
    if other in closed:
        return closed[other]
    raise UnsupportedError(
        subject,
        expected=f"a family and a number with a closed form (here: {listed(closed)})",
        given=f"{family.name} and {other}",
        remedy="State it by from_quantiles, or by its parameters.",
    )


def _is_symmetric(base: BaseLaw, shape: tuple[float, ...]) -> bool:
    p = np.array([0.5, 0.25, 0.05])
    below, above = (base.quantile(each, NUMPY, *shape) for each in (p, 1 - p))
    return np.allclose(below, -above, rtol=0, atol=1e-12)


def _median_and_sigma(subject: str, median: float, sigma: float) -> tuple[float, float]:
    # cv**2 = w - 1 is the root of w (w - 1) = ratio**2 in the form that neither cancels nor squares
    # a number that may be extreme.
    ratio = sigma / median
    cv = ratio * np.sqrt(2 / (1 + np.hypot(1, 2 * ratio)))
    return median * np.hypot(1, cv), sigma


def _median_and_gsd(subject: str, median: float, gsd: float) -> tuple[float, float]:
    if gsd <= 1:
        raise ParameterError(
            subject,
            expected="gsd above 1, a factor",
            given=f"{gsd}",
            remedy="A spread of 30 % up or down is gsd=1.3.",
        )
    variance = np.log(gsd) ** 2
    mean = median * np.exp(variance / 2)
    return mean, mean * np.sqrt(np.expm1(variance))


def _mode_and_mu(subject: str, mode: float, mu: float) -> tuple[float, float]:
    if mu <= mode:
        raise ParameterError(
            subject,
            expected="mode < mu, as a positive law has a longer tail to the right",
            given=f"mode={mode}, mu={mu}",
        )
    # mean / mode = w**(3/2)
    return mu, mu * np.sqrt(np.expm1(2 / 3 * (np.log(mu) - np.log(mode))))


def _mode_and_sigma(subject: str, mode: float, sigma: float) -> tuple[float, float]:
    # sd**2 = mode**2 w**3 (w - 1). In x = log(w - 1) the function x + 3 log(w) - 2 log(sd / mode)
    # increases and is convex, and the start is to the right of its root: no step goes beyond it.
    target = 2 * (np.log(sigma) - np.log(mode))
    x = min(target, target / 4)
    for _ in range(_NEWTON_STEPS):
        slope = 1 + 3 * np.exp(-np.logaddexp(0.0, -x))
        x -= (x + 3 * np.logaddexp(0.0, x) - target) / slope
    return mode * np.exp(1.5 * np.logaddexp(0.0, x)), sigma


# Six reach a double for ordinary numbers; the rest costs nothing.
_NEWTON_STEPS = 12

_LOGNORMAL: dict[str, dict[str, Form]] = {
    "median": {"sigma": _median_and_sigma, "gsd": _median_and_gsd},
    "mode": {"mu": _mode_and_mu, "sigma": _mode_and_sigma},
}


# -- by way of PreliZ


def to_preliz(family: Family, parameters: dict[str, float]) -> Any:
    """Return the PreliZ distribution with these natural-scale parameters, if there is one."""
    location, scale = family.location_scale(parameters, NUMPY)
    law = (*family.shape(parameters), location, scale)
    if family.counterpart is not None:
        law = family.counterpart.parameters(location, scale, NUMPY)
    return _preliz_distribution(family, "preliz")(*map(float, law))


def maximum_entropy(
    family: Family,
    shape: tuple[float, ...],
    lower: float,
    upper: float,
    mass: float,
    kwargs: dict[str, Any] | None,
) -> tuple[float, float]:
    """Return location and scale of the law of most entropy with this mass between the bounds."""
    distribution = _preliz_distribution(family, "constrain")(*shape)
    import preliz

    options = {"plot": False, **(kwargs or {})}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of a mass that is missed, which is looked at here
        try:
            preliz.maxent(distribution, lower, upper, mass, **options)  # fits it in place
            found = distribution.params[-2:]
            if family.counterpart is not None:
                found = family.counterpart.location_scale(*found, NUMPY)
            location, scale = map(float, found)
            _, to_score = score_maps(family.base, shape)
            theta = np.array([float(family.link.forward(x, NUMPY)) for x in (lower, upper)])
            held = float(np.diff(ndtr(to_score((theta - location) / scale)))[0])
        except (ArithmeticError, LookupError, ValueError):  # of its optimizer, at extreme numbers
            held = nan
    if not isclose(held, mass, rel_tol=_MASS_OF_PRELIZ):
        raise ParameterError(
            f"{family.name}: constrain",
            expected="bounds and a mass for which PreliZ finds the law of most entropy",
            given=f"lower={lower:g}, upper={upper:g}, mass={mass:g}; its law holds {held:g}",
            remedy='Use method="equal-tails", or other units.',
        )
    return location, scale


# How close PreliZ comes to a mass.
_MASS_OF_PRELIZ = 0.01


def _preliz_distribution(family: Family, asked: str) -> Any:
    if not family.in_pymc and family.counterpart is None:
        raise UnsupportedError(
            f"{family.name}: {asked}",
            expected="a distribution that PreliZ has",
            given=family.distribution,
            remedy='Use sample_prior, or constrain with method="equal-tails".',
        )
    import preliz  # slow to import, and rarely asked for

    return getattr(preliz, family.distribution)
