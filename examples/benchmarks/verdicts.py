"""What ``centered="auto"`` has to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.grid import FIXED, FIXED_LOW_RANK, FormName, Regime
from benchmarks.summary import better_fixed, medians, relative_learning

_FIXED, _BETTER = tuple(FIXED), "the better fixed choice"

#: Efficiency: in a regime, against the best of some forms, at least this many times theirs.
_EFFICIENCY: tuple[tuple[Regime, str, tuple[FormName, ...], float], ...] = (
    (Regime.PRIOR, _BETTER, _FIXED, 0.95),
    (Regime.WEAK, _BETTER, _FIXED, 3.5),
    (
        Regime.WEAK,
        "non-centered with its transform of sigma",
        (FormName.NONCENTERED_SOFTPLUS,),
        2.0,
    ),
    (Regime.STRONG, _BETTER, _FIXED, 0.95),
    (Regime.MIXED, _BETTER, _FIXED, 2.5),
    (Regime.IMBALANCE, _BETTER, _FIXED, 1.5),
    (Regime.POISSON, _BETTER, _FIXED, 0.9),
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
    """One target.

    Parameters
    ----------
    target : str
        What is measured.
    regime : str
        Where.
    bound : float
        What it has to reach.
    measured : float
        What was measured.
    at_least : bool
        Whether the bound is from below.
    note : str
        More about the measurement, such as the worst fit.
    """

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
    """Compare "auto" with its targets, as far as the fits allow.

    Parameters
    ----------
    fits : DataFrame
        From :func:`benchmarks.summary.frame`. A target is left out where a form or a regime
        that it needs was not run.
    """
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
    auto, *rivals = (np.median(x) for x in efficiency)
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
    here = fits[fits["regime"] == regime]
    forms = (FormName.AUTO, *others)
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
    seeds = fits.loc[fits["regime"] == Regime.WEAK, "data_seed"].unique()
    each = {s: ratio(fits[fits["data_seed"] == s], Regime.WEAK, _FIXED) for s in sorted(seeds)}
    by_seed = {s: x for s, x in each.items() if x is not None}
    if by_seed:
        note = ", ".join(f"{x:.2f}" for x in by_seed.values())
        target = f"the same, worst data seed of {len(by_seed)}"
        yield Verdict(target, Regime.WEAK, _WEAK_DATA_SEED, min(by_seed.values()), note=note)
    for name, forms in ((_BETTER, _FIXED), (f"{_BETTER}, low rank", FIXED_LOW_RANK)):
        everywhere = {r: x for r in Regime if (x := ratio(fits, r, forms)) is not None}
        if everywhere:
            worst = min(everywhere, key=lambda r: everywhere[r])
            target = f"ESS per gradient / {name}, worst regime"
            yield Verdict(target, worst, _EVERYWHERE, everywhere[worst])


def _divergences(fits: pd.DataFrame) -> Iterator[Verdict]:
    typical, most = medians(fits, "divergences"), medians(fits, "divergences", "max")
    for regime in typical.columns:
        found, worst = typical.loc[FormName.AUTO, regime], most.loc[FormName.AUTO, regime]
        if pd.isna(found):
            continue
        note = f"most in a fit: {worst:.0f}"
        if regime in _DIVERGENCES:
            bound = _DIVERGENCES[Regime(regime)]
            yield Verdict("divergences in 4000 draws", regime, bound, found, False, note)
        better = better_fixed(fits, regime)
        if better is not None:
            bound = typical.loc[better, regime] + _MORE_DIVERGENCES
            target = f"divergences: {_BETTER} + {_MORE_DIVERGENCES:g}"
            yield Verdict(target, regime, bound, found, False, note)


def _cost(fits: pd.DataFrame) -> Iterator[Verdict]:
    share = medians(fits, "pilot_share").loc[FormName.AUTO].dropna()
    if len(share):
        yield Verdict(
            "share of the pilot in all gradients",
            "median of all",
            _PILOT_SHARE,
            float(share.median()),
            at_least=False,
            note=f"highest: {share.max():.3f} ({share.idxmax()})",
        )
    for regime, found in relative_learning(fits).loc[FormName.AUTO].dropna().items():
        target = f"tuning and pilot / tuning of {_BETTER}"
        yield Verdict(target, str(regime), _LEARNING, float(found), at_least=False)


def _seconds(fits: pd.DataFrame) -> Iterator[Verdict]:
    """Compare wall time with nutpie alone on the same model, and with the best model by hand."""
    seconds = medians(fits, "total_seconds")
    same = {str(regime): FormName.NONCENTERED_SOFTPLUS for regime in seconds.columns}
    better = {str(regime): better_fixed(fits, str(regime)) for regime in seconds.columns}
    for name, opponents in (("nutpie alone on the same model", same), (_BETTER, better)):
        ratios = pd.Series(
            {
                regime: seconds.loc[FormName.AUTO, regime] / seconds.loc[form, regime]
                for regime, form in opponents.items()
                if form in seconds.index
            },
            dtype=float,
        ).dropna()
        if len(ratios):
            target = f"seconds, with compilation / {name}"
            note = f"the worst; median {ratios.median():.2f}"
            yield Verdict(target, str(ratios.idxmax()), _SECONDS, float(ratios.max()), False, note)
