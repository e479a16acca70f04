"""Which fits of the classic models are run: models, priors, ways to sample them, and seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import product

from benchmarks.classic_models import CLASSICS
from benchmarks.classic_models.parts import Priors
from benchmarks.store import Settings


class Way(StrEnum):
    """A way to write and to sample a model; see :mod:`benchmarks.classic_fits`."""

    UNFUNNEL = "unfunnel"
    CENTERED = "centered"
    NONCENTERED = "noncentered"
    BAMBI = "bambi"
    VIP = "vip"


#: The choices that ``unfunnel.sample`` is compared with, by the better of them.
FIXED_WAYS = (Way.CENTERED, Way.NONCENTERED)

_QUICK = ("dyestuff2", "pastes", "eight_schools", "cbpp", "insteval")


@dataclass(frozen=True)
class ClassicFit:
    """One fit. Where ``tune`` is None, it is the default of what samples."""

    model: str
    priors: str
    way: str
    seed: int
    draws: int = 1000
    tune: int | None = None
    chains: int = 4
    small: bool = False  # data of the quick run, where a model has such


@dataclass(frozen=True)
class ClassicGrid:
    """All fits of one run, those of one model after the other."""

    models: tuple[str, ...] = tuple(CLASSICS)
    priors: tuple[Priors, ...] = tuple(Priors)
    ways: tuple[Way, ...] = tuple(Way)
    seeds: int = 3
    quick: bool = False

    @classmethod
    def quick_one(cls) -> ClassicGrid:
        """Return a grid of a few minutes: it shows that everything works."""
        return cls(_QUICK, (Priors.WEAK,), (Way.UNFUNNEL, *FIXED_WAYS), 1, True)

    def fits(self) -> Iterator[ClassicFit]:
        """Iterate over the fits that are possible."""
        for name, priors, way, seed in product(self.models, self.priors, self.ways, self.seed_list):
            if is_possible(name, priors, way):
                yield self._fit(name, priors, way, seed)

    @property
    def seed_list(self) -> range:
        """The seeds of the sampler."""
        return range(1, self.seeds + 1)

    def settings(self) -> list[Settings]:
        """Return the settings of all fits."""
        return [asdict(fit) for fit in self.fits()]

    def _fit(self, name: str, priors: Priors, way: Way, seed: int) -> ClassicFit:
        fit = (name, str(priors), str(way), seed)
        return ClassicFit(*fit, 300, 300, 2, True) if self.quick else ClassicFit(*fit)


def is_possible(name: str, priors: Priors, way: Way) -> bool:
    """Whether a model can be written for a way to sample it. Bambi sets its own priors: once."""
    classic = CLASSICS[name]
    if way is Way.BAMBI:
        return bool(classic.formula) and priors is Priors.WEAK
    return way is not Way.VIP or bool(classic.effects)
