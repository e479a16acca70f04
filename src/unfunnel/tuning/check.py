"""What the draws of a run say about it: the verdict, with which every run ends.

It asks what ``pm.sample`` asks of its draws (divergences, depth of trees, R-hat, effective sample
size, with the same limits), whether any chain never moved, and whether the draws agree with the
pilot. Nothing is said of draws but what follows from this.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Console

from unfunnel.optional import require
from unfunnel.tuning.pilot import PilotResult

_LOG = logging.getLogger("unfunnel")

# Those of pm.sample: pymc.stats.convergence.
_FEWEST_DRAWS = 100  # of a chain: fewer tell nothing of R-hat and effective sample size
_MOST_RHAT = 1.01
_LEAST_ESS = 100  # for each chain
_MOST_DEEPEST = 0.05  # of the trees of a chain

# From here on chains do not agree; from there on they are in different places.
_DISAGREE = 1.05
_APART = 1.1

# What nutpie says of a divergence where the model has no finite log density.
_NOT_FINITE = "Logp function returned error code"

# Of all draws: more divergences come from the model, not from steps that are a little too long.
_MANY_DIVERGENCES = 0.02


class TuningWarning(UserWarning):
    """A pilot failed, or what it found should not be relied on: sampling may be slow."""


class SamplingWarning(UserWarning):
    """The draws of a run should not be relied on, or are few."""


@dataclass(frozen=True)
class Worst:
    """The worst value of a diagnostic, and which element has it; NaN if it is not known."""

    value: float = np.nan
    of: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the draws of a run say about it.

    ``problems`` are those for which ``pm.sample`` would warn, and chains that never moved;
    ``disagreements`` say where the draws are other than the pilot had found. ``advice`` is what to
    do next.
    """

    chains: int
    draws: int
    frozen: int
    divergences: int
    rhat: Worst
    ess: Worst
    problems: tuple[str, ...]
    disagreements: tuple[str, ...]
    advice: str

    @property
    def line(self) -> str:
        """The verdict in one line."""
        known = [f"{self.divergences} divergences in {self.chains * self.draws} draws"]
        if not np.isnan(self.rhat.value):
            known.append(f"R-hat at most {self.rhat.value:.3g} ({self.rhat.of})")
        if not np.isnan(self.ess.value):
            known.append(f"effective sample size at least {self.ess.value:.0f} ({self.ess.of})")
        if len(known) == 1:
            known.append("too few draws or chains for R-hat and effective sample size")
        said = [f"{', '.join(known)}.", *(f"{x}." for x in self.problems if x not in known)]
        return " ".join([*said, *(f"{x}." for x in self.disagreements), self.advice])

    @property
    def gravity(self) -> tuple[float, ...]:
        """How bad the draws are: frozen chains, R-hat, divergences, then effective draws."""
        divergences = self.divergences if self.has_many_divergences else 0
        rhat = self.rhat.value if self.rhat.value > _DISAGREE else 0.0
        return self.frozen, rhat, divergences, -np.nan_to_num(self.ess.value)

    @property
    def is_grave(self) -> bool:
        """Whether the draws should not be used as they are."""
        return self.gravity[:3] > (0, 0.0, 0)

    @property
    def has_many_divergences(self) -> bool:
        """Whether there are more of them than steps that are a little too long would make."""
        return _are_many(self.divergences, self.chains * self.draws)

    @property
    def attributes(self) -> dict[str, Any]:
        """The verdict for the group ``unfunnel`` of a trace."""
        return {
            "verdict": self.line,
            "problems": "; ".join((*self.problems, *self.disagreements)),
            "divergences": self.divergences,
            "worst_rhat": self.rhat.value,
            "worst_rhat_of": self.rhat.of,
            "least_ess": self.ess.value,
            "least_ess_of": self.ess.of,
        }


def verdict_of(
    trace: xr.DataTree, variables: Sequence[str], disagreements: Sequence[str] = ()
) -> Verdict:
    """Judge the draws of a run by the named variables, those that were sampled."""
    posterior, stats = trace["posterior"].to_dataset(), trace["sample_stats"]
    arrays = [posterior[name] for name in variables if name in posterior.data_vars]
    arrays = [array for array in arrays if array.size]
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    frozen = _frozen(arrays) if draws > 1 else []
    rhat, ess = Worst(), Worst()
    if draws >= _FEWEST_DRAWS and chains > 1:
        array_stats = require("arviz_stats.base", "sample").array_stats
        rhat = _worst(arrays, array_stats.rhat, np.argmax, np.inf)
        ess = _worst(arrays, array_stats.ess, np.argmin, 0.0)
    divergences = int(stats["diverging"].sum())
    of_divergences = list(_of_divergences(stats, divergences, chains * draws))
    many = _are_many(divergences, chains * draws)
    found = [
        *_of_frozen(frozen, chains),
        *(of_divergences if many else ()),
        *_of_chains(rhat),
        *(of_divergences if not many else ()),
        *_of_depth(stats),
        *_of_number(ess, chains, draws),
    ]
    # The first is the gravest, and often the reason for the others.
    advice = found[0][1] if found else "No problem was seen."
    if not found and disagreements:
        advice = "Sample again with another seed, and compare."
    problems = tuple(problem for problem, _advice in found)
    return Verdict(
        chains, draws, len(frozen), divergences, rhat, ess, problems, tuple(disagreements), advice
    )


def _are_many(divergences: int, draws: int) -> bool:
    return divergences > _MANY_DIVERGENCES * draws


