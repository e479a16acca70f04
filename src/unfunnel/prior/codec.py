"""Reads the dictionaries of priors that :mod:`unfunnel.prior.encoding` writes, without PyMC."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from xarray import DataArray

from unfunnel.errors import DecodeError, listed, nearest
from unfunnel.families import FAMILIES, Family

BY_COORD = "ByCoord"

_OPTIONS = ("dims", "centered", "transform", "zero_sum", "zero_sum_scale")
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


def _keys(
    owner: str, data: Mapping[str, Any], parameters: Collection[str], options: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters, under ``kwargs`` or beside the name, and the other keys."""
    rest = dict(data)
    rest.pop("dist" if "dist" in rest else "distribution")
    given = rest.pop("kwargs", None) or {}
    if not isinstance(given, Mapping):
        raise DecodeError(owner, expected="'kwargs' to hold parameters by name", given=repr(given))
    beside = {key: rest.pop(key) for key in list(rest) if key in parameters}
    if twice := [key for key in beside if key in given]:
        raise DecodeError(
            owner,
            expected="each parameter once",
            given=f"{listed(twice)} both in 'kwargs' and beside it",
            remedy="Remove one of the two.",
        )
    known = ("dist", "kwargs", *options)
    if unknown := [str(key) for key in rest if key not in options]:
        raise DecodeError(
            owner,
            expected=f"the keys {listed(known)}",
            given=f"also {listed(unknown)}",
            remedy="Remove or rename it; nothing is ignored."
            f"{nearest(unknown[0], (*known, *parameters))}",
        )
    return {**given, **beside}, rest


def decode(
    data: Any, decode_other: Callable[[Mapping[str, Any]], Any]
) -> tuple[Family, dict[str, Any]]:
    """Return the family and the keyword arguments of the prior that a dictionary describes.

    ``decode_other`` revives a nested dictionary that is not a labelled array.
    """
    if not is_ours(data):
        name = family_name(data) if isinstance(data, Mapping) else None
        raise DecodeError(
            "from_dict",
            expected=f"a dictionary whose 'dist' is one of {listed(FAMILIES)}",
            given=f"'dist': {name!r}" if isinstance(data, Mapping) else repr(data),
            remedy=nearest(str(name), FAMILIES).strip(),
        )
    family = FAMILIES[family_name(data)]
    own = (*family.known_parameters, *family.bound_names)
    parameters, options = _keys(family.name, data, own, _OPTIONS)
    for key in parameters:
        if key not in family.bound_names:
            family.parameter(key)
    decoded = {key: decode_value(value, decode_other) for key, value in parameters.items()}
    if "centered" in options:
        options["centered"] = decode_value(options["centered"], decode_other)
    return family, decoded | options


def decode_by_coord(data: Any, decode_prior: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the keyword arguments of the ``ByCoord`` that a dictionary describes."""
    if not is_by_coord(data):
        expected = f"a dictionary whose 'dist' is {BY_COORD!r}"
        raise DecodeError(BY_COORD, expected=expected, given=repr(data))
    given, options = _keys(BY_COORD, data, _BY_COORD_PARAMETERS, ("dims",))
    unknown = [str(key) for key in given if key not in _BY_COORD_PARAMETERS]
    missing = [key for key in ("dim", "members") if key not in given]
    if unknown or missing:
        raise DecodeError(
            BY_COORD,
            expected=f"the parameters {listed(_BY_COORD_PARAMETERS)}",
            given=f"also {listed(unknown)}" if unknown else f"no {listed(missing)}",
            remedy=f"Nothing is ignored.{nearest(unknown[0], _BY_COORD_PARAMETERS)}"
            if unknown
            else "",
        )
    members = _pairs(given["members"], given.get("labels"))
    default = given.get("default")
    return {
        "dim": given["dim"],
        "members": [(label, decode_prior(member)) for label, member in members],
        "default": None if default is None else decode_prior(default),
        "dims": options.get("dims"),
    }


def decode_value(value: Any, decode_other: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Return a number or an array; hand what is neither to ``decode_other``."""
    if isinstance(value, list | tuple):
        return _array(value)
    if isinstance(value, Mapping):
        return _decode_labelled(value) if value.get("class") == "DataArray" else decode_other(value)
    return value


def _array(value: Any) -> np.ndarray:
    array = np.asarray(value)
    beyond_numpy = array.dtype == object and all(isinstance(each, int) for each in array.flat)
    return array.astype(float) if beyond_numpy else array


def _decode_labelled(value: Mapping[str, Any]) -> DataArray:
    unknown = [str(key) for key in value if key not in ("class", "data", "dims", "coords")]
    if unknown or "data" not in value or "dims" not in value:
        raise DecodeError(
            "DataArray",
            expected="the keys 'class', 'data', 'dims' and optionally 'coords'",
            given=listed(str(key) for key in value),
        )
    coords = {name: _decode_coord(labels) for name, labels in value.get("coords", {}).items()}
    return DataArray(_array(value["data"]), dims=list(value["dims"]), coords=coords)


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
