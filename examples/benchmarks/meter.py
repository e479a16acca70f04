"""What nutpie is asked for by whoever calls it: processor seconds to compile, every finished run.

``unfunnel.sample`` may sample twice and returns one trace. What it all took is measured from
outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import nutpie


@dataclass
class Meter:
    """Seconds that models took to compile; draws of a chain and gradients of each run."""

    compile_seconds: float = 0.0
    runs: list[tuple[int, int]] = field(default_factory=list)

    def gradients_of_runs(self, draws: int) -> list[int]:
        """Return the gradients of each run of so many draws, warm-up included."""
        return [gradients for length, gradients in self.runs if length == draws]


@contextmanager
def metered() -> Iterator[Meter]:
    """Measure what is compiled and sampled inside."""
    meter, compile_model, sample = Meter(), nutpie.compile_pymc_model, nutpie.sample

    def timed(*args: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return compile_model(*args, **options)
        finally:
            meter.compile_seconds += time.process_time() - start

    def counted(*args: Any, **options: Any) -> Any:
        found = sample(*args, **options)
        if options.get("blocking", True):
            return _noted(meter, found)
        found.wait = _noting(meter, found.wait)
        return found

    with patch.object(nutpie, "compile_pymc_model", timed), patch.object(nutpie, "sample", counted):
        yield meter


def _noting(meter: Meter, wait: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **options: _noted(meter, wait(*args, **options))


def _noted(meter: Meter, trace: Any) -> Any:
    steps = [trace[group]["n_steps"] for group in ("sample_stats", "warmup_sample_stats")]
    meter.runs.append((steps[0].sizes["draw"], sum(int(x.sum()) for x in steps)))
    return trace
