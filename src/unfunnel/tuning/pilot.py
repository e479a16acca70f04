"""The pilot: a few short runs that find out what the data say about each element of each block.

Every round samples in the coordinates that the round before it found, starting where that one
ended, and is short because it only has to be near the posterior, not to represent it: a slope needs
few points. The first round knows nothing (non-centered) and is discarded; the estimates of all
others are averaged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unfunnel.optional import require
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.compiled import gradient_count, reason_of, with_steering
from unfunnel.tuning.estimate import Estimate, centeredness, information_from_scores
from unfunnel.tuning.findings import Findings
from unfunnel.tuning.geometry import BlockDraws, Geometry, Layout, SteeringValues
from unfunnel.tuning.progress import PilotProgress, pilot_progress
from unfunnel.tuning.scales import Scale, scales_of

_LOG = logging.getLogger("unfunnel")

_CHAINS = 2
_MOST_ROUNDS = 5

# kappa is settled when it moves by less than this for all but one element in twenty. At 0.15 the
# pilot of a media-mix model is a quarter longer, and the draws are no better.
_SETTLED = 0.25
_SETTLED_SHARE = 0.95


@dataclass(frozen=True)
class Round:
    """The length of one round, per chain; ``maxdepth`` bounds the gradients of a draw."""

    tune: int
    draws: int
    maxdepth: int


_FIRST = Round(tune=50, draws=20, maxdepth=6)
_LATER = Round(tune=60, draws=40, maxdepth=8)


def run_pilot(
    model: Any,
    compiled: Any,
    blocks: list[Block],
    seed: int,
    *,
    progress_bar: bool = False,
    **options: Any,
) -> Findings:
    """Run a pilot on a compiled model.

    Parameters
    ----------
    model : pymc.Model
        The model.
    compiled : nutpie CompiledPyMCModel
        The same, from :func:`~unfunnel.tuning.compiled.compile_for_tuning`.
    blocks : list of Block
        The blocks to learn about.
    seed : int
        Fixes the result.
    progress_bar : bool, default False
        Show one line of progress for all rounds.
    **options
        Passed to ``nutpie.sample``, such as ``cores``.

    Returns
    -------
    Findings
        Also where the run failed: then with zeros, which is the non-centered form.
    """
    start = time.perf_counter()
    geometry = Geometry(model, blocks, Layout.of(model, compiled.shapes))
    with pilot_progress(progress_bar, _MOST_ROUNDS) as progress:
        seeds = np.random.SeedSequence(seed)
        runner = _Runner(compiled, geometry, scales_of(model, blocks), seeds, progress, options)
        try:
            found = runner.run()
        except PilotFailed as error:
            _LOG.debug("The pilot failed.", exc_info=True)
            found = runner.nothing(f"the pilot run failed: {error}")
        progress.done(found.rounds, found.gradients)
    return replace(found, seconds=time.perf_counter() - start)


class PilotFailed(Exception):
    """The sampler could not run."""


class _Runner:
    """The state of a pilot from round to round."""

    def __init__(
        self,
        compiled: Any,
        geometry: Geometry,
        scales: list[Scale],
        seeds: np.random.SeedSequence,
        progress: PilotProgress,
        options: dict[str, Any],
    ) -> None:
        self.compiled = compiled
        self.geometry = geometry
        self.scales = scales
        self.seeds = seeds
        self.progress = progress
        self.options = options
        self.gradients = 0

    def run(self) -> Findings:
        steering = self.geometry.untuned()
        draws, at = self._round(1, _FIRST, None, steering)
        steering = _estimates(at)
        kappa = _kappa(at, steering)
        found: list[SteeringValues] = []
        for number in range(2, _MOST_ROUNDS + 1):
            start_at = self._ends(draws, at, steering)
            draws, at = self._round(number, _LATER, start_at, steering)
            found.append(_estimates(at))
            steering = _averaged(found)
            before, kappa = kappa, _kappa(at, steering)
            change = _change(before, kappa)
            _LOG.debug("Pilot round %d: centeredness moved by %.2f.", number, change)
            if change <= _SETTLED:
                break
        problem = _stuck(at) or _unsettled(change, number)
        part = self.geometry.layout.part
        stretch = {x.name: x.log_stretch(part(draws, x.value.name), kappa) for x in self.scales}
        return Findings(steering, kappa, self.gradients, 0.0, number, problem, stretch)

    def nothing(self, problem: str) -> Findings:
        steering = self.geometry.untuned()
        kappa = {name: np.zeros_like(values.information) for name, values in steering.items()}
        return Findings(steering, kappa, self.gradients, 0.0, 0, problem)

    def _round(
        self, number: int, length: Round, start_at: np.ndarray | None, steering: SteeringValues
    ) -> tuple[np.ndarray, dict[str, BlockDraws]]:
        """Sample one round; return its unconstrained draws and the blocks at each of them."""
        compiled = with_steering(self.compiled, self.geometry.blocks, steering)
        if start_at is not None:
            compiled = replace(compiled, initial_point_func=_one_of(start_at))
        (seed,) = self.seeds.spawn(1)[0].generate_state(1)
        nutpie = require("nutpie", "sample")
        try:
            trace = nutpie.sample(
                compiled,
                chains=_CHAINS,
                tune=length.tune,
                draws=length.draws,
                maxdepth=length.maxdepth,
                seed=int(seed),
                store_unconstrained=True,
                store_gradient=True,
                progress_bar=False,
                progress_callback=self.progress.in_round(number, self.gradients),
                **self.options,
            )
        except RuntimeError as error:  # what nutpie raises where it finds no point to start from
            raise PilotFailed(reason_of(error)) from error
        self.gradients += gradient_count(trace)
        draws, gradients = (
            trace["sample_stats"][key].values for key in ("unconstrained_draw", "gradient")
        )
        if draws.shape[:2] != (_CHAINS, length.draws):  # what nutpie makes of an interrupt
            raise KeyboardInterrupt
        return draws, self.geometry.at(_flat(draws), _flat(gradients), steering)

    def _ends(
        self, draws: np.ndarray, at: dict[str, BlockDraws], steering: SteeringValues
    ) -> np.ndarray:
        """Return the later half of the draws of each chain, in the coordinates of ``steering``."""
        moved = self.geometry.moved(_flat(draws), at, steering).reshape(draws.shape)
        return _flat(moved[:, draws.shape[1] // 2 :])


def _one_of(points: np.ndarray) -> Callable[[int], np.ndarray]:
    return lambda seed: points[int(seed) % len(points)].copy()


def _flat(draws: np.ndarray) -> np.ndarray:
    return draws.reshape(-1, draws.shape[-1])


def _averaged(found: list[SteeringValues]) -> SteeringValues:
    return {
        name: Estimate(*(np.mean([x[name][i] for x in found], axis=0) for i in range(2)))
        for name in found[0]
    }


def _estimates(at: dict[str, BlockDraws]) -> SteeringValues:
    return {
        name: information_from_scores(x.theta, x.score, x.others, x.structure.pooled_axes)
        for name, x in at.items()
    }


def _kappa(at: dict[str, BlockDraws], steering: SteeringValues) -> dict[str, np.ndarray]:
    return {name: centeredness(steering[name].information, x.scale) for name, x in at.items()}


def _change(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> float:
    """How much kappa moved, in the block where it moved most."""
    moved = [np.abs(after[name] - before[name]) for name in after if after[name].size]
    return float(np.max([np.quantile(x, _SETTLED_SHARE) for x in moved], initial=0.0))


def _stuck(at: dict[str, BlockDraws]) -> str:
    for name, x in at.items():
        by_chain = x.theta.reshape(_CHAINS, len(x.theta) // _CHAINS, *x.theta.shape[1:])
        still = int((np.ptp(by_chain, axis=1) == 0.0).any(axis=0).sum())
        if still:
            return f"{still} of {x.theta[0].size} elements of {name} did not move in the pilot run"
        lost = int((~np.isfinite(x.score)).any(axis=0).sum())
        if lost:
            return f"{lost} of {x.score[0].size} elements of {name} have scores that are not finite"
    return ""


def _unsettled(change: float, rounds: int) -> str:
    if change <= _SETTLED:
        return ""
    return (
        f"after {rounds} rounds of the pilot the centeredness of some elements still changes by "
        f"{change:.2f}"
    )
