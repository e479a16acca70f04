"""Checks of numbers and hyperpriors that users state: what was expected, what was given."""

from __future__ import annotations

import warnings
from math import inf, isfinite
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from unfunnel.distributions.supports import Support, hyperprior_inside
from unfunnel.errors import ParameterError, ParameterTypeError, SupportWarning, described
from unfunnel.families import Parameter
from unfunnel.intervals import POSITIVE


def is_number(value: Any) -> bool:
    """Whether something is a real number; booleans and arrays are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def require_number(subject: str, name: str, value: Any) -> None:
    """Refuse what is not a number, booleans and arrays included."""
    if not is_number(value):
        raise ParameterTypeError(
            subject,
            expected=f"{name} to be a number",
            given=f"{described(value)} of type {type(value).__name__}",
        )


def number_between(subject: str, name: str, value: Any, lower: float, upper: float = inf) -> float:
    """Return a number of an open interval as a float, or refuse it."""
    require_number(subject, name, value)
    if not (lower < value < upper and isfinite(value)):
        kind = "positive and finite" if (lower, upper) == (0, inf) else f"in ({lower}, {upper})"
        raise ParameterError(subject, expected=f"{name} to be {kind}", given=f"{value}")
    return float(value)


def the_one_given(subject: str, **numbers: Any) -> str:
    """Return the name of the one argument that is not None; refuse none and more than one."""
    given = [name for name, value in numbers.items() if value is not None]
    if len(given) != 1:
        raise ParameterError(
            subject,
            expected=f"exactly one of {' and '.join(f'{name}=' for name in numbers)}",
            given=" and ".join(f"{name}={numbers[name]}" for name in given) or "none of them",
        )
    return given[0]


def check_parameter_values(subject: str, parameter: Parameter, values: np.ndarray) -> None:
    """Refuse numbers outside the support of a parameter; the message says which element."""
    bad = ~np.isfinite(values)
    inside = parameter.support.holds(values)
    if inside is not None:
        bad |= ~inside
    if not bad.any():
        return
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    where = f" at index {index if len(index) > 1 else index[0]}" if index else ""
    zero = values[index] == 0 and parameter.support == POSITIVE
    below = parameter.if_below if (values < parameter.support.lower).all() else ""
    raise ParameterError(
        subject,
        expected=f"{parameter.support.numbers} ({parameter.meaning})",
        given=f"{values[index]}{where}",
        remedy=_ZERO_REMEDY if zero else below,
    )


_ZERO_REMEDY = (
    "A standard deviation of 0 is complete pooling, and a mean of 0 leaves nothing positive."
)


def check_support(
    subject: str, parameter: Parameter, support: Support, value: object, warn: bool = True
) -> None:
    """Refuse a hyperprior that reaches where its parameter may not be; warn where that is unknown.

    ``value`` is the hyperprior, or what it is called in messages.
    """
    allowed = parameter.support
    shown = value if isinstance(value, str) else described(value)
    if support.leaves(allowed):
        outside = support.outside(allowed)
        if not parameter.truncates:
            raise ParameterError(
                subject,
                expected=f"a hyperprior with {allowed.support} ({parameter.meaning})",
                given=f"{shown}, which puts mass {outside}",
                remedy=hyperprior_inside(allowed),
            )
        text = (
            f"{subject}: {shown} puts mass {outside}, where the density is zero "
            f"({parameter.meaning}): it is truncated there, and draws from the prior are NaN. "
            f"{hyperprior_inside(allowed)}"
        )
    elif support.stays_in(allowed):
        return
    else:
        stays = "positive" if allowed == POSITIVE else f"inside {allowed.interval}"
        text = (
            f"{subject}: could not establish that {shown} stays {stays}. Where it does "
            f"not, the density is zero. Use a hyperprior with {allowed.support} if you can."
        )
    if warn:
        warnings.warn(text, SupportWarning, skip_file_prefixes=(str(Path(__file__).parents[1]),))