def _of_frozen(frozen: list[int], chains: int) -> Iterator[tuple[str, str]]:
    if frozen:
        which = ", ".join(map(str, frozen))
        yield (
            f"{len(frozen)} of {chains} chains never moved ({which})",
            "Do not use these draws. Look at model.debug(), at initial values and at the scales "
            "of the data.",
        )


def _of_chains(rhat: Worst) -> Iterator[tuple[str, str]]:
    if rhat.value > _MOST_RHAT:
        advice = "Sample longer: the draws are too few for R-hat to settle, or chains mix slowly."
        if rhat.value > _APART:
            advice = (
                "Do not use these draws. Compare the chains: if they stay in different places the "
                "posterior has several modes or a ridge, else they need a longer warm-up (tune=)."
            )
        yield f"Chains disagree: R-hat is {rhat.value:.3g} for {rhat.of}", advice


def _of_divergences(stats: Any, divergences: int, draws: int) -> Iterator[tuple[str, str]]:
    if not divergences:
        return
    advice = "Raise target_accept, or give a scale that may be zero a prior that avoids it."
    if _are_many(divergences, draws):
        advice = "The draws may miss a part of the posterior, and target_accept seldom helps here."
    said = stats["divergence_message"].values.ravel() if "divergence_message" in stats else []
    outside = sum(_NOT_FINITE in str(text) for text in said)
    why = ""
    if outside > divergences // 2:
        why = f", {outside} of them where the log density is not finite"
        advice = (
            "Chains leave a support: some mean, probability or scale is not restricted to the "
            "values that its likelihood takes. Put a link around it, or use a family that stays "
            "inside, such as LogNormalExp or ProbitNormal."
        )
    yield f"{divergences} of {draws} draws diverged{why}", advice


def _of_depth(stats: Any) -> Iterator[tuple[str, str]]:
    if "maxdepth_reached" in stats:
        share = float(stats["maxdepth_reached"].mean("draw").max())
        if share > _MOST_DEEPEST:
            yield (
                f"{share:.0%} of the trees of a chain reached the greatest depth",
                "Raise maxdepth, or look for parameters that differ in size or depend on each "
                "other closely.",
            )


def _of_number(ess: Worst, chains: int, draws: int) -> Iterator[tuple[str, str]]:
    if ess.value < _LEAST_ESS * chains:
        needed = min(100.0, _LEAST_ESS * chains / max(ess.value, 1.0)) * draws
        yield (
            f"The effective sample size of {ess.of} is {ess.value:.0f}, less than {_LEAST_ESS} for "
            "each chain",
            f"Sample longer: about draws={round(needed, -2):.0f}.",
        )


def _frozen(arrays: list[xr.DataArray]) -> list[int]:
    """Return the chains in which nothing ever changed."""
    still = [_still(array.values).reshape(array.shape[0], -1).all(axis=1) for array in arrays]
    return [int(chain) for chain in np.flatnonzero(np.all(still, axis=0))] if still else []


def _still(values: np.ndarray) -> np.ndarray:
    """Return which elements are the same at each draw of a chain."""
    return np.asarray((values == values[:, :1]).all(axis=1))


def _worst(arrays: list[xr.DataArray], statistic: Any, worst: Any, unknown: float) -> Worst:
    """Return the worst value of a diagnostic over the elements of all variables.

    Elements that are the same everywhere, such as the diagonal of a correlation matrix, have none.
    For others it is ``unknown`` where it is not a number: a chain that does not move, for one.
    """
    found = []
    for array in arrays:
        values = array.values
        moving = ~(values == values[:1, :1]).all(axis=(0, 1))
        if moving.any():
            each = np.asarray(statistic(values[..., moving], chain_axis=0, draw_axis=1))
            each = np.where(np.isnan(each), unknown, each)
            place = int(worst(each))
            found.append(Worst(float(each[place]), _element(array, np.argwhere(moving)[place])))
    return found[int(worst([x.value for x in found]))] if found else Worst()


def _element(array: xr.DataArray, index: np.ndarray) -> str:
    """Return the name of an element, with its labels."""
    labels = [
        str(array.coords[dim].values[i] if dim in array.coords else i)
        for dim, i in zip(array.dims[2:], index, strict=True)
    ]
    return f"{array.name}[{', '.join(labels)}]" if labels else str(array.name)


def say_verdict(verdict: Verdict, progress_bar: bool) -> None:
    """End a run: the verdict in one line, and a warning if there is a problem."""
    is_bad = bool(verdict.problems or verdict.disagreements)
    say(progress_bar, verdict.line, logging.WARNING if is_bad else logging.INFO)
    for disagreement in verdict.disagreements:
        warnings.warn(f"unfunnel: {disagreement}.", TuningWarning, stacklevel=3)
    if verdict.problems:
        problems = ". ".join(verdict.problems)
        text = f"unfunnel, of the draws: {problems}. {verdict.advice}"
        warnings.warn(text, SamplingWarning, stacklevel=3)


def say(show: bool, line: str, level: int = logging.INFO) -> None:
    """Print a line where progress is shown, and log it elsewhere."""
    if show:
        Console().print(line, markup=False, highlight=False)
    else:
        _LOG.log(level, line)


def warn_of_problem(pilot: PilotResult) -> None:
    """Say that a pilot should not be relied on, if so."""
    if not pilot.problem:
        return
    remedy = (
        "The blocks are non-centered, which may be slow; if the model cannot be sampled at all, "
        "look at model.debug()."
        if pilot.failed
        else "Sampling may be slow: look at the verdict of the run."
    )
    warnings.warn(f"unfunnel: {pilot.problem}. {remedy}", TuningWarning, stacklevel=3)
