"""The command: ``python -m benchmarks --help``, run from the folder ``examples``."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import figure, measures, run, summary, tables
from benchmarks.grid import FormName, Grid, Regime
from benchmarks.options import Dask, Jobs, Picture, Records
from benchmarks.runner import Workers
from benchmarks.store import Store
from unfunnel.families import FAMILIES

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    quick: Annotated[bool, typer.Option("--quick", help="A minute: few fits, all short.")] = False,
    regime: Annotated[list[Regime] | None, typer.Option(help="Repeat for several.")] = None,
    form: Annotated[
        list[FormName] | None,
        typer.Option(help="Repeat for several; by default all but flow, which trains for minutes."),
    ] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="Of the effects. Repeat for several.")
    ] = None,
    data_seeds: Annotated[int | None, typer.Option(min=1, help="Data sets per regime.")] = None,
    first_data_seed: Annotated[int | None, typer.Option(min=1, help="The first data set.")] = None,
    sampler_seeds: Annotated[int | None, typer.Option(min=1, help="Fits per data set.")] = None,
    draws: Annotated[int | None, typer.Option(min=4, help="Per chain.")] = None,
    tune: Annotated[int | None, typer.Option(min=20, help="Tuning draws per chain.")] = None,
    chains: Annotated[int | None, typer.Option(min=2, help="Chains of a fit.")] = None,
    records: Records = None,
    jobs: Jobs = 1,
    dask: Dask = "",
    picture: Picture = None,
) -> None:
    """Sample one hierarchy in every form and regime, and compare with the targets."""
    if unknown := set(family or ()) - set(FAMILIES):
        raise typer.BadParameter(f"--family is one of {', '.join(FAMILIES)}, not {unknown.pop()!r}")
    grid = Grid.quick() if quick else Grid()
    length = {"draws": draws, "tune": tune, "chains": chains}
    options = {
        "regimes": regime and tuple(regime),
        "forms": form and tuple(form),
        "families": family and tuple(family),
        "data_seeds": data_seeds,
        "first_data_seed": first_data_seed,
        "sampler_seeds": sampler_seeds,
        "length": replace(grid.length, **{k: v for k, v in length.items() if v is not None}),
    }
    grid = replace(grid, **{key: value for key, value in options.items() if value is not None})

    console = Console(width=160, height=60)  # no column is cut, in a narrow terminal or a log
    for line in run.left_out(grid):
        console.print(line, markup=False)
    store = Store(records) if records else None
    found = run.run(grid, store, Workers(jobs, dask), progress_bar=True)
    if not found:
        return
    for name, of_family in summary.by_family(summary.frame(found)).items():
        console.rule(name)
        for table in tables.tables(of_family):
            console.print(table)
        if picture is not None:
            alone = len(grid.families) == 1
            path = picture if alone else picture.with_stem(f"{picture.stem}-{name}")
            figure.draw(of_family).savefig(path, dpi=150, bbox_inches="tight")
    for record in found:
        if trouble := record["error"] or record["pilot_problem"]:
            where = [str(record[k]) for k in ("form", "regime", "data_seed", "sampler_seed")]
            console.print(f"{' '.join(where)}: {trouble}", markup=False)
    console.print(", ".join(f"{name} {number}" for name, number in measures.versions().items()))


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
