"""What has to hold between the keys of a prior, beyond the shape of each.

The JSON Schema says the same by :mod:`unfunnel.files.grammar.between_keys`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.checks.found import found
from unfunnel.files.checks.nearest import suggestion
from unfunnel.files.checks.nodes import Node, node_at, nodes
from unfunnel.files.grammar.rules import LATER, Rule
from unfunnel.files.grammar.shapes_of_priors import BY_COORD
from unfunnel.files.problems import Problem


def inconsistencies(data: Any) -> Iterator[Problem]:
    """Return what does not fit together in the priors of a file, in the order of the file."""
    for node in nodes(data):
        if node.rule is not None:
            yield from _of_distribution(node, node.rule)
        elif node.name == BY_COORD:
            yield from _of_by_coord(node)
        elif node.name == "Censored":
            yield from _of_censored(node)


def _of_distribution(node: Node, rule: Rule) -> Iterator[Problem]:
    yield from _twice(node, rule.given)
    yield from _presence(node, rule)
    if not rule.ours and node.around != "Censored":
        yield from _non_centered(node, rule)
    yield from _zero_sum(node, rule)


def _twice(node: Node, known: Iterable[str]) -> Iterator[Problem]:
    for key in known:
        if key in node.kwargs and key in node.value and node.takes_both:
            yield Problem(
                (*node.path, key),
                "it in 'kwargs' and beside it",
                f"{key!r} once",
                "Remove one of the two.",
            )


def _presence(node: Node, rule: Rule) -> Iterator[Problem]:
    """Report parameters that are missing, or given twice by way of another."""
    if "kwargs" in node.value and not isinstance(node.value["kwargs"], Mapping):
        return
    given = node.given(rule.given)
    # A misspelt parameter is one mistake, not also a missing one.
    meant = _meant(node, rule.given)
    for name, names in rule.alternatives.items():
        present = [each for each in names if each in given]
        if len(present) > 1:
            yield Problem(
                given[present[1]][0],
                f"{present[1]!r} beside {present[0]!r}",
                f"{' or '.join(map(repr, names))}, not both",
                "Remove one of the two.",
            )
        elif not present and not meant & set(names) and name != LATER:
            parameter = rule.parameters[name]
            path = (*node.path, name) if node.beside else (*node.path, "kwargs", name)
            others = f" or {listed(names[1:])}" if names[1:] else ""
            meaning = f", {parameter.meaning}" if parameter.meaning else f" of {rule.name}"
            yield Problem(path, "no value for it", f"{name!r}{others}{meaning}")


def _meant(node: Node, known: tuple[str, ...]) -> set[str | None]:
    """Return the parameters that are given, or meant by keys that are not known."""
    options = node.rule.options if node.rule is not None else ("dims",)
    beside = [key for key in node.value if key not in (*_NO_PARAMETERS, *options)]
    return {suggestion(key, known) for key in (*beside, *node.kwargs)}


_NO_PARAMETERS = ("dist", "distribution", "kwargs")


def _non_centered(node: Node, rule: Rule) -> Iterator[Problem]:
    if node.value.get("centered") is not False:
        return
    path = (*node.path, "centered")
    if rule.non_centered is None:
        yield Problem(
            path,
            "false",
            f"true: a Prior has no such form of {rule.name}, only of Normal, StudentT and "
            "ZeroSumNormal",
            "Remove it, or use a prior of unfunnel, which takes any centering.",
        )
        return
    missing = [key for key in rule.non_centered if key not in node.given(rule.given)]
    if missing:
        yield Problem(
            path,
            f"no {listed(missing)}",
            f"{listed(rule.non_centered)} beside `centered: false`",
            "Add it.",
        )


def _zero_sum(node: Node, rule: Rule) -> Iterator[Problem]:
    if not rule.zero_sum:
        return
    value = node.value
    if "zero_sum_scale" in value and "zero_sum" not in value:
        yield Problem(
            (*node.path, "zero_sum_scale"),
            "it alone",
            "'zero_sum' beside it, to say along which dims",
        )
    if "zero_sum" not in value:
        return
    if isinstance(value["zero_sum"], list | tuple) and not value["zero_sum"]:
        yield Problem((*node.path, "zero_sum"), "an empty list", "at least one dim")
    if value.get("centered") == "offset":
        yield Problem(
            (*node.path, "centered"),
            "'offset'",
            "true, false or 'auto' where deviations sum to zero",
            "`centered: false` samples the same coordinate.",
        )


def _of_by_coord(node: Node) -> Iterator[Problem]:
    keys = ("dim", "labels", "members", "default")
    yield from _twice(node, keys)
    given = node.given(keys)
    if "kwargs" in node.value and not isinstance(node.value["kwargs"], Mapping):
        return
    meant = _meant(node, keys)
    for key, what in (
        ("dim", "the dim whose labels have priors of their own"),
        ("members", "priors by label"),
    ):
        if key not in given and key not in meant:
            path = (*node.path, key) if node.beside else (*node.path, "kwargs", key)
            yield Problem(path, "no value for it", f"{key!r}, {what}")
    if "members" not in given:
        return
    path, members = given["members"]
    labels = given["labels"][1] if "labels" in given else None
    if isinstance(members, Mapping) and labels is not None:
        yield Problem(
            given["labels"][0],
            "both",
            "labels either here or as the keys of 'members'",
            "Remove it.",
        )
    if isinstance(members, list | tuple) and labels is None:
        yield Problem(
            path, f"{found(members)} without labels", "priors by label, or 'labels' beside the list"
        )


def _of_censored(node: Node) -> Iterator[Problem]:
    data = node.value.get("data")
    if not isinstance(data, Mapping):
        return
    path = (*node.path, "data", "dist")
    inner = node_at(path, data.get("dist"))
    if inner is None or inner.rule is None:
        return
    if "transform" in inner.value:
        yield Problem(
            (*path, "transform"), "it", "a distribution without transform, as it is censored"
        )
    centered = inner.value.get("centered", True)
    if centered == "offset" if inner.rule.ours else centered is False:
        yield Problem(
            (*path, "centered"),
            found(centered),
            "a distribution that is centered, as it is censored",
            "Use false in place of 'offset'." if inner.rule.ours else "Remove it.",
        )
