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


class Likelihood(StrEnum):
    """What is observed of a group; forms are compiled once for each."""

    NONE = "none"
    NORMAL = "normal"
    POISSON = "poisson"


#: Names of the arrays of each likelihood, the observed one first.
ARRAYS = {
    Likelihood.NONE: (),
    Likelihood.NORMAL: ("ybar", "noise"),
    Likelihood.POISSON: ("count", "exposure"),
}


@dataclass(frozen=True)
class Data:
    """One data set.

    Parameters
    ----------
    likelihood : Likelihood
        What is observed.
    arrays : dict
        An array of one value per group for each name in :data:`ARRAYS`.
    """

    likelihood: Likelihood
    arrays: dict[str, np.ndarray]


def likelihood_of(regime: Regime) -> Likelihood:
    """Return what is observed in a regime."""
    special = {Regime.PRIOR: Likelihood.NONE, Regime.POISSON: Likelihood.POISSON}
    return special.get(regime, Likelihood.NORMAL)


def observations(regime: Regime) -> np.ndarray:
    """Return how much is seen of each group: observations, or exposure where there are counts.

    Examples
    --------
    >>> from benchmarks.grid import Regime
    >>> from benchmarks.regimes import observations
    >>> observations(Regime.MIXED)[[0, -1]].tolist()
    [1.0, 2000.0]
    """
    half = np.repeat([0, 1], [GROUPS // 2, GROUPS - GROUPS // 2])
    sizes: dict[Regime, np.ndarray] = {
        Regime.PRIOR: np.zeros(GROUPS),
        Regime.WEAK: np.full(GROUPS, 2.0),
        Regime.STRONG: np.full(GROUPS, 400.0),
        Regime.MIXED: np.array([1.0, 2000.0])[half],
        Regime.IMBALANCE: np.round(np.geomspace(1, 3000, GROUPS)),
        Regime.POISSON: np.geomspace(0.5, 200, GROUPS),
    }
    return sizes[regime]


def simulate(regime: Regime, seed: int, family: str = DEFAULT_FAMILY) -> Data:
    """Simulate the data of a regime.

    Parameters
    ----------
    regime : Regime
        Which one.
    seed : int
        The same seed has the same effects in every regime.
    family : str, optional
        Of the effects.
    """
    rng, hierarchy = np.random.default_rng(seed), hierarchy_of(family)
    phi = hierarchy.draw(rng, GROUPS)
    size, likelihood = observations(regime), likelihood_of(regime)
    if likelihood is Likelihood.NORMAL:
        noise = hierarchy.observation_sd / np.sqrt(size)
        return Data(likelihood, {"ybar": rng.normal(phi, noise), "noise": noise})
    if likelihood is Likelihood.POISSON:
        return Data(likelihood, {"count": rng.poisson(size * phi), "exposure": size})
    return Data(likelihood, {})
