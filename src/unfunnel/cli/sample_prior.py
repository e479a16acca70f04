"""``unfunnel sample-prior``: draws from the priors of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from unfunnel.cli.coords import read_coords
from unfunnel.cli.terminal import busy, failures, say, typer, warnings_as_messages


def sample_prior(
    file: Annotated[Path, typer.Argument(help="JSON or YAML, by suffix.")],
    names: Annotated[
        list[str] | None, typer.Argument(help="From these priors only.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A file .nc, .csv or .json; without it, CSV on standard output."),
    ] = None,
    coords: Annotated[
        Path | None, typer.Option(help="Labels of dims: geo: [north, south], as JSON or YAML.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="How many.")] = 500,
    seed: Annotated[int | None, typer.Option(help="For the same draws every time.")] = None,
) -> None:
    """Draw from priors, all together, with their hyperparameters.

    CSV and JSON have a row for each draw and a column for each element; NetCDF has the group
    "prior" that ArviZ reads. Numbers and arrays of the file are no variables, and priors without a
    mean are likelihoods: both are left out.

    Exit code 0; 1 if the file is not valid, or a dim has no labels.
    """
    with failures(), warnings_as_messages():
        labels = read_coords(coords)
        with busy("Importing PyMC"):
            from unfunnel.cli.draws import draw_together, write
            from unfunnel.cli.selection import selected
            from unfunnel.files.api import load
        priors = selected(load(file), names or [], file)
        with busy("Drawing"):
            drawn = draw_together(priors, labels, draws, seed, tell=say)
        write(drawn, priors, out)
