"""The pilot: a few short runs that find out what the data say about each element of each block.

Every round samples in the coordinates that the round before it found, starting where that one
ended, and is short because it only has to be near the posterior, not to represent it: a slope needs
few points. The first round knows nothing (non-centered) and is discarded; the estimates of all
others are averaged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from unfunnel.errors import SamplingError
from unfunnel.tuning.blocks import Plan
from unfunnel.tuning.compiled import (
    Coordinates,
    default_adaptation,
    gradient_count,
    in_coordinates,
    run,
)
from unfunnel.tuning.estimate import Site, centeredness, site_of
from unfunnel.tuning.scores import BlockDraws, Layout, Scores

_LOG = logging.getLogger("unfunnel")

_CHAINS = 2
_MOST_ROUNDS = 5

# kappa is settled when it moves by less than this for all but one element in twenty. At 0.15 the
# pilot of a media-mix model is a quarter longer, and the draws are no better.
_SETTLED = 0.25
_SETTLED_SHARE = 0.95


# The length of a round, for each chain; maxdepth bounds the gradients of a draw.
_FIRST = {"tune": 50, "draws": 20, "maxdepth": 6}
_LATER = {"tune": 60, "draws": 40, "maxdepth": 8}


@dataclass(frozen=True)
class PilotResult:
    """What a pilot found and what it cost.

    ``kappa`` is the centeredness of each element, by block; ``gradients`` counts those of the
    warm-up; ``rounds`` is 0 where the pilot failed; ``problem`` says why the result should not be
    relied on, and is empty if all is well; ``doubt`` says what chance alone may have made, so that
    it is no reason for a warning: whether it matters the draws of the run will show.
    """

    coordinates: Coordinates
    kappa: dict[str, np.ndarray]
    gradients: int
    rounds: int
    problem: str = ""
    doubt: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether nothing was learned, so that all blocks are non-centered."""
        return self.rounds == 0

    def adaptation(self, compiled: Any) -> dict[str, Any]:
        """Return the options of ``nutpie.sample`` that suit these coordinates, if there are any."""
        return {} if self.failed else default_adaptation(compiled)


def run_pilot(
    plan: Plan, compiled: Any, seed: int, *, progress_bar: bool = False, **options: Any
) -> PilotResult:
    """Run a pilot on the compiled model of a plan; one that fails finds the non-centered form.

    ``options`` are passed to ``nutpie.sample``, such as ``cores``.
    """
    start = time.perf_counter()
    scores = Scores(plan, Layout.of(plan.model, compiled.shapes))
    with _progress(progress_bar) as bar:
        pilot = _Pilot(plan, compiled, scores, np.random.SeedSequence(seed), bar, options)
        try:
            result = pilot.run()
        except SamplingError as error:
            _LOG.debug("The pilot failed.", exc_info=True)
            result = pilot.nothing(f"the pilot run failed: {error.given}")
        pilot.show(
            f"Pilot, {result.rounds} rounds" if result.rounds else "Pilot failed",
            0 if result.failed else _MOST_ROUNDS,
        )
    return replace(result, seconds=time.perf_counter() - start)


