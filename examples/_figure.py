"""The picture of the two funnels: what the sampler sees, without data and with informative data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from _report import BEST, DRAWS, INK, MUTED, TROUBLE, style, write_png
from _sampling import Fit


@dataclass(frozen=True)
class Panel:
    """One pair plot on the scale that the sampler works on."""

    fit: Fit
    title: str
    x: tuple[str, dict[str, Any]]  # variable of the unconstrained posterior, and which element
    y: str
    x_label: str
    y_label: str

    def draws(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y and where the sampler diverged, one value for each draw of the first seed."""
        sampled = self.fit.trace.unconstrained_posterior
        name, element = self.x
        x = sampled[name].sel(element).to_numpy().ravel()
        diverging = self.fit.trace.sample_stats.diverging.to_numpy().ravel()
        return x, sampled[self.y].to_numpy().ravel(), diverging


def draw_figure(
    columns: list[tuple[str, list[Panel]]], rows: list[str], note: str, path: Path
) -> None:
    """Draw one column for each data set, one row for each form, and save them as a PNG."""
    mpl.use("Agg")
    style()
    figure, axes = plt.subplots(
        len(rows), len(columns), figsize=(9.6, 9.4), sharey="col", squeeze=False
    )
    figure.subplots_adjust(
        left=0.125, right=0.98, top=0.905, bottom=0.185, hspace=0.62, wspace=0.24
    )
    for j, (heading, panels) in enumerate(columns):
        best = max(panel.fit.typical["ess_per_kgrad"] for panel in panels)
        _limit_y(axes[:, j], panels)
        for axis, panel in zip(axes[:, j], panels, strict=True):
            _draw_panel(axis, panel, panel.fit.typical["ess_per_kgrad"] == best)
        box = axes[0, j].get_position()
        figure.text(
            (box.x0 + box.x1) / 2, 0.962, heading, size=14, weight="bold", color=INK, ha="center"
        )
    for axis, row in zip(axes[:, 0], rows, strict=True):
        box = axis.get_position()
        figure.text(
            0.03,
            (box.y0 + box.y1) / 2,
            row,
            rotation=90,
            size=14,
            weight="bold",
            color=INK,
            ha="center",
            va="center",
        )
    figure.text(0.5525, 0.02, note, size=10, color=MUTED, ha="center", va="bottom")
    write_png(figure, path)
    plt.close(figure)


def _limit_y(axes: Any, panels: list[Panel]) -> None:
    """Show one range in both rows, so that what a form does not reach is seen to be missing."""
    low, high = np.quantile(np.concatenate([p.draws()[1] for p in panels]), [0.001, 0.9995])
    margin = 0.06 * (high - low)
    axes[0].set_ylim(low - margin, high + margin)


def _draw_panel(axis: Any, panel: Panel, best: bool) -> None:
    x, y, diverging = panel.draws()
    axis.scatter(x, y, s=5, color=DRAWS, alpha=0.22, linewidths=0, rasterized=True)
    axis.scatter(
        x[diverging], y[diverging], s=13, color=TROUBLE, alpha=0.9, linewidths=0.3, edgecolors="w"
    )
    low, high = np.quantile(x, [0.0015, 0.9985])
    axis.set_xlim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axis.set_title(panel.title, size=11.5, color=INK, pad=7)
    axis.set_xlabel(panel.x_label, size=11, color=MUTED, labelpad=3)
    axis.set_ylabel(panel.y_label, size=11, color=MUTED)
    axis.tick_params(labelsize=10, colors=MUTED, length=3)

    m = panel.fit.typical
    ess, divergences = m["ess_per_kgrad"], m["divergences"]
    numbers = [
        (f"{ess:.0f}" if ess >= 10 else f"{ess:.1f}", "ESS/kgrad"),
        (f"{divergences:.0f}", "divergence" if divergences == 1 else "divergences"),
        (f"{m['rhat']:.3f}", "worst R-hat"),
    ]
    for k, (number, unit) in enumerate(numbers):
        place = {"transform": axis.transAxes, "ha": "center", "va": "top"}
        color = (BEST if best else TROUBLE) if k == 0 else INK
        axis.text(0.17 + 0.33 * k, -0.205, number, size=15, weight="bold", color=color, **place)
        axis.text(0.17 + 0.33 * k, -0.315, unit, size=10.5, color=MUTED, **place)
