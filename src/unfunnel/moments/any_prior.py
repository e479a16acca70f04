"""Priors of any kind: what they hold, the labels they know, and how to create them.

A prior here is one of this library, a ``Prior``, a ``ByCoord``, or a wrapper of upstream such as
``Scaled`` and ``Censored``. They have nothing in common but ``create_variable``, so that they are
read by their attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from xarray import DataArray

from unfunnel.distributions.supports import support_of
from unfunnel.families import NORMAL_IDENTITY, Family
from unfunnel.intervals import POSITIVE

# Wrappers of upstream have no common attribute for what they wrap.
_WRAPPED = ("dist", "distribution", "prior", "factor", "mask", "default")

# The labels of a dim of which none are known; two along which deviations sum to zero.
_ONE, _TWO = ["any"], ["any", "other"]


def is_of_family(value: Any) -> bool:
    """Whether something is a prior of this library, whose classes lie above this package."""
    return isinstance(getattr(value, "family", None), Family)


def is_ours(value: Any) -> bool:
    """Whether something is a prior of a family, on its own scale."""
    return is_of_family(value) and value.transform is None


def family_of(value: Any) -> Family | None:
    """Return the family by which the law of a prior follows from those of its parameters.

    That of a hierarchical ``Normal`` of upstream is ``NormalIdentity``, if its ``sigma`` is
    positive. None if there is none, or a transform.
    """
    if getattr(value, "transform", "unknown") is not None:
        return None
    if is_of_family(value):
        return value.family  # type: ignore[no-any-return]  # it is one
    parameters = value.parameters if getattr(value, "distribution", None) == "Normal" else {}
    if parameters.keys() != {"mu", "sigma"} or not any(map(is_factory, parameters.values())):
        return None
    sigma = parameters["sigma"]
    positive = support_of(sigma).stays_in(POSITIVE) if is_factory(sigma) else np.all(sigma > 0)
    return NORMAL_IDENTITY if positive else None


def is_likelihood(prior: Any) -> bool:
    """Whether a prior of ours has no mean yet: the model gives it."""
    return is_of_family(prior) and prior.family.parameter_names[0] not in prior.parameters


def is_factory(value: Any) -> bool:
    """Whether something creates a variable."""
    return hasattr(value, "create_variable")


def own_dims(prior: Any) -> tuple[str, ...]:
    """Return the declared dims; a ``ByCoord`` without any has the one whose labels it knows."""
    dims = getattr(prior, "dims", None)
    dims = getattr(prior, "dim", None) if dims is None else dims
    return (dims,) if isinstance(dims, str) else tuple(dims or ())


def contents(prior: Any, dims: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield a prior and everything in it, each with the dims of what holds it."""
    yield prior, dims
    if not is_factory(prior):
        return
    inner: list[Any] = [getattr(prior, "centering", None)]
    if isinstance(parameters := getattr(prior, "parameters", None), Mapping):
        inner += parameters.values()
    else:
        inner += [getattr(prior, name, None) for name in _WRAPPED]
    if isinstance(members := getattr(prior, "members", None), Mapping):
        inner += members.values()
    for value in inner:
        yield from contents(value, own_dims(prior))


def known_labels(prior: Any) -> dict[str, list[Any]]:
    """Return the labels of the dims along which something in a prior differs: arrays, members."""
    found: dict[str, list[list[Any]]] = {}
    members: dict[str, dict[Any, None]] = {}
    for value, dims in contents(prior):
        if isinstance(value, DataArray):
            axes = {str(dim): list(value[dim].to_index()) for dim in value.dims}
        elif isinstance(value, np.ndarray) and value.ndim <= len(dims):
            lengths = zip(dims[len(dims) - value.ndim :], value.shape, strict=True)
            axes = {dim: list(range(length)) for dim, length in lengths if length != 1}
        else:
            axes = {}
            if isinstance(own := getattr(value, "members", None), Mapping):
                members.setdefault(value.dim, {}).update(dict.fromkeys(own))
        for dim, labels in axes.items():
            found.setdefault(dim, []).append(labels)
    # An array may hold more labels than the model: the fewest are those that all have. A member of
    # a ByCoord needs its label to be there.
    fewest = {dim: min(labels, key=len) for dim, labels in found.items()}
    return fewest | {dim: list(labels) for dim, labels in members.items()}


def own_coords(prior: Any) -> dict[str, list[Any]]:
    """Return labels of all dims, to create a prior where there is no model."""
    coords: dict[str, list[Any]] = {}
    for value, _ in contents(prior):
        together = getattr(getattr(value, "zero_sum", None), "dims", ())
        coords |= {
            dim: _TWO if dim in together else coords.get(dim, _ONE) for dim in own_dims(value)
        }
    return coords | known_labels(prior)


def create(prior: Any, name: str) -> Any:
    """Create the variable of a prior in the model on the context stack."""
    return prior.create_variable(name, xdist=_needs_dims(prior))


def _needs_dims(prior: Any) -> bool:
    """Whether a prior of upstream holds an array with dims, which needs ``pymc.dims``."""
    values = getattr(prior, "parameters", {}).values()
    return not is_of_family(prior) and any(
        isinstance(value, DataArray) or _needs_dims(value) for value in values
    )
