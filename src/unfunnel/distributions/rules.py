"""What may be given for a parameter: rows of what priors take, facts of values, and the rules.

Whoever makes a prior fills the facts from objects (:mod:`unfunnel.distributions.object_facts`), the
reader of files from plain data (:mod:`unfunnel.files.decode`). A family makes its own row; those of
PyMC's distributions stand in ``files/grammar.json``. Neither PyMC nor numpy is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from unfunnel.distributions.supports import UNKNOWN, Support, hyperprior_doubt, hyperprior_mistakes
from unfunnel.errors import Mistake, ParameterTypeError
from unfunnel.intervals import POSITIVE, REAL, Interval, Parameter

#: What every prior takes beside its parameters, and what some take.
OPTIONS = ("dims", "centered", "transform")
ZERO_SUM = ("zero_sum", "zero_sum_scale")

#: A parameter that a likelihood gets later: a prior may be without it.
LATER = "mu"

#: Kinds of values. ``FLAG`` and ``TEXT`` are options; ``UNCHECKED`` are tensors, or refused.
NUMBER, ARRAY, LABELLED, PRIOR, UNCHECKED, FLAG, TEXT, OTHER = (
    "number", "array", "DataArray", "prior", "unchecked", "flag", "text", "other",
)  # fmt: skip
NUMERIC = (NUMBER, ARRAY, LABELLED)


@dataclass(frozen=True)
class Row:
    """What a prior takes whose ``dist`` has this name."""

    name: str
    parameters: Mapping[str, Parameter]
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

    def ratio_of(self, name: str) -> Parameter:
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
            name: replace(each, support=moved, if_below="") if each.within_bounds else each
            for name, each in self.parameters.items()
        }
        return replace(self, parameters=parameters, support=moved)


@dataclass(frozen=True)
class Outside:
    """Numbers outside of an interval: where the first is, how it is shown, how many more there are.

    ``all_below`` tells whether everything that is given lies below the interval.
    """

    index: tuple[int, ...]
    number: Any
    more: int
    all_below: bool


def _no_numbers(_interval: Interval) -> None:
    return None


@dataclass(frozen=True)
class ValueFacts:
    """What the rules have to know of a value."""

    kind: str
    shown: str  # how messages show it
    #: Its numbers that lie outside of an interval, or are not finite.
    outside: Callable[[Interval], Outside | None] = _no_numbers
    shape: tuple[int, ...] = ()
    dims: tuple[str, ...] | None = None  # None if it does not say
    support: Support = UNKNOWN  # of a prior or a random variable, as far as it is known
    value: Any = None  # a number, or a function that returns the array
    remedy: str = ""  # what to do if it is of a kind that may not stand there


def parameter_mistakes(
    parameter: Parameter, facts: ValueFacts, *, limited_by: str = ""
) -> Iterator[Mistake]:
    """Return what is wrong with the value of a parameter.

    ``limited_by`` is the keyword to use in place of a parameter that may be no prior, as the others
    limit it.
    """
    if facts.kind == PRIOR and limited_by:
        yield Mistake(
            parameter.name,
            facts.shown,
            f"numbers{parameter.meant}: which are possible depends on the other parameters",
            f"Use {limited_by}=, which goes with any mean. For example "
            f"{limited_by}=Beta(alpha=2, beta=5).",
        )
    elif facts.kind in (*NUMERIC, PRIOR, UNCHECKED):
        yield from number_mistakes(parameter, facts)
        yield from hyperprior_mistakes(parameter, facts.support, facts.shown)
    else:
        positive = parameter.support == POSITIVE
        others = parameter.support.numbers.removeprefix("finite numbers")
        number = "a positive number" if positive else f"a number{others}"
        prior = "" if limited_by else ", or a prior"
        yield Mistake(
            parameter.name,
            facts.shown,
            f"{number}, an array or DataArray of such{prior}{parameter.meant}",
            facts.remedy,
            ParameterTypeError,
        )


def number_mistakes(parameter: Parameter, facts: ValueFacts) -> Iterator[Mistake]:
    """Return the mistake of numbers outside the support of a parameter."""
    outside = facts.outside(parameter.support)
    if outside is None:
        return
    # Of a parameter without a meaning, one of PyMC's, nobody can say what zero would be.
    zero = parameter.support == POSITIVE and outside.number == 0 and bool(parameter.meaning)
    remedy = _ZERO_REMEDY if zero else parameter.if_below if outside.all_below else ""
    yield Mistake(
        parameter.name,
        f"{outside.number}",
        f"{parameter.support.numbers}{parameter.meant}",
        remedy,
        inside=outside.index,
        more=outside.more,
    )


_ZERO_REMEDY = (
    "A standard deviation of 0 is complete pooling, and a mean of 0 leaves nothing positive."
)


def support_doubts(row: Row, facts: Mapping[str, ValueFacts]) -> Iterator[tuple[str, str]]:
    """Return warnings by parameter: of hyperpriors that may leave its support, and the like."""
    for key, value in facts.items():
        parameter = row.parameters[key]
        # What is not known of a tensor is no news.
        if value.kind == PRIOR or value.support.leaves(parameter.support):
            if doubt := hyperprior_doubt(parameter, value.support, value.shown):
                yield key, doubt
        elif parameter.limited and any(other.kind == PRIOR for other in facts.values()):
            ratio = row.ratio_of(key)
            yield (
                key,
                f"whether {value.shown} is possible depends on the other parameters, which are "
                f"random. Where it is not, the density is zero. Use {ratio.name}=, "
                f"{ratio.meaning}, which goes with any mean.",
            )


def bounds_mistakes(row: Row, bounds: Mapping[str, ValueFacts]) -> Iterator[Mistake]:
    """Return what is wrong with the bounds of a family."""
    ends = {}
    for key, facts in bounds.items():
        if facts.kind != NUMBER:
            expected = "one number, the same for all elements"
            yield Mistake(key, facts.shown, expected, facts.remedy, ParameterTypeError)
        elif facts.outside(REAL):
            yield Mistake(key, facts.shown, "a finite number")
        else:
            ends[key] = facts.value
    if len(ends) < len(bounds):
        return
    if len(ends) == 2 and set(row.bounds.values()) == {None}:
        yield Mistake(
            "upper",
            "both",
            "'lower' or 'upper', not both",
            "Remove one of them, or use ProbitNormal, which lies between two bounds.",
        )
        return
    lower, upper = row.at(ends).support
    if not lower < upper:
        yield Mistake([*ends][-1], f"{lower:g} and {upper:g}", "'lower' below 'upper'")
