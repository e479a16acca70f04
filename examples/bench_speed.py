"""What the library costs: log density with gradient, and imports. `make bench` runs this.

Each figure is a ratio taken in one run on one machine: the two are timed in turn (A B A B ...), a
time is the shortest of several repetitions, and the ratio the median over the rounds. Times alone
say nothing about another machine, nor about this one when it is busy.

The function that is timed is the one that nutpie calls: the numba-compiled log density with its
gradient. The model: groups under one hierarchy of positive effects, each observed once.

PyTensor may fuse one model into different loops from one process to the next, so that a ratio near
the target can fall on either side of it: run this more than once before believing a figure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

TARGET = 1.05
IMPORT_TARGET_SECONDS = 0.3
GROUPS = (10, 1_000, 100_000)
KINDS = ("wall time", "CPU time")  # the latter depends less on what else runs

console = Console()


@dataclass(frozen=True)
class Ratio:
    """Seconds of the library, seconds of its yardstick, and the median of the paired ratios."""

    what: str
    ours: float
    yardstick: float
    ratio: float


# -- the models: the library against what one would write by hand ---------------------------------


def natural_model(groups: int, centered: bool, xdist: bool) -> Any:
    """Build the model with LogNormalExp."""
    import pymc as pm
    from pymc_extras.prior import Prior

    from unfunnel import LogNormalExp

    prior = LogNormalExp(
        mu=Prior("Gamma", mu=1.5, sigma=0.5),
        sigma=Prior("Exponential", scale=0.5),
        dims="group",
        centered=centered,
    )
    with pm.Model(coords={"group": range(groups)}) as model:
        observe(prior.create_variable("phi", xdist=xdist), groups, xdist)
    return model


def hand_written_model(groups: int, centered: bool, xdist: bool) -> Any:
    """Build the same model in plain PyMC, with the usual formulas for the moments."""
    import pymc as pm
    import pymc.dims as pmd

    lib, math = (pmd, pmd.math) if xdist else (pm, pm.math)
    with pm.Model(coords={"group": range(groups)}) as model:
        mean = lib.Gamma("phi_mu", mu=1.5, sigma=0.5)
        sd = lib.Exponential("phi_sigma", scale=0.5)
        variance = math.log1p((sd / mean) ** 2)
        location, scale = math.log(mean) - variance / 2, math.sqrt(variance)
        if centered:
            phi = lib.LogNormal("phi", location, scale, dims="group")
        else:
            offset = lib.Normal("phi_log_offset", 0, 1, dims="group")
            phi = lib.Deterministic("phi", math.exp(location + scale * offset), dims="group")
        observe(phi, groups, xdist)
    return model


def observe(phi: Any, groups: int, xdist: bool) -> None:
    """Add one observation for each group."""
    import pymc as pm
    import pymc.dims as pmd
    from xarray import DataArray

    data = np.random.default_rng(0).lognormal(0.35, 0.32, groups)
    if xdist:
        pmd.Normal("y", phi, 1.0, observed=DataArray(data, dims=("group",)))
    else:
        pm.Normal("y", phi, 1.0, observed=data, dims="group")


# -- timing ---------------------------------------------------------------------------------------


def density_with_gradient(model: Any, seed: int = 0) -> Callable[[], Any]:
    """Return a call of the compiled function at a fixed point."""
    from unfunnel.extras import require

    compiled = require("nutpie", "sample").compile_pymc_model(model)
    function = compiled.logp_func.vm.jit_fn
    shared = [variable.get_value() for variable in compiled.logp_func.get_shared()]
    x = 0.1 * np.random.default_rng(seed).normal(size=compiled.n_dim)
    function(x, *shared)
    return lambda: function(x, *shared)


def seconds_of(function: Callable[[], Any], loops: int, repetitions: int) -> float:
    """Return the shortest time of one call."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        for _ in range(loops):
            function()
        times.append((time.perf_counter() - start) / loops)
    return min(times)


def compare(what: str, ours: Callable, yardstick: Callable, rounds: int) -> Ratio:
    """Time two functions in turn."""
    once = max(seconds_of(yardstick, 3, 3), 1e-7)
    loops = max(1, int(2e-3 / once))
    pairs = []
    for i in range(rounds):
        # Every other round starts with the other one.
        order = (ours, yardstick) if i % 2 == 0 else (yardstick, ours)
        pair = [seconds_of(function, loops, 5) for function in order]
        pairs.append(pair if i % 2 == 0 else pair[::-1])
    return paired(what, pairs)


