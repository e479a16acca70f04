"""The facts of objects that users pass: numbers, arrays, priors, tensors and families.

The rules (:mod:`unfunnel.distributions.rules`) are the same for objects and files.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from math import inf, isfinite
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray

from unfunnel.distributions.rules import (
    ARRAY,
    FLAG,
    LABELLED,
    NUMBER,
    OTHER,
    PRIOR,
    TEXT,
    UNCHECKED,
    Outside,
    Row,
    ValueFacts,
    bounds_mistakes,
)
from unfunnel.distributions.supports import support_of, support_of_distribution
from unfunnel.errors import (
    ParameterError,
    ParameterTypeError,
    SupportWarning,
    described,
    raise_first,
)
from unfunnel.families import FAMILIES, Family
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import Interval

_REMEDIES = {
    "dict": "Revive it first with pymc_extras.deserialize.deserialize.",
    "Series": "Call its .to_xarray(), so that its labels are matched.",
    "DataFrame": "Make it a DataArray with named dims, so that its labels are matched.",
    "Dataset": "Pass one of its variables.",
    "MaskedArray": "A parameter has no missing elements; pass .filled(...) or the data itself.",
    "str": "YAML reads 1e-3 as a string: write 1.0e-3.",
}


def canonical(value: Any) -> Any:
    """Return numbers as Python numbers, lists as arrays, and arrays without what does not count.

    What cannot be one of these is returned as it is; the rules refuse it.
    """
    if isinstance(value, np.ma.MaskedArray):
        return value
    try:
        if isinstance(value, list | tuple):
            value = np.asarray(value)
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
            value = value.item()
        if not isinstance(value, int) and isinstance(value, Real):
            value = float(value)
    except (ValueError, OverflowError):  # ragged, or beyond the range of floats
        return value
    if isinstance(value, DataArray):
        # Scalar coords are what .sel leaves behind; they label no element.
        return value.drop_vars([name for name in value.coords if name not in value.dims])
    return value


def facts_of(value: Any) -> ValueFacts:
    """Return the facts of an object in its canonical form."""
    if isinstance(value, bool):
        return ValueFacts(FLAG, repr(value), value=value)
    if isinstance(value, int | float) and fits_a_float(value):
        return number_facts(np.asarray(value, dtype=float), NUMBER, value)
    if isinstance(value, str):
        remedy = _REMEDIES["str"] if any(letter.isdigit() for letter in value) else ""
        return ValueFacts(TEXT, f"the string {value!r}", value=value, remedy=remedy)
    if isinstance(value, np.ndarray | DataArray) and not isinstance(value, np.ma.MaskedArray):
        if value.dtype.kind in "iuf":
            return number_facts(value, LABELLED if isinstance(value, DataArray) else ARRAY, value)
        strings = value.dtype.kind in "US"
        shown = "an array of strings" if strings else f"an array of dtype {value.dtype}"
        return ValueFacts(OTHER, shown, remedy=_REMEDIES["str"] if strings else "")
    if not isinstance(value, type):
        if hasattr(value, "create_variable"):
            return ValueFacts(
                PRIOR, described(value), dims=dims_of(value), support=support_of(value)
            )
        if hasattr(value, "owner") and hasattr(value, "type"):
            return tensor_facts(value)
    name = type(value).__name__
    if isinstance(value, np.ma.MaskedArray):
        return ValueFacts(OTHER, "a masked array", remedy=_REMEDIES["MaskedArray"])
    if isinstance(value, int):  # its digits would fill the screen
        shown = f"a number of {value.bit_length()} bits, too large for a float,"
    else:
        shown = described(value)
    return ValueFacts(OTHER, f"{shown} of type {name}", remedy=_REMEDIES.get(name, ""))


def names_given(given: Any) -> tuple[Any, ...]:
    """Return names, or one name, as a tuple; whoever checks it refuses what is no name in it."""
    if isinstance(given, str) or not isinstance(given, Iterable) or getattr(given, "ndim", 1) == 0:
        return (given,)
    return tuple(given)


def number_facts(values: Any, kind: str = ARRAY, value: Any = None) -> ValueFacts:
    """Return the facts of numbers, as an array or a DataArray."""
    array = np.asarray(values)

    def outside(interval: Interval) -> Outside | None:
        bad = ~np.isfinite(array)
        inside = interval.holds(array)
        if inside is not None:
            bad |= ~inside
        if not bad.any():
            return None
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        below = bool((array < interval.lower).all())
        return Outside(index, array[index], int(bad.sum()) - 1, below)

    shown = str(value) if kind == NUMBER else f"an array of shape {array.shape}"
    return ValueFacts(
        kind,
        shown,
        outside,
        array.shape,
        dims_of(values),
        value=value if kind == NUMBER else lambda: values,
    )


def tensor_facts(variable: Any) -> ValueFacts:
    """Return the facts of a tensor, as far as anything is known of it before sampling.

    Constants and the present values of shared data are numbers, random variables have a support.
    """
    from unfunnel.parameterization.graph_ops import core_op  # there are tensors, so PyMC is loaded

    facts = ValueFacts(UNCHECKED, str(variable), dims=dims_of(variable))
    if hasattr(variable, "get_value"):
        return replace(facts, outside=number_facts(variable.get_value(borrow=True)).outside)
    if hasattr(variable, "data"):
        return replace(facts, outside=number_facts(variable.data).outside)
    op = core_op(variable.owner)
    if op is None:
        return facts
    name = getattr(op, "_print_name", ("an unknown law",))[0]
    # Its parameters are tensors, and one of our laws is read like any other prior.
    support = support_of(op) if hasattr(op, "family") else support_of_distribution(name, None)
    return replace(facts, shown=f"the variable {variable} ~ {name}", support=support)


def warn_of_support(subject: str, doubt: str) -> None:
    """Warn, where the user's code is, of a parameter that may leave its support."""
    warnings.warn(
        f"{subject}: {doubt}",
        SupportWarning,
        skip_file_prefixes=(str(Path(__file__).parents[1]),),
    )


