"""The guide on statements: its blocks run as they stand, and print what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from unfunnel.elicitation.hierarchy import ALIKENESS, SURENESS

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "statements.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def comparable(text):
    """Return a table with its numbers in six digits, without what depends on rounding."""
    table = text.split("Exact, but")[0]
    return re.sub(r"\d+\.\d{7,}", lambda number: f"{float(number[0]):.6g}", table).split()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a block in a folder of its own and return what it defined and printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")

    def run_block(number):
        namespace = {}
        exec(compile(BLOCKS[number], f"statements.md, block {number}", "exec"), namespace)
        return namespace, capsys.readouterr().out

    return run_block


def test_four_questions(run, tmp_path):
    pytest.importorskip("matplotlib")
    namespace, printed = run(0)
    shown = re.search(r"```text\n(.*?)```", PAGE, flags=re.DOTALL).group(1)
    assert comparable(printed) == comparable(shown)
    marginal = namespace["says"]
    assert marginal.value("mean") == 1.5
    for picture in (tmp_path / "statements.png", DOCS / "_static" / "statements.png"):
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG\r\n") and len(content) > 10_000


def test_other_ways(run):
    namespace, printed = run(1)
    assert "Exponential" in printed
    assert namespace["narrower"].dims == ("geo",)


def test_bounds_ratios_and_tails(run):
    namespace, printed = run(2)
    exponent, elasticity = namespace["exponent"], namespace["elasticity"]
    assert (exponent.bounds, elasticity.bounds) == ({"lower": 1.0}, {"upper": 0.0})
    assert elasticity.implied().value("sd") == 0.5
    assert namespace["temperature"].implied().value("sd") == pytest.approx(0.2 * (8 * 12) ** 0.5)
    assert namespace["outliers"].implied().value("sd") == 1.0
    assert {"cv"} < set(namespace["uplift"].parameters)
    quantile, *priors = printed.splitlines()
    assert float(quantile) < 0
    assert [line.split("(")[0] for line in priors] == [
        "ProbitNormal",
        "LogNormalExp",
        "StudentTIdentity",
        "ProbitNormal",
    ]
    assert priors[0].count("Beta") == 2 and "spread=" in priors[3]


def test_what_a_prior_says(run):
    namespace, printed = run(3)
    assert "search" in printed
    assert namespace["says"].value("mean", channel="search") == 2.0


def test_draws_are_a_poor_way_to_see_a_standard_deviation():
    found = []
    for seed in range(3):
        rng, size = np.random.default_rng(seed), 4_000_000
        m, s = rng.gamma(9, 1 / 6, size), rng.exponential(0.5, size)
        v = np.log1p((s / m) ** 2)
        found.append((m * np.exp(np.sqrt(v) * rng.standard_normal(size) - v / 2)).std())
    shown = re.search(r"gave (0\.\d+), another four million (0\.\d+), and a third (0\.\d+)", PAGE)
    assert found == pytest.approx([float(number) for number in shown.groups()], abs=6e-4)


def test_every_block_is_tested():
    assert len(BLOCKS) == 4


def test_words_stand_for_these_numbers():
    for words in (ALIKENESS, SURENESS):
        assert ", ".join(f'"{word}" {number:g}' for word, number in words.items()) in PAGE
