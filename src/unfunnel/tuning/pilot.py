"""The pilot: a few short runs that find out what the data say about each element of each block.

Every round samples in the coordinates that the round before it found, starting where that one
ended, and is short because it only has to be near the posterior, not to represent it: a slope needs
few points. But near it has to be. The first rounds, which know nothing, are non-centered, and grow
longer until the chains have arrived; what a round says whose chains did not is forgotten, and so is
all before it. The estimates of the informed rounds are averaged. At the end the informed form is
compared with the fixed ones.
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
from unfunnel.tuning.choose import Choice, choose
from unfunnel.tuning.compiled import (
    Coordinates,
    gradient_count,
    in_coordinates,
    run,
    shapes_of,
    starting_at,
)
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.rounds import Round
from unfunnel.tuning.scores import Layout, Scores

_LOG = logging.getLogger("unfunnel")

_CHAINS = 2
_MOST_ROUNDS = 8

# kappa is settled when it moves by less than this for all but one element in twenty. At 0.15 the
# pilot of a media-mix model is a quarter longer, and the draws are no better.
_SETTLED = 0.25
_SETTLED_SHARE = 0.95


# The length of a round, for each chain; maxdepth bounds the gradients of a draw.
_FIRST = {"tune": 50, "draws": 20, "maxdepth": 6}
_LATER = {"tune": 60, "draws": 40, "maxdepth": 8}
_DEEPEST = 10


@dataclass(frozen=True)
class PilotResult:
    """What a pilot found and what it cost.

    ``kappa`` is the centeredness of each element, by block; ``gradients`` counts those of the
    warm-up; ``rounds`` is 0 where the pilot failed; ``problem`` says why the result should not be
    relied on, and is empty if all is well; ``doubt`` says what chance alone may have made, so that
    it is no reason for a warning: whether it matters the draws of the run will show. ``choice`` is
    which forms were chosen, and what they leave to the sampler. ``start_at`` are points to start
    from, in the coordinates that were found.
    """

    coordinates: Coordinates
    kappa: dict[str, np.ndarray]
    gradients: int
    rounds: int
    problem: str = ""
    doubt: str = ""
    seconds: float = 0.0
    choice: Choice | None = None
    start_at: np.ndarray | None = None

    @property
    def failed(self) -> bool:
        """Whether nothing was learned, so that all blocks are non-centered."""
        return self.rounds == 0

    def ready(self, plan: Plan, compiled: Any) -> Any:
        """Return a compiled model in these coordinates; its chains start where the pilot ended."""
        here = in_coordinates(compiled, plan, self.coordinates)
        return here if self.start_at is None else starting_at(here, self.start_at)

    def adaptation(self, compiled: Any) -> dict[str, Any]:
        """Return the options of ``nutpie.sample`` that suit these coordinates, if there are any."""
        return {} if self.choice is None else self.choice.options(compiled.n_dim)


def no_pilot() -> PilotResult:
    """Return the result where there is nothing to tune."""
    return PilotResult(Coordinates({}), {}, 0, 0)


def run_pilot(
    plan: Plan, compiled: Any, seed: int, *, progress_bar: bool = False, **options: Any
) -> PilotResult:
    """Run a pilot on the compiled model of a plan; one that fails finds the non-centered form.

    ``options`` are passed to ``nutpie.sample``, such as ``cores``.
    """
    start = time.perf_counter()
    scores = Scores(plan, Layout.of(plan.model, shapes_of(plan, compiled)))
    with _progress(progress_bar) as bar:
        pilot = _Pilot(plan, compiled, scores, np.random.SeedSequence(seed), bar, options)
        try:
            result = pilot.run()
        except SamplingError as error:
            _LOG.debug("The pilot failed.", exc_info=True)
            result = pilot.nothing(f"the pilot run failed: {error.given}")
        pilot.gradients = result.gradients
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
        """Go from round to round until the coordinates settle; then choose among the forms."""
        safe = self.scores.untuned()
        kappa = {name: np.zeros_like(site.information) for name, site in safe.sites.items()}
        here, length = safe, _FIRST
        informed: list[dict[str, Site]] = []
        last = self._round(1, length, None, safe)
        for number in range(1, _MOST_ROUNDS + 1):
            if number > 1:
                last = self._round(number, length, last, here)
            if not last.arrived:  # what rounds have said so far is forgotten
                length = _longer(length)
                here, informed = safe, []
                continue
            length = _LATER
            sites = last.sites()
            if here is not safe:
                informed.append(sites)
                sites = _averaged(informed)
            here = last.informed(sites)
            before, kappa = kappa, last.kappa(sites)
            change = _change(before, kappa)
            _LOG.debug("Pilot round %d: centeredness moved by %.2f.", number, change)
            if informed and change <= _SETTLED:
                break
        if not last.arrived:
            start_at = last.ends(self.scores, safe)
            reason = f"the pilot did not reach the posterior in {number} rounds"
            return replace(self.nothing(reason), start_at=start_at)
        found = result_of(self.compiled, self.scores, last, here)
        gradients = self.gradients + found.gradients
        doubt = _unsettled(change, number)
        return replace(found, gradients=gradients, rounds=number, doubt=doubt)

    def nothing(self, problem: str) -> PilotResult:
        untuned = self.scores.untuned()
        kappa = {name: np.zeros_like(site.information) for name, site in untuned.sites.items()}
        return PilotResult(untuned, kappa, self.gradients, 0, problem)

    def _round(
        self, number: int, length: dict[str, int], last: Round | None, here: Coordinates
    ) -> Round:
        """Sample one round in some coordinates, from where the last one ended."""
        compiled = in_coordinates(self.compiled, self.plan, here)
        if last is not None:
            compiled = starting_at(compiled, last.ends(self.scores, here))
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
        stats = trace["sample_stats"]
        draws, gradients = (stats[key].values for key in ("unconstrained_draw", "gradient"))
        if draws.shape[:2] != (_CHAINS, length["draws"]):  # what nutpie makes of an interrupt
            raise KeyboardInterrupt
        flat, gradients = (x.reshape(-1, x.shape[-1]) for x in (draws, gradients))
        return Round(flat, stats["logp"].values, self.scores.at(flat, gradients, here))

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


def result_of(compiled: Any, scores: Scores, found: Round, informed: Coordinates) -> PilotResult:
    """Return what follows from draws that have arrived, and what they say about each block."""
    choice = choose(compiled, scores, found, informed)
    kappa = found.kappa(choice.coordinates.sites)
    part = scores.layout.part
    stretch = {
        scale.name: scale.best_log_stretch(part(found.draws, scale.value.name), kappa)
        for scale in scores.plan.scales
    }
    start_at = restretched(scores, found.ends(scores, choice.coordinates), {}, stretch)
    return PilotResult(
        replace(choice.coordinates, log_stretch=stretch),
        kappa,
        choice.gradients,
        1,
        problem=found.problem,
        choice=choice,
        start_at=start_at,
    )


def restretched(
    scores: Scores, points: np.ndarray, before: dict[str, float], after: dict[str, float]
) -> np.ndarray:
    """Return the same points of the model under other log stretches of its scales."""
    moved = points.copy()
    for scale in scores.plan.scales:
        own = scores.layout.slices[scale.value.name]
        stretches = (stretch.get(scale.name, 0.0) for stretch in (before, after))
        moved[:, own] = scale.restretched(points[:, own], *stretches)
    return moved


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


def _longer(length: dict[str, int]) -> dict[str, int]:
    """Return the length of the next round where one was too short to reach the posterior."""
    depth = min(length["maxdepth"] + 1, _DEEPEST)
    return _LATER | {"tune": 3 * length["tune"], "maxdepth": depth}


def _averaged(rounds: list[dict[str, Site]]) -> dict[str, Site]:
    return {
        name: Site(*(np.mean([sites[name][i] for sites in rounds], axis=0) for i in range(2)))
        for name in rounds[0]
    }


def _change(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> float:
    """How much kappa moved, in the block where it moved most."""
    moved = [np.abs(after[name] - before[name]) for name in after if after[name].size]
    return float(np.max([np.quantile(x, _SETTLED_SHARE) for x in moved], initial=0.0))


def _unsettled(change: float, rounds: int) -> str:
    if change <= _SETTLED:
        return ""
    return (
        f"after {rounds} rounds of the pilot the centeredness of some elements still changes by "
        f"{change:.2f}"
    )
