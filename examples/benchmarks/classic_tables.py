"""The figures of the classic models as tables, for a terminal or a page of the documentation."""

from __future__ import annotations

import pandas as pd
from rich.table import Table

from benchmarks.classic_grid import Way
from benchmarks.classic_models.parts import Priors
from benchmarks.classic_summary import Comparison, comparisons
from benchmarks.summary import ess_text

# As in the figure of the regimes, so many divergences and more are worth a word.
_WORTH_A_WORD = 0.5

HEADINGS = {
    Way.UNFUNNEL: "unfunnel",
    Way.CENTERED: "centered",
    Way.NONCENTERED: "non-centered",
    Way.BAMBI: "Bambi",
    Way.VIP: "VIP",
}


def efficiency_table(fits: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each model: ESS per 1000 gradients of everything, divergences in brackets.

    Then the comparison of ``unfunnel.sample`` with the better fixed form. Medians over seeds.
    """
    ways = [way for way in HEADINGS if way in set(fits["way"])]
    compared = {(c.model, c.priors): c for c in comparisons(fits)}
    rows = {}
    for (model, priors), here in fits.groupby(["model", "priors"], sort=False):
        row = {HEADINGS[way]: _cell(here[here["way"] == way]) for way in ways}
        name = f"{model}, {priors}" if priors != Priors.WEAK else str(model)
        rows[name] = row | _against_fixed(compared.get((str(model), str(priors))))
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("")
    return table.rename_axis("model")


def losses_table(fits: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each model on which ``unfunnel.sample`` lost, and how."""
    lost = {f"{c.model}, {c.priors}": "; ".join(c.lost) for c in comparisons(fits) if c.lost}
    return pd.DataFrame({"lost": lost}).rename_axis("model")


def as_rich(table: pd.DataFrame, title: str) -> Table:
    """Return a table for a terminal."""
    shown = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    shown.add_column(str(table.index.name), no_wrap=True)
    for column in table.columns:
        shown.add_column(str(column), justify="left" if column == "lost" else "right")
    for name, cells in table.iterrows():
        shown.add_row(str(name), *map(str, cells))
    return shown


def as_markdown(table: pd.DataFrame) -> str:
    """Return a table for a page."""
    rows = [
        [str(table.index.name), *map(str, table.columns)],
        ["---", *["--:"] * len(table.columns)],
        *([str(name), *map(str, cells)] for name, cells in table.iterrows()),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(fits: pd.DataFrame) -> str:
    """Return ESS per 1000 gradients, (divergences), and an R-hat that is too large."""
    if fits.empty:
        return ""
    if (fits["error"] != "").all():
        return "failed"
    text = ess_text(fits["efficiency"].median())
    if (divergences := fits["divergences"].median()) > _WORTH_A_WORD:
        text += f" ({divergences:.0f})"
    return text + ("*" if fits["rhat"].fillna(9.9).max() > 1.05 else "")


def _against_fixed(found: Comparison | None) -> dict[str, str]:
    if found is None:
        return {}
    return {
        "per gradient": f"{found.efficiency:.2g}",
        "per second": f"{found.speed:.2g}",
        "compiled": f"{found.speed_compiled:.2g}",
        "MCSE": "" if pd.isna(found.errors) else f"{found.errors:.1f}",
    }
