"""Whether the draws agree with the pilot, from the draws alone.

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
from unfunnel.parameterization.choices import Informed
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.estimate import Estimate, shared_mean
from unfunnel.tuning.findings import Findings
from unfunnel.tuning.regressors import Draws, Regressors, regressors

# Fewer draws show nothing about a variance.
_FEWEST_DRAWS = 40

# Of a chain; fewer have no effective sample size.
_FEWEST_FOR_ESS = 4

# Draws looked at; more would make the estimate no better than it has to be.
_MOST_DRAWS = 400


def kappa_of_posterior(
    blocks: list[Block], pilot: Findings, posterior: xr.Dataset
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the centeredness of each element as the final draws show it, with its error.

    Parameters
    ----------
    blocks : list of Block
        The blocks that were tuned.
    pilot : Findings
        What was found.
    posterior : Dataset
        The draws; blocks without elements and those whose variables were not all kept are left
        out, and all if there are hardly any draws.

    Returns
    -------
    dict
        By the name of the block: the centeredness of each element, in [0, 1], and its standard
        error. Where the two differ by more than independent draws allow, it is that of as many
        draws as the effective sample size of the squared residuals, by chain.
    """
    if posterior.sizes["chain"] * posterior.sizes["draw"] < _FEWEST_DRAWS:
        return {}
    step = max(1, posterior.sizes["chain"] * posterior.sizes["draw"] // _MOST_DRAWS)
    sampled = [v.name for v in blocks[0].random_variables if v.name in posterior]
    thinned = {
        name: _one_after_another(posterior[name], step) for name in sampled if posterior[name].size
    }
    found = {}
    for block in blocks:
        parents = _parents(block)
        if not {block.name, *(p.name for p in parents)} <= set(thinned):
            continue
        values = _sampled_values(block, parents, pilot.steering[block.name], thinned)
        centered = values - values.mean(axis=0)
        others = _others(block, thinned, centered)
        left, freedom = others.residuals(centered), len(centered) - 1 - others.count
        variance = shared_mean((left**2).sum(axis=0) / freedom, block.structure.pooled_axes)
        kappa = pilot.kappa[block.name]
        residual = (1.0 - kappa) * variance
        alike = np.prod([residual.shape[axis] for axis in block.structure.pooled_axes], dtype=int)
        error = np.asarray(residual * np.sqrt(2.0 / (freedom * alike)))
        apart = np.abs(1.0 - residual - kappa) > 4.0 * error
        squares = np.stack([shared_mean(row, block.structure.pooled_axes) for row in left**2])
        error[apart] *= _inflation(squares[:, apart], posterior.sizes["chain"])
        found[block.name] = (np.clip(1.0 - residual, 0.0, 1.0), error)
    return found


def _sampled_values(
    block: Block, parents: list[Any], steering: Estimate, draws: dict[str, Draws]
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
        informed = block.structure.map(Informed(), mean, scale, steering, NUMPY)
        values.append(informed.sampled(block.structure.coordinates(row, location, np)))
    return np.asarray(values)


def _inflation(series: np.ndarray, chains: int) -> np.ndarray:
    """Return by how much autocorrelation raises the error of the mean of each column.

    Parameters
    ----------
    series : ndarray, shape (chains * draws, columns)
        One chain after the other.
    chains : int
        How many there are.
    """
    columns, draws = series.shape[1], len(series) // chains
    if not columns or draws < _FEWEST_FOR_ESS:
        return np.ones(columns)
    stats = require("arviz_stats.base", "sample").array_stats
    by_chain = series.reshape(chains, draws, columns)
    effective = stats.ess(by_chain, chain_axis=0, draw_axis=1, method="mean")
    return np.sqrt(np.maximum(1.0, len(series) / np.asarray(effective)))


def _parents(block: Block) -> list[Any]:
    """Return the random variables that location and scale are functions of."""
    above = set(ancestors([block.location, block.scale], blockers=block.random_variables))
    return [v for v in block.random_variables if v in above]


def _one_after_another(variable: xr.DataArray, step: int) -> Draws:
    """Return every ``step``-th draw of each chain; xarray stacks no variable that repeats a dim."""
    values = variable.values[:, ::step]  # chains and draws come first
    flat = values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])
    return Draws(flat, tuple(map(str, variable.dims[2:])))


def _others(block: Block, draws: dict[str, Draws], own: np.ndarray) -> Regressors:
    """Return what to hold fixed; variables that are positive as logarithms, as they are sampled."""
    found = {
        name: Draws(np.log(values) if (values > 0).all() else values, dims)
        for name, (values, dims) in draws.items()
    }
    dims = found.pop(block.name).dims
    return regressors(Draws(own, dims), found.values(), directions=False)
