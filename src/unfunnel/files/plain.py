"""What plain data are: their kinds and shapes, in words; and what a word of YAML stands for.

Readers of YAML 1.1, as PyYAML is, and of 1.2 disagree about words without quotes: ``no`` is false
or a text, ``012`` ten or twelve, ``1e-3`` a text or a number, ``1:30`` ninety or a text,
``2024-01-01`` a date or a text. None of these is read as one or the other: each is a problem that
says how to write what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from math import isfinite
from sys import float_info
from typing import Any

import yaml

from unfunnel.errors import closest, listed
from unfunnel.files.problems import Problem

#: Keys that say what a mapping describes.
DISCRIMINATORS = ("dist", "distribution", "class")

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?")
#: What fits into nanoseconds around 1970.
_FIRST_DATE, _LAST_DATE = datetime(1677, 9, 21, 0, 12, 44), datetime(2262, 4, 11, 23, 47, 16)

#: Levels beyond which nobody walks.
_DEEPEST = 100

_LONGEST = 40
_MOST_KEYS = 6

#: What people call the parameters that are `mu` and `sigma` here.
_SYNONYMS = {
    **dict.fromkeys(("mean", "loc", "location"), "mu"),
    **dict.fromkeys(("sd", "std", "stddev", "scale"), "sigma"),
    **{"rate": "lam", "df": "nu", "low": "lower", "min": "lower", "high": "upper", "max": "upper"},
}


def is_number(value: Any) -> bool:
    """Whether a value is a number that a float holds, which true and false are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) <= float_info.max


def is_deep(value: Any) -> bool:
    """Whether something has more levels than anybody reads, or holds itself."""
    left = [(value, 0)]
    while left:
        each, depth = left.pop()
        if depth > _DEEPEST:
            return True
        if isinstance(each, Mapping):
            left.extend((inner, depth + 1) for inner in each.values())
        elif is_list(each):
            left.extend((inner, depth + 1) for inner in each)
    return False


def is_list(value: Any) -> bool:
    """Whether a value is a list, which in plain data from Python may be a tuple."""
    return isinstance(value, list | tuple)


def is_labelled(value: Any) -> bool:
    """Whether a value describes a labelled array."""
    return (
        isinstance(value, Mapping)
        and value.get("class") == "DataArray"
        and not any(key in value for key in DISCRIMINATORS[:2])
    )


def shape(value: Any) -> tuple[int, ...] | None:
    """Return the lengths of a nested list along its axes, () for an element; None if ragged."""
    if not is_list(value):
        return ()
    rows: set[tuple[int, ...] | None] = {shape(row) for row in value}
    inner = next(iter(rows), ())
    return None if len(rows) > 1 or inner is None else (len(value), *inner)


