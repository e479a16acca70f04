"""Numbers that a statement is made of, checked: what was expected, what was given, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, isfinite
from numbers import Real
from typing import Any

import numpy as np

from unfunnel.errors import ParameterError, ParameterTypeError, described


def is_number(value: Any) -> bool:
    """Whether something is a real number; booleans and arrays are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def require_number(subject: str, name: str, value: Any) -> None:
    """Refuse what is not a number.

    Raises
    ------
    ParameterTypeError
        For anything else, booleans and arrays included.
    """
    if not is_number(value):
        raise ParameterTypeError(
            subject,
            expected=f"{name} to be a number",
            given=f"{described(value)} of type {type(value).__name__}",
        )


def number_between(subject: str, name: str, value: Any, lower: float, upper: float = inf) -> float:
    """Return a number of an open interval as a float, or refuse it.

    Parameters
    ----------
    subject : str
        What is stated, for messages: ``"LogNormalExp: from_mode"``.
    name : str
        Of the argument.
    value : object
        What was given.
    lower, upper : float
        The open interval.

    Raises
    ------
    ParameterTypeError
        If it is no number.
    ParameterError
        If it is not finite, or outside the interval.
    """
    require_number(subject, name, value)
    if not (isfinite(value) and lower < value < upper):
        kind = "positive and finite" if (lower, upper) == (0, inf) else f"in ({lower}, {upper})"
        raise ParameterError(subject, expected=f"{name} to be {kind}", given=f"{value}")
    return float(value)


def the_one_given(subject: str, **numbers: Any) -> str:
    """Return the name of the one argument that is not None.

    Raises
    ------
    ParameterError
        If there is none, or more than one.
    """
    given = [name for name, value in numbers.items() if value is not None]
    if len(given) != 1:
        raise ParameterError(
            subject,
            expected=f"exactly one of {' and '.join(f'{name}=' for name in numbers)}",
            given=" and ".join(f"{name}={numbers[name]}" for name in given) or "none of them",
        )
    return given[0]


def finite_parameters(subject: str, compute: Callable[[], Mapping[str, Any]]) -> dict[str, float]:
    """Return computed parameters as floats, or say that they lie beyond the range of floats.

    A lognormal law with a very wide interval has moments of ten to the power of hundreds, although
    its quantiles are ordinary numbers.

    Raises
    ------
    ParameterError
        If one of them overflows.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = {key: float(value) for key, value in compute().items()}
    if all(isfinite(value) for value in found.values()):
        return found
    raise ParameterError(
        subject,
        expected="a statement whose mean and standard deviation are finite numbers",
        given=", ".join(f"{key}={value}" for key, value in found.items()),
        remedy="State less spread: a narrower interval, or more mass in it.",
    )
