"""One round of a pilot: its draws, whether they are of the posterior, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unfunnel.tuning.compiled import Coordinates
from unfunnel.tuning.estimate import Site, centeredness, site_of
from unfunnel.tuning.locations import LocationSite, Message
from unfunnel.tuning.scores import Reading, Scores

# Half-chains of a round are this much apart in the mean of their log density, at most, in units
# of its standard deviation under a normal posterior. Chains on their way differ by hundreds.
_APART = 4.0

# The precision of a location that its prior does not inform about, in units of that of its draws.
_WEAK = 0.01


@dataclass(frozen=True)
class Round:
    """The flat unconstrained draws of a round, one chain after the other, and the blocks there.

    ``log_density`` has shape (chains, draws).
    """

    draws: np.ndarray
    log_density: np.ndarray
    at: Reading

    @property
    def apart(self) -> float:
        """How far half-chains are from each other in log density, in its standard deviations.

        Of a normal posterior the log density has the variance of half a chi-squared variable, that
        is half the number of dimensions. Chains that have not arrived drift, or disagree, by far
        more, and infinitely if one does not move.
        """
        moving = np.ptp(self.log_density, axis=1).all()
        if not moving or not np.isfinite(self.log_density).all():
            return float("inf")
        halves = self.log_density.reshape(2 * len(self.log_density), -1).mean(axis=1)
        return float(np.ptp(halves) / np.sqrt(self.draws.shape[1] / 2.0))

    @property
    def arrived(self) -> bool:
        """Whether the draws are of the typical set, as far as the log density shows."""
        return self.apart <= _APART

    @property
    def problem(self) -> str:
        """What is wrong with a block in draws that have arrived, if anything."""
        for x in self.at.blocks:
            by_chain = self._by_chain(x.theta)
            still = int((np.ptp(by_chain, axis=1) == 0.0).any(axis=0).sum())
            name, number = x.block.name, x.theta[0].size
            if still:
                return f"{still} of {number} elements of {name} did not move in the pilot run"
            lost = int((~np.isfinite(x.score)).any(axis=0).sum())
            if lost:
                return f"{lost} of {number} elements of {name} have scores that are not finite"
        return ""

    def sites(self) -> dict[str, Site]:
        """Return what the draws say about each block."""
        return {
            x.block.name: site_of(x.theta, x.score, x.controls, x.block.structure.pooled)
            for x in self.at.blocks
        }

    def informed(self, sites: dict[str, Site]) -> Coordinates:
        """Return the informed coordinates that follow from these sites, of locations too."""
        locations = {
            x.location.name: LocationSite(
                believed(site_of(x.values, x.score), x.values),
                x.values.mean(axis=0),
                {name: Message(*sites[name], slope) for name, slope in x.slopes.items()},
                x.fixed,
            )
            for x in self.at.locations
        }
        return Coordinates(sites, locations)

    def kappa(self, sites: dict[str, Site]) -> dict[str, np.ndarray]:
        """Return the centeredness of each element that sites have at these draws."""
        return {
            x.block.name: centeredness(sites[x.block.name].information, x.scale)
            for x in self.at.blocks
        }

    def ends(self, scores: Scores, coordinates: Coordinates) -> np.ndarray:
        """Return the later half of the draws of each chain, in these coordinates."""
        moved = self._by_chain(scores.moved(self.draws, self.at, coordinates))
        return moved[:, moved.shape[1] // 2 :].reshape(-1, moved.shape[-1])

    def _by_chain(self, x: np.ndarray) -> np.ndarray:
        chains = len(self.log_density)
        return x.reshape(chains, len(x) // chains, *x.shape[1:])


def believed(own: Site, values: np.ndarray) -> Site:
    """Return what a prior says of a location; that it is near its draws, if it says nothing."""
    weak = _WEAK / np.maximum(values.var(axis=0), np.finfo(float).tiny)
    information = np.maximum(own.information, weak)
    weighted = np.where(own.information >= weak, own.weighted_location, weak * values.mean(axis=0))
    return Site(information, weighted)
