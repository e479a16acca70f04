"""From a model to one that is ready to be sampled: compiled, with its data, and tuned.

The one file here that uses what ``unfunnel.sample`` is made of: a benchmark compiles once and runs
many pilots, which ``unfunnel.sample`` does not do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks import vip
from benchmarks.grid import Length
from benchmarks.hierarchies import LOG_EFFECT
from benchmarks.regimes import Data
from unfunnel.tuning.choose import LOW_RANK
from unfunnel.tuning.compiled import compile_plan
from unfunnel.tuning.pilot import run_pilot
from unfunnel.tuning.plan import Plan

__all__ = ["LOW_RANK", "Compiled", "Preparation", "Prepared", "compile_model", "tuned"]


@dataclass(frozen=True)
class Compiled:
    """A model, compiled by nutpie, and the seconds that took."""

    model: Any
    nutpie: Any
    seconds: float = 0.0


@dataclass(frozen=True)
class Prepared:
    """A compiled model that is ready to be sampled, and what was spent on learning how.

    ``options`` are those of ``nutpie.sample`` that suit it, unless the form has its own.
    """

    nutpie: Any
    gradients: int = 0
    seconds: float = 0.0
    problem: str = ""
    options: dict[str, Any] = field(default_factory=dict)


#: What a form does before it is sampled.
Preparation = Callable[[Compiled, Data, int, Length], Prepared]


def compile_model(model: Any, **options: Any) -> Compiled:
    """Compile a model so that its data and its tuned coordinates can be set afterwards."""
    start = time.perf_counter()
    compiled = compile_plan(Plan.of(model), **options)
    return Compiled(model, compiled, time.perf_counter() - start)


def tuned(compiled: Compiled, seed: int) -> Prepared:
    """Run the pilot of :func:`unfunnel.sample`, if there is anything to tune."""
    start, plan = time.perf_counter(), Plan.of(compiled.model)
    if not plan.blocks:
        return Prepared(compiled.nutpie)
    pilot = run_pilot(plan, compiled.nutpie, seed)
    ready = pilot.ready(plan, compiled.nutpie)
    seconds = time.perf_counter() - start
    options = pilot.adaptation(compiled.nutpie)
    return Prepared(ready, pilot.gradients, seconds, pilot.problem, options)


def with_data(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Set the data; the coordinates are those of the model."""
    return Prepared(compiled.nutpie.with_data(**data.arrays))


def with_own_data(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Leave the model as it is: the data were compiled in."""
    return Prepared(compiled.nutpie)


def by_pilot(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Set the data and run a pilot."""
    return tuned(Compiled(compiled.model, compiled.nutpie.with_data(**data.arrays)), seed)


def by_advi(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Fit the weights of a VIP model."""
    from pymc_extras.model.transforms.autoreparam import VIP

    start = time.perf_counter()
    weights = compiled.model[f"{LOG_EFFECT}::lam_logit__"]
    helper = VIP({LOG_EFFECT: weights})
    set_data(compiled.model, data)
    problem = vip.fit_weights(compiled.model, helper, length.advi_steps, seed)
    ready = compiled.nutpie.with_data(**data.arrays, **{weights.name: weights.get_value()})
    return Prepared(ready, length.advi_steps, time.perf_counter() - start, problem)


def set_data(model: Any, data: Data) -> None:
    """Set the data of a model, for what is compiled from it afterwards."""
    for name, values in data.arrays.items():
        model.set_data(name, values)
