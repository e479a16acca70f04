"""The models that the field teaches with, sampled in every way: ``python -m benchmarks.classics``.

Run it from the folder ``examples``. With ``--records`` it goes on where it was stopped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import classic_figure, classic_tables
from benchmarks.classic_fits import fit_classic
from benchmarks.classic_grid import ClassicGrid, Way
from benchmarks.classic_models import CLASSICS
from benchmarks.classic_models.parts import Priors
from benchmarks.classic_references import fit_reference, reference_grid
from benchmarks.classic_summary import frame
from benchmarks.measures import versions
from benchmarks.options import Dask, Jobs, Picture, Records
from benchmarks.runner import Workers, run_grid
from benchmarks.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    quick: Annotated[bool, typer.Option("--quick", help="Minutes: five models, short.")] = False,
    model: Annotated[list[str] | None, typer.Option(help="Repeat for several.")] = None,
    way: Annotated[list[Way] | None, typer.Option(help="Repeat for several.")] = None,
    priors: Annotated[list[Priors] | None, typer.Option(help="Repeat for both.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Fits of each.")] = None,
    references: Annotated[
        bool, typer.Option(help="Compare with a long run of the better fixed form.")
    ] = True,
    records: Records = None,
    jobs: Jobs = 1,
    dask: Dask = "",
    picture: Picture = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables for a page.")] = False,
) -> None:
    """Sample classic models in every way, and compare with the better fixed form."""
    if unknown := set(model or ()) - set(CLASSICS):
        raise typer.BadParameter(f"--model is one of {', '.join(CLASSICS)}, not {unknown.pop()!r}")
    grid = ClassicGrid.quick_one() if quick else ClassicGrid()
    options = {
        "models": model and tuple(model),
        "ways": way and tuple(way),
        "priors": priors and tuple(priors),
        "seeds": seeds,
    }
    grid = replace(grid, **{key: value for key, value in options.items() if value is not None})

    store, workers = Store(records) if records else None, Workers(jobs, dask)
    found = run_grid(fit_classic, grid.settings(), store, workers)
    known = reference_grid(found) if references and not quick else []
    fits = frame(found, run_grid(fit_reference, known, store, workers))

    console = Console(width=160, height=60)  # no column is cut, in a narrow terminal or a log
    title = "ESS per 1000 gradients, everything counted (divergences; * R-hat over 1.05)"
    shown = {title: classic_tables.efficiency_table(fits)}
    if len(lost := classic_tables.losses_table(fits)):
        shown["Where unfunnel.sample lost"] = lost
    for heading, table in shown.items():
        if markdown:
            typer.echo(f"{heading}\n\n{classic_tables.as_markdown(table)}\n")
        else:
            console.print(classic_tables.as_rich(table, heading))
    for record in found:
        if record["error"]:
            name = " ".join(str(record[key]) for key in ("model", "priors", "way", "seed"))
            console.print(f"{name}: {record['error']}", markup=False)
    if picture is not None:
        first = fits[fits["priors"] == fits["priors"].iloc[0]]
        classic_figure.draw(first).savefig(picture, dpi=150, bbox_inches="tight")
    console.print(", ".join(f"{name} {number}" for name, number in versions().items()))


if __name__ == "__main__":
    app(prog_name="python -m benchmarks.classics")
