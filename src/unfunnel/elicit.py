"""Constant priors by what they should look like: PreliZ objects, and moments from bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.errors import ParameterError, UnsupportedError, nearest
from unfunnel.families import Family
from unfunnel.ops import NUMPY

_METHODS = ("equal-tails", "maxent")


def constant_parameters(
    family: Family, parameters: Mapping[str, Any], transform: str | None, asked: str
) -> dict[str, float]:
    """Return the parameters as numbers, or say why ``asked`` cannot be answered for this prior."""
    subject = f"{family.name}: {asked}"
    for key, value in parameters.items():
        if not isinstance(value, int | float):
            raise UnsupportedError(
                subject,
                expected="constant scalar parameters",
                given=f"{key}={value!r}",
                remedy="Ask it of a prior with numbers; for this one use sample_prior.",
            )
    if transform is not None:
        raise UnsupportedError(
            subject, expected="a prior without transform=", given=f"transform={transform!r}"
        )
    return {key: float(value) for key, value in parameters.items()}


def to_preliz(family: Family, parameters: dict[str, float]) -> Any:
    """Return the PreliZ distribution with these natural-scale parameters."""
    import preliz  # slow to import, and rarely asked for

    location, scale = family.location_scale(parameters, NUMPY)
    return getattr(preliz, family.distribution)(float(location), float(scale))


def constrained(
    family: Family,
    lower: float,
    upper: float,
    mass: float,
    method: str,
    kwargs: dict[str, Any] | None,
) -> dict[str, float]:
    """Return the natural-scale parameters that put ``mass`` between the bounds.

    Parameters
    ----------
    family : Family
        Of the prior.
    lower, upper : float
        Inside its support, in this order.
    mass : float
        In (0, 1).
    method : {"equal-tails", "maxent"}
        See :meth:`unfunnel.prior.NaturalPrior.constrain`.
    kwargs : dict or None
        For ``preliz.maxent``.

    Returns
    -------
    dict of str to float
        By parameter.

    Raises
    ------
    ParameterError
        If bounds, mass or method cannot be meant.
    """
    subject = f"{family.name}: constrain"
    if not family.link.lower < lower < upper < family.link.upper:
        raise ParameterError(
            subject,
            expected=f"{family.link.lower} < lower < upper < {family.link.upper}",
            given=f"lower={lower}, upper={upper}",
        )
    if not 0 < mass < 1:
        raise ParameterError(subject, expected="mass in (0, 1)", given=f"{mass}")
    if method not in _METHODS:
        raise ParameterError(
            subject,
            expected=f"method to be one of {_METHODS}",
            given=repr(method),
            remedy=nearest(method, _METHODS).strip(),
        )
    if method == "maxent":
        location, scale = _maximum_entropy(family, lower, upper, mass, kwargs)
    else:
        location, scale = _equal_tails(family, lower, upper, mass)
    return {key: float(value) for key, value in family.moments(location, scale, NUMPY).items()}


def _equal_tails(family: Family, lower: float, upper: float, mass: float) -> tuple[Any, Any]:
    low, high = family.link.forward(lower, NUMPY), family.link.forward(upper, NUMPY)
    z = family.base.quantile((1 + mass) / 2)
    return (low + high) / 2, (high - low) / (2 * z)


def _maximum_entropy(
    family: Family, lower: float, upper: float, mass: float, kwargs: dict[str, Any] | None
) -> tuple[Any, Any]:
    import preliz

    distribution = getattr(preliz, family.distribution)()
    result = preliz.maxent(distribution, lower, upper, mass, **{"plot": False, **(kwargs or {})})
    fitted = distribution if result is None else result
    return tuple(fitted[0].params if isinstance(fitted, tuple) else fitted.params)
