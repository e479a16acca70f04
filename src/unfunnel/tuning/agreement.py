"""Compares the draws of a run with what its pilot had found.

In the right coordinate the sampled value ``v`` has variance one given all other parameters. If the
data really carry the information ``J`` where the pilot found ``I``, it has variance
``(1 + I s**2) / (1 + J s**2)`` instead, that is ``(1 - kappa_J) / (1 - kappa_I)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor
import xarray as xr
from pytensor.graph.traversal import ancestors

from unfunnel.families.ops import NUMPY
from unfunnel.optional import require
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.estimate import Controls, Draws, Site, controls_of
from unfunnel.tuning.pilot import PilotResult
from unfunnel.tuning.plan import Plan

# Fewer effective draws show nothing about a variance: its error, and the error of that, are large.
_FEWEST_DRAWS = 100

# Of a chain; fewer have no effective sample size.
_FEWEST_FOR_ESS = 4

# Draws looked at; more would make the estimate no better than it has to be.
_MOST_DRAWS = 400

# Centeredness in the posterior and in the pilot further apart than this disagree.
_DISAGREEMENT = 0.2

# Of so few elements it is chance, however rare for each.
_BY_CHANCE = 0.001

# Standard errors that a disagreement has to be large beside.
_ERRORS = 4.0


def disagreements(plan: Plan, pilot: PilotResult, posterior: xr.Dataset) -> list[str]:
    """Return which blocks turned out to be other than the pilot had found, a sentence for each.

    A block in a fixed form is in one that was chosen although the data say something else.
    """
    found = []
    fixed = pilot.choice.fixed if pilot.choice else ()
    for name, (kappa, error) in kappa_of_posterior(plan, pilot, posterior).items():
        apart = np.abs(kappa - pilot.kappa[name])
        flagged = apart > _DISAGREEMENT + _ERRORS * error
        if name not in fixed and flagged.size and flagged.mean() > _BY_CHANCE:
            found.append(
                f"{int(flagged.sum())} of {apart.size} elements of {name} turned out to differ "
                f"from the pilot by up to {apart[flagged].max():.2f} in centeredness"
            )
    return found


def kappa_of_posterior(
    plan: Plan, pilot: PilotResult, posterior: xr.Dataset
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the centeredness of each element as the draws show it, and its standard error.

    The error is that which a pilot would have that was right. Where the two differ by more than
    independent draws allow, it is that of as many draws as the effective sample size, by chain, or
    infinite if these are too few. Blocks without elements, and those whose variables were not all
    kept, are left out.
    """
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    step = max(1, chains * draws // _MOST_DRAWS)
    if chains * draws < _FEWEST_DRAWS or len(range(0, draws, step)) < _FEWEST_FOR_ESS:
        return {}
    sampled = [v.name for v in plan.model.free_RVs if v.name in posterior]
    thinned = {
        name: _one_after_another(posterior[name], step) for name in sampled if posterior[name].size
    }
    found = {}
    for block in plan.blocks:
        parents = _parents(plan.model, block)
        if not {block.name, *(p.name for p in parents)} <= set(thinned):
            continue
        values = _sampled_values(block, parents, pilot.coordinates.sites[block.name], thinned)
        centered = values - values.mean(axis=0)
        controls = _controls(block, thinned, centered)
        left, freedom = controls.residuals(centered), len(centered) - 1 - controls.count
        structure = block.structure
        variance = structure.pooled((left**2).sum(axis=0) / freedom)
        expected = 1.0 - pilot.kappa[block.name]
        kappa = np.clip(1.0 - expected * variance, 0.0, 1.0)
        sharing = np.prod([variance.shape[axis] for axis in structure.pooled_axes], dtype=int)
        error = np.asarray(expected * np.sqrt(2.0 / (freedom * sharing)))
        apart = np.abs(kappa - pilot.kappa[block.name]) > _DISAGREEMENT + _ERRORS * error
        if apart.any():
            squares = np.stack([structure.pooled(row) for row in left**2])[:, apart]
            share = np.minimum(1.0, _effective(squares, chains) / len(squares))
            enough = freedom * share >= _FEWEST_DRAWS
            error[apart] = np.where(enough, error[apart] / np.sqrt(share), np.inf)
        found[block.name] = (kappa, error)
    return found


def _effective(series: np.ndarray, chains: int) -> np.ndarray:
    """Return the effective sample size of each column of draws, one chain after the other."""
    stats = require("arviz_stats.base", "sample").array_stats
    by_chain = series.reshape(chains, len(series) // chains, -1)
    ess = stats.ess(by_chain, chain_axis=0, draw_axis=1, method="mean")
    return np.asarray(np.maximum(np.nan_to_num(ess, nan=0.0), np.finfo(float).tiny))


def _sampled_values(
    block: Block, parents: list[Any], site: Site, draws: dict[str, Draws]
) -> np.ndarray:
    """Return what the sampler saw of a block at each draw."""
    function = pytensor.function(
        parents,
        [block.location, block.coordinate_location, block.scale],
        on_unused_input="ignore",
        allow_input_downcast=True,
        mode="FAST_COMPILE",
    )
    arrays = [draws[p.name].values for p in parents]
    theta = block.link.forward(draws[block.name].values, NUMPY)
    values = []
    for i, row in enumerate(theta):
        location, mean, scale = function(*(array[i] for array in arrays))
        coordinates = block.structure.coordinates(row, location, np)
        values.append(block.map(mean, scale, site).sampled(coordinates))
    return np.asarray(values)


def _parents(model: Any, block: Block) -> list[Any]:
    """Return the random variables that location and scale are functions of."""
    above = set(ancestors([block.location, block.scale], blockers=model.free_RVs))
    return [v for v in model.free_RVs if v in above]


def _one_after_another(variable: xr.DataArray, step: int) -> Draws:
    """Return every ``step``-th draw of each chain; xarray stacks no variable that repeats a dim."""
    values = variable.values[:, ::step]  # chains and draws come first
    flat = values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])
    return Draws(flat, tuple(map(str, variable.dims[2:])))


def _controls(block: Block, draws: dict[str, Draws], own: np.ndarray) -> Controls:
    """Return what to hold fixed; variables that are positive as logarithms, as they are sampled."""
    others = {
        name: Draws(np.log(values) if (values > 0).all() else values, dims)
        for name, (values, dims) in draws.items()
    }
    dims = others.pop(block.name).dims
    return controls_of(Draws(own, dims), others.values(), directions=False)
