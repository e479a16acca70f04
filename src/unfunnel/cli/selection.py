"""Some priors of a file, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unfunnel.errors import ParameterError, listed, nearest


def selected(priors: Mapping[str, Any], names: Sequence[str], file: Path) -> dict[str, Any]:
    """Return the priors of these names in the order of the file; all if there are no names.

    Raises
    ------
    ParameterError
        If there is no prior of a name.
    """
    for name in names:
        if name not in priors:
            raise ParameterError(
                str(file),
                expected=f"the names {listed(priors)}",
                given=repr(name),
                remedy=nearest(name, priors).strip(),
            )
    return {name: prior for name, prior in priors.items() if not names or name in names}