def elements(value: Any, index: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Walk through the elements of a nested list; an empty list is one."""
    if is_list(value) and value:
        for i, each in enumerate(value):
            yield from elements(each, (*index, i))
    else:
        yield index, value


def shown(value: Any) -> str:
    """Describe a value of a file, never the whole of it."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the string {_short(repr(value))}"
    if isinstance(value, int) and not is_number(value):
        return f"a number of {value.bit_length()} bits, too large for a float"
    if isinstance(value, int | float):
        return _short(repr(value))
    if isinstance(value, date):
        return f"the date {value}"
    if isinstance(value, Mapping):
        return f"a mapping with {_keys(value)}" if value else "an empty mapping"
    if is_list(value):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"{_short(repr(value))} of type {type(value).__name__}"


def _keys(names: Iterable[Any]) -> str:
    texts = [_short(str(name)) for name in names]
    more = len(texts) - _MOST_KEYS
    return listed(texts) if more <= 0 else f"{listed(texts[:_MOST_KEYS])} and {more} more keys"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def misread(value: Any) -> str:
    """Return what to do about a value that is read otherwise than it looks, ``1e-3`` as a text."""
    if value is None:
        return "Give it a value or remove the key."
    if isinstance(value, date):
        return "YAML reads it as a date: put it in quotes."
    if not isinstance(value, str):
        return ""
    text = value.strip()
    number, _ = plain_scalar(text)
    if is_number(number):
        return f"It is a number in quotes: write {text} without them."
    usual = as_decimal(text)
    if usual is None or not isfinite(float(usual)):
        return ""
    return f"YAML reads {text} as a string even without quotes: write {usual} without them."


def suggestion(key: object, known: Iterable[str]) -> str | None:
    """Return the known name that a key is near to, or another word for; None if there is none."""
    names = list(known)
    near, other = closest(str(key), names), _SYNONYMS.get(str(key).lower())
    return other if near is None and other in names else near


def did_you_mean(key: object, known: Iterable[str]) -> str:
    """Return the question; empty if no name is near."""
    near = suggestion(key, known)
    return f"Did you mean {near!r}?" if near is not None else ""


def is_date(value: Any) -> bool:
    """Whether a text is a date as this library writes them, and in the range of nanoseconds."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        return _FIRST_DATE <= datetime.fromisoformat(value) <= _LAST_DATE
    except ValueError:
        return False


# -- words of YAML without quotes

#: The key ``<<``: what it holds are defaults for the mapping that has it.
MERGE = object()

_QUOTES = "Put it in quotes if a text is meant."
_DATES = 'Labels that are dates are {dtype: "datetime64[ns]", data: ["2024-01-31"]}.'

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
# What YAML 1.2 reads as a number; its other words are read alike by 1.1.
_NUMBER_OF_1_2 = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_DECIMAL = re.compile(r"([-+]?)([0-9]*)(\.[0-9]*)?(?:[eE]([-+]?)([0-9]+))?")


def plain_scalar(text: str) -> tuple[Any, Problem | None]:
    """Return what a word without quotes is, and what is wrong with it."""
    kind, number = _kind_in_1_1(text), _NUMBER_OF_1_2.fullmatch(text)
    if kind == "null" and text:
        return None, None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true", None
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text), None
    if kind == "float" and (number or text.lower().endswith((".inf", ".nan"))):
        return float(text.replace(".", "") if number is None else text), None
    if kind == "merge":
        return MERGE, None
    return text, None if kind == "str" and not number else _disagreement(text, kind)


def _kind_in_1_1(text: str) -> str:
    """Return what PyYAML takes a word for: ``"int"``, ``"timestamp"``, ``"str"``."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    return next((tag.rpartition(":")[2] for tag, word in resolvers if word.match(text)), "str")


def _disagreement(text: str, kind: str) -> Problem:
    """Return the problem of a word that readers of YAML read differently."""
    if kind == "null":
        empty = 'Write it, or "" for an empty text.'
        return Problem((), "nothing, which YAML reads as null", "a value", empty)
    if kind == "value":
        return Problem((), "= without quotes, a sign of YAML", "a value", _QUOTES)
    if kind == "bool":
        meant = "true" if text.lower() in ("yes", "on") else "false"
        given = f"the word {text}, which is {meant} to some readers of YAML and a text to others"
        return Problem((), given, f"{meant}, or a text in quotes")
    if kind == "timestamp":
        given = f"{text}, which is a date to some readers of YAML and a text to others"
        return Problem((), given, "it in quotes", _DATES)
    expected = "a decimal number, or a text in quotes"
    if (number := as_decimal(text)) is not None:
        given = f"{text}, which is a text to some readers of YAML and a number to others"
        remedy = f"Write {number} for the number; in quotes it is a text."
        return Problem((), given, expected, remedy)
    given = f"{text}, which is one number to some readers of YAML and another, or a text, to others"
    return Problem((), given, expected, _QUOTES)


def as_decimal(text: str) -> str | None:
    """Return a number as all readers of YAML read it: ``1.0e-3`` for ``1e-3``, 1000 for ``1_000``.

    None for what is no number, or one that already is so; also for ``012``, which may be ten.
    """
    match = _DECIMAL.fullmatch(text.replace("_", ""))
    if match is None or not (match[2] or (match[3] or ".") != "."):
        return None
    sign, whole, fraction, exponent_sign, exponent = match.groups()
    if fraction is None and exponent is None:
        usual = sign + whole
        return None if usual == text or not _INTEGER.fullmatch(usual) else usual
    usual = f"{sign}{whole or '0'}{fraction or '.0'}"
    usual += "" if exponent is None else f"e{exponent_sign or '+'}{exponent}"
    return None if usual == text else usual
