"""``unfunnel describe``: what the priors of a file say, as cards."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from unfunnel.cli.terminal import (
    WIDTH,
    CoordsFile,
    Format,
    Names,
    PriorsFile,
    busy,
    failures,
    load_priors,
    making,
    read_coords,
    say,
    typer,
    warnings_as_messages,
)
from unfunnel.optional import require

if TYPE_CHECKING:
    from unfunnel.cli.cards import Card

#: How many panels a figure has at most.
_MOST = 24


def describe(
    file: PriorsFile,
    names: Names = None,
    coords: CoordsFile = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the densities to this PNG.")] = None,
    format: Annotated[Format, typer.Option(help="Cards to read, or JSON.")] = Format.text,
    seed: Annotated[int, typer.Option(help="For what has to be drawn.")] = 0,
) -> None:
    """Say what priors mean: moments and quantiles of one element, and what is sampled.

    Exit code 0; 1 if the file is not valid or has no such prior.
    """
    with failures(), warnings_as_messages():
        if plot is not None:
            require("matplotlib", "plot").use("Agg")
        labels = read_coords(coords)
        priors = load_priors(file, names)
        cards: list[Card] = []
        with busy("Describing"):
            from unfunnel.cli.cards import card_of

            for name, prior in priors.items():
                with making(name):
                    cards.append(card_of(name, prior, labels, seed))
        if format is Format.json:
            data = {card.name: card.to_dict() for card in cards}
            typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            _print(cards)
        if plot is not None:
            _draw(cards, plot)


def _print(cards: list[Card]) -> None:
    """Print cards: as wide as the terminal; in a pipe, whole and without blanks at line ends."""
    rich = require("rich.console", "cli")
    console: Any = rich.Console(highlight=False)
    if console.is_terminal:
        for card in cards:
            console.print(card)
        return
    with (wide := rich.Console(file=StringIO(), highlight=False, width=WIDTH)).capture() as text:
        for card in cards:
            wide.print(card)
    typer.echo("\n".join(line.rstrip() for line in text.get().splitlines()))


def _draw(cards: list[Card], path: Path) -> None:
    """Draw one element of each prior, at each label if they differ, to a PNG."""
    panels = [
        (card, card.says, law.labels)
        for card in cards
        if card.says is not None
        for law in card.says.laws
        if law.level == "element"
    ]
    if not panels:
        say(f"{path} is not written: there is no prior with a law.")
        return
    if len(panels) > _MOST:
        say(f"{path} shows the first {_MOST} of {len(panels)} laws; name priors to see others.")
        panels = panels[:_MOST]
    plt = require("matplotlib.pyplot", "plot")
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(5.5 * columns, 2.6 * rows), layout="constrained", squeeze=False
    )
    for ax in list(axes.flat)[len(panels) :]:
        ax.set_axis_off()
    drawn = list(axes.flat)[: len(panels)]
    for ax, (card, says, labels) in zip(drawn, panels, strict=True):
        says.plot(ax, **labels)
        ax.set_title(card.name, loc="left", fontweight="bold")
        at = ", ".join(f"{dim} {label}" for dim, label in labels.items())
        ax.set_title(at or card.kind, loc="right", fontsize=9)
        ax.set_xlabel("")
    legends = sorted(drawn, key=lambda ax: -len(ax.get_legend().get_texts()))
    for ax in legends[1:]:  # one has it all
        ax.get_legend().remove()
    figure.savefig(path, dpi=150)
    plt.close(figure)
