"""Whether the draws agree with the pilot, from the draws alone.

In the right coordinate the sampled value ``v`` has variance one given location and scale. If the
data really carry the information ``J`` where the pilot found ``I``, it has variance
``(1 + I s**2) / (1 + J s**2)`` instead, that is ``(1 - kappa_J) / (1 - kappa_I)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor
import xarray as xr
from pytensor.graph.traversal import ancestors

from unfunnel.centering import Informed
from unfunnel.ops import NUMPY
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.pilot import Pilot

# Draws looked at; more would make the estimate no better than it has to be.
_MOST_DRAWS = 400


def kappa_of_posterior(
    blocks: list[Block], pilot: Pilot, posterior: xr.Dataset
) -> dict[str, np.ndarray]:
    """Return the centeredness of each element as the final draws show it.

    Parameters
    ----------
    blocks : list of Block
        The blocks that were tuned.
    pilot : Pilot
        What was found.
    posterior : Dataset
        The draws; blocks whose variables were not all kept are left out.

    Returns
    -------
    dict
        Arrays in [0, 1] by the name of the block.
    """
    stacked = posterior.stack(_sample=("chain", "draw"))
    step = max(1, stacked.sizes["_sample"] // _MOST_DRAWS)
    thinned = stacked.isel(_sample=slice(None, None, step)).transpose("_sample", ...)
    found = {}
    for block in blocks:
        parents = _parents(block)
        if not {block.name, *(p.name for p in parents)} <= set(thinned):
            continue
        function = pytensor.function(
            parents,
            [block.location, block.scale],
            on_unused_input="ignore",
            mode="FAST_COMPILE",
        )
        arrays = [thinned[p.name].values for p in parents]
        theta = block.link.forward(thinned[block.name].values, NUMPY)
        steering = pilot.steering[block.name]
        values = []
        for i, row in enumerate(theta):
            location, scale = function(*(array[i] for array in arrays))
            center, spread = Informed().coordinates(location, scale, NUMPY, *steering)
            values.append((row - center) / spread)
        variance = np.var(np.asarray(values), axis=0)
        found[block.name] = np.clip(1.0 - (1.0 - pilot.kappa[block.name]) * variance, 0.0, 1.0)
    return found


def _parents(block: Block) -> list[Any]:
    """Return the random variables that location and scale are functions of."""
    above = ancestors([block.location, block.scale], blockers=block.random_variables)
    return [v for v in block.random_variables if v in set(above)]
