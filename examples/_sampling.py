"""Compile once, sample with several seeds: the runs of the demo and their table."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pymc as pm
from _report import diagnostics, median, table

from unfunnel.optional import require

#: Heading and format of each column: two lines, as there are many.
COLUMNS = {
    "divergences": ("diver-\ngences", ".0f"),
    "rhat": ("worst\nR-hat", ".3f"),
    "ess_bulk": ("bulk\nESS", ".0f"),
    "ess_tail": ("tail\nESS", ".0f"),
    "gradients_per_draw": ("gradients\nper draw", ".1f"),
    "ess_per_kgrad": ("ESS per\nkgrad", ".1f"),
    "compile_seconds": ("seconds\ncompile", ".1f"),
    "sample_seconds": ("seconds\nsample", ".2f"),
}


@dataclass(frozen=True)
class Length:
    """How long to sample; the defaults are those of nutpie."""

    chains: int = 4
    tune: int = 1000
    draws: int = 1000
    seeds: int = 5


@dataclass(frozen=True)
class Fit:
    """One model sampled with several seeds."""

    label: str
    runs: tuple[dict[str, float], ...]  # diagnostics and seconds, by seed
    trace: Any  # of the first seed

    @property
    def typical(self) -> dict[str, float]:
        """Median of every figure over the seeds."""
        return median(self.runs)


def compiled_model(model: pm.Model) -> tuple[Any, float]:
    """Compile for nutpie; return the compiled model and the seconds it took."""
    start = time.perf_counter()
    compiled = require("nutpie", "sample").compile_pymc_model(model)
    return compiled, time.perf_counter() - start


def sample(compiled: Any, length: Length, seed: int, **options: Any) -> Any:
    """Sample with nutpie, keeping the draws on the scale that the sampler works on."""
    return require("nutpie", "sample").sample(
        compiled,
        draws=length.draws,
        tune=length.tune,
        chains=length.chains,
        cores=min(length.chains, os.cpu_count() or 1),
        seed=seed,
        store_unconstrained=True,
        progress_bar=False,
        **options,
    )


def fit(label: str, model: pm.Model, length: Length, seeds: Iterable[int]) -> Fit:
    """Compile a model and sample it once for each seed."""
    compiled, compile_seconds = compiled_model(model)
    runs, first = [], None
    for seed in seeds:
        start = time.perf_counter()
        trace = sample(compiled, length, seed)
        times = {
            "compile_seconds": compile_seconds,
            "sample_seconds": time.perf_counter() - start,
        }
        runs.append(diagnostics(trace) | times)
        first = trace if first is None else first
    return Fit(label, tuple(runs), first)


def print_fits(title: str, fits: Sequence[Fit]) -> None:
    """Print the medians over the seeds, one row for each fit, the most efficient one in bold."""
    efficiency = [f.typical["ess_per_kgrad"] for f in fits]
    table(
        [{"prior": f.label, **f.typical} for f in fits],
        title,
        headings={key: heading for key, (heading, _) in COLUMNS.items()},
        formats={key: shown for key, (_, shown) in COLUMNS.items()},
        highlighted=efficiency.index(max(efficiency)),
    )
