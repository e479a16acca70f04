"""From the plain data of a file to priors, with every mistake that only their making shows.

A prior whose parameters could not be made is not tried itself: one mistake, one problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, Final

import numpy as np
from pymc_extras.prior import Censored, Prior, Scaled, UnknownTransformError

from unfunnel.errors import UnfunnelError
from unfunnel.files import masks
from unfunnel.files.checks.nearest import did_you_mean
from unfunnel.files.grammar.shapes_of_priors import TRANSFORMS
from unfunnel.files.problems import Path, Problem
from unfunnel.prior import codec
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.classes import NaturalPrior  # not .prior: this defines the classes too


class _Nothing:
    """Stands for what could not be made."""


_NOTHING: Final = _Nothing()

# Keys of a dictionary form that hold words, not values.
_WORDS = ("dist", "distribution", "dims", "transform", "core_dims", "zero_sum", "zero_sum_scale")


def revive_priors(priors: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the priors of plain data, and what is wrong with those that are missing.

    Parameters
    ----------
    priors : mapping of str to plain data
        The bare mapping, or what stands under ``priors`` in a whole file; valid by
        :func:`unfunnel.files.checks.validation.problems_of`.

    Returns
    -------
    dict
        What could be made, by name, in their order.
    list of Problem
        One for each mistake, with its path.
    """
    reviver = Reviver()
    revived = {name: reviver.value(data, (name,)) for name, data in priors.items()}
    return {k: v for k, v in revived.items() if v is not _NOTHING}, reviver.problems


class Reviver:
    """Walks plain data and makes what it describes, from the inside out."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def value(self, data: Any, path: Path) -> Any:
        """Return what plain data describe, or a mark that it could not be made."""
        if isinstance(data, list):
            return self._made(path, np.asarray, data)
        if isinstance(data, Mapping):
            return self._mapping(data, path)
        if isinstance(data, bool | int | float):
            return data
        found = "null" if data is None else f"the text {data!r}"
        return self._problem(path, found, "a prior, a number or an array")

    def _mapping(self, data: Mapping[str, Any], path: Path) -> Any:
        if codec.is_by_coord(data):
            return self._by_coord(data, path)
        if codec.is_ours(data):
            return self._ours(data, path)
        if isinstance(codec.family_name(data), str):
            return self._prior(data, path)
        known: dict[str, Callable[[Mapping[str, Any], Path], Any]] = {
            "DataArray": self._data_array,
            "Censored": self._censored,
            "Scaled": self._scaled,
            "MaskedPrior": self._masked,
        }
        make = known.get(data.get("class", ""))
        if make is None:
            found = f"a mapping with the keys {', '.join(map(repr, data))}"
            return self._problem(path, found, "one with 'dist' or 'class'")
        return make(data, path)

    def _data_array(self, data: Mapping[str, Any], path: Path) -> Any:
        return self._made(path, codec.decode_value, data, None)

    def _ours(self, data: Mapping[str, Any], path: Path) -> Any:
        revived = self._values(data, path)
        return self._made(path, NaturalPrior.from_dict, revived, given=revived)

    def _prior(self, data: Mapping[str, Any], path: Path) -> Any:
        revived = self._values(data, path)

        def make() -> Prior:
            rest = dict(revived)
            distribution = rest.pop("dist", None) or rest.pop("distribution")
            return Prior(distribution, **{**rest.pop("kwargs", {}), **rest})

        return self._made(path, make, given=revived)

    def _by_coord(self, data: Mapping[str, Any], path: Path) -> Any:
        revived: dict[str, Any] = {}
        for key, value in data.items():
            at = (*path, key)
            if key == "kwargs" and isinstance(value, Mapping):
                revived[key] = {k: self._of_by_coord(k, v, (*at, k)) for k, v in value.items()}
            else:
                revived[key] = self._of_by_coord(key, value, at)

        def make() -> ByCoord:
            return ByCoord(**codec.decode_by_coord(revived, lambda x: x))

        return self._made(path, make, given=revived)

    def _of_by_coord(self, key: str, value: Any, path: Path) -> Any:
        if key == "default" and value is not None:
            return self.value(value, path)
        if key == "members" and isinstance(value, list):
            return [self.value(each, (*path, n)) for n, each in enumerate(value)]
        if key == "members" and isinstance(value, Mapping):
            return {label: self.value(each, (*path, label)) for label, each in value.items()}
        return value

    def _censored(self, data: Mapping[str, Any], path: Path) -> Any:
        bounds = {"lower": -inf, "upper": inf}
        revived = {k: self.value(v, (*path, "data", k)) for k, v in data["data"].items()}

        def make() -> Censored:
            rest = {name: value for name, value in revived.items() if name != "dist"}
            return Censored(revived["dist"], **bounds | rest)

        return self._made(path, make, given=revived)

    def _scaled(self, data: Mapping[str, Any], path: Path) -> Any:
        revived = {k: self.value(v, (*path, "data", k)) for k, v in data["data"].items()}
        return self._made(path, lambda: Scaled(**revived), given=revived)

    def _masked(self, data: Mapping[str, Any], path: Path) -> Any:
        words = ("mask_dims", "active_dim")
        revived = {
            key: value if key in words else self.value(value, (*path, "data", key))
            for key, value in data["data"].items()
        }
        return self._made(path, lambda: masks.masked_prior(**revived), given=revived)

    def _values(self, data: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Return a copy of a prior's mapping with its values made, words left as they are."""
        revived: dict[str, Any] = {}
        for key, value in data.items():
            if key in _WORDS or (key == "centered" and isinstance(value, str)):
                revived[key] = value
            elif key == "kwargs" and isinstance(value, Mapping):
                revived[key] = {k: self.value(v, (*path, key, k)) for k, v in value.items()}
            else:
                revived[key] = self.value(value, (*path, key))
        return revived

    def _made(
        self, path: Path, make: Callable[..., Any], *arguments: Any, given: Any = None
    ) -> Any:
        """Call ``make``, unless something that it needs is missing; note why it fails."""
        if _lacks_something(given):
            return _NOTHING
        try:
            return make(*arguments)
        except UnknownTransformError:
            return self._problem(
                (*path, "transform"),
                f"the text {given['transform']!r}",
                "the name of a function of pytensor.tensor or pymc.math, or of a registered one",
                did_you_mean(given["transform"], TRANSFORMS)
                or "Register it with pymc_extras.prior.register_tensor_transform before.",
            )
        except UnfunnelError as error:
            at = _parameter_path(path, error.subject, given)
            return self._problem(at, str(error.given), error.expected, error.remedy)
        except Exception as error:  # upstream's constructors raise what they like: no traceback
            found = f"{type(error).__name__}: {' '.join(str(error).split())}"
            return self._problem(path, found, "what its constructor accepts")

    def _problem(self, path: Path, found: str, expected: str, remedy: str = "") -> _Nothing:
        self.problems.append(Problem(path, found, expected, remedy))
        return _NOTHING


def _lacks_something(given: Any) -> bool:
    if isinstance(given, dict):
        return any(map(_lacks_something, given.values()))
    if isinstance(given, list):
        return any(map(_lacks_something, given))
    return given is _NOTHING


def _parameter_path(path: Path, subject: str, given: Any) -> Path:
    """Return the path of the parameter that an error is about, ``"LogNormalExp: sigma"``."""
    _, _, name = subject.partition(": ")
    if not isinstance(given, dict) or not name:
        return path
    if name in given:
        return (*path, name)
    return (*path, "kwargs", name) if name in (given.get("kwargs") or {}) else path
