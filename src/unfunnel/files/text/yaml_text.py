"""YAML to plain data: the part of it that every reader of YAML reads alike.

Readers of YAML 1.1, as PyYAML is, and of 1.2 disagree on plain words: ``no`` is false or a word,
``012`` ten or twelve, ``1e-3`` a text or a number, ``1:30`` ninety or a text, ``2024-01-01`` a date
or a text. None of these is read as one or the other: each is named, with how to write what is
meant. Tags are refused, so that nothing is made or run that is not plain data. Anchors and merge
keys are written out while reading, and count towards the size of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, nan
from typing import Any

import yaml

from unfunnel.files.text.tree import MAX_WORD, MERGE, Refused, Surprise, Tree

_QUOTES = "Put it in quotes if a text is meant."
_DATES = 'Labels that are dates are {dtype: "datetime64[ns]", data: ["2024-01-31"]}.'

_NULL = re.compile(r"null|Null|NULL|~")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")

_WORD = re.compile(r"(yes|on)|no|off", re.IGNORECASE)
_EXPONENT = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[eE]([-+]?)([0-9]+)")
_OTHER_BASE = re.compile(r"[-+]?0(?:[0-9]+|[oO][0-7]+|[xX][0-9a-fA-F_]+|[bB][01_]+)")
_UNDERSCORES = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")


@dataclass(frozen=True)
class _Event:
    """A scalar, the beginning of a mapping or a list (``open``), or the end of one (``close``)."""

    kind: str
    line: int
    value: Any = None
    surprise: Surprise | None = None


def parse_yaml(text: str) -> Tree:
    """Read YAML.

    Raises
    ------
    Refused
        If it is no YAML, more than one document, or larger than a file of priors.
    """
    tree = Tree()
    try:
        for event in _written_out(text):
            if event.kind == "close":
                tree.end()
            elif event.kind == "open":
                tree.begin(event.value(), event.line)
            else:
                tree.scalar(event.value, event.line, event.surprise)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(
            str(error.problem or error.context), "YAML", line=mark and mark.line + 1
        ) from None
    except yaml.YAMLError as error:
        raise Refused(" ".join(str(error).split()), "YAML") from None
    return tree


def _written_out(text: str) -> Iterator[_Event]:
    """Give the events of a document with every alias replaced by what its anchor names."""
    anchored: dict[str, list[_Event]] = {}
    recording: list[tuple[str, int, list[_Event]]] = []  # anchor, levels still open, events
    documents = 0
    for raw in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        line = raw.start_mark.line + 1
        if isinstance(raw, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Refused("a second document", "one document in a file", line=line)
        if isinstance(raw, yaml.AliasEvent):
            if raw.anchor not in anchored:
                name = raw.anchor[:60]
                inside = any(own == raw.anchor for own, _, _ in recording)
                found = f"*{name} inside of itself" if inside else f"no anchor &{name}"
                raise Refused(found, f"&{name} complete above *{name}", line=line)
            events = anchored[raw.anchor]
        elif (event := _event(raw, line)) is not None:
            if getattr(raw, "anchor", None) and event.kind != "close":
                recording.append((raw.anchor, 0, []))
            events = [event]
        else:
            continue
        yield from events
        recording = list(_recorded(recording, events, anchored))


def _recorded(
    recording: list[tuple[str, int, list[_Event]]],
    events: list[_Event],
    anchored: dict[str, list[_Event]],
) -> Iterator[tuple[str, int, list[_Event]]]:
    """Add events to all that is being recorded; keep what is complete under its anchor."""
    change = sum((event.kind == "open") - (event.kind == "close") for event in events)
    for name, levels, so_far in recording:
        so_far.extend(events)
        if levels + change == 0:
            anchored[name] = so_far
        else:
            yield name, levels + change, so_far


def _event(raw: Any, line: int) -> _Event | None:
    if isinstance(raw, yaml.SequenceEndEvent | yaml.MappingEndEvent):
        return _Event("close", line)
    if not isinstance(raw, yaml.NodeEvent):
        return None
    tag = (
        None if raw.tag is None else Surprise(f"the tag {raw.tag[:60]}", "plain data", "Remove it.")
    )
    if not isinstance(raw, yaml.ScalarEvent):
        if tag is not None:
            raise Refused(tag.found, tag.expected, tag.remedy, line)
        return _Event("open", line, list if isinstance(raw, yaml.SequenceStartEvent) else dict)
    if tag is not None or raw.style not in (None, ""):
        return _Event("scalar", line, raw.value, tag)
    return _Event("scalar", line, *plain_scalar(raw.value))


def plain_scalar(text: str) -> tuple[Any, Surprise | None]:
    """Return what a word without quotes is, and what is odd about it.

    Examples
    --------
    >>> from unfunnel.files.text.yaml_text import plain_scalar
    >>> plain_scalar("0.5"), plain_scalar("geo")
    ((0.5, None), ('geo', None))
    >>> plain_scalar("1e-3")[1].remedy
    'Write 1.0e-3 for the number; in quotes it is a text.'
    """
    if len(text) > MAX_WORD:
        return text, None  # the tree refuses it
    if _NULL.fullmatch(text):
        return None, None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true", None
    if _INTEGER.fullmatch(text):
        return int(text), None
    if _FLOAT.fullmatch(text):
        return float(text), None
    if match := _INFINITE.fullmatch(text):
        return (-inf if match[1] == "-" else inf), None
    if _NAN.fullmatch(text):
        return nan, None
    if text == "<<":
        return MERGE, None
    return text, _surprise(text)


def with_point_and_sign(text: str) -> str | None:
    """Return a number with an exponent as all readers of YAML read it; None for other texts."""
    match = _EXPONENT.fullmatch(text)
    if match is None:
        return None
    mantissa = match[1] if "." in match[1] else f"{match[1]}.0"
    return f"{mantissa}e{match[2] or '+'}{match[3]}"


def _surprise(text: str) -> Surprise | None:
    """Say why a word is read differently by different readers of YAML; None if it is not."""
    if text == "":
        return Surprise(
            "nothing, which YAML reads as null", "a value", 'Write it, or "" for an empty text.'
        )
    if match := _WORD.fullmatch(text):
        meant = "true" if match[1] else "false"
        return Surprise(
            f"the word {text}, which is {meant} to some readers of YAML and a text to others",
            f"{meant}, or a text in quotes",
        )
    if (number := with_point_and_sign(text)) is not None:
        return Surprise(
            f"{text}, which is a text to some readers of YAML and a number to others",
            "a number with a decimal point and a signed exponent",
            f"Write {number} for the number; in quotes it is a text.",
        )
    if _DATE.fullmatch(text):
        return Surprise(
            f"{text}, which is a date to some readers of YAML and a text to others",
            "it in quotes",
            _DATES,
        )
    for pattern, what in _AMBIGUOUS:
        if pattern.fullmatch(text):
            return Surprise(
                f"{text}, which is {what} to some readers of YAML and something else to others",
                "a decimal number, or a text in quotes",
                _QUOTES,
            )
    if text == "=":
        return Surprise("= without quotes, a sign of YAML", "a value", _QUOTES)
    return None


_AMBIGUOUS = (
    (_OTHER_BASE, "a number of another base than ten"),
    (_UNDERSCORES, "a number"),
    (_SEXAGESIMAL, "a number of base sixty"),
)
