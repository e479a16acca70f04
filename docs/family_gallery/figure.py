"""The picture of a family: its densities on each support, and one element of a hierarchy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from family_gallery.facts import density, hyperparameter_draws, location_scale, quantile
from family_gallery.record import Record, Setting
from family_gallery.records import RECORDS
from unfunnel.families import FAMILIES, Family
from unfunnel.families.ops import NUMPY

_INK, _MUTED = "#22303c", "#8b98a3"
_COLORS = ("#2f7f93", "#d1495b", "#e0a030", "#2f7d4f")

# Where the support has no end, the probabilities between which a law is shown; points of a curve.
_SHOWN, _POINTS = (0.01, 0.99), 801

# The ends of a support are not inside it; a curve stays this far away.
_INSIDE = 1e-8

# A peak this close to an end of the panel, as a part of it, may be cut off: it may be infinite.
_EDGE = 0.015

# Draws of hyperparameters: for the average, and those that are shown.
_DRAWS, _THIN, _SEED = 8000, 25, 1

# Elements for each draw, at equal steps of probability, and the bins in which they are counted.
_ELEMENTS, _BINS = 50, 80


def draw(name: str) -> Figure:
    """Return the picture of a family; it belongs to no window."""
    family, record = FAMILIES[name], RECORDS[name]
    count = len(record.settings) + 1
    columns = 2
    rows = -(-count // columns)
    figure = Figure(figsize=(9.2, 3.2 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, setting in zip(axes, record.settings, strict=False):
        _laws(ax, family, record, setting)
    _hierarchy(axes[count - 1], family, record)
    for ax in axes[:count]:
        _dress(ax)
    for ax in axes[count:]:
        ax.set_visible(False)
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    return figure


def _laws(ax: Any, family: Family, record: Record, setting: Setting) -> None:
    at = family.at(**setting.bounds)
    x = _grid(at, *_ends(at, setting.laws))
    highest = 0.0
    for law, color in zip(setting.laws, _COLORS, strict=False):
        label = ", ".join(f"{key} {value:g}" for key, value in law.items())
        y = density(at, law, x)
        highest = max(highest, _top(y))
        ax.plot(x, y, color=color, linewidth=1.8, label=label)
        ax.fill_between(x, y, color=color, alpha=0.1, linewidth=0)
    if record.beside is not None:
        first = {key: setting.laws[0][key] for key in ("mu", "sigma")}
        y = density(FAMILIES[record.beside], first, x)
        ax.plot(x, y, color=_INK, linewidth=1.2, linestyle=(0, (4, 2)), label=record.beside)
        highest = max(highest, _top(y))
    ax.set_ylim(0, 1.12 * highest)
    title = ", ".join(f"{key}={value:g}" for key, value in setting.bounds.items())
    ax.set_title(f"{family.name}, {title}" if title else family.name, color=_INK, fontsize=10)
    ax.legend(frameon=False, fontsize=8, labelcolor=_INK, loc="best")


def _hierarchy(ax: Any, family: Family, record: Record) -> None:
    draws = hyperparameter_draws(record, _DRAWS, _SEED)
    columns = {key: np.broadcast_to(value, _DRAWS)[:, None] for key, value in draws.items()}
    elements = _elements(family, columns)
    x = _grid(family, *np.quantile(elements, _SHOWN))
    each = density(family, {key: column[:_THIN] for key, column in columns.items()}, x[None, :])
    counts, edges = np.histogram(elements, bins=_BINS, range=(x[0], x[-1]))
    average = counts / (elements.size * np.diff(edges))
    ax.plot(x, each.T, color=_MUTED, linewidth=0.7, alpha=0.5)
    ax.stairs(average, edges, color=_COLORS[0], fill=True, alpha=0.25)
    ax.stairs(average, edges, color=_COLORS[0], linewidth=2)
    ax.set_ylim(0, 2.2 * _top(average))
    ax.set_title("one element of the example", color=_INK, fontsize=10)


def _elements(family: Family, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Return elements for each draw of the parameters, at equal steps of probability."""
    location, scale = location_scale(family, columns)
    probabilities = (np.arange(_ELEMENTS) + 0.5)[None, :] / _ELEMENTS
    base_quantile = np.vectorize(lambda p, *shape: family.base.quantile(p, NUMPY, *shape))
    z = base_quantile(probabilities, *family.shape(columns))
    return np.asarray(family.link.inverse(location + scale * z, NUMPY))


def _ends(family: Family, laws: Iterable[dict[str, float]]) -> tuple[float, float]:
    ends = [[quantile(family, law, p) for p in _SHOWN] for law in laws]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _grid(family: Family, low: float, high: float) -> np.ndarray:
    """Return points from a low value to a high one, or from where the support ends."""
    support = family.link.support
    low = support.lower if np.isfinite(support.lower) else low
    high = support.upper if np.isfinite(support.upper) else high
    return np.linspace(low + _INSIDE, high - _INSIDE, _POINTS)


def _top(curve: np.ndarray) -> float:
    """Return the highest value of a curve, those close to the ends of the panel left out."""
    left_out = max(1, round(_EDGE * curve.size))
    return float(curve[left_out:-left_out].max())


def _dress(ax: Any) -> None:
    x = ax.lines[0].get_xdata()
    # As wide as what _grid left out, so that the end of a support has its tick.
    ax.set(yticks=[], xlim=(x[0] - _INSIDE, x[-1] + _INSIDE), xlabel="natural units")
    ax.xaxis.label.set(color=_MUTED, fontsize=8.5)
    ax.tick_params(which="both", length=3, colors=_INK, labelsize=9)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
