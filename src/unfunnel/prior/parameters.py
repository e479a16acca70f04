"""What is given to a prior when it is made: bound by name, in canonical form, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from xarray import DataArray

from unfunnel.distributions.object_facts import (
    canonical,
    facts_of,
    names_given,
    row_of,
    warn_of_support,
)
from unfunnel.distributions.rules import support_doubts
from unfunnel.errors import DimsError, ParameterError, raise_first
from unfunnel.families import Family
from unfunnel.parameterization.choices import Centering
from unfunnel.prior.checks import (
    centered_mistakes,
    presence_mistakes,
    value_mistakes,
    zero_sum_mistakes,
)
from unfunnel.structures.zero_sum_options import ZeroSum


def bind_arguments(
    family: Family, args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> dict[str, Any]:
    """Return positional and keyword parameters by name."""
    known = family.parameter_names
    if len(args) > len(known):
        others = ", ".join(f"{name}=" for name in family.keywords[len(known) :])
        raise ParameterError(
            family.name,
            expected=f"at most {len(known)} positional arguments, {known}",
            given=f"{len(args)}",
            remedy=f"Pass {others} by keyword.",
        )
    positional = dict(zip(known, args, strict=False))
    for name in positional:
        if name in keywords:
            raise ParameterError(
                family.name, expected=f"one value for {name!r}", given="two values"
            )
    return {**positional, **keywords}


def check_parameters(
    family: Family, parameters: Mapping[str, Any], *, warn: bool = True
) -> dict[str, Any]:
    """Return the parameters in canonical form and in the family's order, or refuse them.

    ``warn`` tells whether to warn of hyperpriors of which too little is known.
    """
    for name in parameters:
        family.parameter(name)
    row = row_of(family)
    raise_first(family.name, presence_mistakes(row, parameters))
    checked = {
        name: canonical(parameters[name]) for name in family.known_parameters if name in parameters
    }
    facts = {name: facts_of(value) for name, value in checked.items()}
    raise_first(family.name, value_mistakes(row, facts))
    if warn:
        for name, doubt in support_doubts(row, facts):
            warn_of_support(f"{family.name}: {name}", doubt)
    return checked


def validate_centering(value: object, owner: str) -> Centering:
    """Return ``centered=`` in canonical form, or refuse it.

    Weights 0 and 1 become ``False`` and ``True``; lists become arrays.
    """
    value = canonical(value)
    if isinstance(value, np.ndarray | DataArray) and value.dtype.kind == "b":
        value = value.astype(float)
    raise_first(owner, centered_mistakes(facts_of(value)))
    if isinstance(value, bool | str):
        return value
    weights: Any = np.asarray(value) if isinstance(value, int | float) else value
    floats: np.ndarray | DataArray = weights.astype(float)
    if floats.ndim:
        return floats
    weight = float(floats)
    return bool(weight) if weight in (0.0, 1.0) else weight


def validate_zero_sum(family: Family, dims: Any, scale: Any) -> ZeroSum | None:
    """Return what ``zero_sum=`` and ``zero_sum_scale=`` ask for; None if for nothing."""
    names = None if dims is None else names_given(dims)
    if any(not isinstance(dim, str) for dim in names or ()) or len(set(names or ())) < len(
        names or ()
    ):
        raise DimsError(
            f"{family.name}: zero_sum",
            expected="unique names of dims, at least one",
            given=f"{dims!r}",
        )
    row = row_of(family)
    raise_first(family.name, zero_sum_mistakes(row, names, scale, None, None, {}))
    return None if names is None else ZeroSum(names, scale or row.zero_sum_scale)


def check_zero_sum(
    family: Family,
    zero_sum: ZeroSum,
    dims: tuple[str, ...] | None,
    parameters: Mapping[str, Any],
    centered: object,
) -> None:
    """Refuse a combination with dims, parameters and centering that is known to be impossible."""
    facts = {name: facts_of(value) for name, value in parameters.items()}
    row, word = row_of(family), centered if isinstance(centered, str) else None
    raise_first(
        family.name, zero_sum_mistakes(row, zero_sum.dims, zero_sum.scale, dims, word, facts)
    )
