"""What is said where a pilot should not be relied on: before sampling, and after it."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr

from unfunnel.tuning.blocks import Block
from unfunnel.tuning.check import kappa_of_posterior
from unfunnel.tuning.findings import Findings

# Centeredness in the posterior and in the pilot further apart than this are worth a warning.
_DISAGREEMENT = 0.2

# Of so few elements it is chance: with a hundred draws 1 of 1,000 groups, and 8 of 100,000.
_BY_CHANCE = 0.001


class TuningWarning(UserWarning):
    """A pilot failed, or its result should not be relied on; sampling stays correct, but slow."""


def warn_of_problem(pilot: Findings) -> None:
    """Say that a pilot should not be relied on, if so."""
    if not pilot.problem:
        return
    remedy = (
        "The blocks are non-centered, which is correct and may be slow; if the model cannot be "
        "sampled at all, look at model.debug()."
        if pilot.failed
        else "The posterior is unaffected; sampling may be slower than it could be."
    )
    warnings.warn(f"unfunnel: {pilot.problem}. {remedy}", TuningWarning, stacklevel=3)


def warn_of_disagreement(blocks: list[Block], pilot: Findings, trace: xr.DataTree) -> None:
    """Say which blocks turned out to be other than the pilot had found, if any."""
    found = kappa_of_posterior(blocks, pilot, trace["posterior"].to_dataset())
    for name, (kappa, error) in found.items():
        apart = np.abs(kappa - pilot.kappa[name])
        flagged = apart > _DISAGREEMENT + 4 * error
        if flagged.size and flagged.mean() > _BY_CHANCE:
            warnings.warn(
                f"unfunnel: {int(flagged.sum())} of {apart.size} elements of {name} turned out to "
                f"differ from the pilot by up to {apart[flagged].max():.2f} in centeredness. "
                "The draws are correct; if they are too few, sample again with another seed, and "
                "compare.",
                TuningWarning,
                stacklevel=3,
            )
