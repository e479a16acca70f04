"""From a file to plain data that carries its problems and its lines. Knows no PyMC.

Nothing in a file is executed or looked up, and a hostile one is refused before it costs much.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, Literal

from unfunnel.errors import ParameterError, listed
from unfunnel.files.problems import UNKNOWN_KEY, ConfigError, Path, Problem
from unfunnel.files.text.json_text import parse_json
from unfunnel.files.text.tree import MAX_CHARACTERS, Refused
from unfunnel.files.text.yaml_text import parse_yaml
from unfunnel.files.version import PRIORS_KEY, is_whole_file

Format = Literal["json", "yaml"]

_PARSERS = {"json": parse_json, "yaml": parse_yaml}
_SUFFIXES: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


@dataclass(frozen=True)
class Document:
    """A text that was read.

    Parameters
    ----------
    source : str
        Its name, for messages.
    data : object
        Plain data: dict, list, str, int, float, bool and None.
    problems : tuple of Problem
        What is wrong whatever the data mean, such as a key that stands twice.
    lines : dict
        The line of each path that is on another line than what holds it.
    """

    source: str
    data: Any
    problems: tuple[Problem, ...]
    lines: dict[Path, int]

    def line(self, path: Path) -> int | None:
        """Return the line of a path: of a prior by its name, or else of a key of the file."""
        if is_whole_file(self.data) and (line := self._line((PRIORS_KEY, *path), 2)):
            return line
        return self._line(path, 1)

    def _line(self, path: Path, shortest: int) -> int | None:
        for length in range(len(path), shortest - 1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.lines.get(()) if shortest == 1 else None

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems of the data with their lines, in the order of the text.

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


def read_text(text: str, format: Format = "json", source: str = "text") -> Document:
    r"""Read JSON or YAML.

    Parameters
    ----------
    text : str
        The text.
    format : {"json", "yaml"}
        What it is.
    source : str
        Its name, for messages.

    Raises
    ------
    ConfigError
        If it cannot be read to its end. All other problems are in the document.
    ParameterError
        For another format.

    Examples
    --------
    >>> from unfunnel.files.text.reading import read_text
    >>> document = read_text("beta:\n  dist: HalfNormal\n  kwargs: {sigma: 1e-3}", "yaml")
    >>> print(document.problems[0].where, "on line", document.problems[0].line)
    beta.kwargs.sigma on line 3
    """
    if format not in _PARSERS:
        raise ParameterError("format", expected=f"one of {listed(_PARSERS)}", given=repr(format))
    try:
        if len(text) > MAX_CHARACTERS:
            raise Refused(
                f"{len(text):,} characters",
                f"at most {MAX_CHARACTERS:,}",
                "Keep large arrays in a file of data.",
            )
        tree = _PARSERS[format](text.removeprefix("\ufeff"))
    except Refused as error:
        raise ConfigError(source, error.problems) from None
    if tree.data is None and not tree.problems:
        raise ConfigError(source, [Problem((), "nothing", "a mapping of names to priors")])
    problems = tree.problems
    if is_whole_file(tree.data):
        problems = [replace(each, path=_from_the_name(each.path)) for each in problems]
    return Document(source, tree.data, tuple(problems), tree.lines)


def _from_the_name(path: Path) -> Path:
    """Return a path in a whole file as it begins everywhere: with the name of the prior."""
    return path[1:] if path[:1] == (PRIORS_KEY,) else path


def format_of(path: str | FilePath) -> Format:
    """Return the format of a file, by its suffix.

    Raises
    ------
    ParameterError
        For other suffixes than .json, .yaml and .yml.
    """
    suffix = FilePath(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise ParameterError(
            str(path), expected=f"a file name that ends in {listed(_SUFFIXES)}", given=repr(suffix)
        )
    return _SUFFIXES[suffix]


def read_file(path: str | FilePath) -> Document:
    """Read a file of priors, JSON or YAML by its suffix; see :func:`read_text`.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    """
    format = format_of(path)
    with open(path, "rb") as file:
        content = file.read(4 * MAX_CHARACTERS + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found = f"the byte 0x{content[error.start]:02x}"
        raise ConfigError(str(path), [Problem((), found, "text in UTF-8", line=line)]) from None
    return read_text(text, format, str(path))
