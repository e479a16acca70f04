"""Priors as plain data that JSON and YAML hold; :mod:`unfunnel.prior.codec` reads them again.

::

    {
        "dist": "LogNormalExp",
        "kwargs": {"mu": 1.5, "sigma": {...}},
        "dims": ["geo"],
        "centered": false,
    }

    {
        "dist": "ByCoord",
        "kwargs": {
            "dim": "channel",
            "labels": ["tv", "search"],
            "members": [{"dist": "LogNormalExp", ...}, {"dist": "HalfNormal", ...}],
            "default": {"dist": "Gamma", ...},
        },
        "dims": ["geo", "channel"],
    }

This is the form of ``pymc_extras.prior.Prior``, the only one that every consumer of priors revives.
``centered`` is left out when it is true and may also be a weight, a list of weights, a labelled
array or a word. Labelled arrays keep their coords; dates are ISO strings. Labels of members stand
in a list, as the keys of a JSON object are strings and labels may be numbers or dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from pytensor.graph.basic import Variable
from xarray import DataArray

from unfunnel.distributions.tensors import encode_tensor
from unfunnel.errors import UnsupportedError, described, shown

_DATETIME = "datetime64[ns]"


def prior_form(prior: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dictionary of one of our priors, given that of its parameters and bounds."""
    data: dict[str, Any] = {"dist": prior.family.name, "kwargs": dict(kwargs)}
    if prior.centering is not True:
        data["centered"] = encode_constant(prior.centering)
    if prior.dims is not None:
        data["dims"] = list(prior.dims)
    if prior.transform is not None:
        data["transform"] = prior.transform
    return {**data, **prior.structure_options}


def by_coord_form(factory: Any, members: list[Any], default: Any) -> dict[str, Any]:
    """Return the dictionary of a ``ByCoord``, given those of its members and default."""
    kwargs: dict[str, Any] = {
        "dim": factory.dim,
        "labels": encode_labels(pd.Index(list(factory.members))),
        "members": members,
    }
    if default is not None:
        kwargs["default"] = default
    data: dict[str, Any] = {"dist": "ByCoord", "kwargs": kwargs}
    if factory.dims is not None:
        data["dims"] = list(factory.dims)
    return data


def encode(owner: str, value: Any, dims: tuple[str, ...] | None = None) -> Any:
    """Return a parameter of a prior with these dims, or a member, as plain data."""
    if hasattr(value, "to_dict") and not isinstance(value, DataArray):
        return value.to_dict()
    if isinstance(value, Variable):
        value = encode_tensor(owner, value, dims)
    if isinstance(value, int | float | np.generic | np.ndarray | DataArray):
        return encode_constant(value)
    raise UnsupportedError(
        f"{owner}: to_dict",
        expected="parameters that have a dictionary form",
        given=f"{described(value)} of type {type(value).__name__}",
        remedy="Give it a to_dict method, and register how to revive it with "
        "pymc_extras.deserialize.register_deserialization.",
    )


def encode_constant(value: Any) -> Any:
    """Return a number, a word or an array as plain data."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return _labelled(value) if isinstance(value, DataArray) else value


def _labelled(array: DataArray) -> dict[str, Any]:
    data: dict[str, Any] = {
        "class": "DataArray",
        "data": array.values.tolist(),
        "dims": [str(dim) for dim in array.dims],
    }
    coords = {str(dim): encode_labels(index) for dim, index in array.indexes.items()}
    beside = {str(k): _beside(v) for k, v in array.coords.items() if k not in coords}
    return {**data, "coords": {**coords, **beside}} if coords or beside else data


def _beside(coord: DataArray) -> dict[str, Any]:
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
    """Encode the labels of a dim: a list, with dates as ISO strings and their dtype beside them."""
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
