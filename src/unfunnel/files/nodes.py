"""JSON and YAML as one kind of tree: nodes with their lines, and what is wrong with single words.

Nothing in a text is executed or looked up, and a hostile one is refused before it costs much.
Anchors are nodes that stand in several places, and count in each of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from unfunnel.files.problems import Problem
from unfunnel.files.yaml_words import plain_scalar

#: Beyond these a file is refused: characters of the text, levels, and values in all.
MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES = 4_000_000, 100, 100_000

#: The longest text that is a name, a label or a key.
MAX_WORD = 1_000

# The closing quote is optional so that no text is gone through twice.
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]|[^\s\[\]{}:,"]++|\n')


class Refused(Exception):
    """The text is not read to its end: it is broken, or too large."""

    def __init__(self, given: str, expected: str, remedy: str = "", line: int | None = None):
        self.problem = Problem((), given, expected, remedy, line)


@dataclass(eq=False)
class Node:
    """A value of a text: of a list its nodes, of a mapping keys and values in turn."""

    kind: Literal["scalar", "list", "mapping"]
    line: int
    value: Any
    problem: Problem | None = None


@dataclass
class Tree:
    """Nests nodes as a parser reports them."""

    root: Node | None = None
    unfinished: list[Node] = field(default_factory=list)
    size: int = 0

    def add(self, node: Node) -> None:
        """Add a node to the list or mapping that has begun last."""
        self.size = counted(self.size, node.line)
        if self.unfinished:
            self.unfinished[-1].value.append(node)
        else:
            self.root = node

    def begin(self, kind: Literal["list", "mapping"], line: int, tag: str | None = None) -> Node:
        """Add a list or a mapping; it holds what is added until :meth:`end`."""
        check_depth(len(self.unfinished), line)
        self.add(node := Node(kind, line, [], _problem_of_tag(tag)))
        self.unfinished.append(node)
        return node

    def scalar(self, value: Any, line: int, problem: Problem | None = None) -> Node:
        """Add a text, a number, a truth value or None."""
        if isinstance(value, str):
            if len(value) > MAX_WORD:
                given = f"a text of {len(value):,} characters"
                raise Refused(given, "names and labels, which are short", line=line)
            printable = value.encode("utf-8", "backslashreplace").decode()
            if printable != value:
                given, expected = "half of a surrogate pair", "text in Unicode"
                value, problem = printable, problem or Problem((), given, expected)
        self.add(node := Node("scalar", line, value, problem))
        return node

    def end(self) -> None:
        """Finish the list or the mapping that has begun last."""
        self.unfinished.pop()


def _problem_of_tag(tag: str | None) -> Problem | None:
    return None if tag is None else Problem((), f"the tag {tag[:60]}", "plain data", "Remove it.")


def check_depth(depth: int, line: int) -> None:
    """Refuse what is nested too deeply."""
    if depth >= MAX_DEPTH:
        given = f"more than {MAX_DEPTH} levels of brackets or indentation"
        expected = "a file of priors, whose levels can be counted on a few hands"
        raise Refused(given, expected, line=line)


def counted(size: int, line: int) -> int:
    """Return the next number of values, if it is one that a file may have."""
    if size >= MAX_VALUES:
        given = f"more than {MAX_VALUES} values, anchors written out"
        expected = "a file of priors that can be reviewed"
        raise Refused(given, expected, "Keep large arrays in a file of data.", line)
    return size + 1


def json_tree(text: str) -> Tree:
    """Return the tree of a JSON text.

    The standard library decides what is JSON. Its result has neither lines nor keys that stand
    twice, so the text, then known to be JSON, is gone through once more.
    """
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        remedy = "Check brackets, commas and quotes there; a comment is not JSON."
        raise Refused(error.msg[:1].lower() + error.msg[1:], "JSON", remedy, error.lineno) from None
    except RecursionError:
        pass  # the tree says it with the line
    except ValueError as error:  # an integer of thousands of digits
        raise Refused(str(error), "numbers of a usual size") from None
    tree, line = Tree(), 1
    for part in (match[0] for match in _JSON_PART.finditer(text)):
        if part == "\n":
            line += 1
        elif part in "[{":
            tree.begin("list" if part == "[" else "mapping", line)
        elif part in "]}":
            tree.end()
        else:
            tree.scalar(json.loads(part), line)
    return tree


def yaml_tree(text: str) -> Tree:
    """Return the tree of a YAML text."""
    try:
        return _composed(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        given = str(error.problem or error.context)
        raise Refused(given, "YAML", line=mark and mark.line + 1) from None
    except yaml.YAMLError as error:
        raise Refused(" ".join(str(error).split()), "YAML") from None


def _composed(events: Iterable[Any]) -> Tree:
    """Return the tree of PyYAML's events, in which an anchor's node stands wherever it is used."""
    tree, documents = Tree(), 0
    anchors: dict[str, Node] = {}
    for event in events:
        line = event.start_mark.line + 1
        anchor: Any = getattr(event, "anchor", None)
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise Refused("a second document", "one document in a file", line=line)
            case yaml.AliasEvent():
                node = anchors.get(anchor)
                if node is None or node in tree.unfinished:
                    name = anchor[:60]
                    given = f"no anchor &{name}" if node is None else f"*{name} inside of itself"
                    raise Refused(given, f"&{name} complete above *{name}", line=line)
                tree.add(node)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                is_list = isinstance(event, yaml.SequenceStartEvent)
                node = tree.begin("list" if is_list else "mapping", line, event.tag)
                anchors |= {anchor: node} if anchor else {}
            case yaml.CollectionEndEvent():
                tree.end()
            case yaml.ScalarEvent():
                node = tree.scalar(*_yaml_scalar(event, line))
                anchors |= {anchor: node} if anchor else {}
    return tree


def _yaml_scalar(event: Any, line: int) -> tuple[Any, int, Problem | None]:
    if event.tag is not None or event.style not in (None, "") or len(event.value) > MAX_WORD:
        return event.value, line, _problem_of_tag(event.tag)
    value, problem = plain_scalar(event.value)
    return value, line, problem
