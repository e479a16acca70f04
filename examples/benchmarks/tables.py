"""The figures as tables for a terminal or a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.grid import FormName
from benchmarks.summary import costs, ess_text, medians
from benchmarks.verdicts import verdicts
from unfunnel.optional import require

if TYPE_CHECKING:
    from rich.table import Table

# Heading and format of each column of the table of costs.
_COSTS = {
    "pilot_gradients": ("gradients\npilot", ",.0f"),
    "tuning_gradients": ("gradients\ntuning", ",.0f"),
    "gradients": ("gradients\ndraws", ",.0f"),
    "pilot_share": ("pilot's share\nof them", ".1%"),
    "relative_learning": ("pilot + tuning\n/ better fixed", ".2f"),
    "run_seconds": ("seconds\nto run", ".1f"),
    "compile_seconds": ("seconds\nto compile", ".1f"),
    "total_seconds": ("seconds\ntogether", ".1f"),
    "rhat": ("worst\nR-hat", ".3f"),
}


def tables(fits: pd.DataFrame) -> list[Table]:
    """Return all tables: efficiency, divergences, costs, and the targets.

    Parameters
    ----------
    fits : DataFrame
        From :func:`benchmarks.summary.frame`.
    """
    found = [efficiency_table(fits), divergence_table(fits), cost_table(fits)]
    if verdicts(fits):
        found.append(verdict_table(fits))
    return found


def efficiency_table(fits: pd.DataFrame) -> Table:
    """Return the table of the worst bulk ESS per 1000 gradients, the best of a regime in bold."""
    low, middle, high = (
        medians(fits, "ess_per_kgrad", how).round(6) for how in ("min", "median", "max")
    )
    best = middle.max()

    def cell(form: str, regime: str) -> str:
        numbers = [ess_text(x.loc[form, regime]) for x in (low, middle, high)]
        typical = f"[bold]{numbers[1]}[/]" if middle.loc[form, regime] == best[regime] else None
        return f"{typical or numbers[1]} [dim]({numbers[0]}–{numbers[2]})[/]"

    title = "ESS per 1000 gradients: median (lowest–highest)"
    return _by_regime(title, middle, cell)


def divergence_table(fits: pd.DataFrame) -> Table:
    """Return the table of divergences."""
    middle, high = (medians(fits, "divergences", how) for how in ("median", "max"))

    def cell(form: str, regime: str) -> str:
        return f"{middle.loc[form, regime]:.0f} [dim]({high.loc[form, regime]:.0f})[/]"

    return _by_regime("Divergences in 4000 draws: median (most)", middle, cell)


def cost_table(fits: pd.DataFrame) -> Table:
    """Return the table of costs."""
    found = costs(fits)
    table = _table("Costs: medians over seeds and regimes")
    for heading, _ in _COSTS.values():
        table.add_column(heading, justify="right")
    for form, row in found.iterrows():
        cells = (
            "" if pd.isna(row[key]) else f"{row[key]:{how}}" for key, (_, how) in _COSTS.items()
        )
        table.add_row(str(form), *cells, style=_style(form))
    return table


def verdict_table(fits: pd.DataFrame) -> Table:
    """Return the table of the targets."""
    table = _table('Targets of centered="auto", on medians', "target")
    for heading in ("regime", "wanted", "measured", "met", "note"):
        table.add_column(heading, justify="right" if heading in ("wanted", "measured") else "left")
    for verdict in verdicts(fits):
        sign = ">=" if verdict.at_least else "<="
        met = "[green]yes[/]" if verdict.met else "[bold red]no[/]"
        wanted, measured = f"{sign} {verdict.bound:.3g}", f"{verdict.measured:.3g}"
        table.add_row(verdict.target, verdict.regime, wanted, measured, met, verdict.note)
    return table


def _by_regime(title: str, middle: pd.DataFrame, cell: Any) -> Table:
    table = _table(title)
    for regime in middle.columns:
        table.add_column(str(regime), justify="right", no_wrap=True)
    for form in middle.index:
        cells = (
            "" if pd.isna(middle.loc[form, regime]) else cell(form, regime)
            for regime in middle.columns
        )
        table.add_row(str(form), *cells, style=_style(form))
    return table


def _table(title: str, first: str = "form") -> Table:
    made: Table = require("rich.table", "cli").Table(
        title=title, title_justify="left", title_style="bold", header_style="bold"
    )
    made.add_column(first, no_wrap=True)
    return made


def _style(form: Any) -> str | None:
    return "cyan" if form == FormName.AUTO else None
