"""Constant priors by what they should look like: PreliZ objects, and moments from bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.distributions.value_checks import finite_parameters
from unfunnel.errors import ParameterError, UnsupportedError, nearest
from unfunnel.families import Family
from unfunnel.families.ops import NUMPY
from unfunnel.moments.quantiles import check_interval, equal_tails

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
    numbers = {key: float(value) for key, value in parameters.items()}
    return {key: float(value) for key, value in family.stated(numbers, NUMPY).items()}


def to_preliz(family: Family, parameters: dict[str, float]) -> Any:
    """Return the PreliZ distribution with these natural-scale parameters.

    Raises
    ------
    UnsupportedError
        If PreliZ has no such distribution.
    """
    location, scale = family.location_scale(parameters, NUMPY)
    law = (*family.shape(parameters), location, scale)
    if family.counterpart is not None:
        law = family.counterpart.parameters(location, scale, NUMPY)
    return _preliz_distribution(family, f"{family.name}: preliz")(*map(float, law))


def _preliz_distribution(family: Family, subject: str) -> Any:
    if not family.in_pymc and family.counterpart is None:
        raise UnsupportedError(
            subject,
            expected="a distribution that PreliZ has",
            given=family.distribution,
            remedy='Use sample_prior, or constrain with method="equal-tails".',
        )
    import preliz  # slow to import, and rarely asked for

    return getattr(preliz, family.distribution)


def constrained(
    family: Family,
    parameters: dict[str, float],
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
    parameters : dict
        Of the prior. Those of the base law are kept.
    lower, upper : float
        Inside its support, in this order.
    mass : float
        In (0, 1).
    method : {"equal-tails", "maxent"}
        See :meth:`unfunnel.prior.base.NaturalPrior.constrain`.
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
    lower, upper, mass = check_interval(subject, family, {"lower": lower, "upper": upper}, mass)
    if method not in _METHODS:
        raise ParameterError(
            subject,
            expected=f"method to be one of {_METHODS}",
            given=repr(method),
            remedy=nearest(method, _METHODS).strip(),
        )
    shape = family.shape(parameters)
    if method == "maxent":
        location, scale = _maximum_entropy(family, shape, lower, upper, mass, kwargs)
    else:
        location, scale = equal_tails(family, lower, upper, mass, shape)
    kept = dict(zip(family.base.shape, shape, strict=True))
    moments = finite_parameters(subject, lambda: family.moments(location, scale, NUMPY, *shape))
    return moments | kept


def _maximum_entropy(
    family: Family,
    shape: tuple[float, ...],
    lower: float,
    upper: float,
    mass: float,
    kwargs: dict[str, Any] | None,
) -> tuple[Any, Any]:
    distribution = _preliz_distribution(family, f"{family.name}: constrain")(*shape)
    import preliz

    result = preliz.maxent(distribution, lower, upper, mass, **{"plot": False, **(kwargs or {})})
    fitted = distribution if result is None else result
    found = (fitted[0] if isinstance(fitted, tuple) else fitted).params[-2:]
    if family.counterpart is not None:
        return family.counterpart.location_scale(*found, NUMPY)
    return tuple(found)
