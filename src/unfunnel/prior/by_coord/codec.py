"""The dictionary form of ``ByCoord``: plain data that JSON and YAML hold, and back.

::

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

It stands under ``"dist"`` because that is the only form that every consumer of priors revives.
Labels stand in a list, as the keys of a JSON object are strings and labels may be numbers or dates.
In a file written by hand ``members`` may be a mapping by label, without ``labels``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from unfunnel.errors import DecodeError, listed, nearest
from unfunnel.prior.codec import decode_labels, encode_labels, family_name

NAME = "ByCoord"
_KEYS = ("dist", "kwargs", "dims")
_PARAMETERS = ("dim", "labels", "members", "default")


def is_by_coord(data: Any) -> bool:
    """Whether a dictionary describes a ``ByCoord``."""
    return isinstance(data, Mapping) and family_name(data) == NAME


def encode(
    dim: str,
    members: Mapping[Any, Any],
    default: Any,
    dims: tuple[str, ...] | None,
    encode_prior: Callable[[Any], Any],
) -> dict[str, Any]:
    """Return the dictionary form.

    Parameters
    ----------
    dim : str
        The dim whose labels the members belong to.
    members : mapping
        Priors by label.
    default : object or None
        The prior of all other labels.
    dims : tuple of str or None
        As the factory holds them.
    encode_prior : callable
        Encodes a prior.
    """
    kwargs: dict[str, Any] = {
        "dim": dim,
        "labels": encode_labels(pd.Index(list(members))),
        "members": [encode_prior(member) for member in members.values()],
    }
    if default is not None:
        kwargs["default"] = encode_prior(default)
    data: dict[str, Any] = {"dist": NAME, "kwargs": kwargs}
    if dims is not None:
        data["dims"] = list(dims)
    return data


def decode(data: Any, decode_prior: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the keyword arguments of the ``ByCoord`` that a dictionary describes.

    Parameters
    ----------
    data : mapping
        The form of :func:`encode`, or the same with the parameters beside ``dist``.
    decode_prior : callable
        Revives a nested dictionary.

    Raises
    ------
    DecodeError
        If the dictionary is of another kind, has unknown keys, or lacks some.
    """
    if not is_by_coord(data):
        raise DecodeError(NAME, expected=f"a dictionary whose 'dist' is {NAME!r}", given=repr(data))
    rest = dict(data)
    rest.pop("dist" if "dist" in rest else "distribution")
    parameters = dict(rest.pop("kwargs", None) or {})
    for key in [key for key in rest if key in _PARAMETERS]:
        if key in parameters:
            raise DecodeError(NAME, expected=f"{key!r} once", given="it in 'kwargs' and beside it")
        parameters[key] = rest.pop(key)
    known = (*_KEYS, *_PARAMETERS)
    unknown = [str(key) for key in (*rest, *parameters) if key not in known]
    missing = [key for key in ("dim", "members") if key not in parameters]
    if unknown or missing:
        raise DecodeError(
            NAME,
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
            NAME,
            expected="'members' as a mapping by label, or as a list as long as 'labels'",
            given=f"{type(members).__name__} and {len(labels)} labels",
        )
    return list(zip(labels, members, strict=True))
