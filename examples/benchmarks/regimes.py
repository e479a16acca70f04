"""The data: thirty groups, in kinds that differ by how much is known about which group.

Effects ``phi_j`` are log-normal with mean 1.5 and standard deviation 0.5. In all regimes but two,
what is seen of a group is the mean of ``n_j`` observations of unit variance::

    ybar_j ~ Normal(phi_j, 1 / sqrt(n_j))

"prior" has no data at all, and "poisson" has counts, ``y_j ~ Poisson(exposure_j phi_j)``. For
effects and observations of other families see :mod:`benchmarks.hierarchies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.grid import DEFAULT_FAMILY, Regime
from benchmarks.hierarchies import hierarchy_of

GROUPS = 30
_FEW = GROUPS // 2

#: How much is seen of each group: observations, or exposure where there are counts.
OBSERVATIONS = {
    Regime.PRIOR: np.zeros(GROUPS),
    Regime.WEAK: np.full(GROUPS, 2.0),
    Regime.STRONG: np.full(GROUPS, 400.0),
    Regime.MIXED: np.repeat([1.0, 2000.0], [_FEW, GROUPS - _FEW]),
    Regime.IMBALANCE: np.round(np.geomspace(1, 3000, GROUPS)),
    Regime.POISSON: np.geomspace(0.5, 200, GROUPS),
}


class Likelihood(StrEnum):
    """What is observed of a group; forms are compiled once for each."""

    NONE = "none"
    NORMAL = "normal"
    POISSON = "poisson"


@dataclass(frozen=True)
class Data:
    """One data set: an array of one value per group by its name in the model."""

    likelihood: Likelihood
    arrays: dict[str, np.ndarray]


def simulate(regime: Regime, seed: int, family: str = DEFAULT_FAMILY) -> Data:
    """Simulate the data of a regime; the same seed has the same effects in each of them."""
    rng, hierarchy = np.random.default_rng(seed), hierarchy_of(family)
    phi, size = hierarchy.draw(rng, GROUPS), OBSERVATIONS[regime]
    if regime is Regime.PRIOR:
        return Data(Likelihood.NONE, {})
    if regime is Regime.POISSON:
        return Data(Likelihood.POISSON, {"count": rng.poisson(size * phi), "exposure": size})
    noise = hierarchy.observation_sd / np.sqrt(size)
    return Data(Likelihood.NORMAL, {"ybar": rng.normal(phi, noise), "noise": noise})
