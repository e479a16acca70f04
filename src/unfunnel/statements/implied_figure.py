"""The picture of what a prior says: the densities of one element and of the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.figure_style import BLUE, INK, RED, axes_or_new, without_frame
from unfunnel.statements.measures import Measures

_BINS = 121

# Probabilities at the ends of a bar, its width in points, and what it says.
_BARS = (((0.05, 0.95), 2.5, "90 % of the elements"), ((0.25, 0.75), 7, "half of them"))


def draw(element: Measures, mean: Measures | None, ax: Any = None) -> Any:
    """Draw the densities, and under them the intervals of one element.

    Parameters
    ----------
    element : Measures
        Of one element.
    mean : Measures or None
        Of the mean of the elements, if that is random.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    Axes
        With natural units on the x axis, to the 99 % quantile of one element.
    """
    ax = axes_or_new(ax, (7, 3.2))
    low, high = (element.quantile(p).value for p in (0.001, 0.99))
    edges = np.linspace(low, high, _BINS)
    _density(ax, element, edges, BLUE, "one element")
    if mean is not None:
        _density(ax, mean, edges, RED, "the mean, mu")
    for (lower, upper), width, text in _BARS:
        ends = [element.quantile(p).value for p in (lower, upper)]
        bar = {"color": INK, "linewidth": width, "solid_capstyle": "butt"}
        ax.plot(ends, [0, 0], clip_on=False, zorder=3, label=text, **bar)
    ax.set(yticks=[], xlim=(low, high), ylim=(0, None), xlabel="natural units")
    without_frame(ax)
    ax.legend(frameon=False)
    return ax


def _density(ax: Any, measures: Measures, edges: np.ndarray, color: str, label: str) -> None:
    """Draw the probability in small bins over their width."""
    density = np.diff(measures.distribution_function(edges)) / np.diff(edges)
    middles = (edges[1:] + edges[:-1]) / 2
    ax.plot(middles, density, color=color, linewidth=2, label=label)
    ax.fill_between(middles, density, color=color, alpha=0.15, linewidth=0)
