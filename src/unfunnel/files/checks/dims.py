"""Dims and labels in a file: those of what is inside a prior are among its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.checks.arrays import date_problems, dims_of_labelled, shape
from unfunnel.files.checks.nearest import did_you_mean
from unfunnel.files.checks.nodes import Node, children, node_at, nodes
from unfunnel.files.grammar.shapes_of_priors import BY_COORD
from unfunnel.files.grammar.shapes_of_values import is_labelled, is_list
from unfunnel.files.problems import Path, Problem

type Dims = tuple[str, ...]


def dims_problems(data: Any) -> Iterator[Problem]:
    """Return which dims and labels of a file do not go together."""
    for node in nodes(data):
        if node.rule is not None:
            yield from _of_distribution(node)
        elif node.name == BY_COORD:
            yield from _of_by_coord(node)
        elif node.name == "MaskedPrior":
            yield from _of_masked(node)


def dims_of(value: Any) -> Dims | None:
    """Return the dims that a prior or a labelled array has; None if it does not say."""
    if is_labelled(value):
        return dims_of_labelled(value)
    node = node_at((), value)
    if node is None:
        return None
    if node.rule is not None or node.name == BY_COORD:
        return _names(node.value.get("dims"))
    inner = [child for _, child in children(node)]
    return dims_of(inner[0]) if inner else None


def _of_distribution(node: Node) -> Iterator[Problem]:
    own = _names(node.value.get("dims"))
    if own is None or node.rule is None:
        return
    for path, value in node.given(tuple(node.rule.parameters)).values():
        yield from _inside(path, dims_of(value), own)
        axes = shape(value) or ()
        if is_list(value) and len(axes) > len(own):
            yield Problem(
                path,
                f"one with {len(axes)} axes",
                f"an array with at most {_counted(own)}",
            )
    yield from _inside(node.path, _names(node.value.get("zero_sum")), own, key="zero_sum")


def _of_by_coord(node: Node) -> Iterator[Problem]:
    given = node.given(("dim", "labels", "members"))
    own = _names(node.value.get("dims"))
    _, dim = given.get("dim", ((), None))
    if not isinstance(dim, str):
        return
    if own is not None and dim not in own:
        yield Problem(
            (*node.path, "dims"), listed(own), f"{dim!r} among them, whose labels have the priors"
        )
    for path, member in children(node):
        dims = dims_of(member)
        if dims is not None and dim in dims:
            yield Problem(
                (*path, "dims"),
                listed(dims),
                f"a prior without the dim {dim!r}: it belongs to one label of it",
                "Remove it there.",
            )
        elif own is not None:
            yield from _inside(path, dims, own)
    yield from _labels(given)


def _labels(given: Mapping[str, tuple[Path, Any]]) -> Iterator[Problem]:
    if "labels" not in given or "members" not in given:
        return
    path, labels = given["labels"]
    if isinstance(labels, Mapping):
        labels = labels.get("data")
        yield from date_problems((*path, "data"), labels)
    members = given["members"][1]
    if not is_list(labels) or not is_list(members):
        return
    if len(labels) != len(members):
        yield Problem(path, f"{len(labels)}", f"as many labels as members, {len(members)}")
    twice = [label for i, label in enumerate(labels) if label in labels[:i]]
    if twice:
        yield Problem(path, f"{twice[0]!r} more than once", "one member for each label")


def _of_masked(node: Node) -> Iterator[Problem]:
    data = node.value.get("data")
    if not isinstance(data, Mapping) or node_at((), data.get("prior")) is None:
        return
    path = (*node.path, "data")
    key = "mask" if is_labelled(data.get("mask")) else "mask_dims"
    own = dims_of(data["prior"])
    masked = dims_of_labelled(data["mask"]) if key == "mask" else _names(data.get("mask_dims"))
    if own is None:
        yield Problem((*path, "prior", "dims"), "no dims", "the dims of the mask")
        return
    if masked is not None and masked != own:
        yield Problem(
            (*path, key), listed(masked), f"the dims of the prior in order, {listed(own)}"
        )
    axes = shape(data.get("mask")) if is_list(data.get("mask")) else None
    if axes is not None and len(axes) != len(own):
        yield Problem((*path, "mask"), f"{len(axes)} axes", f"a list with {_counted(own)}")


def _inside(path: Path, inner: Dims | None, own: Dims, key: str = "dims") -> Iterator[Problem]:
    for dim in inner or ():
        if dim not in own:
            yield Problem(
                (*path, key),
                repr(dim),
                f"a dim of the prior around it: {_either(own)}" if key == "dims"
                else f"a dim of the prior: {_either(own)}",
                f"Add it to the dims there, or remove it here. {did_you_mean(dim, own)}".strip(),
            )  # fmt: skip


def _either(own: Dims) -> str:
    return listed(own).replace(" and ", " or ")


def _counted(own: Dims) -> str:
    return f"{len(own)} axes, for {listed(own)}" if len(own) != 1 else f"one axis, for {own[0]!r}"


def _names(dims: Any) -> Dims | None:
    """Return dims as a tuple; None if there are none, or they are of another shape."""
    if isinstance(dims, str):
        return (dims,)
    return tuple(dims) if is_list(dims) and all(isinstance(dim, str) for dim in dims) else None
