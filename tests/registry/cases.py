"""Which rows, centerings and backends a test is run on, and which of them are slow."""

from __future__ import annotations

from typing import Any

import pytest

from registry.row import Row
from registry.rows import ROWS
from registry.setting import BACKENDS, CENTERINGS

#: The families that `make test` takes through everything.
_IN_FULL = ("LogNormalExp",)
#: What it leaves of the others to `make test-slow`: kinds of weight and the textbook form, which no
#: family knows of, and one of two ways that are the same until tuned.
REPEATED = ("weight", "array", "labelled", "auto", "offset")


def _marks(row: Row, key: str, xdist: bool) -> Any:
    if row.key in _IN_FULL:
        return ()
    # A family of its own goes through both backends non-centered.
    again = row.label or (xdist and key in ("centered", "informed"))
    return pytest.mark.slow if key in REPEATED or (again and key != "noncentered") else ()


def cases(centerings: dict[str, Any] = CENTERINGS, backends: dict[str, bool] = BACKENDS) -> Any:
    """Parametrize a test over ``row``, ``key`` of the centering and ``xdist``."""
    return pytest.mark.parametrize(
        ("row", "key", "xdist"),
        [
            pytest.param(
                row, key, xdist, id=f"{row.key}-{key}-{backend}", marks=_marks(row, key, xdist)
            )
            for row in ROWS.values()
            for key in centerings
            for backend, xdist in backends.items()
        ],
    )


#: For laws in which a family is only handed on: the families that `make test` takes through
#: everything, and under `make test-slow` the others.
any_family = pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=name, marks=() if name in _IN_FULL else pytest.mark.slow)
        for name, row in ROWS.items()
    ],
)

families = pytest.mark.parametrize(
    "row", [pytest.param(row, id=name) for name, row in ROWS.items()]
)
