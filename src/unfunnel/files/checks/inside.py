"""Numbers and hyperpriors in a file that lie where their parameter may not be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from unfunnel.distributions.supports import UNKNOWN, Support, hyperprior_inside, union
from unfunnel.errors import listed
from unfunnel.files.checks.nodes import Node, children, node_at, nodes
from unfunnel.files.grammar.rules import ParameterRule, Rule
from unfunnel.files.grammar.shapes_of_priors import BY_COORD
from unfunnel.files.grammar.shapes_of_values import is_labelled, is_list, is_number
from unfunnel.files.problems import Path, Problem
from unfunnel.intervals import REAL, Interval


def support_problems(data: Any) -> Iterator[Problem]:
    """Return which bounds, numbers and hyperpriors of a file cannot be meant."""
    for node in nodes(data):
        if node.rule is not None and node.rule.ours:
            yield from _of_family(node, node.rule)
        elif node.rule is not None:
            yield from _of_ends(node, node.rule)
            yield from _said_twice(node, node.rule)
        elif node.name == "Censored" and isinstance(node.value.get("data"), Mapping):
            yield from _of_censored((*node.path, "data"), node.value["data"])


def support_of(value: Any) -> Support:
    """Return what is known of the support of a prior in a file; compare ``unfunnel.supports``."""
    node = node_at((), value)
    if node is None:
        return UNKNOWN
    if node.rule is not None:
        transform = node.value.get("transform")
        found = _of_rule(node, node.rule)
        return found.transformed(transform if isinstance(transform, str) else None)
    inner = [support_of(child) for _, child in children(node)]
    if node.name == BY_COORD:
        return union(inner) if inner else UNKNOWN
    data = node.value.get("data")
    if not inner or not isinstance(data, Mapping):
        return UNKNOWN
    if node.name == "Censored":
        return inner[0].censored(_number(data.get("lower")), _number(data.get("upper")))
    factor = _number(data.get("factor"))
    return inner[0].scaled(factor) if node.name == "Scaled" and factor else UNKNOWN


def _of_rule(node: Node, rule: Rule) -> Support:
    if rule.support is None:
        return UNKNOWN
    if rule.ours:
        return Support(*(_bounded(node, rule) or Interval(*_ends(rule.support))))
    lower, upper = rule.support
    return Support(_end(node, rule, lower, REAL.lower), _end(node, rule, upper, REAL.upper))


def _end(node: Node, rule: Rule, end: float | str | None, none: float) -> float | None:
    """Return an end of a support: a number, or what a parameter is."""
    if not isinstance(end, str):
        return none if end is None else end
    given = node.given((end,))
    if given:
        return _number(given[end][1])
    parameter = rule.parameters[end]
    default = none if parameter.default is None else float(parameter.default)
    return None if parameter.required else default


def _ends(support: tuple[Any, Any]) -> tuple[float, float]:
    lower, upper = support
    return REAL.lower if lower is None else lower, REAL.upper if upper is None else upper


def _bounded(node: Node, rule: Rule) -> Interval | None:
    """Return where a variable with these bounds lies; None if it was given none."""
    bounds = {key: _number(value) for key, (_, value) in node.given(tuple(rule.bounds)).items()}
    if not any(value is not None for value in bounds.values()):
        return None
    return Interval(*_ends(tuple({**rule.bounds, **bounds}.values())))  # type: ignore[arg-type]  # two values


def _of_family(node: Node, rule: Rule) -> Iterator[Problem]:
    bounds = node.given(tuple(rule.bounds))
    if len(bounds) > 1 and all(usual is None for usual in rule.bounds.values()):
        yield Problem(
            bounds["upper"][0],
            "both",
            "'lower' or 'upper', not both",
            "Remove one of them, or use ProbitNormal, which lies between two bounds.",
        )
        return
    moved = _bounded(node, rule)
    if moved is not None and not moved.lower < moved.upper:
        path = next(path for path, _ in reversed(bounds.values()))
        yield Problem(path, f"{moved.lower:g} and {moved.upper:g}", "'lower' below 'upper'")
        return
    yield from _too_wide(node, rule)
    for key, (path, value) in node.given(tuple(rule.parameters)).items():
        parameter = rule.parameters[key]
        within = parameter.within_bounds and moved is not None
        allowed = moved if within and moved is not None else parameter.support
        if parameter.within_bounds:
            yield from _numbers(path, value, parameter, allowed)
        if node_at(path, value) is not None and not parameter.truncates:
            yield from _hyperprior(path, value, parameter, allowed)


def _of_ends(node: Node, rule: Rule) -> Iterator[Problem]:
    """Report ends of a distribution of PyMC that leave nothing between them."""
    keys = [end for end in rule.support or () if isinstance(end, str)]
    given = node.given(tuple(keys))
    lower, upper = _of_rule(node, rule)
    if len(keys) == 2 and given and lower is not None and upper is not None and lower >= upper:
        first = next(path for key, (path, _) in given.items() if key in keys)
        yield Problem(first, f"{lower:g} and {upper:g}", f"{keys[0]!r} below {keys[1]!r}")


def _said_twice(node: Node, rule: Rule) -> Iterator[Problem]:
    """Report parameters that another group of them says already: PyMC may pass over them."""
    present = [group for group in rule.either if node.given(group)]
    if len(present) > 1:
        (path, _), *_ = node.given(present[1]).values()
        yield Problem(
            path,
            f"{path[-1]!r} beside {listed(node.given(present[0]))}",
            f"either {' or '.join(listed(group) for group in rule.either)}",
            "Remove those of one way.",
        )


def _too_wide(node: Node, rule: Rule) -> Iterator[Problem]:
    """Report a standard deviation that no law between two bounds has with this mean.

    The variance is below ``(mu - lower) (upper - mu)`` (Bhatia & Davis 2000, "A better bound on the
    variance", American Mathematical Monthly 107). Arrays are left to whoever makes the prior.
    """
    given = node.given(tuple(rule.parameters))
    support = _bounded(node, rule) or Interval(*_ends(rule.support or (None, None)))
    mu, sigma = (_number(given[key][1]) if key in given else None for key in ("mu", "sigma"))
    if (
        mu is None
        or sigma is None
        or mu not in support
        or not rule.parameters["sigma"].numbers_only
    ):
        return
    largest = math.sqrt((mu - support.lower) * (support.upper - mu))
    if sigma >= largest:
        yield Problem(
            given["sigma"][0],
            f"{sigma:g}",
            f"a number below {largest:.6g}, the largest that the mean and the bounds allow",
            "Use 'spread', the share of the largest possible, which goes with any mean.",
        )


def _numbers(
    path: Path, value: Any, parameter: ParameterRule, allowed: Interval
) -> Iterator[Problem]:
    """Report the first number outside, of one or of an array."""
    if is_labelled(value):
        yield from _numbers((*path, "data"), value.get("data"), parameter, allowed)
        return
    for at, number in _elements(path, value):
        if number not in allowed:
            yield Problem(at, f"{number}", f"{allowed.numbers} ({parameter.meaning})")
            return


def _elements(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if is_list(value):
        for i, element in enumerate(value):
            yield from _elements((*path, i), element)
    elif is_number(value):
        yield path, value


def _hyperprior(
    path: Path, value: Any, parameter: ParameterRule, allowed: Interval
) -> Iterator[Problem]:
    support = support_of(value)
    if support.leaves(allowed):
        node = node_at(path, value)
        name = node.name if node is not None else ""
        yield Problem(
            path,
            f"{name}, which puts mass {support.outside(allowed)}",
            f"a hyperprior with {allowed.support} ({parameter.meaning})",
            hyperprior_inside(allowed),
        )


def _of_censored(path: Path, data: Mapping[str, Any]) -> Iterator[Problem]:
    bounds = {key: _number(data.get(key)) for key in ("lower", "upper")}
    for key, value in bounds.items():
        if value is not None and math.isnan(value):
            yield Problem((*path, key), "no number (NaN)", "a number")
    lower, upper = bounds.values()
    if lower is not None and upper is not None and lower >= upper:
        yield Problem((*path, "lower"), f"{lower:g} and {upper:g}", "'lower' below 'upper'")


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) else None
