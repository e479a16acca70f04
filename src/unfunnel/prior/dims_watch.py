"""Dims whose present labels a prior depends on, watched for changes.

An array parameter, like the members of a ``ByCoord``, is aligned with the model's coords once, when
the variable is built. If such a dim is later resized or reordered the array would silently belong
to other labels, so the change itself is refused.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from typing import Any

import pymc as pm

from unfunnel.errors import LabelError, shown

# The local variable, and the argument of getrefcount.
_REFERENCES_FROM_HERE = 2


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
                expected=f"dim {dim!r} to keep the labels that it was aligned with",
                given=f"{shown(labels)} in place of {shown(self[dim])}",
                remedy="Build the model again with the new coords. A DataArray may hold more "
                "labels than a model, and pm.Data in place of an array may change.",
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
    if not isinstance(model._coords, WatchedCoords):
        _replace_coords(model)
    owners = model._coords.owners
    for dim in dims:
        owners.setdefault(dim, []).append(owner)


def _replace_coords(model: pm.Model) -> None:
    """Give watched coords to the model and to every other one that shares its coords.

    A sub-model shares them with its parents, but a parent does not know its sub-models; only the
    garbage collector does. Asking it is slow, so it is asked only if somebody else holds them.
    """
    old = model._coords
    new = WatchedCoords(old)
    current: pm.Model | None = model
    while current is not None:
        current._coords = new
        current = current.parent
    if sys.getrefcount(old) <= _REFERENCES_FROM_HERE:
        return
    for holder in gc.get_referrers(old):
        # An instance is found itself or, where it has one, by its dictionary.
        candidates = gc.get_referrers(holder) if isinstance(holder, dict) else [holder]
        for candidate in candidates:
            if isinstance(candidate, pm.Model) and candidate._coords is old:
                candidate._coords = new
