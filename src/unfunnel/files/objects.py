"""Between priors and the plain data of a file: what makes priors, and what writes them down.

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

from collections.abc import Callable, Mapping
from math import inf, isfinite, isinf
from typing import Any

import numpy as np
from pymc_extras.prior import Censored, Prior, Scaled
from pytensor.graph.basic import Variable
from xarray import DataArray

from unfunnel.distributions.object_facts import canonical, warn_of_support
from unfunnel.distributions.tensors import encode_tensor
from unfunnel.errors import UnfunnelError, UnsupportedError, described
from unfunnel.files.decode import Decoded
from unfunnel.files.grammar import BY_COORD, rows
from unfunnel.files.nodes import MAX_DEPTH, MAX_VALUES
from unfunnel.files.problems import Path, Problem, dotted
from unfunnel.files.revive import mask_class, masked_prior
from unfunnel.files.values import Node
from unfunnel.prior.base import CLASSES
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.classes import NaturalPrior  # it registers all classes
from unfunnel.prior.codec import decode_labels
from unfunnel.prior.encoding import by_coord_form, encode_constant, prior_form

# -- from the descriptions of a file to priors


def build_priors(decoded: Decoded) -> tuple[dict[str, Any], list[Problem]]:
    """Return the priors of a file, and every problem that only their making shows."""
    problems: list[Problem] = []
    built = {name: _built(node, problems) for name, node in decoded.nodes.items()}
    for subject, doubt in decoded.doubts if not problems else ():
        warn_of_support(subject, doubt)
    return {name: prior for name, prior in built.items() if prior is not None}, problems


def _built(node: Node, problems: list[Problem]) -> Any:
    """Return what a node describes; None if that or a part of it cannot be made."""
    parts = {key: _built(part, problems) for key, part in node.parts.items()}
    if any(part is None for part in parts.values()):
        return None  # one mistake, one problem
    try:
        return _made(node, parts)
    except UnfunnelError as error:
        key = error.subject.partition(": ")[2]
        inside = (*node.path, key) if key in node.options else node.path
        path = node.parts[key].path if key in parts else inside
        problem = Problem(path, str(error.given), error.expected, error.remedy)
    except Exception as error:  # upstream's constructors raise what they like: no traceback
        given = f"{type(error).__name__}: {' '.join(str(error).split())}"
        problem = Problem(node.path, given, "what its constructor accepts")
    problems.append(problem)
    return None


def _made(node: Node, parts: Mapping[str, Any]) -> Any:
    """Return what a node describes, from what was made of its parts."""
    name = node.name
    options = {
        key: _constant_of(each) if isinstance(each, Node) else each
        for key, each in node.options.items()
    }
    if name in CLASSES:
        row = rows()[name]
        parameters = {
            key: _without_scalar_coords(parts[key]) for key in row.parameters if key in parts
        }
        bounds = {key: parts[key] for key in row.bounds if key in parts}
        return CLASSES[name].of_checked(parameters, bounds, options)
    if name in rows():
        return Prior(name, **parts, **options)
    if name == BY_COORD:
        members = [part for key, part in parts.items() if key != "default"]
        pairs = zip(decode_labels(options["labels"]), members, strict=True)
        return ByCoord(options["dim"], pairs, parts.get("default"), dims=options.get("dims"))
    if name == "Censored":
        return Censored(parts["dist"], **{"lower": -inf, "upper": inf, **options})
    if name == "Scaled":
        return Scaled(parts["dist"], parts["factor"])
    if name == "MaskedPrior":
        return masked_prior(parts["prior"], parts["mask"], **options)
    return _constant_of(node)


def _constant_of(node: Node) -> Any:
    """Return a number, a word or an array."""
    return node.facts.value() if callable(node.facts.value) else node.data


def _without_scalar_coords(value: Any) -> Any:
    return canonical(value) if isinstance(value, DataArray) else value


# -- from priors to plain data

_REMEDIES = {
    "dict": "Revive it first with pymc_extras.deserialize.deserialize.",
    "str": "A file of priors holds priors, numbers and arrays.",
    "NoneType": "Leave the name out.",
    "LogNormalPrior": "Use LogNormalExp in its place.",
    "LaplacePrior": "Use LaplaceIdentity in its place.",
}


def encode_priors(priors: Mapping[str, Any], *, bare: bool = False) -> dict[str, Any]:
    """Return the plain data of a mapping of names to priors.

    ``bare`` is for readers other than this library: what upstream does not read is refused, with
    where it stands, as is what has no form in a file.
    """
    encoder = _Encoder(bare)
    encoded = {name: encoder.value(value, (name,)) for name, value in priors.items()}
    _check_numbers(encoded, bare)
    return encoded


class _Encoder:
    """Walks objects; each method returns plain data."""

    def __init__(self, bare: bool) -> None:
        self.bare = bare
        self.kinds: dict[type | None, Callable[[Any, Path], Any]] = {
            Prior: self._prior,
            ByCoord: self._by_coord,
            Censored: self._censored,
            Scaled: self._scaled,
            mask_class(): self._masked,
            **dict.fromkeys(CLASSES.values(), self._ours),
        }

    def value(self, value: Any, path: Path, dims: Any = None) -> Any:
        """Encode anything; ``dims`` are those of the prior that it is a parameter of."""
        if len(path) > MAX_DEPTH - 5:
            raise _refusal(path, "priors within priors to a depth that can be counted", "more")
        if isinstance(value, Variable):
            value = encode_tensor(dotted(path), value, dims)
        return self.kinds.get(type(value), _constant)(value, path)

    def _inner(self, wrapper: Any, path: Path, *names: str) -> dict[str, Any]:
        """Encode attributes of a wrapper, which stand under ``data``."""
        dims = getattr(wrapper, "dims", None)
        return {k: self.value(getattr(wrapper, k), (*path, "data", k), dims) for k in names}

    def _parameters(self, prior: Any, path: Path) -> dict[str, Any]:
        given = prior.parameters.items()
        return {k: self.value(v, (*path, "kwargs", k), prior.dims) for k, v in given}

    def _prior(self, prior: Prior, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {"dist": prior.distribution}
        if prior.parameters:
            data["kwargs"] = self._parameters(prior, path)
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
        return prior_form(prior, {**self._parameters(prior, path), **prior.bounds})

    def _by_coord(self, prior: ByCoord, path: Path) -> dict[str, Any]:
        at, default = (*path, "kwargs"), prior.default
        priors = enumerate(prior.members.values())
        members = [self.value(each, (*at, "members", number)) for number, each in priors]
        if default is not None:
            default = self.value(default, (*at, "default"))
        return by_coord_form(prior, members, default)

    def _censored(self, prior: Censored, path: Path) -> dict[str, Any]:
        data = {"dist": self.value(prior.distribution, (*path, "data", "dist"))}
        for name, bound in self._inner(prior, path, "lower", "upper").items():
            if not isinstance(bound, int | float):
                raise _refusal((*path, "data", name), "one number, as is read again", "an array")
            if isfinite(bound) or self.bare:  # upstream reads no dictionary without both
                data[name] = bound
        return {"class": "Censored", "data": data}

    def _scaled(self, prior: Scaled, path: Path) -> dict[str, Any]:
        return {"class": "Scaled", "data": self._inner(prior, path, "dist", "factor")}

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


def _constant(value: Any, path: Path) -> Any:
    if type(value) in (bool, int, float):
        return value
    if isinstance(value, list | tuple):
        value = np.asarray(value)
    if isinstance(value, int | float | np.generic | np.ndarray | DataArray):
        numbers = np.asarray(value)
        if numbers.dtype.kind in "biuf" and numbers.dtype.itemsize <= 8 and numbers.size:
            is_array = isinstance(value, np.ndarray | DataArray)
            return encode_constant(value if is_array else numbers.item())
        what = f"{numbers.dtype} of shape {numbers.shape}"
        raise _refusal(path, "numbers, at least one, that fit a double", what)
    raise _refusal(
        path,
        "a Prior, one of ours, ByCoord, Censored, Scaled, MaskedPrior, a number or an array",
        f"{described(value)} of type {type(value).__name__}",
        _REMEDIES.get(type(value).__name__, "A subclass would come back as its base class."),
    )


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
        expected, given = f"at most {MAX_VALUES} values in a file", f"{values}"
        remedy = "Keep large arrays in a file of data, and pass them to the priors after load."
        raise UnsupportedError("dumps", expected=expected, given=given, remedy=remedy)


def _refusal(path: Path, expected: str, given: str, remedy: str = "") -> UnsupportedError:
    return UnsupportedError(f"dumps: {dotted(path)}", expected=expected, given=given, remedy=remedy)
