"""Time and peak memory of ``unfunnel.sample`` by the number of groups.

Each size runs in a new process, so that its peak of memory is its own. The model: groups under one
hierarchy of positive effects with ``centered="auto"``, the mean of ``n_j`` observations of unit
error seen of each, ``n_j`` from 1 to 3000. Gradients do not depend on the machine; seconds and
megabytes do, and what is of interest is whether they grow in proportion to the groups. Memory and
seconds for a gradient can; NUTS itself needs more gradients for a draw of more dimensions, about as
their fourth root.

    python examples/bench_size.py
    python examples/bench_size.py --sizes 10 1000 --json figures.json
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# 10,000 is there for the verdict: below it, what every run costs hides how much a group does.
SIZES = (10, 1_000, 10_000, 100_000)
CHAINS, TUNE, DRAWS = 2, 200, 50

#: Time or memory for a group may be at most this much larger in the largest model than in the one
#: before it: a quadratic cost would be larger by the ratio of the sizes.
LINEAR = 1.5

# A megabyte in the units of ru_maxrss, which are bytes on macOS and kilobytes elsewhere.
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Figures:
    """What one size took; seconds of wall time, megabytes at the peak.

    ``before`` is the peak after imports and after a model of ten groups has been sampled, so that
    what compilers and libraries hold is not counted to the groups.
    """

    groups: int
    compile_seconds: float
    pilot_seconds: float
    pilot_gradients: int
    sample_seconds: float
    sample_gradients: int
    total_seconds: float
    import_megabytes: float
    before_megabytes: float
    peak_megabytes: float

    @property
    def own_megabytes(self) -> float:
        """What the groups add to the peak."""
        return self.peak_megabytes - self.before_megabytes


def peak_megabytes() -> float:
    """Return the peak of memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


def build(groups: int) -> Any:
    """Build the model, with data from its prior."""
    import numpy as np
    import pymc as pm
    from pymc_extras.prior import Prior

    from unfunnel import LogNormalExp

    rng = np.random.default_rng(0)
    error = 1.0 / np.sqrt(np.round(np.exp(rng.uniform(0, np.log(3000), groups))))
    mean = rng.normal(rng.lognormal(0.35, 0.32, groups), error)
    effects = LogNormalExp(
        mu=Prior("Gamma", mu=1.5, sigma=0.5),
        sigma=Prior("Exponential", scale=0.5),
        dims="group",
        centered="auto",
    )
    with pm.Model(coords={"group": np.arange(groups)}) as model:
        phi = effects.create_variable("phi")
        pm.Normal("y", phi, error, observed=mean, dims="group")
    return model


def timed(module: Any, name: str) -> list[float]:
    """Replace a function by one that also notes its seconds; return the list of them."""
    function: Callable[..., Any] = getattr(module, name)
    seconds: list[float] = []

    def measured(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **options)
        finally:
            seconds.append(time.perf_counter() - start)

    setattr(module, name, measured)
    return seconds


def measure(groups: int, seed: int) -> Figures:
    """Sample a model of this size in this process."""
    import nutpie

    import unfunnel
    from unfunnel.tuning.compiled import gradient_count

    imports = peak_megabytes()
    options: dict[str, Any] = {
        "chains": CHAINS,
        "tune": TUNE,
        "draws": DRAWS,
        "seed": seed,
        "progress_bar": False,
    }
    unfunnel.sample(build(10), **options)
    before = peak_megabytes()
    model = build(groups)
    compiling, sampling = timed(nutpie, "compile_pymc_model"), timed(nutpie, "sample")
    start = time.perf_counter()
    trace = unfunnel.sample(model, **options, save_warmup=False)
    total = time.perf_counter() - start
    pilot = trace["unfunnel"].attrs
    return Figures(
        groups,
        compile_seconds=compiling[-1],
        pilot_seconds=pilot["seconds"],
        pilot_gradients=pilot["gradients"],
        sample_seconds=sampling[-1],
        sample_gradients=gradient_count(trace),
        total_seconds=total,
        import_megabytes=imports,
        before_megabytes=before,
        peak_megabytes=peak_megabytes(),
    )


def in_a_new_process(groups: int, seed: int) -> Figures:
    """Measure a size in a process of its own."""
    command = [sys.executable, __file__, "--one-process", str(groups), "--seed", str(seed)]
    answer = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    return Figures(**json.loads(answer.stdout.splitlines()[-1]))


def print_table(results: list[Figures]) -> None:
    """Print all figures."""
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"unfunnel.sample, {CHAINS} chains x ({TUNE} + {DRAWS}); gradients of kept draws",
        title_justify="left",
    )
    for header in (
        "groups",
        "compile s",
        "pilot s",
        "gradients",
        "sample s",
        "gradients",
        "total s",
        "peak MB",
        "less imports",
        "less 10 groups",
        "kB/group",
    ):
        table.add_column(header, justify="right")
    for r in results:
        table.add_row(
            f"{r.groups:,}",
            f"{r.compile_seconds:.1f}",
            f"{r.pilot_seconds:.1f}",
            f"{r.pilot_gradients:,}",
            f"{r.sample_seconds:.1f}",
            f"{r.sample_gradients:,}",
            f"{r.total_seconds:.1f}",
            f"{r.peak_megabytes:,.0f}",
            f"{r.peak_megabytes - r.import_megabytes:,.0f}",
            f"{r.own_megabytes:,.0f}",
            f"{1024 * r.own_megabytes / r.groups:,.1f}",
        )
    Console(width=140, height=60).print(table)


def verdict(what: str, results: list[Figures], cost: Callable[[Figures], float]) -> str:
    """Say whether a cost of the two largest sizes grows in proportion to the groups, or slower."""
    smaller, larger = sorted(results, key=lambda r: r.groups)[-2:]
    before, after = max(cost(smaller), 0.0), max(cost(larger), 0.0)
    ratio = after / before if before else math.inf
    growth = f"{ratio:,.1f} times for {larger.groups / smaller.groups:,.0f} times the groups"
    at_most_linear = ratio <= LINEAR * larger.groups / smaller.groups
    return f"{what}: {growth}: {'at most linear' if at_most_linear else 'more than linear'}"


def main() -> None:
    """Measure every size and say whether time and memory are linear."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of groups")
    parser.add_argument("--seed", type=int, default=0, help="of the sampler")
    parser.add_argument("--json", type=Path, help="save the figures")
    parser.add_argument("--one-process", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_process:
        print(json.dumps(asdict(measure(options.one_process, options.seed))))
        return
    results = [in_a_new_process(groups, options.seed) for groups in options.sizes]
    print_table(results)
    if len(results) > 1:
        print(verdict("seconds without compilation", results, running_seconds))
        print(verdict("seconds for a gradient", results, seconds_for_a_gradient))
        print(verdict("megabytes", results, lambda r: r.own_megabytes))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(r) for r in results], indent=2))


def running_seconds(r: Figures) -> float:
    """Return the seconds of a run, those of the compiler excepted."""
    return r.total_seconds - r.compile_seconds


def seconds_for_a_gradient(r: Figures) -> float:
    """Return the seconds of the pilot for each of its gradients."""
    return r.pilot_seconds / r.pilot_gradients


if __name__ == "__main__":
    main()