def dims_facts(value: Any) -> ValueFacts:
    """Return the shape and the dims of an object, which is all that rules of dims have to know."""
    kind, shape = (ARRAY, value.shape) if isinstance(value, np.ndarray) else (OTHER, ())
    return ValueFacts(kind, "", shape=shape, dims=dims_of(value))


def dims_of(value: Any) -> tuple[str, ...] | None:
    """Return the dims that an object says it has; None if it does not."""
    dims = getattr(value, "dims", None)
    return (dims,) if isinstance(dims, str) else None if dims is None else tuple(dims)


# -- families


def family_at(family: Family, bounds: Mapping[str, Any]) -> Family:
    """Return the family on the support that a prior is given; None stands for a bound not given."""
    numbers = {key: canonical(bound) for key, bound in bounds.items() if bound is not None}
    facts = {key: facts_of(number) for key, number in numbers.items()}
    raise_first(family.name, bounds_mistakes(row_of(FAMILIES[family.name]), facts))
    # Minus zero is zero, in messages and files, too.
    return family.at(**{key: float(number) + 0.0 for key, number in numbers.items()})


@cache
def row_of(family: Family) -> Row:
    """Return what priors of a family take, on its own support."""
    usual, moved = FAMILIES[family.name], FAMILIES[family.name].at(lower=-3.0)
    limited = {r.of for r in family.ratios if r.parameter.support.upper < inf}
    in_place_of = {ratio.name: ratio.of for ratio in family.ratios}
    parameters = {
        name: replace(
            parameter,
            required=name in family.parameter_names[1:],
            in_place_of=in_place_of.get(name),
            limited=name in limited,
            within_bounds=moved.known_parameters[name] != usual.known_parameters[name],
        )
        for name, parameter in family.known_parameters.items()
    }
    bounds = usual.bounds._asdict() if family.bound_names else {}
    row = Row(family.name, parameters, ours=True, bounds=bounds, support=family.link.support)
    if family.base.name != "Normal":
        return row
    scale = "population" if family.link is IDENTITY else "marginal"
    return replace(row, scale_of=_scale_of(family), zero_sum_scale=scale)


def _scale_of(family: Family) -> dict[str, list[str]]:
    """Return the parameters on which the scale depends, by the one given as the scale."""
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


# -- numbers that users state as arguments of functions


def is_number(value: Any) -> bool:
    """Whether something is a real number; booleans and arrays are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def fits_a_float(value: Any) -> bool:
    """Whether a number is in the range of floats; an integer may lie beyond it."""
    try:
        float(value)
    except OverflowError:
        return False
    return True


def require_number(subject: str, name: str, value: Any) -> None:
    """Refuse what is not a number, booleans and arrays included."""
    if not is_number(value):
        raise ParameterTypeError(
            subject,
            expected=f"{name} to be a number",
            given=f"{described(value)} of type {type(value).__name__}",
        )
    if not fits_a_float(value):
        raise ParameterError(
            subject,
            expected=f"{name} to be a number in the range of floats",
            given="an integer beyond it",
        )


def number_between(subject: str, name: str, value: Any, lower: float, upper: float = inf) -> float:
    """Return a number of an open interval as a float, or refuse it."""
    require_number(subject, name, value)
    if not (lower < value < upper and isfinite(value)):
        kind = "positive and finite" if (lower, upper) == (0, inf) else f"in ({lower}, {upper})"
        raise ParameterError(subject, expected=f"{name} to be {kind}", given=f"{value}")
    return float(value)


def the_one_given(subject: str, **numbers: Any) -> str:
    """Return the name of the one argument that is not None; refuse none and more than one."""
    given = [name for name, value in numbers.items() if value is not None]
    if len(given) != 1:
        raise ParameterError(
            subject,
            expected=f"exactly one of {' and '.join(f'{name}=' for name in numbers)}",
            given=" and ".join(f"{name}={numbers[name]}" for name in given) or "none of them",
        )
    return given[0]
