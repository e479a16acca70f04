"""What is given to a prior when it is made: bound by name, in canonical form, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from pymc_extras.prior import UnsupportedShapeError
from xarray import DataArray

from unfunnel.distributions.object_facts import (
    canonical,
    dims_facts,
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
    inner_dims_mistakes,
    presence_mistakes,
    value_mistakes,
)
from unfunnel.structures.zero_sum_options import ZeroSum, zero_sum_mistakes


class ChildDimsError(DimsError, UnsupportedShapeError):
    """A hyperprior has dims that the prior lacks; also upstream's ``UnsupportedShapeError``."""


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
            expected = f"one value for {name!r}"
            raise ParameterError(family.name, expected=expected, given="two values")
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


def check_dims(owner: str, given: Any, parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return dims as a tuple that holds those of every parameter; None may be filled in later."""
    if given is None:
        return None
    dims = _unique_names(f"{owner}: dims", given)
    facts = {key: dims_facts(value) for key, value in parameters.items()}
    for mistake in inner_dims_mistakes(dims, facts):
        raise replace(mistake, error=ChildDimsError).as_error(owner)
    return dims


def _unique_names(subject: str, given: Any) -> tuple[str, ...]:
    names = names_given(given)
    if any(not isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise DimsError(subject, expected="unique names of dims", given=f"{given!r}")
    return names


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
    names = None if dims is None else _unique_names(f"{family.name}: zero_sum", dims)
    row = row_of(family)
    raise_first(family.name, zero_sum_mistakes(row, names, scale, None, None, {}))
    return None if names is None else ZeroSum(names, scale or row.zero_sum_scale)


def check_zero_sum(prior: Any) -> None:
    """Refuse a combination with dims, parameters and centering that is known to be impossible."""
    family, asked = prior.family, prior.zero_sum
    if asked is not None:
        facts = {name: facts_of(value) for name, value in prior.parameters.items()}
        mistakes = zero_sum_mistakes(
            row_of(family), asked.dims, asked.scale, prior.dims, prior.centering, facts
        )
        raise_first(family.name, mistakes)


def same_value(a: Any, b: Any) -> bool:
    """Whether two parameters, or two values of ``centered=``, are the same.

    Arrays are compared by element, labelled arrays by element and label in their order, priors by
    their own ``==``, and variables of a model by identity.
    """
    if isinstance(a, DataArray) or isinstance(b, DataArray):
        return isinstance(a, DataArray) and isinstance(b, DataArray) and bool(a.equals(b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.array_equal(a, b)
    return a is b or bool(a == b)
