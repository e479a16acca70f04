"""What a prior of each family or distribution takes: a row of plain records, the same for both.

The rules of priors (:mod:`unfunnel.prior.checks`) read rows and know neither PyMC nor numpy. A
family makes its own row; those of PyMC's distributions stand in ``files/grammar.json``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

from unfunnel.intervals import REAL, Interval

if TYPE_CHECKING:
    from unfunnel.families.base import Family

#: What every prior takes beside its parameters, and what some take.
OPTIONS = ("dims", "centered", "transform")
ZERO_SUM = ("zero_sum", "zero_sum_scale")

#: A parameter that a likelihood gets later: a prior may be without it.
LATER = "mu"


@dataclass(frozen=True)
class ParameterRow:
    """What may be given for one parameter."""

    name: str
    meaning: str = ""  # in words; empty if nobody says
    support: Interval = REAL
    required: bool = False  # this one, or another in its place
    in_place_of: str | None = None
    limited: bool = False  # by the other parameters, so that it may be no prior itself
    within_bounds: bool = False  # whether the bounds of the prior move its support
    truncates: bool = False  # whether a hyperprior may reach out of the support
    if_below: str = ""  # what to do if all that is given lies below the support
    default: float | bool | None = None  # of PyMC

    @property
    def is_flag(self) -> bool:
        """Whether it is true or false."""
        return isinstance(self.default, bool)

    @property
    def meant(self) -> str:
        """Its meaning in brackets, to be appended to a message."""
        return f" ({self.meaning})" if self.meaning else ""


@dataclass(frozen=True)
class Row:
    """What a prior takes whose ``dist`` has this name."""

    name: str
    parameters: Mapping[str, ParameterRow]
    # Of our families:
    ours: bool = False
    bounds: Mapping[str, float | None] = field(default_factory=dict)  # with their usual values
    support: Interval = REAL
    # Where deviations may sum to zero: the parameters on which the scale depends, by the one that
    # is given as the scale, and what the stated scale is by default.
    scale_of: Mapping[str, Collection[str]] = field(default_factory=dict)
    zero_sum_scale: str = ""
    # Of PyMC's distributions: the parameters that `centered: false` needs, None if there is no such
    # form; groups that say the same, of which one may be given; those that are ends of the support.
    non_centered: tuple[str, ...] | None = None
    either: tuple[tuple[str, ...], ...] = ()
    ends: tuple[str, ...] = ()

    @property
    def given(self) -> tuple[str, ...]:
        """All parameters and bounds."""
        return (*self.parameters, *self.bounds)

    @property
    def options(self) -> tuple[str, ...]:
        """What it takes beside its parameters."""
        own = ZERO_SUM if self.scale_of else () if self.ours else ("core_dims",)
        return (*OPTIONS, *own)

    @property
    def alternatives(self) -> dict[str, tuple[str, ...]]:
        """Each required parameter with all in its place, itself first."""
        return {
            name: (name, *(p.name for p in self.parameters.values() if p.in_place_of == name))
            for name, parameter in self.parameters.items()
            if parameter.required
        }

    def ratio_of(self, name: str) -> ParameterRow:
        """Return the parameter that goes in place of one that the others limit."""
        return next(p for p in self.parameters.values() if p.in_place_of == name)

    def at(self, bounds: Mapping[str, float | None]) -> Row:
        """Return the row of a prior with these bounds."""
        ends = {**self.bounds, **{key: end for key, end in bounds.items() if end is not None}}
        if ends == self.bounds:
            return self
        lower, upper = ends["lower"], ends["upper"]
        moved = Interval(-inf if lower is None else lower, inf if upper is None else upper)
        parameters = {
            name: replace(row, support=moved, if_below="") if row.within_bounds else row
            for name, row in self.parameters.items()
        }
        return replace(self, parameters=parameters, support=moved)


@cache
def row_of(family: Family) -> Row:
    """Return the row of a family, on its own support."""
    from unfunnel.families import FAMILIES  # rows of files are read without numpy
    from unfunnel.families.links import IDENTITY

    ratios = {ratio.of: ratio for ratio in family.ratios}
    moved = FAMILIES[family.name].at(lower=-3.0)
    rows = {}
    for name, parameter in family.known_parameters.items():
        rows[name] = ParameterRow(
            name,
            parameter.meaning,
            parameter.support,
            required=name in family.parameter_names[1:],
            in_place_of=next((r.of for r in family.ratios if r.name == name), None),
            limited=name in ratios and ratios[name].parameter.support.upper < inf,
            within_bounds=moved.known_parameters[name].support
            != FAMILIES[family.name].known_parameters[name].support,
            truncates=parameter.truncates,
            if_below=parameter.if_below,
        )
    normal = family.base.name == "Normal"
    bounds = FAMILIES[family.name].bounds._asdict() if family.bound_names else {}
    return Row(
        family.name,
        rows,
        ours=True,
        bounds=bounds,
        support=Interval(*family.link.support),
        scale_of=_scale_of(family) if normal else {},
        zero_sum_scale=""
        if not normal
        else "population"
        if family.link is IDENTITY
        else "marginal",
    )


def _scale_of(family: Family) -> dict[str, list[str]]:
    """Return the parameters on which the scale depends, by the one given as the scale."""
    import numpy as np

    from unfunnel.families.ops import NUMPY

    found: dict[str, list[str]] = {}
    for scale in ("sigma", *(ratio.name for ratio in family.ratios)):
        names = [*family.parameter_names[:1], scale]
        found[scale] = []
        for name in names:
            # Inside the support of every parameter, positive or a probability: shapes count only.
            numbers: dict[str, Any] = {each: np.full(1 + (each == name), 0.25) for each in names}
            with np.errstate(all="ignore"):
                _, size = family.location_scale(family.stated(numbers, NUMPY), NUMPY)
            if np.size(size) > 1:
                found[scale].append(name)
    return found
