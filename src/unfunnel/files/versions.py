"""Versions of the file format: older files are brought up to date before anything reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unfunnel.files.envelope import PRIORS_KEY, UPGRADE, VERSION, VERSION_KEY, is_whole_file
from unfunnel.files.problems import Problem

#: By version: how a file of it becomes one of the next. Zero is the bare mapping.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    0: lambda priors: {VERSION_KEY: 1, PRIORS_KEY: priors},
}


def version_of(data: Any) -> Any:
    """Return what a file says its version is; 0 for a bare mapping."""
    return data.get(VERSION_KEY) if is_whole_file(data) else 0


def unreadable(data: Any) -> Problem | None:
    """Return the problem of a file of a version that does not exist yet; None of any other."""
    version = version_of(data)
    if not isinstance(version, int) or version <= VERSION:
        return None
    return Problem(
        (VERSION_KEY,),
        f"{version}, from a newer version of this library",
        f"a version up to {VERSION}",
        UPGRADE,
    )


def brought_up_to_date(data: dict[str, Any]) -> dict[str, Any]:
    """Return a valid file, of any version up to the current one, as the current version says it.

    Examples
    --------
    >>> from unfunnel.files.versions import brought_up_to_date
    >>> brought_up_to_date({"beta": 1.0})
    {'unfunnel': 1, 'priors': {'beta': 1.0}}
    """
    version = version_of(data)
    while version < VERSION:
        data = MIGRATIONS[version](data)
        version += 1
    return data
