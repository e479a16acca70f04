"""From priors to the plain data of a file; the inverse of :mod:`unfunnel.files.revival`.

The forms, each at any depth::

    {"dist": "LogNormalExp", "kwargs": {...}, "centered": ..., "dims": [...], ...}   one of ours
    {"dist": "Normal", "kwargs": {...}, "centered": false, "dims": [...], "transform": "exp"}
    {"dist": "ByCoord", "kwargs": {"dim": ..., "labels": [...], "members": [...]}}
    {"class": "Censored", "data": {"dist": {...}, "lower": 0.0}}    no key: no bound
    {"class": "Scaled", "data": {"dist": {...}, "factor": ...}}
    {"class": "MaskedPrior", "data": {"prior": {...}, "mask": ..., "active_dim": ...}}
    {"class": "DataArray", "data": [...], "dims": [...], "coords": {...}}
    1.5, [1.0, 2.0]                                                      numbers and arrays

They are those of pymc-extras and pymc-marketing where these keep everything. Where they do not the
objects are walked here: a DataArray keeps its coords wherever it stands (``Prior.to_dict`` and
``Scaled.to_dict`` drop them), a mask its labels, a ``Prior`` its ``core_dims``.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isinf
from typing import Any

import numpy as np
from pymc_extras.prior import Censored, Prior, Scaled
from pytensor.graph.basic import Variable
from xarray import DataArray

from unfunnel.distributions.tensors import encode_tensor
from unfunnel.errors import UnsupportedError, described
from unfunnel.files.masks import mask_class
from unfunnel.files.nodes import MAX_DEPTH, MAX_VALUES
from unfunnel.files.problems import Path, dotted
from unfunnel.prior.base import CLASSES, NaturalPrior
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.encoding import by_coord_form, encode_constant, prior_form

_NUMBERS = "biuf"

_REMEDIES = {
    "dict": "Revive it first with pymc_extras.deserialize.deserialize.",
    "str": "A file of priors holds priors, numbers and arrays.",
    "NoneType": "Leave the name out.",
    "LogNormalPrior": "Use LogNormalExp in its place.",
    "LaplacePrior": "Use LaplaceIdentity in its place.",
}


def encode_priors(priors: Mapping[str, Any], *, bare: bool = False) -> dict[str, Any]:
    """Return the plain data of a mapping of names to priors.

    Parameters
    ----------
    priors : mapping of str to object
        Priors, numbers, arrays and DataArrays.
    bare : bool, default False
        For readers other than this library: what upstream does not read is refused.

    Raises
    ------
    UnsupportedError
        If something has no form in a file; the message says where it stands.
    """
    encoder = _Encoder(bare)
    encoded = {name: encoder.value(value, (name,)) for name, value in priors.items()}
    _check_numbers(encoded, bare)
    return encoded


class _Encoder:
    """Walks objects; each method returns plain data."""

    def __init__(self, bare: bool) -> None:
        self.bare = bare

    def value(self, value: Any, path: Path, dims: Any = None) -> Any:
        """Encode anything; ``dims`` are those of the prior that it is a parameter of."""
        if len(path) > MAX_DEPTH - 5:
            raise _refusal(path, "priors within priors to a depth that can be counted", "more")
        kind = type(value)
        if kind is Prior:
            return self._prior(value, path)
        if kind in CLASSES.values():
            return self._ours(value, path)
        if kind is ByCoord:
            return self._by_coord(value, path)
        if kind is Censored:
            return self._censored(value, path)
        if kind is Scaled:
            return self._scaled(value, path)
        if kind is mask_class():
            return self._masked(value, path)
        if isinstance(value, Variable):
            return self.value(encode_tensor(dotted(path), value, dims), path)
        return self._constant(value, path)

    def _constant(self, value: Any, path: Path) -> Any:
        if type(value) in (bool, int, float):
            return value
        if isinstance(value, list | tuple):
            value = np.asarray(value)
        if isinstance(value, int | float | np.generic | np.ndarray | DataArray):
            numbers = np.asarray(value)
            if numbers.dtype.kind in _NUMBERS and numbers.dtype.itemsize <= 8 and numbers.size:
                plain = value if isinstance(value, np.ndarray | DataArray) else numbers.item()
                return encode_constant(plain)
            what = f"{numbers.dtype} of shape {numbers.shape}"
            raise _refusal(path, "numbers, at least one, that fit a double", what)
        raise _refusal(
            path,
            "a Prior, one of ours, ByCoord, Censored, Scaled, MaskedPrior, a number or an array",
            f"{described(value)} of type {type(value).__name__}",
            _REMEDIES.get(type(value).__name__, "A subclass would come back as its base class."),
        )

    def _parameters(self, parameters: Mapping[str, Any], path: Path, dims: Any) -> dict[str, Any]:
        return {k: self.value(v, (*path, "kwargs", k), dims) for k, v in parameters.items()}

    def _prior(self, prior: Prior, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {"dist": prior.distribution}
        if prior.parameters:
            data["kwargs"] = self._parameters(prior.parameters, path, prior.dims)
        if not prior.centered:
            data["centered"] = False
        if prior.dims is not None:
            data["dims"] = _names(prior.dims, path)
        if prior.transform is not None:
            data["transform"] = prior.transform
        if prior.core_dims:
            if self.bare:
                raise _refusal(path, "what pymc-extras reads", f"core_dims={prior.core_dims}")
            data["core_dims"] = _names(prior.core_dims, path)
        return data

    def _ours(self, prior: NaturalPrior, path: Path) -> dict[str, Any]:
        parameters = self._parameters(prior.parameters, path, prior.dims)
        return prior_form(prior, {**parameters, **prior.bounds})

    def _by_coord(self, prior: ByCoord, path: Path) -> dict[str, Any]:
        members = [
            self.value(member, (*path, "kwargs", "members", number))
            for number, member in enumerate(prior.members.values())
        ]
        default = prior.default
        if default is not None:
            default = self.value(default, (*path, "kwargs", "default"))
        return by_coord_form(prior, members, default)

    def _censored(self, prior: Censored, path: Path) -> dict[str, Any]:
        data = {"dist": self.value(prior.distribution, (*path, "data", "dist"))}
        for name in ("lower", "upper"):
            bound = self.value(getattr(prior, name), (*path, "data", name))
            if not isinstance(bound, int | float):
                raise _refusal((*path, "data", name), "one number, as is read again", "an array")
            if isfinite(bound) or self.bare:  # upstream reads no dictionary without both
                data[name] = bound
        return {"class": "Censored", "data": data}

    def _scaled(self, prior: Scaled, path: Path) -> dict[str, Any]:
        data = {
            "dist": self.value(prior.dist, (*path, "data", "dist")),
            "factor": self.value(prior.factor, (*path, "data", "factor"), prior.dims),
        }
        return {"class": "Scaled", "data": data}

    def _masked(self, masked: Any, path: Path) -> dict[str, Any]:
        data = {
            "prior": self.value(masked.prior, (*path, "data", "prior")),
            "mask": self.value(masked.mask.astype(bool), (*path, "data", "mask")),
        }
        if not data["mask"].get("coords"):  # then upstream's form says it all
            data |= {"mask": data["mask"]["data"], "mask_dims": data["mask"]["dims"]}
        if masked.active_dim != f"non_null_dims:{'_'.join(masked.dims)}":
            data["active_dim"] = masked.active_dim
        return {"class": "MaskedPrior", "data": data}


def _names(dims: Any, path: Path) -> list[str]:
    names = [dims] if isinstance(dims, str) else list(dims)
    if not all(isinstance(name, str) for name in names):
        raise _refusal(path, "dims that are texts", f"{dims!r}")
    return names


def _check_numbers(data: Any, bare: bool) -> None:
    """Refuse what would not be read again: numbers that are not finite, and too many of them."""
    values = 0
    left: list[tuple[Any, Path]] = [(data, ())]
    while left:
        value, path = left.pop()
        values += 1
        if isinstance(value, dict):
            values += len(value)
            left.extend((each, (*path, key)) for key, each in value.items())
        elif isinstance(value, list):
            left.extend((each, (*path, number)) for number, each in enumerate(value))
        elif isinstance(value, float) and not isfinite(value):
            if bare and isinf(value) and path[-2:] in [("data", "lower"), ("data", "upper")]:
                continue
            raise _refusal(path, "finite numbers", f"{value}", "Leave out a bound to have none.")
    if values > MAX_VALUES - 5:
        raise UnsupportedError(
            "dumps",
            expected=f"at most {MAX_VALUES} values in a file",
            given=f"{values}",
            remedy="Keep large arrays in a file of data, and pass them to the priors after load.",
        )


def _refusal(path: Path, expected: str, given: str, remedy: str = "") -> UnsupportedError:
    return UnsupportedError(f"dumps: {dotted(path)}", expected=expected, given=given, remedy=remedy)
