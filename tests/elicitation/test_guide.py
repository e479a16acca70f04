"""The guide to hyperpriors: its code runs as it stands, and its table is what compare says."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import pytest
from test_twelve_priors import TABLE

from unfunnel import scales

GUIDE = (Path(__file__).parents[2] / "docs" / "scales.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.mark.usefixtures("fast_compile")
def test_blocks_run():
    backend = mpl.get_backend()
    mpl.use("Agg")
    making, on_the_cv = BLOCKS
    namespace = {}
    exec(compile(making, "making", "exec"), namespace)
    assert len(namespace["ax"].get_yticklabels()) == 3
    namespace["ax"].figure.clear()
    mpl.use(backend)
    exec(compile(on_the_cv, "on the cv", "exec"), namespace)
    assert [v.name for v in namespace["model"].free_RVs] == ["mean", "cv", "effect"]


def test_table_is_what_compare_says():
    header, rows = scales.compare([prior for prior, _ in TABLE]).table()
    for label, *cells in rows:
        assert f"| `{label}` | {' | '.join(cells)} |" in GUIDE
    assert f"| prior of sigma | {' | '.join(header[1:])} |" in GUIDE
