"""The keys of a whole file, and its version. Older files are brought up to date first.

A file is either whole, ``{"unfunnel": 1, "priors": {...}}``, or a bare mapping of names to priors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from unfunnel.files.problems import Problem

#: What this version of the library writes.
VERSION = 1

#: What to do about a file of a version that does not exist yet.
UPGRADE = "Run: pip install --upgrade unfunnel"

#: The keys of a whole file; either of the first two tells it from a bare mapping.
SCHEMA_KEY, VERSION_KEY, PRIORS_KEY = "$schema", "unfunnel", "priors"

#: By version: how a file of it becomes one of the next. Zero is the bare mapping.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    0: lambda priors: {VERSION_KEY: 1, PRIORS_KEY: priors},
}


def is_whole_file(data: Any) -> bool:
    """Whether plain data are a whole file, rather than a bare mapping of names to priors."""
    return isinstance(data, Mapping) and (VERSION_KEY in data or SCHEMA_KEY in data)


def priors_of(data: Any) -> Any:
    """Return what should be the mapping from names to priors; None if a whole file has none."""
    return data.get(PRIORS_KEY) if is_whole_file(data) else data


def problem_of_version(data: Any) -> Problem | None:
    """Return the problem of a file of a version that does not exist yet; None of any other."""
    version = _version(data)
    if not isinstance(version, int) or version <= VERSION:
        return None
    given = f"{version}, from a newer version of this library"
    return Problem((VERSION_KEY,), given, f"a version up to {VERSION}", UPGRADE)


def brought_up_to_date(data: dict[str, Any]) -> dict[str, Any]:
    """Return a valid file, of any version up to the current one, as the current version says it."""
    for version in range(_version(data), VERSION):
        data = MIGRATIONS[version](data)
    return data


def _version(data: Any) -> Any:
    """Return what a file says its version is; 0 for a bare mapping."""
    return data.get(VERSION_KEY) if is_whole_file(data) else 0
