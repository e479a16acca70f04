"""The picture: a row for each model, a dot for every fit, the most helped models on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from benchmarks.classic_grid import FIXED_WAYS, Way
from benchmarks.classic_summary import comparisons
from benchmarks.classic_tables import HEADINGS
from unfunnel.figure_style import INK, MUTED, RED

_COLORS = {
    Way.UNFUNNEL: "#2f7d4f",
    Way.CENTERED: "#2f7f93",
    Way.NONCENTERED: "#e0a030",
    Way.BAMBI: "#8a63a8",
    Way.VIP: MUTED,
}

# A fit with more than this is not to be relied on.
_MANY_DIVERGENCES, _LARGE_RHAT = 10, 1.05

# Fits below this are drawn at the edge, as arrows.
_LOWEST = 0.1


def draw(fits: pd.DataFrame) -> Figure:
    """Draw the fits under one set of priors; the figure belongs to no window."""
    gains = {c.model: c.efficiency for c in comparisons(fits)}
    models = sorted(fits["model"].unique(), key=lambda name: -gains.get(name, 0.0))
    figure = Figure(figsize=(9.0, 1.6 + 0.3 * len(models)), layout="constrained")
    ax = figure.subplots()
    ways = [way for way in _COLORS if way in set(fits["way"])]
    for row, model in enumerate(models):
        here = fits[fits["model"] == model]
        fixed = here[here["way"].isin(FIXED_WAYS)].groupby("way")["efficiency"].median()
        ours = here.loc[here["way"] == Way.UNFUNNEL, "efficiency"].median()
        if len(fixed) and np.isfinite(ours):
            ends = np.maximum([fixed.max(), ours], _LOWEST)
            ax.plot(ends, [row, row], color=_COLORS[Way.UNFUNNEL], alpha=0.25, linewidth=5)
        for way in ways:
            _dots(ax, here[here["way"] == way], row, way)
        if model in gains:
            text = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8}
            color = INK if gains[model] >= 0.9 else RED
            ax.annotate(f"{gains[model]:.2g} x", (1.01, row), color=color, **text)
    ax.set(xscale="log", ylim=(len(models) - 0.4, -0.6))
    ax.set_xlim(left=_LOWEST * 0.8)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_yticks(range(len(models)), [name.replace("_", " ") for name in models])
    ax.grid(axis="x", alpha=0.3, linewidth=0.6)
    ax.tick_params(length=0, labelsize=9)
    ax.set_frame_on(False)
    ax.set_xlabel("worst bulk ESS per 1000 gradients, warm-up and pilot counted", color=INK)
    style = {"linestyle": "", "marker": "o", "markersize": 5}
    handles = [Line2D([], [], color=_COLORS[way], label=HEADINGS[way], **style) for way in ways]
    trouble = {"markerfacecolor": "none", "markeredgecolor": RED}
    label = f"R-hat over {_LARGE_RHAT} or over {_MANY_DIVERGENCES} divergences in 4000"
    handles.append(Line2D([], [], label=label, **style, **trouble))
    figure.legend(handles=handles, loc="outside upper left", ncols=6, frameon=False, fontsize=8)
    return figure


def _dots(ax: Any, fits: pd.DataFrame, row: int, way: Way) -> None:
    trouble = (fits["divergences"] > _MANY_DIVERGENCES) | (fits["rhat"].fillna(9.9) > _LARGE_RHAT)
    y = row + np.linspace(-0.12, 0.12, len(fits)) * (len(fits) > 1)
    low = fits["efficiency"] < _LOWEST
    edges = np.where(trouble, RED, _COLORS[way])
    for some, marker in ((~low, "o"), (low, "<")):
        x = fits.loc[some, "efficiency"].clip(lower=_LOWEST)
        style = {"s": 22, "linewidths": 1.0, "zorder": 3, "alpha": 0.85, "marker": marker}
        ax.scatter(x, y[some], c=_COLORS[way], edgecolors=edges[some], **style)
