"""What the figures have in common: their colours, and axes without a frame."""

from __future__ import annotations

from typing import Any

from unfunnel.optional import require

#: For text and what is drawn on top; for lines and text in the background.
INK, MUTED = "#22303c", "#8b98a3"

#: For what a figure is about; for what is set against it, or is in trouble.
BLUE, RED = "#2f7f93", "#d1495b"


def axes_or_new(ax: Any, size: tuple[float, float]) -> Any:
    """Return the axes that were given, or those of a new figure of this size in inches."""
    plt = require("matplotlib.pyplot", "plot")
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def without_frame(ax: Any) -> None:
    """Leave the x axis and take away the other three sides."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)


def without_ticks(ax: Any) -> None:
    """Leave the labels at both axes, small, and take away the ticks."""
    ax.tick_params(which="both", length=0, colors=INK, labelsize=9)
