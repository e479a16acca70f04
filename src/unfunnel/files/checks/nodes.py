"""The priors inside a file, one after the other, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from unfunnel.files.grammar.rules import Rule, rules
from unfunnel.files.grammar.shapes_of_priors import BY_COORD, FLAT, kind_of_prior
from unfunnel.files.problems import Path
from unfunnel.files.version import priors_of


@dataclass(frozen=True)
class Node:
    """A mapping that describes a prior.

    Parameters
    ----------
    path : tuple
        Where it is.
    value : mapping
        What stands there.
    name : str
        Its ``dist`` or ``class``.
    flat : bool
        Whether it says ``distribution`` in place of ``dist``.
    around : str
        The ``dist`` or ``class`` of the prior that it is directly inside of; empty at the top.
    """

    path: Path
    value: Mapping[str, Any]
    name: str
    flat: bool = False
    around: str = ""

    @property
    def rule(self) -> Rule | None:
        """What the prior takes; None if it is no distribution."""
        return rules().get(self.name)

    @property
    def kwargs(self) -> Mapping[str, Any]:
        """What stands under ``kwargs``; nothing if that is no mapping."""
        kwargs = self.value.get("kwargs")
        return kwargs if isinstance(kwargs, Mapping) else {}

    @property
    def takes_both(self) -> bool:
        """Whether parameters may stand under ``kwargs`` and beside the name."""
        return self.name == BY_COORD or (self.rule is not None and self.rule.ours)

    @property
    def beside(self) -> bool:
        """Whether parameters stand beside the name."""
        return self.flat and "kwargs" not in self.value

    def given(self, known: tuple[str, ...]) -> dict[str, tuple[Path, Any]]:
        """Return the parameters that are given, wherever that is, with their paths."""
        under = {
            key: ((*self.path, "kwargs", key), value)
            for key, value in self.kwargs.items()
            if key in known
        }
        beside = {
            key: ((*self.path, key), value) for key, value in self.value.items() if key in known
        }
        return beside | under


def nodes(data: Any) -> Iterator[Node]:
    """Walk through the priors of a file, or of a bare mapping; parts of another shape are passed.

    Parameters
    ----------
    data : object
        Plain data, not deeper than the shape of a file allows.

    Yields
    ------
    Node
        A prior, before those inside it.
    """
    for path, value in top(data):
        yield from _inside(path, value)


def top(data: Any) -> Iterator[tuple[Path, Any]]:
    """Return what stands under each name of a file."""
    priors = priors_of(data)
    if isinstance(priors, Mapping):
        yield from (((name,), value) for name, value in priors.items())


def children(node: Node) -> Iterator[tuple[Path, Any]]:
    """Return what may be priors directly inside a prior."""
    if node.rule is not None:
        yield from node.given(node.rule.given).values()
    elif node.name == BY_COORD:
        for path, value in node.given(("members", "default")).values():
            if path[-1] == "default":
                yield path, value
            elif isinstance(value, Mapping):
                yield from (((*path, label), member) for label, member in value.items())
            elif isinstance(value, list | tuple):
                yield from (((*path, i), member) for i, member in enumerate(value))
    elif isinstance(node.value.get("data"), Mapping):
        for key in ("dist", "prior"):
            if key in node.value["data"]:
                yield (*node.path, "data", key), node.value["data"][key]


def node_at(path: Path, value: Any, around: str = "") -> Node | None:
    """Return the prior that a value describes; None if it is none that is known."""
    kind = kind_of_prior(value)
    if kind is None:
        return None
    return Node(path, value, kind.removesuffix(FLAT), kind.endswith(FLAT), around)


def _inside(path: Path, value: Any, around: str = "") -> Iterator[Node]:
    node = node_at(path, value, around)
    if node is not None:
        yield node
        for inner_path, inner in children(node):
            yield from _inside(inner_path, inner, node.name)
