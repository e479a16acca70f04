"""Parameters from an interval and the probability in it: closed form for every family.

The link of a family is monotone and its base law has a quantile function, so two quantiles are two
linear equations for location and scale.
"""

from __future__ import annotations

from typing import Any

from unfunnel.distributions.value_checks import finite_parameters, require_number
from unfunnel.errors import ParameterError
from unfunnel.families import Family
from unfunnel.families.ops import NUMPY


def check_interval(
    subject: str, family: Family, bounds: dict[str, Any], mass: Any
) -> tuple[float, float, float]:
    """Return lower bound, upper bound and mass as floats, or refuse them.

    Parameters
    ----------
    subject : str
        What is stated, for messages.
    family : Family
        In whose support the bounds must be.
    bounds : dict
        The lower and the upper one, by the names of the arguments.
    mass : object
        The probability between them.

    Raises
    ------
    ParameterTypeError
        If one of them is not a number.
    ParameterError
        If the bounds are in the wrong order or outside the support, or the mass is not in (0, 1).
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


def equal_tails(
    family: Family, low: float, high: float, mass: float, shape: tuple[float, ...] = ()
) -> tuple[float, float]:
    """Return the location and scale that leave ``(1 - mass) / 2`` on each side.

    With ``z`` the quantiles of the base law, ``link(low) = location + scale * z_low`` and
    ``link(high) = location + scale * z_high``.
    """
    z_low, z_high = (
        family.base.quantile(p, NUMPY, *shape) for p in ((1 - mass) / 2, (1 + mass) / 2)
    )
    at_low, at_high = (float(family.link.forward(x, NUMPY)) for x in (low, high))
    width = z_high - z_low
    location = at_low * (z_high / width) - at_high * (z_low / width)
    return location, (at_high - at_low) / width


def from_interval(
    family: Family, low: Any, high: Any, mass: Any, shape: tuple[float, ...] = ()
) -> dict[str, float]:
    """Return the parameters under which ``low`` and ``high`` are the ends of an interval.

    Parameters
    ----------
    family : Family
        Of the prior.
    low, high : float
        The ``(1 - mass) / 2`` and ``(1 + mass) / 2`` quantiles, in natural units.
    mass : float
        The probability between them, in (0, 1).
    shape : tuple of float, default ()
        The parameters of the base law.

    Returns
    -------
    dict of str to float
        Mean and standard deviation, by parameter.

    Raises
    ------
    ParameterError
        If bounds or mass cannot be meant, or the moments are too large to be numbers.

    Examples
    --------
    >>> from unfunnel.families import NORMAL_IDENTITY
    >>> from unfunnel.moments.quantiles import from_interval
    >>> from_interval(NORMAL_IDENTITY, -1, 3, mass=0.5)["mu"]
    1.0
    """
    subject = f"{family.name}: from_quantiles"
    low, high, mass = check_interval(subject, family, {"low": low, "high": high}, mass)
    location, scale = equal_tails(family, low, high, mass, shape)
    return finite_parameters(subject, lambda: family.moments(location, scale, NUMPY, *shape))
