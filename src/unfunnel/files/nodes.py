"""JSON and YAML as one kind of tree: nodes with their lines.

Nothing in a text is executed or looked up, and a hostile one is refused before it costs much.
Anchors are nodes that stand in several places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from unfunnel.files.plain import plain_scalar
from unfunnel.files.problems import Problem, RefusedError

#: Beyond these a file is refused: characters of the text, levels, and values in all.
MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES = 4_000_000, 100, 100_000

#: The longest text that is a name, a label or a key.
MAX_WORD = 1_000

# The closing quote is optional so that no text is gone through twice.
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]|[^\s\[\]{}:,"]++|\n')


class Event(NamedTuple):
    """What comes next in a text; ``value`` is that of a scalar, or the anchor that an alias names.

    The kinds are those of nodes, ``"alias"``, and ``"end"`` of a list or a mapping.
    """

    kind: str
    line: int
    value: Any = None
    problem: Problem | None = None
    anchor: str | None = None


@dataclass(eq=False)
class Node:
    """A value of a text: of a list its nodes, of a mapping keys and values in turn."""

    kind: str
    line: int
    value: Any
    problem: Problem | None = None


def tree_of(events: Iterable[Event]) -> Node | None:
    """Return the root of the tree, in which an anchor's node stands wherever it is used."""
    size, anchors = 0, dict[str, Node]()
    unfinished = [Node("list", 0, [])]
    for kind, line, value, problem, anchor in events:
        if kind == "end":
            unfinished.pop()
            continue
        size += 1
        check_size(size, 0, line)
        if kind == "alias":
            node = anchors.get(value)
            if node is None or node in unfinished:
                name = value[:60]
                given = f"no anchor &{name}" if node is None else f"*{name} inside of itself"
                raise RefusedError(given, f"&{name} complete above *{name}", line=line)
        elif kind == "scalar":
            node = Node(kind, line, *_checked_text(value, problem, line))
        else:
            node = Node(kind, line, [], problem)
        unfinished[-1].value.append(node)
        if kind in ("list", "mapping"):
            unfinished.append(node)
            check_size(size, len(unfinished) - 2, line)
        if anchor is not None:
            anchors[anchor] = node
    return next(iter(unfinished[0].value), None)


def check_size(values: int, levels: int, line: int) -> None:
    """Refuse too many values, and what is nested too deeply."""
    if values > MAX_VALUES:
        given = f"more than {MAX_VALUES} values, anchors written out"
        expected = "a file of priors that can be reviewed"
        raise RefusedError(given, expected, "Keep large arrays in a file of data.", line=line)
    if levels >= MAX_DEPTH:
        given = f"more than {MAX_DEPTH} levels of brackets or indentation"
        expected = "a file of priors, whose levels can be counted on a few hands"
        raise RefusedError(given, expected, line=line)


def _checked_text(value: Any, problem: Problem | None, line: int) -> tuple[Any, Problem | None]:
    """Refuse a text that is no name or label, and make one that cannot be printed printable."""
    if not isinstance(value, str):
        return value, problem
    if len(value) > MAX_WORD:
        given = f"a text of {len(value):,} characters"
        raise RefusedError(given, "names and labels, which are short", line=line)
    printable = value.encode("utf-8", "backslashreplace").decode()
    if printable != value and problem is None:
        problem = Problem((), "half of a surrogate pair", "text in Unicode")
    return printable, problem


def json_events(text: str) -> Iterator[Event]:
    """Go through a JSON text.

    The standard library decides what is JSON. Its result has neither lines nor keys that stand
    twice, so the text, then known to be JSON, is gone through once more.
    """
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        remedy = "Check brackets, commas and quotes there; a comment is not JSON."
        given = error.msg[:1].lower() + error.msg[1:]
        raise RefusedError(given, "JSON", remedy, line=error.lineno) from None
    except RecursionError:
        pass  # the tree says it with the line
    except ValueError as error:  # an integer of thousands of digits
        raise RefusedError(str(error), "numbers of a usual size") from None
    line = 1
    for part in (match[0] for match in _JSON_PART.finditer(text)):
        if part == "\n":
            line += 1
        elif part in "[{":
            yield Event("list" if part == "[" else "mapping", line)
        elif part in "]}":
            yield Event("end", line)
        else:
            yield Event("scalar", line, json.loads(part))


def yaml_events(text: str) -> Iterator[Event]:
    """Go through a YAML text, as PyYAML parses it."""
    documents = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1
            anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
            tagged = tag and Problem((), f"the tag {tag[:60]}", "plain data", "Remove it.")
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise RefusedError("a second document", "one document in a file", line=line)
                case yaml.AliasEvent():
                    yield Event("alias", line, anchor)
                case yaml.SequenceStartEvent():
                    yield Event("list", line, None, tagged, anchor)
                case yaml.MappingStartEvent():
                    yield Event("mapping", line, None, tagged, anchor)
                case yaml.CollectionEndEvent():
                    yield Event("end", line)
                case yaml.ScalarEvent():
                    plain = tag is None and not event.style and len(event.value) <= MAX_WORD
                    value, problem = plain_scalar(event.value) if plain else (event.value, tagged)
                    yield Event("scalar", line, value, problem, anchor)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        given = str(error.problem or error.context)
        raise RefusedError(given, "YAML", line=mark and mark.line + 1) from None
    except yaml.YAMLError as error:
        raise RefusedError(" ".join(str(error).split()), "YAML") from None
