"""The picture: a dot for every fit and a line for the median of a form, one panel a regime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.grid import DEFAULT_FAMILY, FIXED, FormName, Regime
from benchmarks.regimes import GROUPS
from benchmarks.summary import ess_text
from unfunnel.figure_style import BLUE, INK, MUTED, RED, without_frame, without_ticks
from unfunnel.optional import require

_AUTO, _FIXED, _TROUBLE = "#2f7d4f", BLUE, RED

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


def draw(fits: pd.DataFrame) -> Any:
    """Draw the figure.

    Parameters
    ----------
    fits : DataFrame
        From :func:`benchmarks.summary.frame`, of one family.

    Returns
    -------
    matplotlib.figure.Figure
        It belongs to no window and no global state of matplotlib.
    """
    figure_module = require("matplotlib.figure", "plot")
    regimes = [regime for regime in Regime if (fits["regime"] == regime).any()]
    forms = [form for form in FormName if (fits["form"] == form).any()]
    columns = min(3, len(regimes))
    rows = -(-len(regimes) // columns)
    figure = figure_module.Figure(
        figsize=(2.2 + 3.3 * columns, 1.2 + rows * (0.7 + 0.24 * len(forms))), layout="constrained"
    )
    axes = np.ravel(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False))
    for ax, regime in zip(axes, regimes, strict=False):
        _panel(ax, fits[fits["regime"] == regime], forms)
        ax.set_title(_TITLES[regime], loc="left", fontsize=10, color=INK)
    for ax in axes[len(regimes) :]:
        ax.remove()
    highest = 2.0 * max(1.0, fits["ess_per_kgrad"].max())
    axes[0].set(ylim=(len(forms) - 0.4, -0.6), xscale="log", xlim=(_LOWEST * 0.8, highest))
    axes[0].xaxis.set_major_formatter("{x:g}")
    axes[0].set_yticks(range(len(forms)), [_LABELS[form] for form in forms])
    (family,) = fits["family"].unique()
    hierarchy = "One positive hierarchy" if family == DEFAULT_FAMILY else f"{family}, one hierarchy"
    figure.suptitle(
        f"{hierarchy}, {GROUPS} groups: worst bulk ESS per 1000 gradients",
        x=0.01,
        ha="left",
        fontsize=12,
        color=INK,
    )
    figure.supxlabel(
        "Dots are fits, bars and figures the medians of a form; red: more than "
        f"{_MANY_DIVERGENCES} divergences in 4000 draws; dotted: the better of centered and "
        "non-centered.\n"
        'LogNormalPrior is that of pymc-marketing; "Prior exp" (transform="exp") and VIP, of '
        "pymc-extras, have a comparable prior on the log scale.",
        x=0.01,
        ha="left",
        fontsize=9,
        color=INK,
    )
    return figure


def save(fits: pd.DataFrame, path: Path) -> None:
    """Draw the figure and write it to a file."""
    figure = draw(fits)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, bbox_inches="tight")


def _panel(ax: Any, fits: pd.DataFrame, forms: list[FormName]) -> None:
    typical = fits.groupby("form", observed=True)["ess_per_kgrad"].median()
    fixed = [typical[form] for form in FIXED if form in typical]
    if len(fixed) == len(FIXED):
        ax.axvline(max(fixed), color=_FIXED, linewidth=1, linestyle=":")
    for row, form in enumerate(forms):
        here = fits[(fits["form"] == form) & (fits["ess_per_kgrad"] > 0)]
        if here.empty:
            continue
        color = _AUTO if form is FormName.AUTO else _FIXED if form in FIXED else MUTED
        trouble = here["divergences"] > _MANY_DIVERGENCES
        heights = row + np.linspace(-0.2, 0.2, len(here)) * (len(here) > 1)
        low = here["ess_per_kgrad"] < _LOWEST
        for chosen, dot in ((~trouble, color), (trouble, _TROUBLE)):
            for inside, marker in ((~low, "o"), (low, "<")):
                x = here.loc[chosen & inside, "ess_per_kgrad"].clip(lower=_LOWEST)
                y = heights[chosen & inside]
                ax.scatter(x, y, s=13, color=dot, marker=marker, alpha=0.65, linewidths=0, zorder=3)
        ax.vlines(typical[form], row - 0.34, row + 0.34, color=color, linewidth=2.4, zorder=4)
        place = ("axes fraction", "data")
        weight = "bold" if form is FormName.AUTO else "normal"
        ax.annotate(
            ess_text(typical[form]),
            (1.02, row),
            xycoords=place,
            va="center",
            fontsize=8,
            color=color,
            weight=weight,
        )
    ax.axhspan(-0.5, 0.5, color=_AUTO, alpha=0.08, linewidth=0)
    ax.grid(axis="x", alpha=0.3, linewidth=0.6)
    without_ticks(ax)
    without_frame(ax)
