"""Plain data from the events of a parser, with what is wrong in it and the line of everything.

A parser of JSON and one of YAML say the same to a :class:`Tree`: a mapping begins, a key, a value,
it ends. What must hold for both formats stands here once: no key twice, finite numbers, a depth and
a size that nobody reaches by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, isinf
from typing import Any

from unfunnel.files.problems import ConfigError, Path, Problem

#: Beyond these a file is refused: characters of the text, levels, and values in all.
MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES = 4_000_000, 100, 100_000

#: The longest text that is a name, a label or a key.
MAX_WORD = 1_000

#: Where an infinite number says "no bound"; the validator knows for which of them it may.
_BOUNDS = ("lower", "upper")


class _Merge:
    """The key ``<<`` of YAML: what it holds are defaults for the mapping that has it."""

    def __str__(self) -> str:
        return "<<"


MERGE = _Merge()


@dataclass(frozen=True)
class Surprise:
    """A value that is not what its writer may take it for, as the parts of a problem."""

    found: str
    expected: str
    remedy: str = ""


class Refused(ConfigError):
    """A text that is not read to its end: it is broken, or too large."""

    def __init__(self, found: str, expected: str, remedy: str = "", line: int | None = None):
        super().__init__("text", [Problem((), found, expected, remedy, line)])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts."""
        (problem,) = self.problems
        return (type(self), (problem.given, problem.expected, problem.remedy, problem.line))


@dataclass
class _Frame:
    """A mapping or a list that has begun."""

    container: dict[str, Any] | list[Any]
    path: Path
    line: int
    key: str | _Merge | None = None
    key_lines: dict[str, int] = field(default_factory=dict)
    defaults: list[Any] = field(default_factory=list)


@dataclass
class Tree:
    """Plain data that grows by events.

    Parameters
    ----------
    problems : list of Problem
        Those found so far, with their lines.
    lines : dict
        The line of each path that is on another line than what holds it.
    """

    problems: list[Problem] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    data: Any = None
    _values: int = 0
    _open: list[_Frame] = field(default_factory=list)

    def begin(self, container: dict[str, Any] | list[Any], line: int) -> None:
        """Begin a mapping or a list, given empty."""
        if len(self._open) == MAX_DEPTH:
            raise Refused(
                f"more than {MAX_DEPTH} levels of brackets or indentation",
                "a file of priors, whose levels can be counted on a few hands",
                line=line,
            )
        self._count(line)
        if self._is_key_next():
            raise Refused("a mapping or a list as a key", "texts as keys", line=line)
        path = self._path()
        self._open.append(_Frame(container, path, self._place(container, path, line)))

    def end(self) -> None:
        """End what was begun last."""
        frame = self._open.pop()
        if isinstance(frame.container, dict) and frame.defaults:
            self._merge(frame, frame.container)

    def scalar(self, value: Any, line: int, surprise: Surprise | None = None) -> None:
        """Add a key or a value, and what is odd about it."""
        self._count(line)
        if isinstance(value, str) and len(value) > MAX_WORD:
            raise Refused(
                f"a text of {len(value):,} characters",
                "names and labels, which are short",
                line=line,
            )
        if (unreadable := _unreadable(value)) is not None:
            value = value.encode("utf-8", "backslashreplace").decode()  # messages are printed
        surprise = surprise or unreadable
        if self._is_key_next():
            self._key(value, line, surprise)
            return
        path = self._path()
        surprise = surprise or _odd_number(value, path)
        if surprise is not None:
            self._note(path, line, surprise)
        self._place(str(value) if value is MERGE else value, path, line)

    def _is_key_next(self) -> bool:
        return (
            bool(self._open)
            and self._open[-1].key is None
            and isinstance(self._open[-1].container, dict)
        )

    def _key(self, value: Any, line: int, surprise: Surprise | None) -> None:
        frame = self._open[-1]
        if value is MERGE:
            frame.key = MERGE
            return
        frame.key = key = str(value)
        path = (*frame.path, key)
        if surprise is None and not isinstance(value, str):
            surprise = Surprise(f"{value!r} as a key", "a text", "Put it in quotes.")
        if surprise is not None:
            self._note(path, line, surprise)
        if key in frame.key_lines:
            first = frame.key_lines[key]
            self._note(path, line, Surprise(f"it again; line {first} has it too", "each key once"))
        frame.key_lines.setdefault(key, line)

    def _path(self) -> Path:
        if not self._open:
            return ()
        frame = self._open[-1]
        step = str(frame.key) if isinstance(frame.container, dict) else len(frame.container)
        return (*frame.path, step)

    def _place(self, value: Any, path: Path, line: int) -> int:
        """Put a value where it belongs, and return the line at which it is found."""
        if not self._open:
            self.data = value
            self.lines[path] = line
            return line
        frame = self._open[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is MERGE:
            frame.defaults.append(value)
            frame.key = None
        else:
            key = str(frame.key)
            line = frame.key_lines[key]  # where the key is, rather than what begins below it
            frame.container.setdefault(key, value)  # of two with one key the first is looked at
            frame.key = None
        if line != frame.line:
            self.lines[path] = line
        return line

    def _merge(self, frame: _Frame, own: dict[str, Any]) -> None:
        """Put the entries of merged mappings under those that the mapping has itself."""
        complete: dict[str, Any] = {}
        for given in frame.defaults:
            for mapping in given if isinstance(given, list) else [given]:
                if isinstance(mapping, dict):
                    complete = {**mapping, **complete}
                else:
                    odd = Surprise("something else", "a mapping, or a list of mappings, to merge")
                    self._note((*frame.path, str(MERGE)), frame.line, odd)
        complete.update(own)
        own.clear()
        own.update(complete)

    def _count(self, line: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise Refused(
                f"more than {MAX_VALUES} values, anchors written out",
                "a file of priors that can be reviewed",
                "Keep large arrays in a file of data.",
                line=line,
            )

    def _note(self, path: Path, line: int, surprise: Surprise) -> None:
        self.problems.append(
            Problem(path, surprise.found, surprise.expected, surprise.remedy, line)
        )


def _odd_number(value: Any, path: Path) -> Surprise | None:
    """Name a number that is not finite, or too large to be a double."""
    if value is MERGE:
        return Surprise("<< without quotes, a sign of YAML", "a value", "Put it in quotes.")
    if not isinstance(value, int | float):
        return None
    try:
        if isfinite(value) or (isinf(value) and path[-1:] in [(key,) for key in _BOUNDS]):
            return None
    except OverflowError:
        return Surprise("an integer beyond the range of doubles", "a number of a usual size")
    return Surprise(f"{value}", "a finite number", "Leave a bound out to have none.")


def _unreadable(value: Any) -> Surprise | None:
    """Name a text that no file can hold: half of a pair of code units."""
    try:
        if isinstance(value, str):
            value.encode()
    except UnicodeEncodeError:
        return Surprise("half of a surrogate pair", "text in Unicode")
    return None
