"""From JSON or YAML to plain data, with the line of every value and the problems of the text.

What must hold in both formats is checked here: no key stands twice, numbers are finite, depth and
size are such as people write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite, isinf
from os import PathLike
from pathlib import Path as FilePath
from typing import Any, Literal

from unfunnel.errors import ParameterError, ParameterTypeError, described, listed
from unfunnel.files.grammar import PRIORS_KEY, is_whole_file
from unfunnel.files.nodes import MAX_CHARACTERS, Node, check_size, json_events, tree_of, yaml_events
from unfunnel.files.plain import MERGE
from unfunnel.files.problems import UNKNOWN_KEY, ConfigError, Path, Problem, RefusedError

Format = Literal["json", "yaml"]

#: Where an infinite number says "no bound"; the validator knows for which of them it may.
_BOUNDS = ("lower", "upper")

_SUFFIXES: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


@dataclass(frozen=True)
class Document:
    """A text that was read: plain data, problems of the text itself, and lines.

    ``lines`` has the line of each path that is on another line than what holds it.
    """

    source: str
    data: Any
    problems: tuple[Problem, ...]
    lines: dict[Path, int]

    def checked(self) -> Document:
        """Return this if nothing is wrong with the text; its problems are a ``ConfigError``."""
        if self.problems:
            raise ConfigError(self.source, self.problems)
        return self

    def line(self, path: Path) -> int | None:
        """Return the line of a path: of a prior by its name, or else of a key of the file."""
        if is_whole_file(self.data) and (line := self._line((PRIORS_KEY, *path), 2)):
            return line
        return self._line(path, 0)

    def _line(self, path: Path, shortest: int) -> int | None:
        ends = range(len(path), shortest - 1, -1)
        return next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), None)

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems of the data and of the text with their lines, in the order of the text.

        Where a value is written in a way that is a problem itself, what follows from it is left
        out; that its key is unknown does not follow.
        """
        known = {each.path for each in self.problems}
        new = [
            replace(each, line=each.line or self.line(each.path))
            for each in problems
            if each.path not in known or each.given == UNKNOWN_KEY
        ]
        return sorted([*self.problems, *new], key=lambda each: each.line or 0)


