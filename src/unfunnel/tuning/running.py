"""A run in the coordinates of a pilot; and one more where it ended badly.

The draws of a bad run are a better pilot than the pilot was: they are many, and from where the
chains really went. Where they are of the posterior, the blocks are estimated and chosen anew, and
the second run is adapted with care; where they are not, it is non-centered, from where the first
one ended. The better of the two runs is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import xarray as xr

from unfunnel.tuning.agreement import disagreements
from unfunnel.tuning.check import Verdict, verdict_of
from unfunnel.tuning.choose import CAREFULLY, density_at
from unfunnel.tuning.compiled import OutOfTime, in_coordinates, run, shapes_of
from unfunnel.tuning.pilot import PilotResult, restretched, result_of
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.rounds import Round
from unfunnel.tuning.scores import Layout, Scores

# Whoever passes one of these has chosen an adaptation. The first two are what adaptations were
# called before; nutpie takes them still, and warns.
_FORMER_OPTIONS = {"low_rank_modified_mass_matrix": "low_rank", "transform_adapt": "flow"}
ADAPTATION_OPTIONS = {
    *_FORMER_OPTIONS,
    "adaptation",
    "sampler",
    "use_grad_based_mass_matrix",
    "mass_matrix_eigval_cutoff",
    "mass_matrix_gamma",
}

# Draws that a second pilot reads, of all chains; more make its estimates no better than they have
# to be.
_MOST_DRAWS = 400

_UNCONSTRAINED = "unconstrained_draw"


@dataclass(frozen=True)
class Run:
    """What was known before a run, its draws, and what they say."""

    pilot: PilotResult
    options: dict[str, Any]
    trace: xr.DataTree
    verdict: Verdict
    seconds: float

    @property
    def adaptation(self) -> str:
        """The adaptation of the sampler."""
        former = (name for option, name in _FORMER_OPTIONS.items() if self.options.get(option))
        return str(next(former, self.options.get("adaptation", "diag")))


@dataclass(frozen=True)
class Request:
    """What was asked for: which model, and options of ``nutpie.sample``."""

    model: Any
    plan: Plan
    compiled: Any
    options: dict[str, Any]
    started: float = field(default_factory=time.perf_counter)

    def run(
        self, pilot: PilotResult, defaults: dict[str, Any], seconds: float | None = None
    ) -> Run:
        """Sample from where a pilot ended, for at most so many seconds.

        ``defaults`` are options that give way to those that were asked for.
        """
        start = time.perf_counter()
        options = defaults | self.options
        trace = run(pilot.ready(self.plan, self.compiled), seconds=seconds, **options)
        taken = time.perf_counter() - start
        found = []
        if not pilot.failed:
            found = disagreements(self.plan, pilot, trace["posterior"].to_dataset())
        verdict = verdict_of(trace, [str(v.name) for v in self.model.free_RVs], found)
        return Run(pilot, options, trace, verdict, taken)

    def first(self, pilot: PilotResult) -> Run:
        """Sample in the coordinates of a pilot."""
        defaults = self._adaptation(pilot)
        if self.plan.blocks and not self.options.get("zarr_store"):
            defaults["store_unconstrained"] = True
        return self.run(pilot, defaults)

    def second(self, first: Run) -> Run | None:
        """Sample once more after a bad run, in no more time than was taken so far.

        None where that time was too short.
        """
        pilot = self._pilot_of(first)
        defaults = self._adaptation(pilot)
        if defaults:
            defaults |= CAREFULLY
        seed = {"seed": self.options["seed"] + 1}
        seconds = time.perf_counter() - self.started
        try:
            return replace(self, options=self.options | seed).run(pilot, defaults, seconds)
        except OutOfTime:
            return None

    def ended_badly(self, first: Run) -> bool:
        """Whether a run asks for another: bad draws, as many as were asked for, of tuned blocks."""
        if not first.verdict.is_grave or _UNCONSTRAINED not in first.trace["sample_stats"]:
            return False
        asked = self.options.get("draws")
        return asked is None or first.verdict.draws == asked  # else it was interrupted

    def _adaptation(self, pilot: PilotResult) -> dict[str, Any]:
        if ADAPTATION_OPTIONS & self.options.keys():
            return {}
        return pilot.adaptation(self.compiled)

    def _pilot_of(self, first: Run) -> PilotResult:
        """Return what the draws of a run say, as a pilot."""
        scores = Scores(self.plan, Layout.of(self.plan.model, shapes_of(self.plan, self.compiled)))
        draws = first.trace["sample_stats"].to_dataset()[_UNCONSTRAINED].values
        chains, number, dimensions = draws.shape
        thinned = draws[:, :: max(1, chains * number // _MOST_DRAWS)].reshape(-1, dimensions)
        before = first.pilot.coordinates
        points = restretched(scores, thinned, before.log_stretch, {})
        unstretched = replace(before, log_stretch={})
        here = in_coordinates(self.compiled, self.plan, unstretched)
        density, gradients = density_at(here, points)
        at = scores.at(points, gradients, unstretched)
        found = Round(points, density.reshape(chains, -1), at)
        spent = first.pilot.gradients + len(points)
        if found.arrived:
            second = result_of(self.compiled, scores, found, found.informed(found.sites()))
            rounds = max(1, first.pilot.rounds)
        else:
            untuned = scores.untuned()
            kappa, start_at = found.kappa(untuned.sites), found.ends(scores, untuned)
            second, rounds = PilotResult(untuned, kappa, 0, 0, start_at=start_at), 0
        return replace(
            second,
            gradients=spent + second.gradients,
            rounds=rounds,
            seconds=first.pilot.seconds,
            problem=first.pilot.problem or second.problem,
        )


def without_unconstrained(trace: xr.DataTree) -> xr.DataTree:
    """Return a trace without what only a second pilot needs."""
    for group in ("sample_stats", "warmup_sample_stats"):
        if group in trace.children:
            kept = trace[group].to_dataset().drop_vars(_UNCONSTRAINED, errors="ignore")
            dims = [dim for dim in kept.dims if dim == f"{_UNCONSTRAINED}_dim"]
            trace[group] = xr.DataTree(kept.drop_dims(dims))
    return trace
