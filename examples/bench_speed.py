"""What the library costs: log density with gradient, and imports. `make bench` runs this.

Each figure is a ratio taken on one machine: the two are timed in turn (A B A B ...), and a time is
the shortest of several repetitions. Times alone say nothing about another machine, nor about this
one when it is busy.

The function that is timed is the one that nutpie calls: the numba-compiled log density with its
gradient. The model: groups under one hierarchy of positive effects, each observed once.

Where the same machine code lies in memory decides up to a third of its time, for the model written
by hand as for ours. LLVM spills vectors of 64 bytes to a stack that it aligns to 16, so that they
straddle cache lines or not by where the stack happens to start; that changes from one process to
the next (6.1 or 7.4 microseconds for 1,000 groups), while the compiled graph does not. The fair
figure averages over it: each function is timed at the four positions that a stack can have within
a cache line, the time in a process is their mean, and the ratio is that of the medians over several
new processes. The last column, the ratio with each at its best position, tells the work that was
asked for from the luck of its place.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

TARGET = 1.05
IMPORT_TARGET_SECONDS = 0.3
GROUPS = (10, 1_000, 100_000)
PLACES = 4  # of a stack aligned to 16 bytes, within a cache line of 64
KINDS = ("wall time", "CPU time")  # the latter depends less on what else runs

console = Console()


@dataclass(frozen=True)
class Ratio:
    """Seconds of the library, seconds of its yardstick, and their ratio."""

    what: str
    ours: float
    yardstick: float
    ratio: float


@dataclass(frozen=True)
class DensityRatio(Ratio):
    """The same of a log density: over processes, and with each at its best place in memory."""

    ratio_at_best: float
    ratio_of_each_process: list[float]


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
    from unfunnel.optional import require

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


def on_a_shifted_stack(steps: int, function: Callable[[], float]) -> float:
    """Call a function with the stack ``steps`` times 16 bytes lower.

    It is called through C with arguments that no register is left for: two make 16 bytes.
    """
    arguments = [0] * (8 + 2 * steps)
    answers: list[float] = []
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(arguments))
    signature(lambda *_: answers.append(function()))(*arguments)
    return answers[0]


def compare(ours: Callable, yardstick: Callable, rounds: int) -> list[list[float]]:
    """Time two functions in turn, and return the median seconds of each at each place."""
    once = max(seconds_of(yardstick, 3, 3), 1e-7)
    loops = max(1, int(1e-3 / once))
    times: list[list[list[float]]] = [[[] for _ in range(PLACES)] for _ in range(2)]
    for i in range(rounds):
        for place in range(PLACES):
            # Every other round starts with the other one.
            for which in (0, 1) if i % 2 == 0 else (1, 0):
                timed = partial(seconds_of, (ours, yardstick)[which], loops, 5)
                times[which][place].append(on_a_shifted_stack(place, timed))
    return [[median(at_place) for at_place in of_one] for of_one in times]


def paired(what: str, pairs: list[list[float]]) -> Ratio:
    """Summarize pairs of seconds."""
    return Ratio(
        what,
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(a / b for a, b in pairs),
    )


def cells(quick: bool) -> dict[str, tuple[int, bool, bool]]:
    """Return every form, backend and size: ``(groups, centered, xdist)`` by what it is called."""
    return {
        f"{'pymc.dims' if xdist else 'pymc'}, {'centered' if centered else 'non-centered'}, "
        f"{groups:,} groups": (groups, centered, xdist)
        for xdist in (False, True)
        for centered in (True, False)
        for groups in (GROUPS[:1] if quick else GROUPS)
    }


def one_process(quick: bool, rounds: int) -> None:
    """Time every cell in this process and print one line of JSON for each."""
    for what, cell in cells(quick).items():
        ours, yardstick = (
            density_with_gradient(build(*cell)) for build in (natural_model, hand_written_model)
        )
        print(json.dumps([what, *compare(ours, yardstick, rounds)]), flush=True)


def densities(quick: bool, processes: int, rounds: int) -> list[DensityRatio]:
    """Compare log density and gradient in every cell, in several new processes."""
    found: dict[str, list[list[list[float]]]] = {what: [] for what in cells(quick)}
    command = [sys.executable, __file__, "--one-process", "--rounds", str(rounds)]
    for i in range(processes):
        with (
            console.status(f"process {i + 1} of {processes}") as status,
            subprocess.Popen(
                [*command, *(["--quick"] if quick else [])],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONHASHSEED": str(i)},
            ) as process,
        ):
            for line in process.stdout or ():
                what, *seconds = json.loads(line)
                found[what].append(seconds)
                status.update(f"process {i + 1} of {processes}: {what} done")
        if process.returncode:
            raise SystemExit(process.returncode)
        console.print(f"process {i + 1} of {processes} done", style="dim")
    return [over_processes(what, seconds) for what, seconds in found.items()]


def over_processes(what: str, seconds: list[list[list[float]]]) -> DensityRatio:
    """Summarize the seconds of one cell, by process, function and place."""
    ours, yardstick = (median(mean(one[k]) for one in seconds) for k in (0, 1))
    best = [median(min(one[k]) for one in seconds) for k in (0, 1)]
    each = [mean(a) / mean(b) for a, b in seconds]
    return DensityRatio(what, ours, yardstick, ours / yardstick, best[0] / best[1], each)


def import_seconds(statement: str) -> tuple[float, float]:
    """Return wall and CPU seconds of a statement in a new process, without the start of Python."""
    code = (
        "import time; wall, cpu = time.perf_counter(), time.process_time(); "
        f"{statement}; print(time.perf_counter() - wall, time.process_time() - cpu)"
    )
    answer = subprocess.run(
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


def density_table(results: list[DensityRatio]) -> Table:
    """Return the table of log densities."""
    table = Table(
        title=f"Log density and gradient, microseconds; ratio <= {TARGET}?", title_justify="left"
    )
    table.add_column("model, groups", no_wrap=True)
    for header in ("ours", "by hand", "ratio", "met", "best"):
        table.add_column(header, justify="right", no_wrap=True)
    for r in results:
        times = (f"{1e6 * r.ours:,.2f}", f"{1e6 * r.yardstick:,.2f}", f"{r.ratio:.3f}")
        best = f"{r.ratio_at_best:.3f}"
        table.add_row(r.what.removesuffix(" groups"), *times, mark(r.ratio <= TARGET), best)
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
    # At 100,000 groups one process in four is slower by 5 to 10%: a median of three may meet two.
    processes: Annotated[int, typer.Option(help="New processes for the log densities.")] = 7,
    rounds: Annotated[int, typer.Option(help="Timings of each function at each place.")] = 11,
    # Five pairs gave 0.98 one day and 1.06 another.
    import_rounds: Annotated[int, typer.Option(help="Pairs of new processes.")] = 9,
    quick: Annotated[bool, typer.Option(help="One size, few rounds.")] = False,
    alone: Annotated[bool, typer.Option("--one-process", hidden=True)] = False,
) -> None:
    """Measure what the library costs and compare with the targets."""
    if quick:
        processes, rounds, import_rounds = 2, 5, 1
    if alone:
        one_process(quick, rounds)
        return
    results = densities(quick, processes, rounds)
    console.print(density_table(results))
    seconds, *first = imports(import_rounds)
    console.print(import_table(seconds, first))
    if json_path is not None:
        figures = {
            "density": [asdict(result) for result in results],
            "import_unfunnel": seconds,
            "first_prior": [asdict(ratio) for ratio in first],
        }
        json_path.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    typer.run(main)
