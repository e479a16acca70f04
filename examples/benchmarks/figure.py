"""The picture: a dot for every fit and a line for the median of a form, one panel a regime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.grid import DEFAULT_FAMILY, FIXED, FormName, Regime
from benchmarks.regimes import GROUPS
from benchmarks.summary import better_fixed, ess_text, medians

_INK, _MUTED = "#22303c", "#5b6b77"
_AUTO, _FIXED, _TROUBLE = "#2f7d4f", "#2f7f93", "#d1495b"

# More divergences than this in 4000 draws, and a fit is not to be relied on.
_MANY_DIVERGENCES = 10

# Fits below this are drawn at the edge, as arrows.
_LOWEST = 0.1

_TITLES = {
    Regime.PRIOR: "prior: no data",
    Regime.WEAK: "weak: 2 observations a group",
    Regime.STRONG: "strong: 400 observations a group",
    Regime.MIXED: "mixed: half 1, half 2000",
    Regime.IMBALANCE: "imbalance: from 1 to 3000",
    Regime.POISSON: "poisson: counts, exposures 0.5 to 200",
}
_LABELS = {
    FormName.AUTO: 'centered="auto"',
    FormName.AUTO_DIAG: "the same, diagonal adaptation",
    FormName.CENTERED: "centered",
    FormName.NONCENTERED: "non-centered",
    FormName.NONCENTERED_SOFTPLUS: "non-centered, auto's sigma",
    FormName.EXP_CENTERED: "Prior exp, centered",
    FormName.EXP_NONCENTERED: "Prior exp, non-centered",
    FormName.MARKETING_CENTERED: "LogNormalPrior, centered",
    FormName.MARKETING_NONCENTERED: "LogNormalPrior, non-centered",
    FormName.VIP: "VIP",
    FormName.CENTERED_LOW_RANK: "centered, low rank",
    FormName.NONCENTERED_LOW_RANK: "non-centered, low rank",
    FormName.FLOW: "non-centered, flow",
}


def draw(fits: pd.DataFrame) -> Figure:
    """Draw the fits of one family; the figure belongs to no window."""
    typical = medians(fits, "ess_per_kgrad")
    forms, regimes = list(typical.index), list(typical.columns)
    columns = min(3, len(regimes))
    rows = -(-len(regimes) // columns)
    size = (2.2 + 3.3 * columns, 1.2 + rows * (0.7 + 0.24 * len(forms)))
    figure = Figure(figsize=size, layout="constrained")
    axes = np.ravel(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False))
    better = better_fixed(fits)
    for ax, regime in zip(axes, regimes, strict=False):
        _panel(ax, fits[fits["regime"] == regime], typical[regime])
        if regime in better:
            x = typical.loc[better[regime], regime]
            ax.axvline(x, color=_FIXED, linewidth=1, linestyle=":")
        ax.set_title(_TITLES[Regime(regime)], loc="left", fontsize=10, color=_INK)
    for ax in axes[len(regimes) :]:
        ax.remove()
    highest = 2.0 * max(1.0, fits["ess_per_kgrad"].max())
    axes[0].set(ylim=(len(forms) - 0.4, -0.6), xscale="log", xlim=(_LOWEST * 0.8, highest))
    axes[0].xaxis.set_major_formatter("{x:g}")
    axes[0].set_yticks(range(len(forms)), [_LABELS[FormName(form)] for form in forms])
    (family,) = fits["family"].unique()
    hierarchy = "One positive hierarchy" if family == DEFAULT_FAMILY else f"{family}, one hierarchy"
    at_left: dict[str, Any] = {"x": 0.01, "ha": "left", "color": _INK}
    title = f"{hierarchy}, {GROUPS} groups: worst bulk ESS per 1000 gradients"
    figure.suptitle(title, fontsize=12, **at_left)
    figure.supxlabel(
        "Dots are fits, bars and figures the medians of a form; red: more than "
        f"{_MANY_DIVERGENCES} divergences in 4000 draws; dotted: the better of centered and "
        "non-centered.\n"
        'LogNormalPrior is that of pymc-marketing; "Prior exp" (transform="exp") and VIP, of '
        "pymc-extras, have a comparable prior on the log scale.",
        fontsize=9,
        **at_left,
    )
    return figure


def _panel(ax: Any, fits: pd.DataFrame, typical: pd.Series) -> None:
    for row, form in enumerate(typical.index):
        here = fits[(fits["form"] == form) & (fits["ess_per_kgrad"] > 0)]
        if here.empty:
            continue
        color = _AUTO if form == FormName.AUTO else _FIXED if form in FIXED else _MUTED
        x = here["ess_per_kgrad"].clip(lower=_LOWEST)
        y = row + np.linspace(-0.2, 0.2, len(here)) * (len(here) > 1)
        colors = np.where(here["divergences"] > _MANY_DIVERGENCES, _TROUBLE, color)
        low = here["ess_per_kgrad"] < _LOWEST
        for some, marker in ((~low, "o"), (low, "<")):
            style = {"s": 13, "alpha": 0.65, "linewidths": 0, "zorder": 3}
            ax.scatter(x[some], y[some], c=colors[some], marker=marker, **style)
        ax.vlines(typical[form], row - 0.34, row + 0.34, color=color, linewidth=2.4, zorder=4)
        weight = "bold" if form == FormName.AUTO else "normal"
        text = {"va": "center", "fontsize": 8, "color": color, "weight": weight}
        ax.annotate(
            ess_text(typical[form]), (1.02, row), xycoords=("axes fraction", "data"), **text
        )
    ax.axhspan(-0.5, 0.5, color=_AUTO, alpha=0.08, linewidth=0)
    ax.grid(axis="x", alpha=0.3, linewidth=0.6)
    ax.tick_params(length=0)
    ax.set_frame_on(False)
