"""The dictionary form of a prior: plain data that JSON and YAML hold, and back.

::

    {
        "dist": "LogNormalExp",
        "kwargs": {"mu": 1.5, "sigma": {...}},
        "dims": ["geo"],
        "centered": false,
    }

This is the form of ``pymc_extras.prior.Prior``, the only one that every consumer of priors revives.
``centered`` is left out when it is true and may also be a weight, a list of weights, a labelled
array or ``"offset"``. Labelled arrays keep their coords; dates are written as ISO strings. This
module knows no PyMC: hyperpriors are handed to it as functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from xarray import DataArray

from unfunnel.errors import DecodeError, UnsupportedError, listed, nearest, shown
from unfunnel.families import FAMILIES, Family
from unfunnel.structures.zero_sum_options import ZeroSum

_DATETIME = "datetime64[ns]"
_KEYS = ("dist", "kwargs", "dims", "centered", "transform", "zero_sum", "zero_sum_scale")


def is_ours(data: Any) -> bool:
    """Whether a dictionary describes one of our priors, in the nested or the flat form."""
    return (
        isinstance(data, Mapping)
        and isinstance(family_name(data), str)
        and family_name(data) in FAMILIES
    )


def family_name(data: Mapping[str, Any]) -> Any:
    """Return what stands under ``"dist"``, or ``"distribution"`` in flat YAML."""
    return data.get("dist", data.get("distribution"))


def has_labels(data: Any) -> bool:
    """Whether a dictionary describes a DataArray with coords, which upstream does not read."""
    return isinstance(data, Mapping) and data.get("class") == "DataArray" and "coords" in data


def encode(
    family: Family,
    parameters: Mapping[str, Any],
    *,
    dims: tuple[str, ...] | None,
    centered: Any,
    transform: str | None,
    zero_sum: ZeroSum | None,
    encode_other: Callable[[Any], Any],
) -> dict[str, Any]:
    """Return the dictionary form.

    Parameters
    ----------
    family : Family
        Of the prior.
    parameters : mapping
        Its parameters and bounds.
    dims, centered, transform, zero_sum
        As the prior holds them.
    encode_other : callable
        Encodes what is neither a number nor an array: hyperpriors and tensors.

    Returns
    -------
    dict
        JSON-serializable, if ``encode_other`` returns such values.
    """
    data: dict[str, Any] = {
        "dist": family.name,
        "kwargs": {key: encode_value(value, encode_other) for key, value in parameters.items()},
    }
    if centered is not True:
        data["centered"] = encode_value(centered, encode_other)
    if dims is not None:
        data["dims"] = list(dims)
    if transform is not None:
        data["transform"] = transform
    if zero_sum is not None:
        data |= zero_sum.options
    return data


def decode(
    data: Any, decode_other: Callable[[Mapping[str, Any]], Any]
) -> tuple[Family, dict[str, Any]]:
    """Return the family and the keyword arguments of the prior that a dictionary describes.

    Parameters
    ----------
    data : mapping
        The nested form of :func:`encode`, or the flat form ``{"distribution": ..., "mu": ...,
        "dims": ...}``.
    decode_other : callable
        Revives a nested dictionary that is not a labelled array.

    Raises
    ------
    DecodeError
        If the dictionary is of another kind or has unknown keys.
    """
    if not is_ours(data):
        raise DecodeError(
            "from_dict",
            expected=f"a dictionary whose 'dist' is one of {listed(FAMILIES)}",
            given=repr(data) if not isinstance(data, Mapping) else f"'dist': {family_name(data)!r}",
            remedy=nearest(str(family_name(data)), FAMILIES).strip()
            if isinstance(data, Mapping)
            else "",
        )
    family = FAMILIES[family_name(data)]
    rest = dict(data)
    rest.pop("dist" if "dist" in rest else "distribution")
    parameters = rest.pop("kwargs", None) or {}
    if not isinstance(parameters, Mapping):
        raise DecodeError(
            family.name, expected="'kwargs' to hold parameters by name", given=repr(parameters)
        )
    own = (*family.known_parameters, *family.bound_names)
    flat = {key: rest.pop(key) for key in list(rest) if key in own}
    if twice := [key for key in flat if key in parameters]:
        raise DecodeError(
            family.name,
            expected="each parameter once",
            given=f"{listed(twice)} both in 'kwargs' and beside it",
            remedy="Remove one of the two.",
        )
    parameters = {**parameters, **flat}
    for key in parameters:
        if key not in family.bound_names:
            family.parameter(key)
    unknown = [str(key) for key in rest if key not in _KEYS]
    if unknown:
        known = (*_KEYS, *own)
        raise DecodeError(
            family.name,
            expected=f"the keys {listed(_KEYS)}",
            given=f"also {listed(unknown)}",
            remedy=f"Remove or rename it; nothing is ignored.{nearest(unknown[0], known)}",
        )
    options = {key: decode_value(parameters[key], decode_other) for key in parameters}
    if "centered" in rest:
        options["centered"] = decode_value(rest["centered"], decode_other)
    for key in ("dims", "transform", "zero_sum", "zero_sum_scale"):
        options[key] = rest.get(key)
    return family, options


def encode_value(value: Any, encode_other: Callable[[Any], Any]) -> Any:
    """Encode a number or an array; hand anything else to ``encode_other``."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, DataArray):
        return _encode_labelled(value)
    return encode_other(value)


