"""From records to figures: medians over data and sampler seeds, with their spread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from benchmarks.grid import DEFAULT_FAMILY, FIXED, FormName, Regime

#: Divergences are counted per this many draws, which is one fit of the default length.
DRAWS = 4000

# From here on, an effective sample size per 1000 gradients is shown without a decimal.
_MANY = 10


def frame(records: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return one row for each fit, with what follows from its figures.

    That is: ``divergences`` per 4000 draws; ``learning``, the gradients of tuning and pilot;
    ``pilot_share`` of all gradients; ``run_seconds`` of pilot, tuning and draws; ``total_seconds``,
    compilation included.
    """
    fits = pd.DataFrame([{"family": DEFAULT_FAMILY} | record for record in records])
    fits["regime"] = pd.Categorical(fits["regime"], list(map(str, Regime)), ordered=True)
    fits["form"] = pd.Categorical(fits["form"], list(map(str, FormName)), ordered=True)
    absent = ["rhat", "divergences", "gradients", "tuning_gradients"]  # None where a fit failed
    fits[absent] = fits[absent].astype(float)
    fits["divergences"] *= DRAWS / (fits["draws"] * fits["chains"])
    fits["learning"] = fits["tuning_gradients"] + fits["pilot_gradients"]
    fits["pilot_share"] = fits["pilot_gradients"] / (fits["learning"] + fits["gradients"])
    fits["run_seconds"] = fits["pilot_seconds"] + fits["sample_seconds"]
    fits["total_seconds"] = fits["compile_seconds"] + fits["run_seconds"]
    return fits


def by_family(fits: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the fits of each family, in the order in which they were run."""
    return {str(name): part for name, part in fits.groupby("family", sort=False)}


def medians(fits: pd.DataFrame, figure: str, how: str = "median") -> pd.DataFrame:
    """Return a figure over all seeds, a row for each form and a column for each regime."""
    return fits.groupby(["form", "regime"], observed=True)[figure].agg(how).unstack("regime")


def ess_text(ess_per_kgrad: float) -> str:
    """Return the effective sample size per 1000 gradients, to be read in a table or a figure."""
    return f"{ess_per_kgrad:.0f}" if ess_per_kgrad >= _MANY else f"{ess_per_kgrad:.1f}"


def better_fixed(fits: pd.DataFrame) -> dict[str, str]:
    """Return the better of centered and non-centered by regime, where both were run."""
    both = medians(fits, "ess_per_kgrad").reindex(FIXED).dropna(axis="columns")
    return {str(regime): str(form) for regime, form in both.idxmax().items()}


def over_form(fits: pd.DataFrame, figure: str, opponents: dict[str, str]) -> pd.DataFrame:
    """Return the medians of a figure over those of one form in each regime."""
    table = medians(fits, figure)
    yardstick = {r: table.loc[f, r] for r, f in opponents.items() if f in table.index}
    return table / pd.Series(yardstick, dtype=float)


def costs(fits: pd.DataFrame) -> pd.DataFrame:
    """Return what each form costs: medians over the regimes of its medians over the seeds.

    R-hat alone is the worst of all; ``relative_learning`` is over that of the better fixed choice.
    """
    names = ["pilot_gradients", "pilot_share", "tuning_gradients", "gradients"]
    names += ["compile_seconds", "run_seconds", "total_seconds"]
    table = pd.DataFrame({name: medians(fits, name).median(axis=1) for name in names})
    relative = over_form(fits, "learning", better_fixed(fits))
    table["relative_learning"] = relative.median(axis=1)
    table["rhat"] = medians(fits, "rhat", "max").max(axis=1)
    return table
