"""``unfunnel describe``: what the priors of a file say, as cards."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from unfunnel.cli.coords import read_coords
from unfunnel.cli.terminal import WIDTH, Format, busy, failures, making, typer, warnings_as_messages
from unfunnel.optional import require

if TYPE_CHECKING:
    from unfunnel.cli.cards import Card


def describe(
    file: Annotated[Path, typer.Argument(help="JSON or YAML, by suffix.")],
    names: Annotated[
        list[str] | None, typer.Argument(help="Of these priors only.", show_default=False)
    ] = None,
    coords: Annotated[
        Path | None, typer.Option(help="Labels of dims: geo: [north, south], as JSON or YAML.")
    ] = None,
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
        with busy("Importing PyMC"):
            from unfunnel.cli.cards import card_of
            from unfunnel.cli.selection import selected
            from unfunnel.files.api import load
        priors = selected(load(file), names or [], file)
        with busy("Describing"):
            cards = []
            for name, prior in priors.items():
                with making(name):
                    cards.append(card_of(name, prior, labels, seed))
        if format is Format.json:
            data = {card.name: card.to_dict() for card in cards}
            typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            _print(cards)
        if plot is not None:
            from unfunnel.cli.figure import save

            save(cards, plot)


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
