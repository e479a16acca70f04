"""From records to figures: medians over seeds, and where ``unfunnel.sample`` lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.classic_grid import FIXED_WAYS, Way
from benchmarks.classic_references import MOST_RHAT
from benchmarks.measures import disagreement
from benchmarks.store import Record

#: Divergences are counted per this many draws.
DRAWS = 4000

# What ``unfunnel.sample`` has to reach; "fixed" is the better of centered and non-centered.
_LEAST_RATIO = 0.9
_MOST_RHAT, _RHAT_OF_FIXED = 1.05, 1.02
_MORE_DIVERGENCES = 2.0
_MOST_ERRORS = 4.5
_SHORT, _LONGER = 0.5, 0.3  # seconds: of a run that may take a little longer, and how much


def frame(records: Iterable[Record], references: Iterable[Record] = ()) -> pd.DataFrame:
    """Return one row for each fit, with what follows from its figures.

    That is: ``divergences`` in 4000 draws; ``efficiency``, the worst bulk ESS per 1000 gradients of
    everything, warm-up and pilot too; ``speed``, the same per second of pilot, warm-up and draws;
    ``speed_compiled``, with compilation; ``errors``, the distance from the reference in Monte Carlo
    standard errors, NaN where there is none.
    """
    good = {
        (x["reference"], x["priors"], x["small"]): x
        for x in references
        if not x["error"] and x["rhat"] <= MOST_RHAT
    }
    rows = []
    for record in records:
        reference = good.get((record["model"], record["priors"], record["small"]))
        errors = np.nan
        if reference is not None and record["way"] != Way.BAMBI and not record["error"]:
            errors = disagreement(record, reference)
        row = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
        rows.append(row | {"errors": errors})
    fits = pd.DataFrame(rows)
    absent = ["rhat", "divergences", "gradients", "tuning_gradients"]  # None where a fit failed
    absent += ["pilot_gradients", "compile_seconds"]
    fits[absent] = fits.reindex(columns=absent).astype(float)
    fits["divergences"] *= DRAWS / (fits["draws"] * fits["chains"])
    everything = fits["gradients"] + fits["tuning_gradients"] + fits["pilot_gradients"]
    fits["efficiency"] = (1000.0 * fits["ess_bulk"] / everything).fillna(0.0)
    fits["speed"] = fits["ess_bulk"] / fits["sample_seconds"]
    seconds = fits["sample_seconds"] + fits["compile_seconds"]
    fits["speed_compiled"] = (fits["ess_bulk"] / seconds).fillna(0.0)
    return fits


@dataclass(frozen=True)
class Comparison:
    """``unfunnel.sample`` on one model, against the better of the fixed forms; medians over seeds.

    Ratios are of effective draws per gradient, and per second without and with compilation. R-hat
    and ``errors`` are the worst of all seeds. ``lost`` says in words what is worse than it may be.
    """

    model: str
    priors: str
    efficiency: float
    speed: float
    speed_compiled: float
    divergences: float
    rhat: float
    errors: float
    lost: tuple[str, ...]


def comparisons(fits: pd.DataFrame) -> list[Comparison]:
    """Compare on every model and prior that was sampled by ``unfunnel`` and in a fixed form."""
    found = []
    for (model, priors), here in fits.groupby(["model", "priors"], sort=False):
        ways = {str(way): part for way, part in here.groupby("way", sort=False)}
        fixed = [ways[way] for way in FIXED_WAYS if way in ways]
        if fixed and Way.UNFUNNEL in ways:
            found.append(_compare(str(model), str(priors), ways[Way.UNFUNNEL], fixed))
    return found


def _compare(model: str, priors: str, ours: pd.DataFrame, fixed: list[pd.DataFrame]) -> Comparison:
    better = max(fixed, key=lambda fits: fits["efficiency"].median())
    ratios = {
        what: _ratio(ours[what].median(), max(fits[what].median() for fits in fixed))
        for what in ("efficiency", "speed", "speed_compiled")
    }
    rhat, errors = ours["rhat"].fillna(np.inf).max(), ours["errors"].max()
    lost = tuple(_losses(ours, better, fixed, ratios))
    divergences = float(ours["divergences"].median())
    return Comparison(
        model=model,
        priors=priors,
        **ratios,
        divergences=divergences,
        rhat=float(rhat),
        errors=float(errors),
        lost=lost,
    )


def _losses(
    ours: pd.DataFrame, better: pd.DataFrame, fixed: list[pd.DataFrame], ratios: dict[str, float]
) -> Iterator[str]:
    if failed := [error for error in ours["error"] if error]:
        yield f"failed: {failed[0].splitlines()[0]}"
    rhat, of_fixed = ours["rhat"].max(), min(fits["rhat"].max() for fits in fixed)
    if rhat > _MOST_RHAT and of_fixed < _RHAT_OF_FIXED:
        yield f"R-hat {rhat:.3g}, fixed {of_fixed:.3g}"
    divergences, allowed = (fits["divergences"].median() for fits in (ours, better))
    if divergences > allowed + _MORE_DIVERGENCES:
        yield f"divergences {divergences:.0f}, fixed {allowed:.0f}"
    if ratios["efficiency"] < _LEAST_RATIO:
        yield f"ESS per gradient x {ratios['efficiency']:.2f}"
    seconds, of_fixed = (
        fits["sample_seconds"].median()
        for fits in (ours, max(fixed, key=lambda x: x["speed"].median()))
    )
    a_little_longer = of_fixed < _SHORT and seconds <= of_fixed + _LONGER
    if ratios["speed"] < _LEAST_RATIO and not a_little_longer:
        yield f"ESS per second x {ratios['speed']:.2f} ({seconds:.1f} s, fixed {of_fixed:.1f} s)"
    if (errors := ours["errors"].max()) > _MOST_ERRORS:
        yield f"{errors:.1f} Monte Carlo standard errors from the reference"


def _ratio(ours: Any, theirs: Any) -> float:
    return float(ours / theirs) if theirs > 0 else float("inf")
