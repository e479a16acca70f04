"""Which form samples a positive hierarchy well, without data and with: what `make demo` runs.

It takes four steps:

1. the funnel of the original post: one positive scalar, no data. The centered form is the bad one;
2. the Grunfeld panel: slopes of 11 firms, 20 years each. In the unit used here the non-centered
   form is the slow one; with elasticities it was the fast one;
3. the picture of both, on the scale that the sampler works on;
4. priors written to JSON, read in a new process, and the log density compared.

The models and the choice of their priors are in `_models.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

HERE = Path(__file__).resolve().parent
FIGURE = HERE.parent / "docs" / "_static" / "funnels.png"
FORMS = {True: "centered", False: "non-centered"}

WHAT_THE_PANEL_SHOWS = """\
Twenty years say much about a firm's slopes: now the non-centered forms are the slow ones. That is \
so in this unit, dollars of investment per dollar of value or stock, each firm divided by its mean \
investment. It is no law about panels of twenty years: with elasticities for slopes, on the same \
data, the non-centered forms were the fast ones, and the centered ones diverged most. On the first \
four years alone every form diverges, the non-centered ones too, so that no row would be fit for \
use; they are not shown. No form is right for all data: try both, and look.
"""

console = Console()


def main(
    figure: Annotated[Path | None, typer.Option(help="Save the figure here as well.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the JSON file.")] = None,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    quick: Annotated[bool, typer.Option(help="Short chains, one seed; saves no figure.")] = False,
) -> None:
    """Compare parameterizations with and without data, then save and load the priors."""
    start = time.perf_counter()
    with console.status("Importing PyMC"):
        from _models import grunfeld
        from _sampling import Length, print_fits

    length = Length(chains=2, tune=200, draws=200, seeds=1) if quick else Length()
    seeds = range(seed, seed + length.seeds)
    console.print(
        f"nutpie, {length.chains} chains x ({length.tune} + {length.draws}); every figure is the "
        f"median of {length.seeds} seeds ({seeds[0]}-{seeds[-1]}), the worst over all variables.\n"
        "ESS per kgrad: bulk effective sample size per 1000 gradient evaluations.\n"
    )
    panel = grunfeld()
    funnel_fits = fit_all("Funnel", funnel_models(), length, seeds)
    print_fits("1. The funnel of the original post: one scalar, no data", funnel_fits)
    console.print(
        "Without data the centered forms meet the funnel; the non-centered ones remove it. In "
        "natural units the prior is another one, the geometry is the same.\n"
    )
    panel_fits = fit_all("Grunfeld", panel_models(panel), length, seeds)
    print_fits("2. Grunfeld investment panel: 11 firms x 20 years", panel_fits)
    console.print(WHAT_THE_PANEL_SHOWS)
    destinations = [figure] if quick else [FIGURE, figure]
    for path in filter(None, destinations):
        draw(funnel_fits[-2:], panel_fits[-2:], panel, seeds, path)
        console.print(f"3. Saved the picture of both: {path}")
    check_reload(panel, panel_fits[-1], out)
    console.print(f"\n{time.perf_counter() - start:.0f} seconds.")


def funnel_models() -> dict[str, Callable]:
    """Return a way to build each model without data."""
    from _models import funnel, hand_written_funnel, log_scale_funnel_prior, natural_funnel_prior

    models: dict[str, Callable] = {}
    for centered, form in FORMS.items():
        models[f"by hand, {form}"] = lambda c=centered: hand_written_funnel(c)
    for centered, form in FORMS.items():
        models[f'Prior("Normal", transform="exp"), {form}'] = lambda c=centered: funnel(
            log_scale_funnel_prior(c)
        )
    for centered, form in FORMS.items():
        models[f"LogNormalExp, {form}"] = lambda c=centered: funnel(natural_funnel_prior(c))
    return models


def panel_models(panel) -> dict[str, Callable]:
    """Return a way to build each model of the panel."""
    from _models import log_scale_slope, natural_slope, panel_model, panel_priors

    kinds = {
        'Prior("Normal", transform="exp")': log_scale_slope,
        "LogNormalExp": natural_slope,
    }
    return {
        f"{kind}, {form}": lambda s=slope, c=centered: panel_model(panel_priors(s(c)), panel)
        for kind, slope in kinds.items()
        for centered, form in FORMS.items()
    }


def fit_all(title: str, models: dict[str, Callable], length, seeds) -> list:
    """Compile and sample every model, showing which one is being worked on."""
    from _sampling import fit

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    fits = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=len(models))
        for label, build in models.items():
            progress.update(task, description=f"{title}: {label}")
            fits.append(fit(label, build(), length, seeds))
            progress.advance(task)
    return fits


def draw(funnel_fits, panel_fits, panel, seeds, path: Path) -> None:
    """Draw the centered and the non-centered form of both data sets."""
    from _figure import Panel, draw_figure

    firm = best_known_firm(panel_fits[0])
    titles = {
        (0, True): "A funnel: the sampler does not get into the neck",
        (0, False): "Independent: every depth is reached",
        (1, True): "Independent: the data know this slope",
        (1, False): "A ridge: the offset must follow the mean",
    }
    columns: list[tuple[str, list[Panel]]] = [("No data", []), ("11 firms, 20 years of data", [])]
    for centered, no_data, data in zip(FORMS, funnel_fits, panel_fits, strict=True):
        suffix = "log__" if centered else "noncentered__"
        coordinate = "log {}" if centered else "standardized log {}"
        columns[0][1].append(
            Panel(
                no_data,
                titles[0, centered],
                (f"phi_{suffix}", {}),
                "phi_sigma_log__",
                coordinate.format("phi"),
                "log sd of phi",
            )
        )
        columns[1][1].append(
            Panel(
                data,
                titles[1, centered],
                (f"capital_slope_{suffix}", {"firm": firm}),
                "capital_slope_mu_log__",
                coordinate.format(f"capital slope of {firm}"),
                "log mean of the slopes",
            )
        )
    note = (
        "LogNormalExp(mu, sigma): the same model in both rows of a column, in the coordinates that "
        "the sampler works in.\n"
        f"Draws of seed {seeds[0]}, divergences in red; numbers are medians of {len(seeds)} seeds. "
        "ESS/kgrad: worst bulk ESS per 1000 gradients."
    )
    draw_figure(columns, list(FORMS.values()), note, path)


def best_known_firm(fit) -> str:
    """Return the firm whose capital slope the data determine best."""
    import numpy as np

    spread = np.log(fit.trace.posterior["capital_slope"]).std(("chain", "draw"))
    return str(spread["firm"].to_numpy()[spread.to_numpy().argmin()])


def check_reload(panel, fit, out: Path | None) -> None:
    """Save the priors, rebuild the model in a new process and compare log densities."""
    import numpy as np
    from _models import natural_slope, panel_model, panel_priors, plain_logp

    priors = panel_priors(natural_slope(centered=False))
    with tempfile.TemporaryDirectory() as temporary, console.status("Rebuilding the model"):
        folder = Path(temporary) if out is None else out
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "priors.json"
        path.write_text(json.dumps({k: p.to_dict() for k, p in priors.items()}, indent=2))

        model = panel_model(priors, panel)
        logp = plain_logp(model)
        sampled = fit.trace.unconstrained_posterior
        stored = fit.trace.posterior
        points = {
            v.name: (sampled if v.name in sampled else stored)[v.name].to_numpy()[:, ::50]
            for v in model.value_vars
        }
        points = {name: x.reshape(-1, *x.shape[2:]) for name, x in points.items()}
        count = len(next(iter(points.values())))
        here = [float(logp({k: x[i] for k, x in points.items()})) for i in range(count)]

        np.savez(Path(temporary) / "points.npz", **points)
        command = [sys.executable, HERE / "_reload.py", path, Path(temporary) / "points.npz"]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        there = json.loads(answer.stdout)
    difference = max(abs(a - b) for a, b in zip(here, there, strict=True))
    where = f"to {path}" if out is not None else "to JSON"
    console.print(
        f"4. Wrote the priors {where}, read them in a new process and built the model "
        f"again: at {count} posterior draws the log densities differ by at most {difference!r}."
    )
    if difference != 0.0:
        raise SystemExit("The rebuilt model differs from the one that was saved.")


if __name__ == "__main__":
    typer.run(main)
