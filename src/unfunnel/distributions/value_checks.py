"""Checks of numbers that users state: what was expected, what was given."""

from __future__ import annotations

from math import inf, isfinite
from numbers import Real
from typing import Any

from unfunnel.errors import ParameterError, ParameterTypeError, described


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
    try:
        float(value)
    except OverflowError:
        raise ParameterError(
            subject,
            expected=f"{name} to be a number in the range of floats",
            given="an integer beyond it",
        ) from None


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
