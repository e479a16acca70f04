"""What is run: the names of regimes and forms, how long chains are, and the order of the fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product


class Regime(StrEnum):
    """What the data say about the groups; see :mod:`benchmarks.regimes`."""

    PRIOR = "prior"
    WEAK = "weak"
    STRONG = "strong"
    MIXED = "mixed"
    IMBALANCE = "imbalance"
    POISSON = "poisson"


class FormName(StrEnum):
    """A way to write and to sample the hierarchy; see :mod:`benchmarks.forms`."""

    AUTO = "auto"
    AUTO_DIAG = "auto-diag"
    CENTERED = "centered"
    NONCENTERED = "noncentered"
    NONCENTERED_SOFTPLUS = "noncentered-softplus"
    EXP_CENTERED = "exp-centered"
    EXP_NONCENTERED = "exp-noncentered"
    MARKETING_CENTERED = "marketing-centered"
    MARKETING_NONCENTERED = "marketing-noncentered"
    VIP = "vip"
    CENTERED_LOW_RANK = "centered-low-rank"
    NONCENTERED_LOW_RANK = "noncentered-low-rank"
    FLOW = "flow"


DEFAULT_FAMILY = "LogNormalExp"

#: The two choices of ``centered=`` that "auto" is there to make; it is compared with the better.
FIXED = (FormName.CENTERED, FormName.NONCENTERED)

#: The same two under the adaptation that ``unfunnel.sample`` chooses.
FIXED_LOW_RANK = (FormName.CENTERED_LOW_RANK, FormName.NONCENTERED_LOW_RANK)

#: All but the normalizing flow, which trains for minutes per chain.
DEFAULT_FORMS = tuple(form for form in FormName if form is not FormName.FLOW)


@dataclass(frozen=True)
class Length:
    """How long one fit is, the same for every form; ADVI is behind the form "vip"."""

    draws: int = 1000
    tune: int = 1000
    chains: int = 4
    advi_steps: int = 20_000


@dataclass(frozen=True)
class Cell:
    """One fit of the grid."""

    regime: Regime
    form: FormName
    data_seed: int
    sampler_seed: int
    family: str = DEFAULT_FAMILY

    @property
    def seed(self) -> int:
        """What the sampler is given: without data, all seeds have to differ."""
        return 1000 * self.data_seed + self.sampler_seed


@dataclass(frozen=True)
class Grid:
    """All fits of one run.

    The published figures are of the data sets 1, 2 and 3. From another first data seed everything
    is new, the seeds of the sampler included.
    """

    regimes: tuple[Regime, ...] = tuple(Regime)
    forms: tuple[FormName, ...] = DEFAULT_FORMS
    data_seeds: int = 3
    sampler_seeds: int = 3
    length: Length = field(default_factory=Length)
    families: tuple[str, ...] = (DEFAULT_FAMILY,)
    first_data_seed: int = 1

    @classmethod
    def quick(cls) -> Grid:
        """Return a grid of a minute: it shows that everything works, and the order of things."""
        forms = (FormName.AUTO, *FIXED, FormName.NONCENTERED_SOFTPLUS)
        length = Length(draws=250, tune=300, chains=2, advi_steps=2000)
        return cls((Regime.WEAK, Regime.MIXED), forms, 1, 1, length)

    def __iter__(self) -> Iterator[Cell]:
        """Iterate over the fits, one data set after the other."""
        data = range(self.first_data_seed, self.first_data_seed + self.data_seeds)
        samplers = range(1, self.sampler_seeds + 1)
        for family, regime, seed, form, sampler_seed in product(
            self.families, self.regimes, data, self.forms, samplers
        ):
            yield Cell(regime, form, seed, sampler_seed, family)

    def __len__(self) -> int:
        kinds = len(self.families) * len(self.regimes) * len(self.forms)
        return kinds * self.data_seeds * self.sampler_seeds