@dataclass
class _Pilot:
    """The state of a pilot from round to round."""

    plan: Plan
    compiled: Any
    scores: Scores
    seeds: np.random.SeedSequence
    bar: Progress
    options: dict[str, Any]
    gradients: int = 0

    def run(self) -> PilotResult:
        draws, at = self._round(1, _FIRST, None, self.scores.untuned())
        sites = _sites(at)
        kappa = _kappa(at, sites)
        rounds: list[dict[str, Site]] = []
        for number in range(2, _MOST_ROUNDS + 1):
            draws, at = self._round(number, _LATER, self._ends(draws, at, sites), sites)
            rounds.append(_sites(at))
            sites = _averaged(rounds)
            before, kappa = kappa, _kappa(at, sites)
            change = _change(before, kappa)
            _LOG.debug("Pilot round %d: centeredness moved by %.2f.", number, change)
            if change <= _SETTLED:
                break
        values = {x.name: self.scores.layout.part(draws, x.value.name) for x in self.plan.scales}
        stretch = {x.name: x.best_log_stretch(values[x.name], kappa) for x in self.plan.scales}
        return PilotResult(
            Coordinates(sites, stretch),
            kappa,
            self.gradients,
            number,
            problem=_stuck(at),
            doubt=_unsettled(change, number),
        )

    def nothing(self, problem: str) -> PilotResult:
        sites = self.scores.untuned()
        kappa = {name: np.zeros_like(site.information) for name, site in sites.items()}
        return PilotResult(Coordinates(sites), kappa, self.gradients, 0, problem)

    def _round(
        self, number: int, length: dict[str, int], start_at: Any, sites: dict[str, Site]
    ) -> tuple[np.ndarray, list[BlockDraws]]:
        """Sample one round; return its unconstrained draws and the blocks at each of them."""
        compiled = in_coordinates(self.compiled, self.plan, Coordinates(sites))
        if start_at is not None:
            compiled = replace(compiled, initial_point_func=_one_of(start_at))
        (seed,) = self.seeds.spawn(1)[0].generate_state(1)
        trace = run(
            compiled,
            chains=_CHAINS,
            **length,
            seed=int(seed),
            store_unconstrained=True,
            store_gradient=True,
            progress_bar=False,
            progress_callback=self._callback(number),
            **self.options,
        )
        self.gradients += gradient_count(trace)
        draws, gradients = (
            trace["sample_stats"][key].values for key in ("unconstrained_draw", "gradient")
        )
        if draws.shape[:2] != (_CHAINS, length["draws"]):  # what nutpie makes of an interrupt
            raise KeyboardInterrupt
        return draws, self.scores.at(_flat(draws), _flat(gradients), sites)

    def _callback(self, number: int) -> Callable[[Any], None] | None:
        """Return what nutpie is to call with the progress of the chains of a round."""
        text = f"Pilot, round {number} of at most {_MOST_ROUNDS}"
        self.show(text, number - 1)
        if not self.bar.tasks:
            return None

        def update(chains: Any) -> None:
            done = sum(chain.finished_draws for chain in chains)
            share = done / max(1, sum(chain.total_draws for chain in chains))
            steps = sum(chain.total_num_steps for chain in chains)
            self.show(text, number - 1 + share, steps)

        return update

    def show(self, text: str, completed: float, more_gradients: int = 0) -> None:
        """Say how far the pilot is, if that is shown at all."""
        gradients = self.gradients + more_gradients
        for task in self.bar.task_ids:
            self.bar.update(task, description=text, completed=completed, gradients=gradients)

    def _ends(self, draws: np.ndarray, at: list[BlockDraws], sites: dict[str, Site]) -> np.ndarray:
        """Return the later half of the draws of each chain, in the coordinates of ``sites``."""
        moved = self.scores.moved(_flat(draws), at, sites).reshape(draws.shape)
        return _flat(moved[:, draws.shape[1] // 2 :])


@contextmanager
def _progress(show: bool) -> Iterator[Progress]:
    """Show one line for all rounds of a pilot, if asked to, for as long as the context lasts."""
    console = Console()
    # Without widgets rich can redraw nothing in a notebook: it would warn, and show nothing.
    is_live = not console.is_jupyter or find_spec("ipywidgets") is not None
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[gradients]} gradients"),
        TimeElapsedColumn(),
        console=console,
        disable=not (show and is_live),
    )
    if show:
        bar.add_task("Pilot", total=_MOST_ROUNDS, gradients=0)
    with bar:
        yield bar
    if show and not is_live:  # as it stands at its end
        console.print(bar.get_renderable())


def _one_of(points: np.ndarray) -> Callable[[int], np.ndarray]:
    return lambda seed: points[int(seed) % len(points)].copy()


def _flat(draws: np.ndarray) -> np.ndarray:
    return draws.reshape(-1, draws.shape[-1])


def _averaged(rounds: list[dict[str, Site]]) -> dict[str, Site]:
    return {
        name: Site(*(np.mean([sites[name][i] for sites in rounds], axis=0) for i in range(2)))
        for name in rounds[0]
    }


def _sites(at: list[BlockDraws]) -> dict[str, Site]:
    return {
        x.block.name: site_of(x.theta, x.score, x.controls, x.block.structure.pooled) for x in at
    }


def _kappa(at: list[BlockDraws], sites: dict[str, Site]) -> dict[str, np.ndarray]:
    return {x.block.name: centeredness(sites[x.block.name].information, x.scale) for x in at}


def _change(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> float:
    """How much kappa moved, in the block where it moved most."""
    moved = [np.abs(after[name] - before[name]) for name in after if after[name].size]
    return float(np.max([np.quantile(x, _SETTLED_SHARE) for x in moved], initial=0.0))


def _stuck(at: list[BlockDraws]) -> str:
    for x in at:
        by_chain = x.theta.reshape(_CHAINS, len(x.theta) // _CHAINS, *x.theta.shape[1:])
        still = int((np.ptp(by_chain, axis=1) == 0.0).any(axis=0).sum())
        name, number = x.block.name, x.theta[0].size
        if still:
            return f"{still} of {number} elements of {name} did not move in the pilot run"
        lost = int((~np.isfinite(x.score)).any(axis=0).sum())
        if lost:
            return f"{lost} of {number} elements of {name} have scores that are not finite"
    return ""


def _unsettled(change: float, rounds: int) -> str:
    if change <= _SETTLED:
        return ""
    return (
        f"after {rounds} rounds of the pilot the centeredness of some elements still changes by "
        f"{change:.2f}"
    )
