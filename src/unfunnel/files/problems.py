"""What is wrong with a file of priors: every problem, each with where it is. Knows no PyMC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unfunnel.errors import UnfunnelError
from unfunnel.files.grammar import priors_of

type Path = tuple[str | int, ...]

#: What is found where a key is wrong, whatever its value.
UNKNOWN_KEY = "an unknown key"


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: what is there, what would have been right, and what to do about it.

    ``path`` holds the keys and indices that lead to it, from the top of the file's priors, as in
    ``("beta", "kwargs", "sigma")``; it is empty for the file as a whole. Lines count from 1.
    """

    path: Path
    given: str
    expected: str
    remedy: str = ""
    line: int | None = None

    @property
    def where(self) -> str:
        """The path as it is read: ``beta.kwargs.sigma``, with ``[2]`` for the third of a list."""
        return dotted(self.path)

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line is not None else ""
        subject = f"{self.where}: " if self.path else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{at}{subject}expected {self.expected}, but got {self.given}.{remedy}"


def dotted(path: Path) -> str:
    """Return a path as it is read; an empty name as ``''``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step or "''"}" if text else str(step) or "''"
    return text


#: Comes after whatever is there.
_ABSENT = 2**62


def place_in(data: Any, path: Path) -> tuple[int, ...]:
    """Return where in a file a path leads, to sort by; missing keys come after those there."""
    priors = priors_of(data)
    value: Any = priors if isinstance(priors, Mapping) and path and path[0] in priors else data
    place: list[int] = []
    for step in path:
        if isinstance(value, Mapping) and step in value:
            place.append(list(value).index(step))
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            place.append(step)
        else:
            return (*place, _ABSENT)
        value = value[step]
    return tuple(place)


class RefusedError(Exception):
    """One problem because of which something is not read or converted any further."""

    def __init__(
        self, given: str, expected: str, remedy: str = "", path: Path = (), line: int | None = None
    ) -> None:
        self.problem = Problem(path, given, expected, remedy, line)
        super().__init__(str(self.problem))


class ConfigError(UnfunnelError, ValueError):
    """A file of priors has mistakes; ``problems`` holds every one.

    Parameters
    ----------
    source : str
        The name of the file, or of what was given in its place.
    problems : sequence of Problem
        At least one.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        counted = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__(source, expected="a valid file of priors", given=counted)
        self.args = ("\n".join([f"{source}: {counted}", *(f"  {each}" for each in self.problems)]),)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.source, self.problems))
