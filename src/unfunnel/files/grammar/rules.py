"""What a file may state, as plain data: distributions and families with their parameters.

``grammar.json`` is written by ``docs/make_schema.py`` from the installed PyMC and from
:mod:`unfunnel.families`, and a test holds it to them. Reading it imports neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from unfunnel.intervals import REAL, Interval

PATH = Path(__file__).with_name("grammar.json")

#: What every prior takes beside its parameters, and what some take.
OPTIONS = ("dims", "centered", "transform")
ZERO_SUM = ("zero_sum", "zero_sum_scale")

#: A parameter that a likelihood gets later: a prior may be without it.
LATER = "mu"


@dataclass(frozen=True)
class ParameterRule:
    """What may stand under the name of a parameter.

    Parameters
    ----------
    name : str
        The parameter.
    meaning : str
        What it is, in words; empty if nobody says.
    support : Interval
        Where its numbers lie.
    required : bool
        Whether a prior cannot be without it, or another one in its place.
    in_place_of : str, optional
        The parameter in whose place it stands.
    numbers_only : bool
        Whether it may not be a prior itself.
    within_bounds : bool
        Whether ``lower`` and ``upper`` of the prior move its support.
    truncates : bool
        Whether a hyperprior may reach out of the support.
    default : number or bool, optional
        What PyMC takes if it is not given; None if that depends, or there is none.
    """

    name: str
    meaning: str = ""
    support: Interval = REAL
    required: bool = False
    in_place_of: str | None = None
    numbers_only: bool = False
    within_bounds: bool = False
    truncates: bool = False
    default: float | bool | None = None

    @property
    def is_flag(self) -> bool:
        """Whether it is true or false."""
        return isinstance(self.default, bool)


@dataclass(frozen=True)
class Rule:
    """What a prior takes.

    Parameters
    ----------
    name : str
        Its ``dist``.
    parameters : mapping of str to ParameterRule
        By name.
    ours : bool
        Whether it is a family of this library, not a distribution of PyMC.
    support : tuple, optional
        Where the variable lies, as a lower and an upper end: a number, None for none, or the name
        of the parameter that is it. None if it is not known.
    bounds : mapping of str to float or None
        The bounds that it may be given, with their usual values.
    zero_sum : bool
        Whether its deviations may sum to zero.
    non_centered : tuple of str, optional
        For PyMC's: the parameters that ``centered: false`` needs; None if there is no such form.
    either : tuple of tuple of str
        Groups of parameters of which only one may be given: they say the same in two ways.
    """

    name: str
    parameters: Mapping[str, ParameterRule]
    ours: bool = False
    support: tuple[float | str | None, float | str | None] | None = None
    bounds: Mapping[str, float | None] = field(default_factory=dict)
    zero_sum: bool = False
    non_centered: tuple[str, ...] | None = None
    either: tuple[tuple[str, ...], ...] = ()

    @property
    def given(self) -> tuple[str, ...]:
        """Everything that may stand under ``kwargs``."""
        return (*self.parameters, *self.bounds)

    @property
    def options(self) -> tuple[str, ...]:
        """What it takes beside its parameters."""
        own = ZERO_SUM if self.zero_sum else () if self.ours else ("core_dims",)
        return (*OPTIONS, *own)

    @property
    def alternatives(self) -> dict[str, tuple[str, ...]]:
        """Each required parameter with all in its place, itself first."""
        return {
            name: (name, *(p.name for p in self.parameters.values() if p.in_place_of == name))
            for name, parameter in self.parameters.items()
            if parameter.required
        }


@cache
def rules() -> dict[str, Rule]:
    """Return the rule of each ``dist``: our families first, then PyMC's distributions."""
    return {
        **{name: _rule(name, data, ours=True) for name, data in _read()["families"].items()},
        **{name: _rule(name, data) for name, data in _read()["distributions"].items()},
    }


@cache
def not_in_files() -> dict[str, str]:
    """Return PyMC's distributions that a file cannot state, with what to do instead."""
    found: dict[str, str] = _read()["not_in_files"]
    return found


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def _rule(name: str, data: Mapping[str, Any], ours: bool = False) -> Rule:
    rest = {key: value for key, value in data.items() if key != "parameters"}
    for key in ("non_centered", "support"):
        if key in rest:
            rest[key] = tuple(rest[key])
    rest["either"] = tuple(map(tuple, data.get("either", ())))
    parameters = {key: _parameter(key, entry) for key, entry in data["parameters"].items()}
    return Rule(name, parameters, ours=ours, **rest)


def _parameter(name: str, data: Mapping[str, Any]) -> ParameterRule:
    rest = {key: value for key, value in data.items() if key != "support"}
    return ParameterRule(name, support=_interval(data.get("support", (None, None))), **rest)


def _interval(ends: Any) -> Interval:
    lower, upper = ends
    return Interval(REAL.lower if lower is None else lower, REAL.upper if upper is None else upper)
