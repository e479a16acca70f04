"""The figures as tables for a terminal or a notebook; fits are those of ``summary.frame``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from rich.table import Table

from benchmarks.grid import FormName
from benchmarks.summary import costs, ess_text, medians
from benchmarks.verdicts import verdicts

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
    """Return all tables: efficiency, divergences, costs, and the targets."""
    found = [efficiency_table(fits), divergence_table(fits), cost_table(fits)]
    return [*found, verdict_table(fits)] if verdicts(fits) else found


def efficiency_table(fits: pd.DataFrame) -> Table:
    """Return the table of the worst bulk ESS per 1000 gradients, the best of a regime in bold."""
    low, middle, high = (
        medians(fits, "ess_per_kgrad", how).round(6) for how in ("min", "median", "max")
    )

    def cell(form: Any, regime: Any) -> str:
        texts = [ess_text(x.loc[form, regime]) for x in (middle, low, high)]
        best = middle.loc[form, regime] == middle[regime].max()
        return "[{}]{}[/] [dim]({}–{})[/]".format("bold" if best else "default", *texts)

    return _by_form("ESS per 1000 gradients: median (lowest–highest)", middle, cell)


def divergence_table(fits: pd.DataFrame) -> Table:
    """Return the table of divergences."""
    middle, high = (medians(fits, "divergences", how) for how in ("median", "max"))

    def cell(form: Any, regime: Any) -> str:
        return f"{middle.loc[form, regime]:.0f} [dim]({high.loc[form, regime]:.0f})[/]"

    return _by_form("Divergences in 4000 draws: median (most)", middle, cell)


def cost_table(fits: pd.DataFrame) -> Table:
    """Return the table of costs."""
    found = costs(fits)[list(_COSTS)]
    headings = {key: heading for key, (heading, _) in _COSTS.items()}
    title = "Costs: medians over seeds and regimes"
    return _by_form(
        title, found, lambda form, key: f"{found.loc[form, key]:{_COSTS[key][1]}}", headings
    )


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


def _by_form(
    title: str,
    values: pd.DataFrame,
    cell: Callable[[Any, Any], str],
    headings: dict[str, str] | None = None,
) -> Table:
    """Return a table with a row for each form; cells without a value are empty."""
    table = _table(title, "form")
    for column in values.columns:
        table.add_column((headings or {}).get(column, str(column)), justify="right", no_wrap=True)
    for form in values.index:
        cells = ("" if pd.isna(values.loc[form, c]) else cell(form, c) for c in values.columns)
        table.add_row(str(form), *cells, style="cyan" if form == FormName.AUTO else None)
    return table


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    table.add_column(first, no_wrap=True)
    return table
