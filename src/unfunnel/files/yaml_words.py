"""Words of YAML without quotes: what they are, where every reader of YAML agrees on it.

Readers of YAML 1.1, as PyYAML is, and of 1.2 disagree: ``no`` is false or a text, ``012`` ten or
twelve, ``1e-3`` a text or a number, ``1:30`` ninety or a text, ``2024-01-01`` a date or a text.
None of these is read as one or the other: each is a problem that says how to write what is meant.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from unfunnel.files.problems import Problem

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
