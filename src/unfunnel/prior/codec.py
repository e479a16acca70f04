"""Reads the dictionaries of priors that :mod:`unfunnel.prior.encoding` writes, without PyMC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from xarray import DataArray

from unfunnel.errors import DecodeError, listed, nearest
from unfunnel.families import FAMILIES, Family

_KEYS = ("dist", "kwargs", "dims", "centered", "transform", "zero_sum", "zero_sum_scale")

BY_COORD = "ByCoord"
_BY_COORD_KEYS = ("dist", "kwargs", "dims")
_BY_COORD_PARAMETERS = ("dim", "labels", "members", "default")


def is_ours(data: Any) -> bool:
    """Whether a dictionary describes one of our priors, in the nested or the flat form."""
    return (
        isinstance(data, Mapping)
        and isinstance(family_name(data), str)
        and family_name(data) in FAMILIES
    )


def is_by_coord(data: Any) -> bool:
    """Whether a dictionary describes a ``ByCoord``."""
    return isinstance(data, Mapping) and family_name(data) == BY_COORD


def family_name(data: Mapping[str, Any]) -> Any:
    """Return what stands under ``"dist"``, or ``"distribution"`` in flat YAML."""
    return data.get("dist", data.get("distribution"))


def has_labels(data: Any) -> bool:
    """Whether a dictionary describes a DataArray with coords, which upstream does not read."""
    return isinstance(data, Mapping) and data.get("class") == "DataArray" and "coords" in data


def decode(
    data: Any, decode_other: Callable[[Mapping[str, Any]], Any]
) -> tuple[Family, dict[str, Any]]:
    """Return the family and the keyword arguments of the prior that a dictionary describes.

    Parameters
    ----------
    data : mapping
        The nested form, or the flat form ``{"distribution": ..., "mu": ...,
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


def decode_value(value: Any, decode_other: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Return a number or an array; hand what is neither to ``decode_other``."""
    if isinstance(value, list | tuple):
        return np.asarray(value)
    if isinstance(value, Mapping):
        return _decode_labelled(value) if value.get("class") == "DataArray" else decode_other(value)
    return value


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
    """Return the labels of a dim, dates among them."""
    if isinstance(labels, Mapping):
        return pd.DatetimeIndex(labels["data"]).as_unit("ns")
    texts = sum(isinstance(label, str) for label in labels)
    # Among texts numbers would become texts too.
    return list(labels) if texts in (0, len(labels)) else pd.Index(labels, dtype=object)


def decode_by_coord(data: Any, decode_prior: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the keyword arguments of the ``ByCoord`` that a dictionary describes.

    Parameters
    ----------
    data : mapping
        The usual form, or the same with the parameters beside ``dist``.
    decode_prior : callable
        Revives a nested dictionary.

    Raises
    ------
    DecodeError
        If the dictionary is of another kind, has unknown keys, or lacks some.
    """
    if not is_by_coord(data):
        raise DecodeError(
            BY_COORD, expected=f"a dictionary whose 'dist' is {BY_COORD!r}", given=repr(data)
        )
    rest = dict(data)
    rest.pop("dist" if "dist" in rest else "distribution")
    parameters = dict(rest.pop("kwargs", None) or {})
    for key in [key for key in rest if key in _BY_COORD_PARAMETERS]:
        if key in parameters:
            raise DecodeError(
                BY_COORD, expected=f"{key!r} once", given="it in 'kwargs' and beside it"
            )
        parameters[key] = rest.pop(key)
    known = (*_BY_COORD_KEYS, *_BY_COORD_PARAMETERS)
    unknown = [str(key) for key in (*rest, *parameters) if key not in known]
    missing = [key for key in ("dim", "members") if key not in parameters]
    if unknown or missing:
        raise DecodeError(
            BY_COORD,
            expected=f"the keys {listed(known)}",
            given=f"also {listed(unknown)}" if unknown else f"no {listed(missing)}",
            remedy=f"Nothing is ignored.{nearest(unknown[0], known)}" if unknown else "",
        )
    default = parameters.get("default")
    return {
        "dim": parameters["dim"],
        "members": [
            (label, decode_prior(member))
            for label, member in _pairs(parameters["members"], parameters.get("labels"))
        ],
        "default": None if default is None else decode_prior(default),
        "dims": rest.get("dims"),
    }


def _pairs(members: Any, encoded_labels: Any) -> list[tuple[Any, Any]]:
    if isinstance(members, Mapping) and encoded_labels is None:
        return list(members.items())
    labels = [] if encoded_labels is None else list(decode_labels(encoded_labels))
    if not isinstance(members, list | tuple) or len(labels) != len(members):
        raise DecodeError(
            BY_COORD,
            expected="'members' as a mapping by label, or as a list as long as 'labels'",
            given=f"{type(members).__name__} and {len(labels)} labels",
        )
    return list(zip(labels, members, strict=True))