def paired(what: str, pairs: list[list[float]]) -> Ratio:
    """Summarize pairs of seconds."""
    return Ratio(
        what,
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(a / b for a, b in pairs),
    )


def densities(sizes: tuple[int, ...], rounds: int) -> list[Ratio]:
    """Compare log density and gradient in every form, backend and size."""
    results = []
    for xdist in (False, True):
        for centered in (True, False):
            for groups in sizes:
                kind = "pymc.dims" if xdist else "pymc"
                what = f"{kind}, {'centered' if centered else 'non-centered'}, {groups:,} groups"
                with console.status(what):
                    models = (natural_model, hand_written_model)
                    ours, yardstick = (
                        density_with_gradient(build(groups, centered, xdist)) for build in models
                    )
                    results.append(compare(what, ours, yardstick, rounds))
    return results


def import_seconds(statement: str) -> tuple[float, float]:
    """Return wall and CPU seconds of a statement in a new process, without the start of Python."""
    code = (
        "import time; wall, cpu = time.perf_counter(), time.process_time(); "
        f"{statement}; print(time.perf_counter() - wall, time.process_time() - cpu)"
    )
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    wall, cpu = map(float, answer.stdout.split())
    return wall, cpu


def imports(rounds: int) -> tuple[float, Ratio, Ratio]:
    """Time `import unfunnel`, and a first prior against the import that it cannot do without."""
    statements = "import unfunnel; unfunnel.LogNormalExp(1, 1)", "import pymc_extras.prior"
    with console.status("imports"):
        for statement in statements:
            import_seconds(statement)  # fills the caches of the file system
        alone = median(import_seconds("import unfunnel")[0] for _ in range(rounds))
        pairs = []
        for i in range(rounds):
            step = 1 if i % 2 == 0 else -1
            pairs.append([import_seconds(s) for s in statements[::step]][::step])
    wall, cpu = (paired(kind, [[x[k] for x in p] for p in pairs]) for k, kind in enumerate(KINDS))
    return alone, wall, cpu


# -- report ---------------------------------------------------------------------------------------


def mark(ok: bool) -> str:
    """Return a mark for a target that is met or missed."""
    return "[green]yes[/]" if ok else "[bold red]no[/]"


def density_table(results: list[Ratio]) -> Table:
    """Return the table of log densities."""
    table = Table(title="Log density and gradient, microseconds", title_justify="left")
    table.add_column("model", no_wrap=True)
    for header in ("LogNormalExp", "by hand", "ratio", f"<= {TARGET}"):
        table.add_column(header, justify="right")
    for r in results:
        times = (f"{1e6 * r.ours:,.2f}", f"{1e6 * r.yardstick:,.2f}", f"{r.ratio:.3f}")
        table.add_row(r.what, *times, mark(r.ratio <= TARGET))
    return table


def import_table(alone: float, ratios: Sequence[Ratio]) -> Table:
    """Return the table of imports."""
    table = Table(title="In a new process, seconds", title_justify="left")
    table.add_column("what", no_wrap=True)
    for header in ("unfunnel", "pymc_extras.prior", "ratio", "target", "met"):
        table.add_column(header, justify="right")
    table.add_row(
        "import alone",
        f"{alone:.3f}",
        "",
        "",
        f"< {IMPORT_TARGET_SECONDS}",
        mark(alone < IMPORT_TARGET_SECONDS),
    )
    for r in ratios:
        times = (f"{r.ours:.2f}", f"{r.yardstick:.2f}", f"{r.ratio:.3f}")
        what = f"first prior against import, {r.what}"
        table.add_row(what, *times, f"<= {TARGET}", mark(r.ratio <= TARGET))
    return table


def main(
    json_path: Annotated[Path | None, typer.Option("--json", help="Save the figures.")] = None,
    rounds: Annotated[int, typer.Option(help="Pairs of timings of each function.")] = 31,
    import_rounds: Annotated[int, typer.Option(help="Pairs of new processes.")] = 9,
    quick: Annotated[bool, typer.Option(help="One size, few rounds.")] = False,
) -> None:
    """Measure what the library costs and compare with the targets."""
    if quick:
        rounds, import_rounds = 5, 1
    results = densities(GROUPS[:1] if quick else GROUPS, rounds)
    console.print(density_table(results))
    alone, *first = imports(import_rounds)
    console.print(import_table(alone, first))
    if json_path is not None:
        figures = {
            "density": [asdict(result) for result in results],
            "import_unfunnel": alone,
            "first_prior": [asdict(ratio) for ratio in first],
        }
        json_path.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    typer.run(main)
