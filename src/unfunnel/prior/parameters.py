"""The parameters of a prior, checked at construction.

Here is decided what may be a parameter at all and which numbers are inside its support, before any
model exists.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray, broadcast

from unfunnel.distributions.supports import support_of
from unfunnel.distributions.value_checks import check_parameter_values, check_support
from unfunnel.errors import (
    ParameterError,
    ParameterTypeError,
    SupportWarning,
    described,
)
from unfunnel.families import Family, Parameter, Ratio
from unfunnel.families.ops import NUMPY

_KIND_REMEDIES = {
    "dict": "Revive it first with pymc_extras.deserialize.deserialize.",
    "Series": "Call its .to_xarray(), so that its labels are matched.",
    "DataFrame": "Make it a DataArray with named dims, so that its labels are matched.",
    "Dataset": "Pass one of its variables.",
}

_EXPECTED_KINDS = "a number, array, DataArray, tensor, Prior or other variable factory"


def bind_arguments(
    family: Family, args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> dict[str, Any]:
    """Return positional and keyword parameters by name.

    Raises
    ------
    ParameterError
        If there are too many, or one is given twice.
    """
    known = family.parameter_names
    if len(args) > len(known):
        raise ParameterError(
            family.name,
            expected=f"at most {len(known)} positional arguments, {known}",
            given=f"{len(args)}",
            remedy=f"Pass {', '.join(f'{name}=' for name in family.keywords[len(known) :])} "
            "by keyword.",
        )
    positional = dict(zip(known, args, strict=False))
    for name in positional:
        if name in keywords:
            raise ParameterError(
                family.name, expected=f"one value for {name!r}", given="two values"
            )
    return {**positional, **keywords}


def family_at(family: Family, bounds: Mapping[str, Any]) -> Family:
    """Return the family on the support that a prior is given.

    Parameters
    ----------
    family : Family
        On its usual support.
    bounds : mapping
        Values of some of ``family.bound_names``, as given by the user; None for not given.

    Raises
    ------
    ParameterError, ParameterTypeError
        For bounds that are no finite numbers, or cannot be meant.
    """
    checked: dict[str, float] = {}
    for name, given in bounds.items():
        if given is None:
            continue
        subject, value = f"{family.name}: {name}", _plain(f"{family.name}: {name}", given)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterTypeError(
                subject,
                expected="one number, the same for all elements",
                given=f"{described(given)} of type {type(given).__name__}",
            )
        if not np.isfinite(value):
            raise ParameterError(subject, expected="a finite number", given=f"{value}")
        checked[name] = float(value) + 0.0  # minus zero is zero, in messages and files, too
    return family.at(**checked)


def check_parameters(
    family: Family, parameters: Mapping[str, Any], *, warn: bool = True
) -> dict[str, Any]:
    """Return the parameters in canonical form, or refuse them.

    Parameters
    ----------
    family : Family
        Whose parameters they are.
    parameters : mapping
        As given by the user. All but the first may not be left out, unless another one is given in
        its place; the first (``mu``) may, as a likelihood gets it later.
    warn : bool, default True
        Whether to warn of a hyperprior of which nothing is known.

    Returns
    -------
    dict
        Numpy scalars become Python numbers and lists become arrays; the order is the family's.

    Raises
    ------
    ParameterTypeError
        For strings, booleans and other kinds of object.
    ParameterError
        For unknown or missing names, and numbers outside the support.
    """
    for name in parameters:
        family.parameter(name)
    _check_presence(family, parameters)
    checked = {
        name: check_parameter(family, parameter, parameters[name], warn)
        for name, parameter in family.known_parameters.items()
        if name in parameters
    }
    for ratio in family.ratios:
        if np.isfinite(ratio.parameter.support.upper) and ratio.of in checked:
            _check_limit(family, ratio, checked, warn)
    return checked


def _check_presence(family: Family, parameters: Mapping[str, Any]) -> None:
    """Refuse missing parameters, and those given twice, once as a ratio."""
    for name in family.parameter_names:
        ratio = family.ratio_of(name, parameters)
        if ratio is not None and name in parameters:
            raise ParameterError(
                family.name,
                expected=f"{name!r} or {ratio.name!r}, {ratio.parameter.meaning}",
                given="both",
                remedy="Leave out one of them.",
            )
        if ratio is None and name not in parameters and name != family.parameter_names[0]:
            others = [f"{r.name}=" for r in family.ratios if r.of == name]
            raise ParameterError(
                family.name,
                expected=f"{name!r}, {family.parameter(name).meaning}",
                given="no value for it",
                remedy=f"Pass {' or '.join([f'{name}=', *others])}.",
            )


def _check_limit(family: Family, ratio: Ratio, parameters: Mapping[str, Any], warn: bool) -> None:
    """Refuse a parameter that is not possible with the others, as far as they are numbers."""
    name, limited = ratio.of, parameters[ratio.of]
    subject = f"{family.name}: {name}"
    instead = f"Use {ratio.name}=, {ratio.parameter.meaning}, which goes with any mean."
    if hasattr(limited, "create_variable"):
        raise ParameterError(
            subject,
            expected="numbers: which values are possible depends on the other parameters",
            given=described(limited),
            remedy=f"{instead} For example {ratio.name}=Prior('Beta', alpha=2, beta=5).",
        )
    others = {key: value for key, value in parameters.items() if key != name}
    if warn and any(hasattr(value, "create_variable") for value in others.values()):
        warnings.warn(
            f"{subject}: whether {described(limited)} is possible depends on the other parameters, "
            f"which are random. Where it is not, the density is zero. {instead}",
            SupportWarning,
            skip_file_prefixes=(str(Path(__file__).parents[1]),),
        )
    missing = set(family.parameter_names) - parameters.keys()
    if missing or not _comparable([limited, *others.values()]):
        return
    largest = ratio.unit(others, NUMPY) * ratio.parameter.support.upper
    labelled = any(isinstance(x, DataArray) for x in (limited, largest))
    pair: Any = (DataArray(limited), DataArray(largest)) if labelled else (limited, largest)
    values, limits = map(np.ravel, (broadcast if labelled else np.broadcast_arrays)(*pair))
    # The limit itself is two points at the bounds; it may have been rounded up.
    bad = np.flatnonzero(values >= limits * (1 - 4 * np.finfo(float).eps))
    if bad.size:
        most, given = limits[bad[0]], values[bad[0]]
        raise ParameterError(
            subject,
            expected=f"numbers below {most:.6g}, the largest that the other parameters allow",
            given=f"{given}",
            remedy=instead,
        )


def _comparable(values: list[Any]) -> bool:
    """Whether numbers and arrays can be compared by element before there is a model."""
    arrays = [value for value in values if isinstance(value, np.ndarray | DataArray)]
    numbers = len(values) - len(arrays) == sum(isinstance(v, int | float) for v in values)
    if not numbers or len({type(array) for array in arrays}) > 1:
        return False
    if arrays and isinstance(arrays[0], np.ndarray):
        lengths = zip(*(reversed(a.shape) for a in arrays), strict=False)
        return all(len(set(each) - {1}) <= 1 for each in lengths)
    return True


def check_parameter(family: Family, parameter: Parameter, value: Any, warn: bool = True) -> Any:
    """Return one parameter in canonical form, or refuse it; see :func:`check_parameters`."""
    subject = f"{family.name}: {parameter.name}"
    value = _plain(subject, value)
    if isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind in "US"):
        raise ParameterTypeError(
            subject,
            expected=_EXPECTED_KINDS,
            given=f"the string {value!r}" if isinstance(value, str) else "an array of strings",
            remedy="YAML reads 1e-3 as a string: write 1.0e-3.",
        )
    if isinstance(value, bool):
        raise ParameterTypeError(subject, expected=_EXPECTED_KINDS, given=repr(value))
    if isinstance(value, int | float):
        check_parameter_values(subject, parameter, np.asarray(value, dtype=float))
    elif isinstance(value, np.ndarray | DataArray):
        if value.dtype.kind not in "iuf":
            raise ParameterTypeError(
                subject, expected="numbers", given=f"an array of dtype {value.dtype}"
            )
        check_parameter_values(subject, parameter, np.asarray(value))
    elif hasattr(value, "create_variable") and not isinstance(value, type):
        check_support(subject, parameter, support_of(value), value, warn)
    elif isinstance(value, type) or not (hasattr(value, "owner") and hasattr(value, "type")):
        raise ParameterTypeError(
            subject,
            expected=_EXPECTED_KINDS,
            given=f"{described(value)} of type {type(value).__name__}",
            remedy=_KIND_REMEDIES.get(type(value).__name__, ""),
        )
    return value


def _plain(subject: str, value: Any) -> Any:
    """Return numbers as Python numbers, lists as arrays, and arrays without what does not count."""
    if isinstance(value, np.ma.MaskedArray):
        raise ParameterTypeError(
            subject,
            expected=_EXPECTED_KINDS,
            given="a masked array",
            remedy="A parameter has no missing elements; pass .filled(...) or the data itself.",
        )
    try:
        if isinstance(value, list | tuple):
            value = np.asarray(value)
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
            value = value.item()
        if isinstance(value, int):
            float(value)  # fails beyond the range of floats
        elif isinstance(value, Real):
            value = float(value)
    except (ValueError, OverflowError) as error:
        raise ParameterTypeError(
            subject, expected=_EXPECTED_KINDS, given=f"{type(value).__name__}: {error}"
        ) from error
    if isinstance(value, DataArray):
        # Scalar coords are what .sel leaves behind; they label no element.
        return value.drop_vars([name for name in value.coords if name not in value.dims])
    return value
