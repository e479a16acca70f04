"""Coords that fit the arrays in a prior of any kind, to create it where there is no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xarray import DataArray

from unfunnel.moments.labels import own_dims
from unfunnel.prior.display import graph_coords

# What a dim without known labels has; two of them along which deviations sum to zero.
_UNKNOWN = (["any"], ["any", "other"])


def own_coords(prior: Any) -> dict[str, list[Any]]:
    """Return labels of all dims of a prior, also one that wraps others.

    Parameters
    ----------
    prior : object
        One of ours, a ``Prior``, a ``ByCoord``, or ``Scaled``, ``Censored``, ``MaskedPrior``.

    Returns
    -------
    dict
        Labels of arrays and of members; ``["any"]`` for a dim of which no labels are known.
    """
    coords: dict[str, list[Any]] = {dim: _UNKNOWN[0] for dim in own_dims(prior)}
    for part in _parts(prior):
        coords |= {dim: labels for dim, labels in part.items() if labels != _UNKNOWN[0]}
        coords = {**part, **coords}
    return coords


def known_coords(prior: Any) -> dict[str, list[Any]]:
    """Return the labels of the dims along which something in a prior differs."""
    return {dim: labels for dim, labels in own_coords(prior).items() if labels not in _UNKNOWN}


def _parts(prior: Any) -> Iterator[Mapping[str, list[Any]]]:
    """Yield the coords of everything in a prior."""
    if hasattr(prior, "parameters"):
        yield graph_coords(prior)
        children: list[Any] = list(prior.parameters.values())
    else:  # wrappers of upstream have no common attribute for what they wrap
        names = ("dist", "distribution", "prior", "factor", "mask", "default")
        children = [getattr(prior, name, None) for name in names]
        if isinstance(members := getattr(prior, "members", None), Mapping):
            yield {prior.dim: list(members)}
            children += members.values()
    for child in children:
        if isinstance(child, DataArray):
            yield {str(dim): child[dim].values.tolist() for dim in child.dims}
        elif hasattr(child, "create_variable"):
            yield from _parts(child)
