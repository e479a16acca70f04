"""Arrays in a file: nested lists of equal length, with as many axes as dims and labels to match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.checks.nodes import Node, nodes, top
from unfunnel.files.grammar.shapes_of_values import is_labelled, is_list
from unfunnel.files.problems import Path, Problem


def array_problems(data: Any) -> Iterator[Problem]:
    """Return what is wrong with the arrays of a file, whose elements are as they should be."""
    for path, value in _arrays(data):
        yield from _labelled(path, value) if isinstance(value, Mapping) else _ragged(path, value)


def shape(value: Any) -> tuple[int, ...] | None:
    """Return the lengths of a nested list along its axes; None if it is ragged.

    Parameters
    ----------
    value : object
        A nested list, or an element: that has no axes.

    Examples
    --------
    >>> from unfunnel.files.checks.arrays import shape
    >>> shape([[1, 2, 3], [4, 5, 6]]), shape(7), shape([[1], 2])
    ((2, 3), (), None)
    """
    if not is_list(value):
        return ()
    rows: set[tuple[int, ...] | None] = {shape(row) for row in value}
    inner = next(iter(rows), ())
    return None if len(rows) > 1 or inner is None else (len(value), *inner)


def dims_of_labelled(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the dims of a labelled array."""
    dims = value.get("dims")
    return tuple(str(dim) for dim in dims) if isinstance(dims, list | tuple) else ()


def _arrays(data: Any) -> Iterator[tuple[Path, Any]]:
    """Walk through the arrays of a file."""
    for path, value in top(data):
        if is_list(value) or is_labelled(value):
            yield path, value
    for node in nodes(data):
        for path, value in _places(node):
            if is_list(value) or is_labelled(value):
                yield path, value


def _places(node: Node) -> Iterator[tuple[Path, Any]]:
    """Return what may be an array directly inside a prior."""
    if node.rule is not None:
        yield from node.given(tuple(node.rule.parameters)).values()
        if "centered" in node.value:
            yield (*node.path, "centered"), node.value["centered"]
    elif isinstance(node.value.get("data"), Mapping):
        for key in ("factor", "mask"):
            if key in node.value["data"]:
                yield (*node.path, "data", key), node.value["data"][key]


def _ragged(path: Path, value: Any) -> Iterator[Problem]:
    if shape(value) is None:
        yield Problem(
            path, "lists of unequal length inside it", "an array: nested lists of equal length"
        )


def _labelled(path: Path, value: Mapping[str, Any]) -> Iterator[Problem]:
    lengths, dims = shape(value.get("data")), dims_of_labelled(value)
    if lengths is None:
        yield from _ragged((*path, "data"), value["data"])
        return
    if "data" in value and is_list(value.get("dims")) and len(lengths) != len(dims):
        yield Problem(
            (*path, "dims"),
            f"{len(dims)}",
            f"as many dims as the data have axes, {len(lengths)}",
        )
        return
    coords = value.get("coords")
    if not isinstance(coords, Mapping):
        return
    length_of = dict(zip(dims, lengths, strict=False))
    for dim, labels in coords.items():
        at = (*path, "coords", dim)
        if isinstance(labels, Mapping) and "dims" in labels:
            yield from _beside(at, labels, length_of)
            continue
        given = labels.get("data") if isinstance(labels, Mapping) else labels
        if dim not in length_of:
            yield Problem(at, f"labels of {dim!r}", f"labels of a dim of the data, {listed(dims)}")
        elif isinstance(given, list | tuple) and len(given) != length_of[dim]:
            yield Problem(
                at,
                f"{len(given)}",
                f"as many labels as the data have along {dim!r}, {length_of[dim]}",
            )
        if isinstance(labels, Mapping):
            yield from date_problems((*at, "data"), given)


def _beside(
    path: Path, coord: Mapping[str, Any], length_of: Mapping[str, int]
) -> Iterator[Problem]:
    """Report a coord that labels no dim itself, and does not go along one either."""
    own = dims_of_labelled(coord)
    given: Any = coord.get("data")
    for dim in own:
        if dim not in length_of:
            yield Problem((*path, "dims"), repr(dim), f"a dim of the data, {listed(length_of)}")
            return
    length = length_of[own[0]] if own else 1
    if isinstance(given, list | tuple) and len(given) != length:
        yield Problem((*path, "data"), f"{len(given)}", f"as many as its dims have, {length}")
    if "dtype" in coord:
        yield from date_problems((*path, "data"), given)


def date_problems(path: Path, labels: Any) -> Iterator[Problem]:
    """Return which labels are no dates."""
    for i, label in enumerate(labels if is_list(labels) else ()):
        try:
            datetime.fromisoformat(label)
        except (TypeError, ValueError):
            yield Problem((*path, i), repr(label), "a date in ISO form, such as '2024-01-31'")
            return