def read_file(path: str | PathLike[str]) -> Document:
    """Read a file of priors, JSON or YAML by its suffix."""
    format = format_of(path)
    with open(path, "rb") as file:
        content = file.read(4 * MAX_CHARACTERS + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        given = f"the byte 0x{content[error.start]:02x}"
        raise ConfigError(str(path), [Problem((), given, "text in UTF-8", line=line)]) from None
    return read_text(text, format, str(path))


def format_of(path: str | PathLike[str]) -> Format:
    """Return the format of a file, by its suffix."""
    if not isinstance(path, str | PathLike):
        raise ParameterTypeError("path", expected="the path of a file", given=described(path))
    suffix = FilePath(path).suffix.lower()
    if suffix not in _SUFFIXES:
        expected = f"a file name that ends in {listed(_SUFFIXES)}"
        raise ParameterError(str(path), expected=expected, given=repr(suffix))
    return _SUFFIXES[suffix]


def read_text(text: str, format: Format = "json", source: str = "text") -> Document:
    """Read JSON or YAML; what cannot be read to its end is a ``ConfigError``."""
    if format not in _SUFFIXES.values():
        expected = f"one of {listed(dict.fromkeys(_SUFFIXES.values()))}"
        raise ParameterError("format", expected=expected, given=repr(format))
    if not isinstance(text, str):
        raise ParameterTypeError(
            "text", expected="JSON or YAML as a string", given=f"a {type(text).__name__}"
        )
    walk = _Walk()
    try:
        if len(text) > MAX_CHARACTERS:
            given, expected = f"{len(text):,} characters", f"at most {MAX_CHARACTERS:,}"
            raise RefusedError(given, expected, "Keep large arrays in a file of data.")
        events = json_events if format == "json" else yaml_events
        root = tree_of(events(text.removeprefix("\ufeff")))
        data = None if root is None else walk.data(root)
    except RefusedError as error:
        raise ConfigError(source, [error.problem]) from None
    if data is None and not walk.problems:
        raise ConfigError(source, [Problem((), "nothing", "a mapping of names to priors")])
    problems = walk.problems
    if is_whole_file(data):  # paths begin with the name of the prior, whatever the file
        problems = [
            replace(each, path=each.path[1:]) if each.path[:1] == (PRIORS_KEY,) else each
            for each in problems
        ]
    return Document(source, data, tuple(problems), walk.lines)


class _Walk:
    """Makes plain data of a tree, and notes lines and problems by their paths."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self.size = 0

    def data(self, node: Node, path: Path = (), line: int = 0, line_above: int = 0) -> Any:
        """Return the data of a node, which is found at a line: that of its key, if it has one."""
        self._count(node)
        line = line or node.line
        if line != line_above:
            self.lines[path] = line
        if node.kind == "scalar":
            return self._scalar(node, path)
        check_size(self.size, len(path), node.line)
        self._note(node.problem, path, node.line)
        if node.kind == "mapping":
            return self._mapping(node, path, line)
        return [
            self.data(each, (*path, index), each.line, line)
            for index, each in enumerate(node.value)
        ]

    def _count(self, node: Node) -> None:
        self.size += 1
        check_size(self.size, 0, node.line)

    def _scalar(self, node: Node, path: Path) -> Any:
        value, problem = node.value, node.problem
        if value is MERGE:
            value = "<<"
            problem = Problem(
                (), "<< without quotes, a sign of YAML", "a value", "Put it in quotes."
            )
        elif isinstance(value, int | float) and problem is None:
            value, problem = _checked_number(value, path)
        self._note(problem, path, node.line)
        return value

    def _mapping(self, node: Node, path: Path, line: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        lines: dict[str, int] = {}
        pairs = list(zip(node.value[::2], node.value[1::2], strict=True))
        for key_node, value_node in sorted(pairs, key=lambda pair: pair[0].value is not MERGE):
            if key_node.value is MERGE:
                for merged in self._merged(value_node, path, line):
                    defaults = merged | defaults
                continue
            key = self._key(key_node, path)
            at = (*path, key)
            if key in lines:
                given = f"it again; line {lines[key]} has it too"
                self._note(Problem((), given, "each key once"), at, key_node.line)
            value = self.data(value_node, at, lines.setdefault(key, key_node.line), line)
            own.setdefault(key, value)  # of two with one key the first is looked at
        return defaults | own

    def _merged(self, node: Node, path: Path, line: int) -> Iterator[dict[str, Any]]:
        """Yield the mappings that a merge key names, the first of which counts."""
        for each in node.value if node.kind == "list" else [node]:
            self._count(each)
            if each.kind == "mapping":
                yield self._mapping(each, path, line)
            else:
                expected = "a mapping, or a list of mappings, to merge"
                self._note(Problem((), "something else", expected), (*path, "<<"), each.line)

    def _key(self, node: Node, path: Path) -> str:
        self._count(node)
        if node.kind != "scalar":
            raise RefusedError("a mapping or a list as a key", "texts as keys", line=node.line)
        key, problem = str(node.value), node.problem
        if not isinstance(node.value, str):
            problem = Problem((), f"{node.value!r} as a key", "a text", "Put it in quotes.")
        self._note(problem, (*path, key), node.line)
        return key

    def _note(self, problem: Problem | None, path: Path, line: int) -> None:
        if problem is not None:
            self.problems.append(replace(problem, path=path, line=line))


def _checked_number(value: float, path: Path) -> tuple[float, Problem | None]:
    """Return a number, and what is wrong with one that is not finite, or no double."""
    try:
        finite = isfinite(value)
    except OverflowError:
        given, expected = "an integer beyond the range of doubles", "a number of a usual size"
        return inf, Problem((), given, expected)
    if finite or (isinf(value) and path and path[-1] in _BOUNDS):
        return value, None
    return value, Problem((), f"{value}", "a finite number", "Leave a bound out to have none.")
