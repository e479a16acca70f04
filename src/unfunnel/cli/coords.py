"""``--coords FILE``: the labels of dims, for what depends on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unfunnel.errors import DimsError


def read_coords(path: Path | None) -> dict[str, list[Any]]:
    """Return the labels of each dim.

    Parameters
    ----------
    path : Path or None
        JSON or YAML, by suffix: a mapping from dims to lists of labels.

    Raises
    ------
    DimsError
        If it holds anything else.
    ConfigError
        If it cannot be read.
    """
    if path is None:
        return {}
    from unfunnel.files.problems import ConfigError
    from unfunnel.files.read import read_file

    document = read_file(path)
    if document.problems:
        raise ConfigError(str(path), document.problems)
    data = document.data
    if isinstance(data, dict):
        wrong = [dim for dim, labels in data.items() if not _are_labels(labels)]
        if not wrong:
            return data
        given = f"{wrong[0]}: {data[wrong[0]]!r}"
    else:
        given = f"a {type(data).__name__}"
    raise DimsError(
        str(path),
        expected="a mapping from dims to lists of different labels, such as geo: [north, south]",
        given=given,
    )


def _are_labels(labels: Any) -> bool:
    if not isinstance(labels, list) or not labels:
        return False
    if not all(isinstance(label, str | int | float) for label in labels):
        return False
    return len(set(labels)) == len(labels)
