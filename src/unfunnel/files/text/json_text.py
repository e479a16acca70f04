"""JSON to plain data, with the line of every value.

The standard library decides what is JSON. Its result has neither lines nor keys that stand twice,
so the text, then known to be JSON, is gone through once more.
"""

from __future__ import annotations

import json
import re

from unfunnel.files.text.tree import Refused, Tree

_REMEDY = "Check brackets, commas and quotes there; a comment is not JSON."

# The closing quote is optional so that no text is gone through twice.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]|[^\s\[\]{}:,"]++|\n')


def parse_json(text: str) -> Tree:
    """Read JSON.

    Raises
    ------
    Refused
        If it is no JSON, or larger than a file of priors.
    """
    tree = Tree()
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            error.msg[:1].lower() + error.msg[1:], "JSON", _REMEDY, error.lineno
        ) from None
    except RecursionError:
        pass  # the tree says it with the line
    except ValueError as error:  # an integer of thousands of digits
        raise Refused(str(error), "numbers of a usual size") from None
    line = 1
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part == "\n":
            line += 1
        elif part in "[{":
            tree.begin([] if part == "[" else {}, line)
        elif part in "]}":
            tree.end()
        else:
            tree.scalar(json.loads(part), line)
    return tree
