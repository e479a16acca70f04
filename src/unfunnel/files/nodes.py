"""JSON and YAML as one kind of tree: nodes with their lines, and what is wrong with single words.

Nothing in a text is executed or looked up, and a hostile one is refused before it costs much.
Anchors are nodes that stand in several places, and count in each of them.

Readers of YAML 1.1, as PyYAML is, and of 1.2 disagree about words without quotes: ``no`` is false
or a text, ``012`` ten or twelve, ``1e-3`` a text or a number, ``1:30`` ninety or a text,
``2024-01-01`` a date or a text. None of these is read as one or the other: each is a problem that
says how to write what is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from unfunnel.files.problems import Problem, RefusedError

#: Beyond these a file is refused: characters of the text, levels, and values in all.
MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES = 4_000_000, 100, 100_000

#: The longest text that is a name, a label or a key.
MAX_WORD = 1_000

# The closing quote is optional so that no text is gone through twice.
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]|[^\s\[\]{}:,"]++|\n')


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
                raise RefusedError(given, "names and labels, which are short", line=line)
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
        raise RefusedError(given, expected, line=line)


def counted(size: int, line: int) -> int:
    """Return the next number of values, if it is one that a file may have."""
    if size >= MAX_VALUES:
        given = f"more than {MAX_VALUES} values, anchors written out"
        expected = "a file of priors that can be reviewed"
        raise RefusedError(given, expected, "Keep large arrays in a file of data.", line=line)
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
        raise RefusedError(
            error.msg[:1].lower() + error.msg[1:], "JSON", remedy, line=error.lineno
        ) from None
    except RecursionError:
        pass  # the tree says it with the line
    except ValueError as error:  # an integer of thousands of digits
        raise RefusedError(str(error), "numbers of a usual size") from None
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
        raise RefusedError(given, "YAML", line=mark and mark.line + 1) from None
    except yaml.YAMLError as error:
        raise RefusedError(" ".join(str(error).split()), "YAML") from None


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
                    raise RefusedError("a second document", "one document in a file", line=line)
            case yaml.AliasEvent():
                node = anchors.get(anchor)
                if node is None or node in tree.unfinished:
                    name = anchor[:60]
                    given = f"no anchor &{name}" if node is None else f"*{name} inside of itself"
                    raise RefusedError(given, f"&{name} complete above *{name}", line=line)
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


# -- words of YAML without quotes

#: The key ``<<``: what it holds are defaults for the mapping that has it.
MERGE = object()

_QUOTES = "Put it in quotes if a text is meant."
_DATES = 'Labels that are dates are {dtype: "datetime64[ns]", data: ["2024-01-31"]}.'

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
# What YAML 1.2 reads as a number; its other words are read alike by 1.1.
_NUMBER_OF_1_2 = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_DECIMAL = re.compile(r"([-+]?)([0-9]*)(\.[0-9]*)?(?:[eE]([-+]?)([0-9]+))?")


def plain_scalar(text: str) -> tuple[Any, Problem | None]:
    """Return what a word without quotes is, and what is wrong with it."""
    kind, number = _kind_in_1_1(text), _NUMBER_OF_1_2.fullmatch(text)
    if kind == "null" and text:
        return None, None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true", None
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text), None
    if kind == "float" and (number or text.lower().endswith((".inf", ".nan"))):
        return float(text.replace(".", "") if number is None else text), None
    if kind == "merge":
        return MERGE, None
    return text, None if kind == "str" and not number else _disagreement(text, kind)


def _kind_in_1_1(text: str) -> str:
    """Return what PyYAML takes a word for: ``"int"``, ``"timestamp"``, ``"str"``."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    return next((tag.rpartition(":")[2] for tag, word in resolvers if word.match(text)), "str")


def _disagreement(text: str, kind: str) -> Problem:
    """Return the problem of a word that readers of YAML read differently."""
    if kind == "null":
        empty = 'Write it, or "" for an empty text.'
        return Problem((), "nothing, which YAML reads as null", "a value", empty)
    if kind == "value":
        return Problem((), "= without quotes, a sign of YAML", "a value", _QUOTES)
    if kind == "bool":
        meant = "true" if text.lower() in ("yes", "on") else "false"
        given = f"the word {text}, which is {meant} to some readers of YAML and a text to others"
        return Problem((), given, f"{meant}, or a text in quotes")
    if kind == "timestamp":
        given = f"{text}, which is a date to some readers of YAML and a text to others"
        return Problem((), given, "it in quotes", _DATES)
    expected = "a decimal number, or a text in quotes"
    if (number := as_decimal(text)) is not None:
        given = f"{text}, which is a text to some readers of YAML and a number to others"
        remedy = f"Write {number} for the number; in quotes it is a text."
        return Problem((), given, expected, remedy)
    given = f"{text}, which is one number to some readers of YAML and another, or a text, to others"
    return Problem((), given, expected, _QUOTES)


def as_decimal(text: str) -> str | None:
    """Return a number as all readers of YAML read it: ``1.0e-3`` for ``1e-3``, 1000 for ``1_000``.

    None for what is no number, or one that already is so; also for ``012``, which may be ten.
    """
    match = _DECIMAL.fullmatch(text.replace("_", ""))
    if match is None or not (match[2] or (match[3] or ".") != "."):
        return None
    sign, whole, fraction, exponent_sign, exponent = match.groups()
    if fraction is None and exponent is None:
        usual = sign + whole
        return None if usual == text or not _INTEGER.fullmatch(usual) else usual
    usual = f"{sign}{whole or '0'}{fraction or '.0'}"
    usual += "" if exponent is None else f"e{exponent_sign or '+'}{exponent}"
    return None if usual == text else usual
