"""From the description of a file to priors, with every problem that only their making shows.

A prior whose parameters could not be made is not tried itself: one mistake, one problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, Final

from pymc_extras.prior import Censored, Prior, Scaled

from unfunnel.errors import UnfunnelError
from unfunnel.files import masks
from unfunnel.files.decode_values import Node
from unfunnel.files.grammar import BY_COORD, rows
from unfunnel.files.problems import Path, Problem
from unfunnel.prior import classes, codec
from unfunnel.prior.by_coord import ByCoord


class _Nothing:
    """Stands for what could not be made."""


_NOTHING: Final = _Nothing()


def build_priors(nodes: Mapping[str, Node]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the priors of a file, and the problems of those that could not be made."""
    builder = _Builder()
    built = {name: builder.value(node) for name, node in nodes.items()}
    return {name: made for name, made in built.items() if made is not _NOTHING}, builder.problems


class _Builder:
    """Makes what nodes describe, from the inside out."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def value(self, node: Node) -> Any:
        """Return what a node describes, or a mark that it could not be made."""
        parts = {key: self.value(part) for key, part in node.parts.items()}
        if any(part is _NOTHING for part in parts.values()):
            return _NOTHING
        try:
            return _made(node, parts)
        except UnfunnelError as error:
            given, expected, remedy = str(error.given), error.expected, error.remedy
            return self._problem(_path_of(node, error.subject), given, expected, remedy)
        except Exception as error:  # upstream's constructors raise what they like: no traceback
            given = f"{type(error).__name__}: {' '.join(str(error).split())}"
            return self._problem(node.path, given, "what its constructor accepts")

    def _problem(self, path: Path, given: str, expected: str, remedy: str = "") -> _Nothing:
        self.problems.append(Problem(path, given, expected, remedy))
        return _NOTHING


def _made(node: Node, parts: Mapping[str, Any]) -> Any:
    """Return what a node describes, from what was made of its parts."""
    name = node.name
    options = {
        key: codec.decode_value(each.data, dict) if isinstance(each, Node) else each
        for key, each in node.options.items()
    }
    if name in rows() and rows()[name].ours:
        return getattr(classes, name)(**parts, **options)
    if name in rows():
        return Prior(name, **parts, **options)
    if name == BY_COORD:
        members = [part for key, part in parts.items() if key != "default"]
        labels = codec.decode_labels(options["labels"])
        pairs = zip(labels, members, strict=True)
        return ByCoord(options["dim"], pairs, parts.get("default"), dims=options.get("dims"))
    if name == "Censored":
        return Censored(parts["dist"], **{"lower": -inf, "upper": inf, **options})
    if name == "Scaled":
        return Scaled(parts["dist"], parts["factor"])
    if name == "MaskedPrior":
        return masks.masked_prior(parts["prior"], parts["mask"], **options)
    return codec.decode_value(node.data, dict)


def _path_of(node: Node, subject: str) -> Path:
    """Return the path of the parameter or option that an error is about."""
    _, _, key = subject.partition(": ")
    if key in node.parts:
        return node.parts[key].path
    return (*node.path, key) if key in node.options else node.path
