"""From plain data to a text that a reviewer reads: one layout, whatever the values.

Mappings are written a key a line, and what holds no mapping on one line: a list of numbers, dims,
parameters that are numbers. An array of two axes has a line for each row. Where lines break depends
on the kinds of the values only, so that another number changes one line.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from unfunnel.files.text.yaml_text import plain_scalar

# What no reader of YAML takes for anything but a text; all else is written in quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")


def to_json(data: Any) -> str:
    """Return JSON, with a line break at its end.

    Examples
    --------
    >>> from unfunnel.files.text.writing import to_json
    >>> print(to_json({"beta": {"dist": "Normal", "kwargs": {"mu": [1.0, 2.0]}}}), end="")
    {
      "beta": {
        "dist": "Normal",
        "kwargs": {"mu": [1.0, 2.0]}
      }
    }
    """
    return _json(data, "") + "\n"


def _json(value: Any, indent: str) -> str:
    if not value or not isinstance(value, dict | list) or _is_flat(value):
        return json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    if isinstance(value, list):
        parts = [_json(each, deeper) for each in value]
    else:
        keys = [json.dumps(key, ensure_ascii=False) for key in value]
        parts = [f"{key}: {_json(v, deeper)}" for key, v in zip(keys, value.values(), strict=True)]
    begin, end = "[]" if isinstance(value, list) else "{}"
    inner = ",\n".join(deeper + part for part in parts)
    return f"{begin}\n{inner}\n{indent}{end}"


def _is_flat(value: Any) -> bool:
    """Whether a mapping or a list stands on one line."""
    if isinstance(value, list):
        return not any(isinstance(each, dict | list) for each in value)
    return not any(
        isinstance(each, dict) or (isinstance(each, list) and not _is_flat(each))
        for each in value.values()
    )


def to_yaml(data: Any, schema: str | None = None) -> str:
    """Return YAML, with a line break at its end.

    Parameters
    ----------
    data : dict
        Plain data.
    schema : str, optional
        Address of a JSON Schema; editors find it in the first line.

    Examples
    --------
    >>> from unfunnel.files.text.writing import to_yaml
    >>> print(
    ...     to_yaml({"beta": {"dist": "Normal", "kwargs": {"mu": 1e-05}, "dims": ["no"]}}), end=""
    ... )
    beta:
      dist: Normal
      kwargs: {mu: 1.0e-05}
      dims: ["no"]
    """
    text = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
        default_flow_style=False,
    )
    head = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    return head + str(text)


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Writes collections in the layout of this module, and texts so that they stay texts."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write anew what occurs twice, rather than an anchor."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Indent lists in mappings."""
        return super().increase_indent(flow, False)

    def text(self, value: str) -> Any:
        """Represent a text."""
        plain = _PLAIN.fullmatch(value) and plain_scalar(value) == (value, None)
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')

    def mapping(self, value: dict[str, Any]) -> Any:
        """Represent a mapping."""
        return self.represent_mapping("tag:yaml.org,2002:map", value.items(), _is_flat(value))

    def sequence(self, value: list[Any]) -> Any:
        """Represent a list."""
        return self.represent_sequence("tag:yaml.org,2002:seq", value, _is_flat(value))


_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_representer(dict, _Dumper.mapping)
_Dumper.add_representer(list, _Dumper.sequence)
