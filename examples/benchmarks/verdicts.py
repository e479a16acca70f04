"""What ``centered="auto"`` has to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.grid import FIXED, FIXED_LOW_RANK, FormName, Regime
from benchmarks.summary import better_fixed, medians, over_form

_BETTER = "the better fixed choice"
_SOFTPLUS = (FormName.NONCENTERED_SOFTPLUS,)

#: Efficiency: in a regime, against the best of some forms, at least this many times theirs.
_EFFICIENCY: tuple[tuple[Regime, str, tuple[FormName, ...], float], ...] = (
    (Regime.PRIOR, _BETTER, FIXED, 0.95),
    (Regime.WEAK, _BETTER, FIXED, 3.5),
    (Regime.WEAK, "non-centered with its transform of sigma", _SOFTPLUS, 2.0),
    (Regime.STRONG, _BETTER, FIXED, 0.95),
    (Regime.MIXED, _BETTER, FIXED, 2.5),
    (Regime.IMBALANCE, _BETTER, FIXED, 1.5),
    (Regime.POISSON, _BETTER, FIXED, 0.9),
    (Regime.STRONG, "VIP", (FormName.VIP,), 20.0),
    (Regime.MIXED, "VIP", (FormName.VIP,), 20.0),
    (Regime.WEAK, "the flow", (FormName.FLOW,), 0.85),
    (Regime.MIXED, "the flow", (FormName.FLOW,), 0.9),
)
_EVERYWHERE = 0.9
_WEAK_DATA_SEED = 3.0

#: Divergences per 4000 draws.
_DIVERGENCES = {Regime.PRIOR: 0.0, Regime.WEAK: 2.0, Regime.STRONG: 0.0, Regime.MIXED: 0.0}
_MORE_DIVERGENCES = 2.0

_PILOT_SHARE = 0.15
_LEARNING = 1.3
_SECONDS = 1.5

_RESAMPLINGS = 1000


@dataclass(frozen=True)
class Verdict:
    """One target: what is measured, where, and the bound from below or above."""

    target: str
    regime: str
    bound: float
    measured: float
    at_least: bool = True
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def verdicts(fits: pd.DataFrame) -> list[Verdict]:
    """Compare "auto" with its targets, as far as the forms and regimes that were run allow."""
    if FormName.AUTO not in set(fits["form"]):
        return []
    return [*_efficiency(fits), *_divergences(fits), *_cost(fits), *_seconds(fits)]


def ratio(fits: pd.DataFrame, regime: str, others: tuple[FormName, ...]) -> float | None:
    """Return the ESS per gradient of "auto" over that of the best of other forms, by the medians.

    Only data seeds that all of them were run on count. None if there are none.
    """
    efficiency = _comparable(fits, regime, others)
    if efficiency is None:
        return None
    auto, *rivals = map(np.median, efficiency)
    return float(auto / max(rivals)) if max(rivals) > 0 else float("inf")


def uncertainty(
    fits: pd.DataFrame, regime: str, others: tuple[FormName, ...]
) -> tuple[float, float] | None:
    """Return how far :func:`ratio` could have come out otherwise: 90% of bootstrap resamplings."""
    efficiency = _comparable(fits, regime, others)
    if efficiency is None:
        return None
    rng = np.random.default_rng(0)
    auto, *rivals = (np.median(rng.choice(x, (_RESAMPLINGS, len(x))), 1) for x in efficiency)
    low, high = np.quantile(auto / np.maximum(np.max(rivals, axis=0), 1e-12), [0.05, 0.95])
    return float(low), float(high)


def _comparable(
    fits: pd.DataFrame, regime: str, others: tuple[FormName, ...]
) -> list[np.ndarray] | None:
    """Return the ESS per gradient of "auto" and of others, on the data that all were run on."""
    here, forms = fits[fits["regime"] == regime], (FormName.AUTO, *others)
    seeds = [set(here.loc[here["form"] == form, "data_seed"]) for form in forms]
    here = here[here["data_seed"].isin(set.intersection(*seeds))]
    if here.empty:
        return None
    return [here.loc[here["form"] == form, "ess_per_kgrad"].to_numpy() for form in forms]


def _efficiency(fits: pd.DataFrame) -> Iterator[Verdict]:
    for regime, name, forms, bound in _EFFICIENCY:
        if (found := ratio(fits, regime, forms)) is not None:
            low, high = uncertainty(fits, regime, forms) or (found, found)
            note = f"{low:.3g} to {high:.3g} (90%)"
            yield Verdict(f"ESS per gradient / {name}", regime, bound, found, note=note)
    each = [ratio(of_seed, Regime.WEAK, FIXED) for _, of_seed in fits.groupby("data_seed")]
    if ratios := [x for x in each if x is not None]:
        note, target = ", ".join(f"{x:.2f}" for x in ratios), "the same, worst data seed of"
        measured = min(ratios)
        yield Verdict(f"{target} {len(ratios)}", Regime.WEAK, _WEAK_DATA_SEED, measured, note=note)
    for name, forms in ((_BETTER, FIXED), (f"{_BETTER}, low rank", FIXED_LOW_RANK)):
        everywhere = {x: r for r in Regime if (x := ratio(fits, r, forms)) is not None}
        if everywhere:
            worst = min(everywhere)
            target = f"ESS per gradient / {name}, worst regime"
            yield Verdict(target, everywhere[worst], _EVERYWHERE, worst)


def _divergences(fits: pd.DataFrame) -> Iterator[Verdict]:
    typical, most = (medians(fits, "divergences", how) for how in ("median", "max"))
    better = better_fixed(fits)
    for regime, found in typical.loc[FormName.AUTO].dropna().items():
        note = f"most in a fit: {most.loc[FormName.AUTO, regime]:.0f}"
        if regime in _DIVERGENCES:
            bound = _DIVERGENCES[Regime(regime)]
            yield Verdict("divergences in 4000 draws", regime, bound, found, False, note)
        if regime in better:
            bound = typical.loc[better[regime], regime] + _MORE_DIVERGENCES
            target = f"divergences: {_BETTER} + {_MORE_DIVERGENCES:g}"
            yield Verdict(target, regime, bound, found, False, note)


def _cost(fits: pd.DataFrame) -> Iterator[Verdict]:
    share = medians(fits, "pilot_share").loc[FormName.AUTO].dropna()
    if len(share):
        note = f"highest: {share.max():.3f} ({share.idxmax()})"
        target, measured = "share of the pilot in all gradients", float(share.median())
        yield Verdict(target, "median of all", _PILOT_SHARE, measured, False, note)
    relative = over_form(fits, "learning", better_fixed(fits)).loc[FormName.AUTO].dropna()
    for regime, found in relative.items():
        target = f"tuning and pilot / tuning of {_BETTER}"
        yield Verdict(target, str(regime), _LEARNING, float(found), False)


def _seconds(fits: pd.DataFrame) -> Iterator[Verdict]:
    """Compare wall time with nutpie alone on the same model, and with the best model by hand."""
    same = {str(regime): FormName.NONCENTERED_SOFTPLUS for regime in fits["regime"].unique()}
    for name, opponents in (
        ("nutpie alone on the same model", same),
        (_BETTER, better_fixed(fits)),
    ):
        ratios = over_form(fits, "total_seconds", opponents).loc[FormName.AUTO].dropna()
        if len(ratios):
            target = f"seconds, with compilation / {name}"
            note = f"the worst; median {ratios.median():.2f}"
            yield Verdict(target, str(ratios.idxmax()), _SECONDS, float(ratios.max()), False, note)
