"""``unfunnel bench``: one hierarchy in every form and regime."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from benchmarks.grid import DEFAULT_FAMILY, FormName, Grid, Regime
from unfunnel.cli.terminal import WIDTH, failures, typer
from unfunnel.errors import listed, nearest
from unfunnel.optional import require


def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute: two regimes, four forms, one short fit each.")
    ] = False,
    regime: Annotated[
        list[Regime] | None, typer.Option(help="Repeat for several; all by default.")
    ] = None,
    form: Annotated[
        list[FormName] | None,
        typer.Option(
            help="Repeat for several; by default all but flow, which trains for minutes a chain."
        ),
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(
            help="Of the effects, by name (default: LogNormalExp); repeat for several, which have "
            "tables and figures of their own."
        ),
    ] = None,
    data_seeds: Annotated[
        int | None, typer.Option(min=1, help="Data sets per regime (default: 3).")
    ] = None,
    first_data_seed: Annotated[
        int | None,
        typer.Option(min=1, help="Number of the first data set (default: 1)."),
    ] = None,
    sampler_seeds: Annotated[
        int | None, typer.Option(min=1, help="Fits per data set (default: 3).")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(min=4, help="Draws per chain (default: 1000).")
    ] = None,
    tune: Annotated[
        int | None, typer.Option(min=20, help="Tuning draws per chain (default: 1000).")
    ] = None,
    chains: Annotated[int | None, typer.Option(min=2, help="Chains of a fit (default: 4).")] = None,
    advi_steps: Annotated[
        int | None, typer.Option(min=1, help="ADVI steps of the form vip (default: 20000).")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            help="A file of one line of JSON per fit: what is in it is not run again, what is run "
            "is added. Begin a new one when the code has changed."
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all records and versions to this file.")
    ] = None,
    figure: Annotated[Path | None, typer.Option(help="Draw the results to this PNG.")] = None,
) -> None:
    """Sample one hierarchy in every form and regime, and compare the efficiency with the targets.

    Needs the extras cli and sample; plot for --figure, marketing and flow for forms of these names.
    """
    grid = Grid.quick() if quick else Grid()
    grid = replace(
        grid,
        regimes=tuple(regime or grid.regimes),
        forms=tuple(form or grid.forms),
        data_seeds=data_seeds or grid.data_seeds,
        first_data_seed=first_data_seed or grid.first_data_seed,
        sampler_seeds=sampler_seeds or grid.sampler_seeds,
        length=replace(
            grid.length,
            draws=draws or grid.length.draws,
            tune=tune or grid.length.tune,
            chains=chains or grid.length.chains,
            advi_steps=advi_steps or grid.length.advi_steps,
        ),
        families=tuple(family or grid.families),
    )
    with failures():
        _bench(grid, records, json_file, figure)


def _bench(grid: Grid, records: Path | None, json_file: Path | None, figure: Path | None) -> None:
    console = require("rich.console", "cli").Console()
    for module, extra in (("nutpie", "sample"), ("arviz_stats", "sample")):
        require(module, extra)
    if figure is not None:
        require("matplotlib", "plot")
    with console.status("Importing PyMC"):
        from benchmarks import run, summary, tables
        from unfunnel.families import FAMILIES
    for name in grid.families:
        if name not in FAMILIES:
            raise typer.BadParameter(
                f"--family is one of {listed(FAMILIES)}, not {name!r}.{nearest(name, FAMILIES)}"
            )
    for line in run.left_out(grid):
        console.print(line, markup=False)
    done = [] if records is None else run.read_records(records)
    found = _with_progress(console, run.run(grid, done, records), sum(map(run.is_possible, grid)))
    if json_file is not None:
        run.write_json(json_file, grid, found)
    if not found:
        return
    fits = summary.frame(found)
    wide = require("rich.console", "cli").Console(width=max(WIDTH, console.width), height=60)
    families = summary.by_family(fits)
    for name, of_family in families.items():
        if list(families) != [DEFAULT_FAMILY]:
            wide.rule(name)
        for table in tables.tables(of_family):
            wide.print(table)
    for record in found:
        if trouble := record["error"] or record["pilot_problem"]:
            where = " ".join(
                str(record[k])
                for k in ("family", "form", "regime", "data_seed", "sampler_seed")
                if k in record
            )
            console.print(f"{where}: {trouble}", markup=False)
    wide.print(", ".join(f"{name} {number}" for name, number in run.versions().items()))
    if figure is not None:
        from benchmarks.figure import save

        for name, of_family in families.items():
            alone = len(families) == 1
            save(of_family, figure if alone else figure.with_stem(f"{figure.stem}-{name}"))


def _with_progress(console: Any, records: Any, total: int) -> list[dict[str, Any]]:
    progress = require("rich.progress", "cli")
    columns = (
        progress.TextColumn("{task.description}", style="bold"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
    )
    found = []
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("sampling", total=total)
        for record in records:
            found.append(record)
            bar.update(task, advance=1, description=f"{record['regime']}, {record['form']}")
    return found
