"""``--plot``: the densities of all priors of a file, a panel for each law."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from unfunnel.cli.cards import Card
from unfunnel.cli.terminal import say
from unfunnel.figure_style import INK, MUTED
from unfunnel.moments.report import ELEMENT, DescribedLaw, draw_densities
from unfunnel.optional import require

_COLUMNS, _MOST = 2, 24

# The probabilities below the ends of each x axis: alike on both sides, for laws of either sign.
_ENDS = (0.01, 0.99)


def save(cards: Sequence[Card], path: Path) -> None:
    """Draw the law of one element of each prior, at each label if they differ, to a PNG."""
    panels = [
        (card, law)
        for card in cards
        if card.says is not None
        for law in card.says.laws
        if law.level == ELEMENT
    ]
    if not panels:
        say(f"{path} is not written: there is no prior with a law.")
        return
    if len(panels) > _MOST:
        say(f"{path} shows the first {_MOST} of {len(panels)} laws; name priors to see others.")
        panels = panels[:_MOST]
    columns = min(_COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    plt = require("matplotlib.pyplot", "plot")
    figure, axes = plt.subplots(
        rows, columns, figsize=(5.5 * columns, 2.6 * rows), layout="constrained", squeeze=False
    )
    for ax, (card, law) in zip(axes.flat, panels, strict=False):
        _panel(ax, card, law)
    for name in {card.name for card, _ in panels}:  # the same units at all labels
        mine = [ax for ax, (card, _) in zip(axes.flat, panels, strict=False) if card.name == name]
        ends = np.array([ax.get_xlim() for ax in mine])
        for ax in mine:
            ax.set_xlim(ends[:, 0].min(), ends[:, 1].max())
    for ax in list(axes.flat)[len(panels) :]:
        ax.set_axis_off()
    shown = {
        text: line
        for ax in axes.flat
        for line, text in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    figure.legend(shown.values(), shown.keys(), loc="outside lower left", ncols=4, frameon=False)
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.1, wspace=0.05, hspace=0.05)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _panel(ax: Any, card: Card, law: DescribedLaw) -> None:
    means = [] if card.says is None else [each for each in card.says.laws if each.level == "mu"]
    mean = next((each for each in means if each.labels.items() <= law.labels.items()), None)
    draw_densities(law.law, None if mean is None else mean.law, ax, _ENDS)
    ax.get_legend().remove()  # one for all panels
    ax.set_title(card.name, loc="left", color=INK, fontweight="bold")
    at = ", ".join(f"{dim} {label}" for dim, label in law.labels.items())
    ax.set_title(at or card.kind, loc="right", color=MUTED, fontsize=9)
    ax.set_xlabel("")
