"""Every example runs with short chains, prints a table and saves a picture that is one."""

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(p for p in EXAMPLES.glob("*.py") if "format_name: percent" in p.read_text())
# Warnings are errors here too, but for deprecations among the packages that are imported.
WARNINGS = ["-W", "error", "-W", "ignore::DeprecationWarning"]


def run(script, folder, *arguments):
    """Run an example in a process of its own, which leaves nothing behind in the repository."""
    settings = {"UNFUNNEL_SHORT": "1", "UNFUNNEL_FIGURES": str(folder), "MPLBACKEND": "Agg"}
    result = subprocess.run(
        [sys.executable, *WARNINGS, str(script), *arguments],
        check=False,
        capture_output=True,
        cwd=folder,
        encoding="utf-8",
        env=os.environ | settings | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "160"},
        timeout=600,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


def is_picture(path):
    content = path.read_bytes()
    return content.startswith(b"\x89PNG\r\n") and len(content) > 10_000


def test_the_notebooks_are_found():
    assert {"post_funnels", "post_prior_predictive", "post_media_mix"} <= {
        path.stem for path in NOTEBOOKS
    }


#: What compiles several models or samples them many times takes long even with short chains.
LONG = {"centered_bias", "post_funnels", "post_media_mix", "zero_sum"}


def slow_if_long(path):
    """Mark what is only run by ``make test-slow``."""
    long = path.stem.startswith("bench_") or path.stem in LONG
    return pytest.param(path, marks=[pytest.mark.slow] * long, id=path.stem)


@pytest.mark.parametrize("path", [slow_if_long(path) for path in NOTEBOOKS])
def test_notebook_runs(path, tmp_path):
    output = run(path, tmp_path)
    assert "┃" in output, "no table"
    assert "unfunnel 0." in output, "no versions"
    assert is_picture(tmp_path / f"{path.stem}.png")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_opens_in_jupyter(path):
    notebook = jupytext.read(path)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown" and notebook.cells[0].source.startswith("# ")
    assert kinds.count("code") > 2
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_documentation_shows_the_notebook(path):
    docs = EXAMPLES.parent / "docs"
    assert f"examples/{path.name}" in (docs / "examples.md").read_text(encoding="utf-8")
    assert is_picture(docs / "_static" / f"{path.stem}.png")


@pytest.mark.slow
def test_demo_runs(tmp_path):
    figure = tmp_path / "demo.png"
    output = run(EXAMPLES / "demo.py", tmp_path, "--quick", "--figure", str(figure))
    assert "Grunfeld" in output and "┃" in output
    assert is_picture(figure)
