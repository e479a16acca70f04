"""Problems in the order of the file, and those that are one mistake as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from unfunnel.files.checks.unknown import UNDER_KWARGS
from unfunnel.files.grammar.shapes_of_values import is_list
from unfunnel.files.problems import Path, Problem
from unfunnel.files.version import priors_of

#: Comes after whatever is there.
_ABSENT = 2**62


def folded(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems, those that are one mistake as one with their number.

    Parameters
    ----------
    problems : iterable of Problem
        As they were found. One mistake are those of the elements of one array, and parameters that
        are not under ``kwargs``.
    """
    first: dict[tuple[Path, str], Problem] = {}
    more: dict[tuple[Path, str], int] = {}
    for problem in problems:
        key = _mistake(problem)
        if key in first:
            more[key] = more.get(key, 0) + 1
        else:
            first[key] = problem
    return [
        replace(problem, given=f"{problem.given}, and {more[key]} more like it")
        if key in more
        else problem
        for key, problem in first.items()
    ]


def _mistake(problem: Problem) -> tuple[Path, str]:
    """Return what problems have in common that are one mistake."""
    if problem.remedy == UNDER_KWARGS:
        return problem.path[:-1], problem.remedy
    end = len(problem.path)
    while end > 1 and isinstance(problem.path[end - 1], int):
        end -= 1
    return problem.path[:end], "" if end < len(problem.path) else str(problem)


def place_in(data: Any, path: Path) -> tuple[int, ...]:
    """Return where in a file a path leads, such that places compare in its order.

    Parameters
    ----------
    data : object
        The file as plain data.
    path : tuple
        Of a problem. Keys that are missing come after those that are there.
    """
    priors = priors_of(data)
    value = priors if isinstance(priors, Mapping) and path and path[0] in priors else data
    place: list[int] = []
    for step in path:
        keys = list(value) if isinstance(value, Mapping) else None
        if keys is not None and step in keys:
            place.append(keys.index(step))
            value = value[step]
        elif is_list(value) and isinstance(step, int) and step < len(value):
            place.append(step)
            value = value[step]
        else:
            return (*place, _ABSENT)
    return tuple(place)
