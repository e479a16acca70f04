"""The picture of what a prior says: the densities of one element and of the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.figure_style import BLUE, INK, RED, axes_or_new, without_frame
from unfunnel.moments.measures import Measures
from unfunnel.moments.random_parameters import Drawn

_BINS = 121

# Probabilities at the ends of a bar, its width in points, and what it says.
_BARS = (((0.05, 0.95), 2.5, "90 % of the elements"), ((0.25, 0.75), 7, "half of them"))


def draw(
    element: Measures,
    mean: Measures | None,
    ax: Any = None,
    ends: tuple[float, float] = (0.001, 0.99),
) -> Any:
    """Draw the densities, and under them the intervals of one element.

    Parameters
    ----------
    element : Measures
        Of one element.
    mean : Measures or None
        Of the mean of the elements, if that is random.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.
    ends : tuple of float
        The probabilities below the ends of the x axis, for one element.

    Returns
    -------
    Axes
        With natural units on the x axis.
    """
    ax = axes_or_new(ax, (7, 3.2))
    low, high = (element.quantile(p).value for p in ends)
    edges = np.linspace(low, high, _bins(element))
    _density(ax, element, edges, BLUE, "one element")
    if mean is not None:
        _density(ax, mean, edges, RED, "the mean, mu")
    for (lower, upper), width, text in _BARS:
        bar_ends = [element.quantile(p).value for p in (lower, upper)]
        bar = {"color": INK, "linewidth": width, "solid_capstyle": "butt"}
        ax.plot(bar_ends, [0, 0], clip_on=False, zorder=3, label=text, **bar)
    ax.set(yticks=[], xlim=(low, high), ylim=(0, None), xlabel="natural units")
    without_frame(ax)
    ax.legend(frameon=False)
    return ax


def _bins(measures: Measures) -> int:
    """Return how many bins the draws of a law are enough for (twice the cube root of them)."""
    if isinstance(measures.law, Drawn):
        return min(_BINS, int(2 * len(measures.law.values) ** (1 / 3)))
    return _BINS


def _density(ax: Any, measures: Measures, edges: np.ndarray, color: str, label: str) -> None:
    """Draw the probability in small bins over their width."""
    density = np.diff(measures.distribution_function(edges)) / np.diff(edges)
    middles = (edges[1:] + edges[:-1]) / 2
    ax.plot(middles, density, color=color, linewidth=2, label=label)
    ax.fill_between(middles, density, color=color, alpha=0.15, linewidth=0)