def decode_value(value: Any, decode_other: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Invert :func:`encode_value`."""
    if isinstance(value, list | tuple):
        return np.asarray(value)
    if isinstance(value, Mapping):
        return _decode_labelled(value) if value.get("class") == "DataArray" else decode_other(value)
    return value


def _encode_labelled(array: DataArray) -> dict[str, Any]:
    data: dict[str, Any] = {
        "class": "DataArray",
        "data": array.values.tolist(),
        "dims": [str(dim) for dim in array.dims],
    }
    coords = {str(dim): encode_labels(index) for dim, index in array.indexes.items()}
    beside = {str(k): _encode_beside(v) for k, v in array.coords.items() if k not in coords}
    return {**data, "coords": {**coords, **beside}} if coords or beside else data


def _encode_beside(coord: DataArray) -> dict[str, Any]:
    """Encode a coord that labels no dim itself: of one element, or along a dim."""
    if coord.ndim > 1:
        raise UnsupportedError(
            "to_dict",
            expected="coords of at most one dim",
            given=f"{coord.name!r} with dims {coord.dims}",
            remedy=f"Drop it: .drop_vars({str(coord.name)!r}).",
        )
    labels = encode_labels(pd.Index(np.ravel(coord.values)))
    data = labels if isinstance(labels, dict) else {"data": labels}
    return {"dims": [str(dim) for dim in coord.dims], **data}


def encode_labels(index: pd.Index) -> Any:
    """Encode the labels of a dim: a list, with dates as ISO strings and their dtype beside them.

    Raises
    ------
    UnsupportedError
        If there are labels that JSON cannot hold.
    """
    labels = index.tolist()
    if isinstance(index, pd.DatetimeIndex) and _fits_a_file(index):
        if (index == index.normalize()).all():
            return {"dtype": _DATETIME, "data": [label.date().isoformat() for label in index]}
        return {"dtype": _DATETIME, "data": [label.isoformat() for label in index]}
    if not all(isinstance(x, str) or (isinstance(x, int | float) and isfinite(x)) for x in labels):
        raise UnsupportedError(
            "to_dict",
            expected="labels that JSON can hold: strings, numbers or dates without a time zone",
            given=f"labels of dtype {index.dtype}, {shown(labels)}",
            remedy="Give the DataArray other labels, such as str(label).",
        )
    return labels


def _fits_a_file(index: pd.DatetimeIndex) -> bool:
    """Whether dates are there, without a time zone, and in the range that is read again."""
    try:
        index.as_unit("ns")
    except pd.errors.OutOfBoundsDatetime:
        return False
    return index.tz is None and not index.hasnans


def _decode_labelled(value: Mapping[str, Any]) -> DataArray:
    unknown = [str(key) for key in value if key not in ("class", "data", "dims", "coords")]
    if unknown or "data" not in value or "dims" not in value:
        raise DecodeError(
            "DataArray",
            expected="the keys 'class', 'data', 'dims' and optionally 'coords'",
            given=listed(str(key) for key in value),
        )
    coords = {name: _decode_coord(labels) for name, labels in value.get("coords", {}).items()}
    return DataArray(np.asarray(value["data"]), dims=list(value["dims"]), coords=coords)


def _decode_coord(coord: Any) -> Any:
    if not isinstance(coord, Mapping) or "dims" not in coord:
        return decode_labels(coord)
    rest = {key: value for key, value in coord.items() if key != "dims"}
    labels = decode_labels(rest if "dtype" in rest else rest["data"])
    return (coord["dims"], labels) if coord["dims"] else labels[0]


def decode_labels(labels: Any) -> Any:
    """Invert :func:`encode_labels`."""
    if isinstance(labels, Mapping):
        return pd.DatetimeIndex(labels["data"]).as_unit("ns")
    texts = sum(isinstance(label, str) for label in labels)
    # Among texts numbers would become texts too.
    return list(labels) if texts in (0, len(labels)) else pd.Index(labels, dtype=object)
