"""What a value must be to be a parameter: the rules, over plain facts of values.

Whoever makes a prior fills the facts from objects (:mod:`unfunnel.distributions.object_facts`), the
reader of files from plain data (:mod:`unfunnel.files.decode`). Neither PyMC nor numpy is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unfunnel.distributions.rows import ParameterRow, Row
from unfunnel.distributions.supports import UNKNOWN, Support, hyperprior_inside
from unfunnel.errors import Mistake, ParameterTypeError
from unfunnel.intervals import POSITIVE, REAL, Interval

if TYPE_CHECKING:
    from unfunnel.families.base import Parameter

#: Kinds of values. ``FLAG`` and ``TEXT`` are options; ``UNCHECKED`` are tensors, or refused.
NUMBER, ARRAY, LABELLED, PRIOR, UNCHECKED, FLAG, TEXT, OTHER = (
    "number", "array", "DataArray", "prior", "unchecked", "flag", "text", "other",
)  # fmt: skip
NUMERIC = (NUMBER, ARRAY, LABELLED)


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
    support: Support = UNKNOWN  # of a prior, as far as it is known
    value: Any = None  # a number, or a function that returns the array
    remedy: str = ""  # what to do if it is of a kind that may not stand there


def parameter_mistakes(
    parameter: ParameterRow | Parameter, facts: ValueFacts, *, limited_by: str = ""
) -> Iterator[Mistake]:
    """Return what is wrong with the value of a parameter.

    ``limited_by`` is the keyword to use in place of a parameter that may be no prior, as the others
    limit it.
    """
    if facts.kind in NUMERIC:
        yield from number_mistakes(parameter, facts)
    elif facts.kind == PRIOR and limited_by:
        yield Mistake(
            parameter.name,
            facts.shown,
            f"numbers{_meant(parameter)}: which are possible depends on the other parameters",
            f"Use {limited_by}=, which goes with any mean. For example "
            f"{limited_by}=Beta(alpha=2, beta=5).",
        )
    elif facts.kind == PRIOR:
        yield from hyperprior_mistakes(parameter, facts.support, facts.shown)
    elif facts.kind != UNCHECKED:
        yield Mistake(
            parameter.name,
            facts.shown,
            expected_kinds(parameter, is_limited=bool(limited_by)),
            facts.remedy,
            ParameterTypeError,
        )


def number_mistakes(parameter: ParameterRow | Parameter, facts: ValueFacts) -> Iterator[Mistake]:
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
        f"{parameter.support.numbers}{_meant(parameter)}",
        remedy,
        inside=outside.index,
        more=outside.more,
    )


_ZERO_REMEDY = (
    "A standard deviation of 0 is complete pooling, and a mean of 0 leaves nothing positive."
)


def hyperprior_mistakes(
    parameter: ParameterRow | Parameter, support: Support, shown: str
) -> Iterator[Mistake]:
    """Return the mistake of a hyperprior that reaches where its parameter may not be."""
    allowed = parameter.support
    if support.leaves(allowed) and not parameter.truncates:
        yield Mistake(
            parameter.name,
            f"{shown}, which puts mass {support.outside(allowed)}",
            f"a hyperprior with {allowed.support}{_meant(parameter)}",
            hyperprior_inside(allowed),
        )


def hyperprior_doubt(parameter: ParameterRow | Parameter, support: Support, shown: str) -> str:
    """Return the warning about a hyperprior that may reach out of the support; empty if none."""
    allowed = parameter.support
    if support.stays_in(allowed):
        return ""
    if support.leaves(allowed):
        return (
            f"{shown} puts mass {support.outside(allowed)}, where the density is zero"
            f"{_meant(parameter)}: it is truncated there, and draws from the prior are NaN. "
            f"{hyperprior_inside(allowed)}"
        )
    stays = "positive" if allowed == POSITIVE else f"inside {allowed.interval}"
    return (
        f"could not establish that {shown} stays {stays}. Where it does not, the density is zero. "
        f"Use a hyperprior with {allowed.support} if you can."
    )


def bounds_mistakes(row: Row, bounds: Mapping[str, ValueFacts]) -> Iterator[Mistake]:
    """Return what is wrong with the bounds of a family."""
    for key, facts in bounds.items():
        if facts.kind != NUMBER:
            expected = "one number, the same for all elements"
            yield Mistake(key, facts.shown, expected, facts.remedy, ParameterTypeError)
        elif facts.outside(REAL):
            yield Mistake(key, facts.shown, "a finite number")
    ends = {key: facts.value for key, facts in bounds.items() if _is_finite(facts)}
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


def _is_finite(facts: ValueFacts) -> bool:
    return facts.kind == NUMBER and facts.outside(REAL) is None


def expected_kinds(parameter: ParameterRow | Parameter, is_limited: bool = False) -> str:
    """Return what a parameter may be, in words."""
    support = parameter.support
    number = (
        "a positive number"
        if support == POSITIVE
        else f"a number{support.numbers.removeprefix('finite numbers')}"
    )
    prior = "" if is_limited else ", or a prior"
    return f"{number}, an array or DataArray of such{prior}{_meant(parameter)}"


def _meant(parameter: ParameterRow | Parameter) -> str:
    return f" ({parameter.meaning})" if parameter.meaning else ""
