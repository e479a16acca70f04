"""From plain data to a text that a reviewer reads, and from a text to a file that is never half.

Mappings are written a key a line, and what holds no mapping on one line: a list of numbers, dims,
parameters that are numbers. An array of two axes has a line for each row. Where lines break depends
on the kinds of the values only, so that another number changes one line.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml

from unfunnel.files.plain import plain_scalar

# What no reader of YAML takes for anything but a text; all else is written in quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")


def to_json(data: Any) -> str:
    """Return JSON, with a line break at its end."""
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
    """Return YAML, with a line break at its end; editors find a schema in its first line."""
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


def replace_file(path: str | os.PathLike[str], text: str) -> None:
    """Write a file so that its readers see the old text or the new one, whatever fails meanwhile.

    The text is written beside the file and then takes its place. A link stays a link, and the file
    keeps its permissions.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{token_hex(4)}.tmp")
    try:
        with open(beside, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
