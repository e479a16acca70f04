"""From a compiled model to one that is ready to be sampled: its data, and its coordinates."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from benchmarks.grid import Length
from benchmarks.hierarchies import LOG_EFFECT
from benchmarks.regimes import Data
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.pilot import run_pilot


@dataclass(frozen=True)
class Compiled:
    """A model, compiled by nutpie, and the seconds that took."""

    model: Any
    nutpie: Any
    seconds: float


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


class Preparation(Protocol):
    """What a form does before it is sampled."""

    def __call__(self, compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
        """Set the data of a compiled model, and find its coordinates."""


def with_data(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Set the data; the coordinates are those of the model."""
    return Prepared(compiled.nutpie.with_data(**data.arrays))


def with_own_data(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Leave the model as it is: the data were compiled in."""
    return Prepared(compiled.nutpie)


def by_pilot(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Do what :func:`unfunnel.sample` does before it samples."""
    ready = compiled.nutpie.with_data(**data.arrays)
    start = time.perf_counter()
    blocks = auto_blocks(compiled.model)
    pilot = run_pilot(compiled.model, ready, blocks, seed, progress_bar=False)
    steered = pilot.in_compiled(ready, blocks)
    seconds = time.perf_counter() - start
    adaptation = pilot.adaptation(ready)
    return Prepared(steered, pilot.gradients, seconds, pilot.problem, adaptation)


def by_advi(compiled: Compiled, data: Data, seed: int, length: Length) -> Prepared:
    """Fit the weights of a VIP model by ADVI, with the settings of its authors' example."""
    from pymc_extras.model.transforms.autoreparam import VIP

    start = time.perf_counter()
    weights = compiled.model[f"{LOG_EFFECT}::lam_logit__"]
    vip = VIP({LOG_EFFECT: weights})
    vip.set_all_lambda(0.5)
    set_data(compiled.model, data)
    with compiled.model, _silence():
        vip.fit(n=length.advi_steps, random_seed=seed, progressbar=False)
    found = weights.get_value()
    problem = "" if np.isfinite(found).all() else "some weights are not finite"
    arrays = data.arrays | {weights.name: np.nan_to_num(found)}
    ready = compiled.nutpie.with_data(**arrays)
    return Prepared(ready, length.advi_steps, time.perf_counter() - start, problem)


def set_data(model: Any, data: Data) -> None:
    """Set the data of a model, for what is compiled from it afterwards."""
    for name, values in data.arrays.items():
        model.set_data(name, values)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep PyMC from reporting that ADVI has finished."""
    logger = logging.getLogger("pymc")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
