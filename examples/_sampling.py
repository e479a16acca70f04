"""Compile once, sample with several seeds: the runs of the demo and their table."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pymc as pm
from _report import diagnostics, median
from rich.table import Table

from unfunnel.extras import require


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
    compile_seconds: float
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
        seconds = time.perf_counter() - start
        runs.append({**diagnostics(trace), "seconds": seconds})
        first = trace if first is None else first
    return Fit(label, compile_seconds, tuple(runs), first)


def table(title: str, fits: Sequence[Fit], caption: str | None = None) -> Table:
    """Return a rich table of the medians over the seeds, one row for each fit."""
    best = max(fits, key=lambda f: f.typical["ess_per_kgrad"])
    result = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    result.add_column("prior", no_wrap=True)
    headers = ("diver-\ngences", "worst\nR-hat", "bulk\nESS", "tail\nESS", "gradients\nper draw")
    for header in (*headers, "ESS per\nkgrad", "seconds\ncompile", "seconds\nsample"):
        result.add_column(header, justify="right")
    for f in fits:
        m = f.typical
        result.add_row(
            f.label,
            f"{m['divergences']:.0f}",
            f"{m['rhat']:.3f}",
            f"{m['ess_bulk']:.0f}",
            f"{m['ess_tail']:.0f}",
            f"{m['gradients_per_draw']:.1f}",
            f"{m['ess_per_kgrad']:.1f}",
            f"{f.compile_seconds:.1f}",
            f"{m['seconds']:.2f}",
            style="bold" if f is best else None,
        )
    return result
