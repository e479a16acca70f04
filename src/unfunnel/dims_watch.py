"""Dims whose present labels a prior depends on, watched for changes.

An array parameter is aligned with the model's coords once, when the variable is built. If such a
dim is later resized or reordered the array would silently belong to other labels, so the change
itself is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pymc as pm

from unfunnel.errors import LabelError, shown


class WatchedCoords(dict[str, Any]):
    """The coords of a model; setting a watched dim to other labels raises an error.

    Parameters
    ----------
    coords : dict
        The coords so far.
    owners : dict, optional
        For each watched dim, what depends on it.
    """

    def __init__(self, coords: dict[str, Any], owners: dict[str, list[str]] | None = None) -> None:
        super().__init__(coords)
        self.owners: dict[str, list[str]] = {} if owners is None else owners

    def __setitem__(self, dim: str, labels: Any) -> None:
        """Set the labels of a dim, unless somebody depends on the present ones."""
        if dim in self.owners and list(labels or ()) != list(self[dim] or ()):
            raise LabelError(
                ", ".join(self.owners[dim]),
                expected=f"dim {dim!r} to keep the labels that an array parameter was aligned with",
                given=f"{shown(labels)} in place of {shown(self[dim])}",
                remedy="Build the model again with the new coords (a DataArray may hold more "
                "labels than a model), or pass pm.Data instead of an array.",
            )
        super().__setitem__(dim, labels)

    def copy(self) -> WatchedCoords:
        """Copy with the watches, so that clones of a model are watched too."""
        return WatchedCoords(dict(self), {dim: list(who) for dim, who in self.owners.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle contents and watches together."""
        return (WatchedCoords, (dict(self), self.owners))


def watch_dims(model: pm.Model, dims: Iterable[str], owner: str) -> None:
    """Refuse, from now on, to resize or reorder ``dims`` of ``model``.

    Parameters
    ----------
    model : pymc.Model
        The model on whose coords something was aligned.
    dims : iterable of str
        The dims.
    owner : str
        What depends on them, for the message: ``"beta: mu"``.
    """
    watched = (
        model._coords if isinstance(model._coords, WatchedCoords) else WatchedCoords(model._coords)
    )
    for dim in dims:
        watched.owners.setdefault(dim, []).append(owner)
    current: pm.Model | None = model
    while current is not None:  # a sub-model shares the coords of its parents
        current._coords = watched
        current = current.parent
