"""The picture of a comparison: the density of the logarithm of sigma, one row for each prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unfunnel.figure_style import BLUE, INK, MUTED, axes_or_new, without_frame, without_ticks

# The probability left out on each side of the picture, for the widest of the priors.
_OUTSIDE = 0.005

# Of the distance between two rows: the highest density, and how far below it the interval lies.
_HEIGHT, _DROP = 0.72, 0.1

# The right ends of the columns of probabilities, in widths of the axes.
_FIRST_COLUMN, _COLUMN = 1.12, 0.12

# Smaller probabilities are shown as smaller than this.
_SMALLEST_TAIL = 1e-4


def draw(laws: Mapping[str, Any], values: Any, ax: Any = None) -> Any:
    """Draw a comparison; see :meth:`unfunnel.scales.Comparison.plot`."""
    ax = axes_or_new(ax, (8.5, 1.3 + 0.55 * len(laws)))
    low = min(law.quantile(_OUTSIDE) for law in laws.values())
    high = max(law.quantile(1.0 - _OUTSIDE) for law in laws.values())
    sigma = np.geomspace(low, high, 500)
    # With respect to log sigma, so that equal areas are equal probabilities on this axis.
    densities = {label: sigma * law.density(sigma) for label, law in laws.items()}
    highest = max(float(np.max(density)) for density in densities.values())
    below, above = values["below"].values, values["above"].values
    for x in (*below, *above):
        ax.axvline(x, color=MUTED, linewidth=0.8, linestyle=":", zorder=0)
    _column_texts(
        ax, -0.75, [*(f"P(<{x:g})" for x in below), *(f"P(>{x:g})" for x in above)], MUTED
    )
    for row, (label, density) in enumerate(densities.items()):
        top = row - _HEIGHT * density / highest
        ax.fill_between(sigma, row, top, color=BLUE, alpha=0.45, linewidth=0)
        here = values.sel(prior=label)
        ends = here["interval"].values
        ax.plot(ends, [row + _DROP] * 2, color=INK, linewidth=2, solid_capstyle="butt")
        ax.plot(here["median"], row + _DROP, "o", color=INK, markersize=5)
        if np.isfinite(here["mean"]):
            ax.plot(here["mean"], row + _DROP, "|", color=INK, markersize=9)
        tails = [*here["probability_below"].values, *here["probability_above"].values]
        _column_texts(
            ax,
            row,
            [f"{100 * p:.2g}%" if p >= _SMALLEST_TAIL else f"<{_SMALLEST_TAIL:.2%}" for p in tails],
            INK,
        )
    mass = 100 * float(np.ptp(values["quantile"].values))
    ax.set(
        xscale="log",
        xlim=(low, high),
        ylim=(len(laws) - 0.6, -1.0),
        yticks=range(len(laws)),
        yticklabels=list(laws),
        xlabel="sigma (log axis: areas are probabilities); bar: "
        f"{mass:g}% interval, dot: median, tick: mean",
    )
    ax.xaxis.set_major_formatter("{x:g}")
    without_ticks(ax)
    ax.xaxis.label.set(color=INK, fontsize=9)
    without_frame(ax)
    return ax


def _column_texts(ax: Any, row: float, texts: list[str], color: str) -> None:
    """Write a row of the columns of probabilities, beside the axes."""
    for column, text in enumerate(texts):
        ax.annotate(
            text,
            (_FIRST_COLUMN + _COLUMN * column, row),
            xycoords=("axes fraction", "data"),
            va="center",
            ha="right",
            fontsize=8,
            color=color,
        )
