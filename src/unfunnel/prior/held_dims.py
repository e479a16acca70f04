"""Dims that keep their labels, because values of a prior were aligned with them.

An array parameter, like the members of a ``ByCoord``, is aligned with the model's coords once, when
the variable is built. If such a dim is later resized or reordered the array would silently belong
to other labels, so the change itself is refused.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterable
from typing import Any

from unfunnel.errors import LabelError, shown


class HeldCoords(UserDict[str, Any]):
    """A view of the coords of a model that refuses other labels for the dims that are held.

    It writes through to the dictionary that the model had, because a sub-model that was created
    before still holds that one. What is changed there is noticed when it is next read here.
    """

    def __init__(self, coords: dict[str, Any]) -> None:
        super().__init__()
        self.data = coords
        self.labels: dict[str, list[Any]] = {}
        self.owners: dict[str, list[str]] = {}

    def hold(self, dim: str, owner: str) -> None:
        """Refuse other labels of a dim from now on, in the name of what depends on them."""
        self.labels.setdefault(dim, _listed(self[dim]))
        self.owners[dim] = [*self.owners.get(dim, ()), owner]

    def __getitem__(self, dim: str) -> Any:
        """Return the labels of a dim."""
        return self._unchanged(dim, self.data[dim])

    def __setitem__(self, dim: str, labels: Any) -> None:
        """Set the labels of a dim."""
        self.data[dim] = self._unchanged(dim, labels)

    def copy(self) -> HeldCoords:
        """Copy with what is held, so that clones of a model hold it too."""
        new = HeldCoords(dict(self.data))
        new.labels, new.owners = dict(self.labels), dict(self.owners)
        return new

    def _unchanged(self, dim: str, labels: Any) -> Any:
        held = self.labels.get(dim)
        if held is not None and _listed(labels) != held:
            raise LabelError(
                ", ".join(self.owners[dim]),
                expected=f"dim {dim!r} to keep the labels that it was aligned with",
                given=f"{shown(labels)} in place of {shown(held)}",
                remedy="Build the model again with the new coords. A DataArray may hold more "
                "labels than a model, and pm.Data in place of an array may change.",
            )
        return labels


def _listed(labels: Any) -> list[Any]:
    return [] if labels is None else list(labels)


def hold_dims(model: Any, dims: Iterable[str], owner: str) -> None:
    """Refuse, from now on, to resize or reorder dims of a model and of those that it is part of."""
    chain = [model]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    views = [each._coords for each in chain if isinstance(each._coords, HeldCoords)]
    coords = views[0] if views else HeldCoords(model._coords)
    for each in chain:
        each._coords = coords
    for dim in dims:
        coords.hold(dim, owner)
