"""What tells a whole file of priors from a bare mapping of names to priors, and its version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What this version of the library writes.
VERSION = 1

#: What to do about a file of a version that does not exist yet.
UPGRADE = "Run: pip install --upgrade unfunnel"

#: The keys of a whole file; either of the first two tells it from a bare mapping.
SCHEMA_KEY, VERSION_KEY, PRIORS_KEY = "$schema", "unfunnel", "priors"


def is_whole_file(data: Any) -> bool:
    """Whether plain data are a whole file, rather than a bare mapping of names to priors."""
    return isinstance(data, Mapping) and (VERSION_KEY in data or SCHEMA_KEY in data)


def priors_of(data: Any) -> Any:
    """Return what should be the mapping from names to priors; None if a whole file has none."""
    return data.get(PRIORS_KEY) if is_whole_file(data) else data
