"""The facts of objects that users pass as parameters: numbers, arrays, priors and tensors."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray

from unfunnel.distributions.parameter_rules import (
    ARRAY,
    FLAG,
    LABELLED,
    NUMBER,
    OTHER,
    PRIOR,
    TEXT,
    UNCHECKED,
    Outside,
    ValueFacts,
    bounds_mistakes,
    number_mistakes,
)
from unfunnel.distributions.rows import row_of
from unfunnel.distributions.supports import support_of
from unfunnel.errors import SupportWarning, described, raise_first
from unfunnel.families import FAMILIES, Family, Parameter
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
    if isinstance(value, int | float) and (isinstance(value, float) or _fits(value)):
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
            return ValueFacts(UNCHECKED, str(value), dims=dims_of(value))
    name = type(value).__name__
    if isinstance(value, np.ma.MaskedArray):
        return ValueFacts(OTHER, "a masked array", remedy=_REMEDIES["MaskedArray"])
    shown = _number_of_digits(value) if isinstance(value, int) else described(value)
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


def check_parameter_values(subject: str, parameter: Parameter, values: np.ndarray) -> None:
    """Refuse numbers outside the support of a parameter; the message says which element."""
    owner, _, _ = subject.rpartition(": ")
    raise_first(owner or subject, number_mistakes(parameter, number_facts(values)))


def warn_of_support(subject: str, doubt: str) -> None:
    """Warn, where the user's code is, of a parameter that may leave its support."""
    warnings.warn(
        f"{subject}: {doubt}",
        SupportWarning,
        skip_file_prefixes=(str(Path(__file__).parents[1]),),
    )


def family_at(family: Family, bounds: Mapping[str, Any]) -> Family:
    """Return the family on the support that a prior is given; None stands for a bound not given."""
    numbers = {key: canonical(bound) for key, bound in bounds.items() if bound is not None}
    facts = {key: facts_of(number) for key, number in numbers.items()}
    raise_first(family.name, bounds_mistakes(row_of(FAMILIES[family.name]), facts))
    # Minus zero is zero, in messages and files, too.
    return family.at(**{key: float(number) + 0.0 for key, number in numbers.items()})


def dims_facts(value: Any) -> ValueFacts:
    """Return the shape and the dims of an object, which is all that rules of dims have to know."""
    kind, shape = (ARRAY, value.shape) if isinstance(value, np.ndarray) else (OTHER, ())
    return ValueFacts(kind, "", shape=shape, dims=dims_of(value))


def dims_of(value: Any) -> tuple[str, ...] | None:
    """Return the dims that an object says it has; None if it does not."""
    dims = getattr(value, "dims", None)
    return (dims,) if isinstance(dims, str) else None if dims is None else tuple(dims)


def _fits(value: int) -> bool:
    return -1.8e308 < value < 1.8e308 and abs(value) < 2**1024 - 2**970


def _number_of_digits(value: int) -> str:
    return f"a number of {value.bit_length()} bits, too large for a float,"
