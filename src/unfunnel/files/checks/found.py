"""What stands in a file, in words: short, whatever it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from sys import float_info
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.grammar.shapes_of_values import is_number
from unfunnel.files.yaml_words import as_decimal, plain_scalar

_LONGEST = 40
_MOST_KEYS = 6


def found(value: Any) -> str:
    """Describe a value of a file, never the whole of it.

    Parameters
    ----------
    value : object
        Plain data.

    Returns
    -------
    str
        For example ``"the string '1e-3'"`` or ``"a mapping with 'mu' and 'sigma'"``.

    Examples
    --------
    >>> from unfunnel.files.checks.found import found
    >>> found([1, 2, 3]), found(None), found(True)
    ('a list of 3', 'nothing (null)', 'true')
    """
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the string {_short(repr(value))}"
    if isinstance(value, int | float):
        return _short(_digits(value))
    if isinstance(value, date):
        return f"the date {value}"
    if isinstance(value, Mapping):
        return f"a mapping with {keys(value)}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"{_short(repr(value))} of type {type(value).__name__}"


def keys(names: Any) -> str:
    """List the first keys of a mapping."""
    shown = [_short(str(name)) for name in names]
    more = len(shown) - _MOST_KEYS
    return listed(shown) if more <= 0 else f"{listed(shown[:_MOST_KEYS])} and {more} more keys"


def misread(value: Any) -> str:
    """Return what to do about a value that is read otherwise than it looks; empty if there is none.

    Parameters
    ----------
    value : object
        Plain data.

    Examples
    --------
    >>> from unfunnel.files.checks.found import misread
    >>> misread("1e-3")
    'YAML reads 1e-3 as a string even without quotes: write 1.0e-3 without them.'
    >>> misread("0.5"), misread("a half")
    ('It is a number in quotes: write 0.5 without them.', '')
    """
    if value is None:
        return "Give it a value or remove the key."
    if isinstance(value, date):
        return "YAML reads it as a date: put it in quotes."
    if not isinstance(value, str):
        return ""
    text = value.strip()
    number, _ = plain_scalar(text)
    if is_number(number) and abs(number) <= float_info.max:
        return f"It is a number in quotes: write {text} without them."
    usual = as_decimal(text)
    if usual is None or not isfinite(float(usual)):
        return ""
    return f"YAML reads {text} as a string even without quotes: write {usual} without them."


def _digits(value: float) -> str:
    try:
        return repr(value)
    except ValueError:  # more digits than Python writes
        return f"a number of {value.bit_length()} bits" if isinstance(value, int) else "a number"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
