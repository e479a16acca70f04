"""The rules of a whole prior: which parameters, bounds, dims and options go together.

Each takes the row of the distribution and facts of what is given, and returns every mistake.
Constructors raise the first, the reader of files reports all. Only arrays need numpy.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from sys import float_info
from typing import Any

from unfunnel.distributions.rules import (
    ARRAY,
    FLAG,
    LABELLED,
    LATER,
    NUMBER,
    NUMERIC,
    PRIOR,
    TEXT,
    Row,
    ValueFacts,
    parameter_mistakes,
)
from unfunnel.errors import (
    CenteringError,
    DimsError,
    Mistake,
    ParameterError,
    listed,
    nearest,
)
from unfunnel.intervals import Interval
from unfunnel.parameterization.choices import WORDS

CENTERED = "true, false, a weight in [0, 1] (number, array or DataArray), 'auto' or 'offset'"

_FALSE_AND_TRUE = ("true", "false", "yes", "no", "on", "off")

#: Weights include both ends.
_WEIGHTS = Interval(math.nextafter(0.0, -1.0), math.nextafter(1.0, 2.0))


# -- parameters


def presence_mistakes(row: Row, given: Collection[str]) -> Iterator[Mistake]:
    """Return which parameters are missing, or given twice by way of another."""
    for name, names in row.alternatives.items():
        present = [each for each in names if each in given]
        if len(present) > 1:
            yield Mistake(
                present[1],
                f"{present[1]!r} beside {present[0]!r}",
                f"{' or '.join(map(repr, names))}, not both",
                "Remove one of the two.",
            )
        elif not present and name != LATER:
            meaning = row.parameters[name].meaning
            what = f"{name!r}{f' or {listed(names[1:])}' if names[1:] else ''}"
            expected = f"{what}, {meaning}" if meaning else f"{what} of {row.name}"
            yield Mistake(name, "no value for it", expected)


def value_mistakes(row: Row, facts: Mapping[str, ValueFacts]) -> Iterator[Mistake]:
    """Return which parameters are no numbers, arrays or priors that they may be."""
    for key, value in facts.items():
        parameter = row.parameters[key]
        ratio = row.ratio_of(key).name if parameter.limited else ""
        yield from parameter_mistakes(parameter, value, limited_by=ratio)
    yield from _limit_mistakes(row, facts)


def _limit_mistakes(row: Row, facts: Mapping[str, ValueFacts]) -> Iterator[Mistake]:
    """Report a standard deviation that no distribution between two bounds has with this mean.

    The variance is below ``(mu - lower) (upper - mu)`` (Bhatia & Davis 2000, "A better bound on the
    variance", American Mathematical Monthly 107).
    """
    for key, parameter in row.parameters.items():
        if not parameter.limited or not {key, "mu"} <= facts.keys():
            continue
        pair = facts[key], facts["mu"]
        kinds = {each.kind for each in pair}
        if not kinds <= set(NUMERIC) or kinds >= {ARRAY, LABELLED}:
            continue
        supports = parameter.support, row.parameters["mu"].support
        if any(x.value is None or x.outside(its) for x, its in zip(pair, supports, strict=True)):
            continue
        if too_wide := _first_too_wide(*pair, row.support):
            given, largest = too_wide
            ratio = row.ratio_of(key)
            yield Mistake(
                key,
                f"{given:g}",
                f"a number below {largest:.6g}, the largest that the mean and the bounds allow",
                f"Use {ratio.name}=, {ratio.meaning}, which goes with any mean.",
            )


def _first_too_wide(sd: ValueFacts, mean: ValueFacts, ends: Interval) -> tuple[Any, Any] | None:
    """Return the first standard deviation that is too large, with the largest possible."""
    rounding = 1.0 - 4.0 * float_info.epsilon  # it may have been rounded up
    if {sd.kind, mean.kind} == {NUMBER}:
        limit = math.sqrt(mean.value - ends.lower) * math.sqrt(ends.upper - mean.value)
        return (sd.value, limit) if sd.value >= limit * rounding else None
    import numpy as np  # arrays, of which few files have any

    values, means = (each.value if each.kind == NUMBER else each.value() for each in (sd, mean))
    limits = np.sqrt(means - ends.lower) * np.sqrt(ends.upper - means)
    try:
        if LABELLED in (sd.kind, mean.kind):
            from xarray import DataArray, broadcast

            values, limits = broadcast(DataArray(values), DataArray(limits))
        values, limits = map(np.ravel, np.broadcast_arrays(values, limits))
    except ValueError:
        return None  # of lengths that do not match, which are reported with the dims
    bad = np.flatnonzero(values >= limits * rounding)
    return (values[bad[0]], limits[bad[0]]) if bad.size else None


def pymc_mistakes(
    row: Row, facts: Mapping[str, ValueFacts], *, centered: bool
) -> Iterator[Mistake]:
    """Return what PyMC and pymc-extras say too late, or not at all, of their distributions."""
    present = [[key for key in group if key in facts] for group in row.either]
    present = [group for group in present if group]
    if len(present) > 1:
        yield Mistake(
            present[1][0],
            f"{present[1][0]!r} beside {listed(present[0])}",
            f"either {' or '.join(map(listed, row.either))}",
            "Remove those of one way.",
        )
    ends: list[Any] = [
        facts[key].value if key in facts else row.parameters[key].default for key in row.ends
    ]
    known = len(ends) == 2 and all(isinstance(end, int | float) for end in ends)
    if known and ends[0] >= ends[1] and facts.keys() & set(row.ends):
        first = next(key for key in facts if key in row.ends)
        expected = f"{row.ends[0]!r} below {row.ends[1]!r}"
        yield Mistake(first, f"{ends[0]:g} and {ends[1]:g}", expected)
    if centered:
        return
    if row.non_centered is None:
        yield Mistake(
            "centered",
            "false",
            f"true: a Prior has no such form of {row.name}, only of Normal, StudentT and "
            "ZeroSumNormal",
            "Remove it, or use a prior of unfunnel, which takes any centering.",
        )
    elif absent := [key for key in row.non_centered if key not in facts]:
        expected = f"{listed(row.non_centered)} beside `centered: false`"
        yield Mistake("centered", f"no {listed(absent)}", expected, "Add it.")


# -- dims


def inner_dims_mistakes(
    own: tuple[str, ...] | None, facts: Mapping[str, ValueFacts]
) -> Iterator[Mistake]:
    """Return which parameters vary along a dim that the prior lacks, or have too many axes."""
    if own is None:
        return
    for key, value in facts.items():
        if value.kind == ARRAY and len(value.shape) > len(own):
            expected = f"an array with at most {axes_for(own)}"
            yield Mistake(key, f"one with {len(value.shape)} axes", expected, error=DimsError)
        for dim in value.dims or ():
            if dim not in own:
                yield Mistake(
                    key,
                    f"dim {dim!r}",
                    f"dims among those of the prior around it, {' or '.join(map(repr, own))}",
                    f"Add it to the dims there, or remove it here.{nearest(dim, own)}",
                    DimsError,
                    inside=("dims",),
                )


def axes_for(dims: tuple[str, ...]) -> str:
    """Say how many axes an array with these dims has."""
    return f"one axis, for {dims[0]!r}" if len(dims) == 1 else f"{len(dims)} axes, for {dims}"


def member_dims_mistakes(
    dim: str, own: tuple[str, ...] | None, members: Iterable[tuple[str, Collection[str]]]
) -> Iterator[Mistake]:
    """Return what is wrong with the dims of a ``ByCoord``, its members' given by key."""
    if own is not None and dim not in own:
        yield Mistake(
            "dims",
            f"{own}",
            f"{dim!r} among them, whose labels have the priors",
            "Use a prior without ByCoord where the variable has no such dim.",
            DimsError,
        )
    for key, dims in members:
        if dim in dims:
            yield Mistake(
                key,
                f"dims {tuple(dims)}",
                f"a prior without dim {dim!r}: it belongs to one label of it",
                f"Drop {dim!r} from its dims.",
                DimsError,
                inside=("dims",),
            )
        else:
            yield from inner_dims_mistakes(own, {key: ValueFacts(PRIOR, key, dims=tuple(dims))})


# -- options


def centered_mistakes(facts: ValueFacts) -> Iterator[Mistake]:
    """Return what is wrong with ``centered=`` of a family."""
    if facts.kind in NUMERIC:
        outside = facts.outside(_WEIGHTS)
        if outside is not None:
            yield Mistake(
                "centered",
                f"{outside.number}",
                "weights in [0, 1], 0 being non-centered and 1 centered"
                if outside.index
                else CENTERED,
                error=CenteringError,
                inside=outside.index,
                more=outside.more,
            )
        return
    if facts.kind == FLAG or (facts.kind == TEXT and facts.value in WORDS):
        return
    remedy = facts.remedy
    if facts.kind == TEXT:
        boolean = str(facts.value).lower() in _FALSE_AND_TRUE
        unquoted = "Booleans of YAML and JSON are unquoted: true and false."
        remedy = unquoted if boolean else nearest(facts.value, WORDS).strip() or remedy
    yield Mistake("centered", facts.shown, CENTERED, remedy, CenteringError)


def transform_mistake(given: str, *, is_function: bool) -> Mistake:
    """Return the mistake of a ``transform=`` that names no function."""
    return Mistake(
        "transform",
        f"{given}, which is no function" if is_function else given,
        "the name of a function of pytensor.tensor or pymc.math, or of a registered one",
        "Register your own with pymc_extras.prior.register_tensor_transform before.",
        ParameterError,
    )
