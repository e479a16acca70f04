"""A text with some of its values changed, and everything else as it was: comments, order, quotes.

PyYAML says from which character to which a value stands, and reads JSON, too. Old and new data are
gone through side by side, and what differs is replaced: a key, a number, or a whole value where the
two have another shape. What was written is read again, and where that gives anything but the data
that were meant, the whole file is written anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from unfunnel.files.problems import ConfigError
from unfunnel.files.text.reading import Format, read_text
from unfunnel.files.text.writing import to_json, to_yaml

_ANCHOR = re.compile(r"&\S+\s+")
_HEAD = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
_COMMENT = re.compile(r"(^|\s)#")


@dataclass(frozen=True)
class Rewritten:
    """A new text.

    Parameters
    ----------
    text : str
        The text.
    lost_comments : bool
        Whether a comment of the old one is not in it.
    """

    text: str
    lost_comments: bool


def rewritten(text: str, format: Format, data: Any) -> Rewritten:
    r"""Return a text of new data that differs from an old text as little as possible.

    Parameters
    ----------
    text : str
        The old text, which can be read.
    format : {"json", "yaml"}
        Of both texts.
    data : object
        The new data, plain.

    Examples
    --------
    >>> from unfunnel.files.text.rewriting import rewritten
    >>> text = "# ours\nbeta: {mu: 1}  # agreed in May\ngamma: 2\n"
    >>> new = rewritten(text, "yaml", {"beta": {"mean": 3}, "gamma": 2})
    >>> print(new.text, end="")
    # ours
    beta: {mean: 3}  # agreed in May
    gamma: 2
    """
    edits = _Edits(text, format)
    try:
        edits.change(edits.root(), read_text(text, format).data, data)
        new = edits.applied()
        document = read_text(new, format)
        if not document.problems and _same(document.data, data):
            return Rewritten(new, edits.lost_comments)
    except (_NoPlaceError, ConfigError):
        pass
    if format == "json":
        return Rewritten(to_json(data), lost_comments=False)
    head = _HEAD.match(text)
    comments = text if head is None else text[head.end() :]
    whole = to_yaml(data, None if head is None else head[1])
    return Rewritten(whole, lost_comments=bool(_COMMENT.search(comments)))


def _same(old: Any, new: Any) -> bool:
    """Whether plain data are the same, for which 0 is neither 0.0 nor false."""
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


class _NoPlaceError(Exception):
    """What has to be changed has no place of its own in the text: it is merged from elsewhere."""


@dataclass
class _Edits:
    """Changes of a text, by the characters that they replace."""

    text: str
    format: Format
    changes: dict[tuple[int, int], str] = field(default_factory=dict)
    lost_comments: bool = False

    def root(self) -> Any:
        """Return the text as nodes that know where they stand."""
        try:
            return yaml.compose(self.text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:  # JSON that is indented by tabs, say
            raise _NoPlaceError from error

    def applied(self) -> str:
        """Return the changed text."""
        text = self.text
        for (begin, end), new in sorted(self.changes.items(), reverse=True):
            text = text[:begin] + new + text[end:]
        return text

    def change(self, node: Any, old: Any, new: Any) -> None:
        """Note what has to be replaced in a node, so that its data are the new ones."""
        if _same(old, new):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(new, dict) and new:
            self._change_mapping(node, old, new)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list):
            if len(node.value) == len(new):
                for each in zip(node.value, old, new, strict=True):
                    self.change(*each)
            else:
                self._replace(node, new)
        else:
            self._replace(node, new)

    def _change_mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Pair entries by their keys, then those with other keys in order; delete what is over."""
        entries = {key.value: (key, value) for key, value in node.value}
        if len(entries) != len(node.value) or entries.keys() != old.keys():
            raise _NoPlaceError  # a merge key
        pairs = {key: key for key in new if key in entries}
        others = [key for key in entries if key not in pairs.values()]
        added = [key for key in new if key not in pairs]
        if len(added) > len(others):
            self._replace(node, new)
            return
        pairs |= dict(zip(added, others, strict=False))
        for key, old_key in pairs.items():
            key_node, value_node = entries[old_key]
            if key != old_key:
                self._note(key_node, self._scalar(key))
            self.change(value_node, old[old_key], new[key])
        for old_key in others[len(added) :]:
            self._delete(node, list(entries).index(old_key))

    def _delete(self, mapping: Any, index: int) -> None:
        """Delete an entry: its lines, or in braces its part of the line with one comma."""
        key, value = mapping.value[index]
        begin, end = key.start_mark.index, self._end(value)
        if not mapping.flow_style:
            begin = self.text.rfind("\n", 0, begin) + 1
            after = self.text.find("\n", end)
            end = len(self.text) if after < 0 else after + 1
        elif index > 0:
            begin = self._end(mapping.value[index - 1][1])
        elif len(mapping.value) > 1:
            end = mapping.value[1][0].start_mark.index
        self._note_span(begin, end, "")

    def _replace(self, node: Any, value: Any) -> None:
        """Write a value anew, in braces or in lines as the old one."""
        if not isinstance(node, yaml.CollectionNode) and not isinstance(value, dict | list):
            self._note(node, self._scalar(value))
            return
        begin = node.start_mark.index
        line_begin = self.text.rfind("\n", 0, begin) + 1
        if self.format == "json":
            new = to_json(value)
            line = self.text[line_begin:begin]
            indent = len(line) - len(line.lstrip(" "))
        elif isinstance(node, yaml.CollectionNode) and not node.flow_style:
            new, indent = to_yaml(value), begin - line_begin
        else:
            new, indent = self._in_braces(value), 0
        self._note(node, new.rstrip("\n").replace("\n", "\n" + " " * indent))

    def _scalar(self, value: Any) -> str:
        """Return the text of a number or a word."""
        if self.format == "json":
            return json.dumps(value, ensure_ascii=False)
        return to_yaml([value]).strip("[]\n")

    def _in_braces(self, value: Any) -> str:
        """Return a value on one line."""
        if isinstance(value, dict):
            parts = [f"{self._scalar(k)}: {self._in_braces(v)}" for k, v in value.items()]
            return f"{{{', '.join(parts)}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._in_braces, value))}]"
        return self._scalar(value)

    def _note(self, node: Any, new: str) -> None:
        begin, end = node.start_mark.index, self._end(node)
        if anchor := _ANCHOR.match(self.text, begin, end):
            begin = anchor.end()
        self._note_span(begin, end, new)

    def _note_span(self, begin: int, end: int, new: str) -> None:
        self.changes[begin, end] = new
        if self.format == "yaml" and _COMMENT.search(self.text, begin, end):
            self.lost_comments = True

    def _end(self, node: Any) -> int:
        """Return where a node ends; the mark of one in lines is behind what follows it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        return int(node.end_mark.index)
