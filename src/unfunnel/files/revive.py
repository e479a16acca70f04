"""How upstream learns to revive our priors from dictionaries.

``pymc_extras.deserialize`` tries its deserializers in order, and upstream's own claims every
dictionary with a ``"dist"``. So ours stands in front. It is put there when that module is imported,
by whomever, so that ``import unfunnel`` itself stays cheap.

It also reads what files of priors hold and upstream does not: DataArrays with coords, and a
``MaskedPrior`` of pymc-marketing whose mask has labels, or in whose dictionary their own registry
has put ``__type__``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from unfunnel.errors import DecodeError
from unfunnel.optional import require

_MODULE = "pymc_extras.deserialize"


def register() -> None:
    """Put our deserializer in front, now or as soon as ``pymc_extras.deserialize`` is imported."""
    if hasattr(sys.modules.get(_MODULE), "DESERIALIZERS"):
        _insert(sys.modules[_MODULE])
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _insert(module: ModuleType) -> None:
    if all(known.deserialize is not _from_dict for known in module.DESERIALIZERS):
        module.DESERIALIZERS.insert(
            0, module.Deserializer(is_type=_is_ours, deserialize=_from_dict)
        )


# What follows imports pandas and xarray, and not before there is something to revive.


def _is_ours(data: Any) -> bool:
    from unfunnel.prior.codec import has_labels, is_by_coord, is_ours

    return is_ours(data) or is_by_coord(data) or has_labels(data) or _is_masked(data)


def _is_masked(data: Any) -> bool:
    return isinstance(data, Mapping) and data.get("class") == "MaskedPrior" and "data" in data


def _from_dict(data: dict[str, Any]) -> Any:
    from unfunnel.prior.codec import decode_value, has_labels, is_by_coord

    if has_labels(data):
        return decode_value(data, dict)
    if _is_masked(data):
        return _masked_from_dict(data)
    from unfunnel.prior.by_coord import ByCoord
    from unfunnel.prior.classes import NaturalPrior  # not .prior: this defines the classes too

    return (ByCoord if is_by_coord(data) else NaturalPrior).from_dict(data)


def _masked_from_dict(data: Mapping[str, Any]) -> Any:
    from pymc_extras.deserialize import deserialize

    from unfunnel.prior.codec import decode_value

    given = dict(data["data"])
    unknown = given.keys() - {"prior", "mask", "mask_dims", "active_dim"}
    if unknown or not {"prior", "mask"} <= given.keys():
        expected = "the keys 'prior', 'mask' and optionally 'mask_dims' and 'active_dim'"
        raise DecodeError("MaskedPrior", expected=expected, given=", ".join(map(repr, given)))
    given["prior"] = deserialize(given["prior"])
    given["mask"] = decode_value(given["mask"], deserialize)
    return masked_prior(**given)


def mask_class() -> type[Any] | None:
    """Return ``MaskedPrior`` if pymc-marketing has been imported: without it there is none."""
    return getattr(sys.modules.get("pymc_marketing.special_priors"), "MaskedPrior", None)


def masked_prior(prior: Any, mask: Any, mask_dims: Any = None, active_dim: Any = None) -> Any:
    """Return a ``MaskedPrior``; a mask without labels is along ``mask_dims``, or the prior's."""
    from xarray import DataArray

    kind = require("pymc_marketing.special_priors", "marketing").MaskedPrior
    if not isinstance(mask, DataArray):
        mask = DataArray(mask, dims=mask_dims or prior.dims)
    return kind(prior, mask.astype(bool), active_dim)


class _Finder(MetaPathFinder):
    """Finds the one module as usual, and has it call back once it is loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == _MODULE else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _insert(module)
                sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _Finder)]

            # The loader is this spec's own.
            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def patch_prior_from_dict() -> Callable[[], None]:
    """Make ``Prior.from_dict`` revive our priors too, for callers that name that method.

    pymc-marketing's ``HSGP.from_dict`` does, so that a saved model with one of our priors in an
    HSGP does not load without this. Opt-in, as it changes a class of another package. Calling it
    again changes nothing.

    Returns
    -------
    callable
        Takes no argument and restores upstream's method.

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import LogNormalExp, patch_prior_from_dict
    >>> undo = patch_prior_from_dict()
    >>> Prior.from_dict(LogNormalExp(1, 2).to_dict())
    LogNormalExp(mu=1, sigma=2)
    >>> undo()
    """
    from pymc_extras.prior import Prior

    original = Prior.__dict__["from_dict"]
    if getattr(original.__func__, "unfunnel_original", None) is None:

        def from_dict(cls: Any, data: Any) -> Any:
            return _from_dict(data) if _is_ours(data) else original.__func__(cls, data)

        patched: Any = classmethod(from_dict)
        from_dict.unfunnel_original = original  # type: ignore[attr-defined]
        Prior.from_dict = patched  # type: ignore[method-assign]

    def undo() -> None:
        current = Prior.__dict__["from_dict"]
        upstream = getattr(current.__func__, "unfunnel_original", None)
        if upstream is not None:
            Prior.from_dict = upstream  # type: ignore[method-assign]

    return undo
