"""As JSON Schema, what has to hold between the keys of a prior.

:mod:`unfunnel.files.checks.consistency` says the same in Python, with better messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unfunnel.files.grammar.rules import LATER, Rule

#: The place beside the name of the prior, and the place under ``kwargs``.
BESIDE, UNDER = "", "kwargs"

type JsonSchema = dict[str, Any]


def of_prior(rule: Rule, places: tuple[str, ...]) -> JsonSchema:
    """Return what holds between the keys of a prior whose parameters stand at these places."""
    said = [_one_of(names, places) for names in rule.alternatives.values() if names != (LATER,)]
    said += [
        {"not": {"allOf": [_at(place, name) for place in places]}}
        for name in rule.given
        if len(places) > 1 and name not in sum(rule.alternatives.values(), ())
    ]
    if not rule.ours:
        said.append(_non_centered(rule, places))
    if rule.zero_sum:
        said.append(_ZERO_SUM)
    return {"allOf": said} if said else {}


def of_by_coord(places: tuple[str, ...]) -> JsonSchema:
    """Return what holds between the keys of a ``ByCoord``."""
    listed = _somewhere("members", places, {"type": "array"})
    mapped = _somewhere("members", places, {"type": "object"})
    labels = _somewhere("labels", places)
    return {
        "allOf": [
            *(_one_of((name,), places) for name in ("dim", "members")),
            *(
                {"not": {"allOf": [_at(place, name) for place in places]}}
                for name in ("labels", "default")
            ),
            {"if": listed, "then": labels},
            {"if": mapped, "then": {"not": labels}},
        ]
    }


def of_censored(ours: Iterable[str]) -> JsonSchema:
    """Return what holds of the distribution inside a ``Censored``."""
    names = list(ours)
    return {
        "not": {"required": ["transform"]},
        "if": _at(BESIDE, "centered", {"const": False}),
        "then": {"anyOf": [_at(BESIDE, key, {"enum": names}) for key in ("dist", "distribution")]},
        "properties": {"centered": {"not": {"const": "offset"}}},
    }


def _non_centered(rule: Rule, places: tuple[str, ...]) -> JsonSchema:
    if rule.non_centered is None:
        return {"properties": {"centered": {"const": True}}}
    needed = {"allOf": [_somewhere(name, places) for name in rule.non_centered]}
    return {"if": _at(BESIDE, "centered", {"const": False}), "then": needed}


def _at(place: str, name: str, test: JsonSchema | None = None) -> JsonSchema:
    """Say that a key is there, and stands for something of this kind."""
    found: JsonSchema = {"required": [name]}
    if test:
        found["properties"] = {name: test}
    if place == BESIDE:
        return found
    return {"properties": {place: {"type": "object", **found}}, "required": [place]}


def _somewhere(name: str, places: tuple[str, ...], test: JsonSchema | None = None) -> JsonSchema:
    found = [_at(place, name, test) for place in places]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _one_of(names: tuple[str, ...], places: tuple[str, ...]) -> JsonSchema:
    """Say that exactly one of the parameters is there, at one place."""
    found = [_at(place, name) for place in reversed(places) for name in names]
    return found[0] if len(found) == 1 else {"oneOf": found}


_ZERO_SUM: JsonSchema = {
    "dependentRequired": {"zero_sum_scale": ["zero_sum"]},
    "if": {"required": ["zero_sum"]},
    "then": {"properties": {"zero_sum": {"minItems": 1}, "centered": {"not": {"const": "offset"}}}},
}
