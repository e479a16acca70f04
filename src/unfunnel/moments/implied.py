"""``prior.implied()``: what a prior says about one element, and about each hyperparameter."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unfunnel import names
from unfunnel.distributions.value_checks import number_between
from unfunnel.errors import MomentWarning, UnsupportedError, described
from unfunnel.moments.labels import ROOT, Reader, own_dims
from unfunnel.moments.measures import Measures, Number, share
from unfunnel.moments.random_parameters import Known, Law
from unfunnel.moments.reading import is_ours
from unfunnel.moments.report import ELEMENT, ICC, DescribedLaw, Implied

#: The probabilities whose quantiles are shown.
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)

# Draws of families are cheap, those through a model are not.
_MANY_DRAWS, _MODEL_DRAWS = 200_000, 10_000


@dataclass(frozen=True)
class Level:
    """One random quantity of a hierarchy.

    Parameters
    ----------
    name : str
        ``"element"``, ``"mu"``, ``"sigma"``, ``"mu_mu"``, ...
    value : object
        The prior of it.
    owner_dims : tuple of str
        Dims of the prior that it is a parameter of.
    is_mean : bool
        Whether it is the mean of the elements, or the mean of that.
    is_shape : bool, default False
        Whether it is a parameter of a base law, or of the hyperprior of one: no moment of an
        element depends on it.
    """

    name: str
    value: Any
    owner_dims: tuple[str, ...]
    is_mean: bool
    is_shape: bool = False


def implied(
    prior: Any,
    coords: Mapping[str, Any] | None,
    below: float | None,
    draws: int | None,
    random_seed: int | None,
) -> Implied:
    """Return what a prior says; see :meth:`unfunnel.prior.base.NaturalPrior.implied`."""
    subject = f"{prior.family.name}: implied"
    if prior.transform is not None:
        raise UnsupportedError(
            subject,
            expected="a prior without transform=, whose moments are those of the variable",
            given=f"transform={prior.transform!r}",
            remedy="Ask it of the same prior without transform=, or use sample_prior.",
        )
    if below is not None:
        below = number_between(subject, "below", below, -np.inf)
    rng = np.random.default_rng(random_seed)
    reader = Reader(prior, coords, draws or _MODEL_DRAWS, rng)
    number_of_draws = draws or (_MODEL_DRAWS if reader.is_drawn else _MANY_DRAWS)
    rows: list[dict[str, Any]] = []
    no_label = dict.fromkeys(reader.dims_of(ROOT, reader.prior, own_dims(prior)), "")
    described_laws: list[DescribedLaw] = []
    for level in _levels(reader.prior):
        name = ROOT if level.name == ELEMENT else names.child(ROOT, level.name)
        dims = reader.dims_of(name, level.value, level.owner_dims)
        for place in _places(dims, reader.coords):
            label = {dim: reader.coords[dim][index] for dim, index in place.items()}
            law = reader.law(name, level.value, level.owner_dims, place)
            _warn_of_infinite_moments(subject, level, law)
            of_level = Measures(law, number_of_draws, rng)
            described_laws.append(DescribedLaw(level.name, label, law))
            numbers = moments_of(of_level)
            numbers |= quantiles_of(of_level, below if level.is_mean else None)
            if level.name == ELEMENT:
                numbers |= _correlations(reader, of_level)
            rows += [
                {"level": level.name, **no_label, **label, "quantity": quantity, **vars(number)}
                for quantity, number in numbers.items()
            ]
    return Implied(described(prior), pd.DataFrame(rows), described_laws)


def _levels(prior: Any) -> Iterator[Level]:
    yield Level(ELEMENT, prior, own_dims(prior), is_mean=True)
    yield from _hyperparameters(prior, "", is_mean=True, is_shape=False)


def _hyperparameters(prior: Any, name: str, is_mean: bool, is_shape: bool) -> Iterator[Level]:
    for key, value in prior.parameters.items():
        if not _is_random(value):
            continue
        own = names.child(name, key) if name else key
        of_base = is_shape or key in prior.family.base.shape
        level = Level(own, value, own_dims(prior), is_mean and key == "mu", of_base)
        yield level
        if is_ours(value):
            yield from _hyperparameters(value, own, level.is_mean, of_base)


def _is_random(value: Any) -> bool:
    return hasattr(value, "create_variable") or hasattr(value, "owner")


def _places(dims: tuple[str, ...], coords: Mapping[str, list[Any]]) -> Iterator[dict[str, int]]:
    for positions in product(*(range(len(coords[dim])) for dim in dims)):
        yield dict(zip(dims, positions, strict=True))


def moments_of(measures: Measures) -> dict[str, Number]:
    """Return the mean and the standard deviation of a law."""
    return {"mean": measures.mean(), "sd": measures.sd()}


def quantiles_of(measures: Measures, below: float | None = None) -> dict[str, Number]:
    """Return quantiles of a law, and the probability below a number if one is given."""
    numbers = {f"{p:.0%}": measures.quantile(p) for p in PROBABILITIES}
    if below is not None:
        numbers[f"P(< {below:g})"] = measures.below(below)
    return numbers


def _correlations(reader: Reader, whole: Measures) -> dict[str, Number]:
    """Return the correlation of two elements that share ``mu``, of two that share its mean, ...

    Given the mean that they share, elements are independent with that mean, so their covariance is
    the variance of the mean.
    """
    found: dict[str, Number] = {}
    name, value, part = "", reader.prior, whole
    elements = dims = own_dims(reader.prior)
    while is_ours(value):
        name = names.child(name, "mu") if name else "mu"
        value, part = value.parameters["mu"], part.parameters["mu"]
        dims = reader.dims_over(value, dims)
        each_has_its_own = bool(elements) and set(elements) <= set(dims)
        if (name == "mu" or _is_random(value)) and not each_has_its_own:
            found[ICC if name == "mu" else f"{ICC} {name}"] = share(part, whole)
    return found


def _warn_of_infinite_moments(subject: str, level: Level, law: Law) -> None:
    if level.is_shape or not isinstance(law, Known):
        return
    if isfinite(law.mean) and isfinite(law.variance):
        return
    no_mean = level.is_mean and not isfinite(law.mean)
    what = "neither a mean nor a standard deviation" if no_mean else "no finite standard deviation"
    warnings.warn(
        f"{subject}: {level.name} has the hyperprior {described(level.value)}, without a finite "
        f"{'variance' if isfinite(law.mean) else 'mean'}. One element then has {what}. Use a "
        "hyperprior with a finite variance: Gamma, Exponential, HalfNormal, LogNormalExp.",
        MomentWarning,
        skip_file_prefixes=(str(Path(__file__).parents[1]),),
    )
