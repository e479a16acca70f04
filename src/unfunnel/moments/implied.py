"""Implied moments: what a prior says about one element, and about each hyperparameter.

Moments follow from those of the hyperpriors by the law of total variance and are exact. Quantiles
are exact for constant parameters, integrals under one or two hyperpriors, and otherwise of draws.

:func:`description` says the same of priors of any kind. What has no family and no known law is
drawn, and of draws it says quantiles only: their mean and standard deviation may be infinite.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite, sqrt
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unfunnel import names
from unfunnel.distributions.object_facts import number_between
from unfunnel.errors import MomentWarning, ParameterError, UnsupportedError, described
from unfunnel.moments.any_prior import family_of, is_factory, is_likelihood, own_dims
from unfunnel.moments.laws import Drawn, Known, Law
from unfunnel.moments.reading import ROOT, Reader
from unfunnel.moments.report import COLUMNS, ELEMENT, ICC, DescribedLaw, Implied, Number

#: The probabilities whose quantiles are shown.
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)

# Draws of families are cheap, those through a model are not.
_MANY_DRAWS, _MODEL_DRAWS, _FEW_DRAWS = 200_000, 10_000, 4_000

#: What a member of a ``ByCoord`` for all other labels has in place of one.
OTHERS = "(others)"

# The spread of a number over this many parts of the draws gives its Monte Carlo error.
_PARTS = 20


def implied(
    prior: Any,
    coords: Mapping[str, Any] | None,
    below: float | None,
    draws: int | None,
    random_seed: int | None,
) -> Implied:
    """Return what a prior of ours says; see :meth:`unfunnel.prior.base.NaturalPrior.implied`."""
    rng = np.random.default_rng(random_seed)
    return _shown(prior, _hierarchy(prior, coords, rng, below, draws))


def description(
    prior: Any, coords: Mapping[str, Any] | None = None, random_seed: int | None = None
) -> Implied:
    """Return what a prior of any kind says about one element and about each hyperparameter.

    As from ``prior.implied()``, but without rows for elements if they are those of a likelihood,
    and without moments where there are only draws. A flat prior says nothing.
    """
    rng = np.random.default_rng(random_seed)
    return _shown(prior, _any(prior, dict(coords or {}), rng))


def _shown(prior: Any, laws: list[DescribedLaw]) -> Implied:
    """Return the table; levels that do not differ along a dim have no label."""
    rows = [
        {"level": each.level, **each.labels, "quantity": quantity, **number}
        for each in laws
        for quantity, number in each.numbers.items()
    ]
    dims = dict.fromkeys(key for row in rows for key in row if key not in COLUMNS)
    numbers = pd.DataFrame(rows, columns=[COLUMNS[0], *dims, *COLUMNS[1:]])
    return Implied(described(prior), numbers.fillna(dict.fromkeys(dims, "")), laws)


def _any(prior: Any, coords: dict[str, Any], rng: np.random.Generator) -> list[DescribedLaw]:
    if isinstance(members := getattr(prior, "members", None), Mapping):
        others = {} if prior.default is None else {OTHERS: prior.default}
        return [
            replace(each, labels={prior.dim: label, **each.labels})
            for label, member in {**members, **others}.items()
            for each in _any(member, coords, rng)
        ]
    found: list[DescribedLaw] = []
    likelihood = is_likelihood(prior)
    if family_of(prior) and not likelihood and getattr(prior, "zero_sum", None) is None:
        own_rng = np.random.default_rng(int(rng.integers(2**31)))
        with suppress(UnsupportedError):
            found = _hierarchy(prior, coords, own_rng)
        return found
    if not likelihood:
        with suppress(UnsupportedError), np.errstate(all="ignore"):  # of draws close to overflow
            reader = Reader(prior, coords, _FEW_DRAWS, rng)
            for labels, law in reader.by_labels(reader.read(ROOT, prior, ())):
                numbers = {} if isinstance(law, Drawn) else _moments(law)
                numbers |= _quantiles(law, _FEW_DRAWS, rng)
                found.append(DescribedLaw(ELEMENT, labels, law, numbers))
    for key, value in getattr(prior, "parameters", {}).items():
        if is_factory(value):
            for each in _any(value, coords, rng):
                level = key if each.level == ELEMENT else names.child(key, each.level)
                found.append(replace(each, level=level))
    return found


@dataclass(frozen=True)
class Level:
    """One random quantity of a hierarchy: an element, or a hyperparameter, as a variable is called.

    ``is_mean``: whether it is the mean of the elements, or the mean of that. ``is_shape``: whether
    no moment of an element depends on it, as on a parameter of a base law.
    """

    variable: str
    value: Any
    owner_dims: tuple[str, ...]
    is_mean: bool = True
    is_shape: bool = False

    @property
    def name(self) -> str:
        """As it is shown: ``"element"``, ``"mu"``, ``"sigma"``, ``"mu_mu"``, ..."""
        return self.variable.removeprefix(f"{ROOT}_") if self.variable != ROOT else ELEMENT

    def with_inner(self) -> Iterator[Level]:
        """Yield this level, and those of its hyperparameters."""
        yield self
        if (family := family_of(self.value)) is None:
            return
        for key, value in self.value.parameters.items():
            if _is_random(value):
                yield from Level(
                    names.child(self.variable, key),
                    value,
                    own_dims(self.value),
                    self.is_mean and key == "mu",
                    self.is_shape or key in family.base.shape,
                ).with_inner()


def _is_random(value: Any) -> bool:
    return is_factory(value) or hasattr(value, "owner")


def _hierarchy(
    prior: Any,
    coords: Mapping[str, Any] | None,
    rng: np.random.Generator,
    below: float | None = None,
    draws: int | None = None,
) -> list[DescribedLaw]:
    """Return the laws of a prior with a family, level by level."""
    family = family_of(prior)
    subject = f"{(family or prior.family).name}: implied"
    if family is None:
        raise UnsupportedError(
            subject,
            expected="a prior without transform=, whose moments are those of the variable",
            given=f"transform={prior.transform!r}",
            remedy="Ask it of the same prior without transform=, or use sample_prior.",
        )
    if below is not None:
        below = number_between(subject, "below", below, -np.inf)
    if draws is not None:
        draws = int(number_between(subject, "draws", draws, _PARTS - 1))
    found = []
    with np.errstate(all="ignore"):  # what is no number is refused below
        reader = Reader(prior, coords, draws or _MODEL_DRAWS, rng)
        draws = draws or (_MODEL_DRAWS if reader.is_drawn else _MANY_DRAWS)
        for level in Level(ROOT, prior, own_dims(prior)).with_inner():
            laws = reader.read(level.variable, level.value, level.owner_dims)
            for labels, law in reader.by_labels(laws):
                _warn_of_infinite_moments(subject, level, law)
                numbers = _numbers(subject, law, draws, rng, below if level.is_mean else None)
                if level.variable == ROOT:
                    numbers |= _correlations(reader, prior, law)
                found.append(DescribedLaw(level.name, labels, law, numbers))
    return found


def _numbers(
    subject: str, law: Law, draws: int, rng: np.random.Generator, below: float | None
) -> dict[str, Number]:
    try:
        numbers, quantiles = _moments(law), _quantiles(law, draws, rng, below)
    except (ParameterError, UnsupportedError):
        raise
    except (ArithmeticError, ValueError):  # of Python's own numbers, and of the root
        numbers, quantiles = {}, {"quantiles": {"value": np.nan}}
    for quantity, number in quantiles.items():
        if not isfinite(number["value"]):
            raise ParameterError(
                subject,
                expected="a prior whose quantiles are numbers that a double can hold",
                given=f"{quantity} of {number['value']}",
                remedy="State it in other units, closer to 1.",
            )
    return numbers | quantiles


def _moments(law: Law) -> dict[str, Number]:
    return {name: _moment(law, attrgetter(name)) for name in ("mean", "sd")}


def _moment(law: Law, statistic: Callable[[Any], float]) -> Number:
    return _number(law, "draws" if law.number_of_draws else "exact", statistic)


def _quantiles(
    law: Law, draws: int, rng: np.random.Generator, below: float | None = None
) -> dict[str, Number]:
    """Return quantiles of a law, and the probability below a number if one is given."""
    asked = {f"{p:.0%}": methodcaller("quantile", p) for p in PROBABILITIES}
    if below is not None:
        asked[f"P(< {below:g})"] = methodcaller("cdf", below)
    found = law.with_quantiles(draws, rng)
    return {name: _number(found, law.method, statistic) for name, statistic in asked.items()}


def _number(law: Law, method: str, statistic: Callable[[Any], float]) -> Number:
    """Return a number with how it was found; of draws with its Monte Carlo standard error."""
    value, error = statistic(law), 0.0
    if method == "draws":
        parts = np.array([statistic(law.part(which, _PARTS)) for which in range(_PARTS)])
        if np.array_equal(parts, np.full(_PARTS, value), equal_nan=True):
            method = "exact"  # nothing that is drawn enters it
        else:
            error = float(parts.std(ddof=1)) / sqrt(_PARTS)
    return {"value": value, "method": method, "error": error}


def _correlations(reader: Reader, prior: Any, law: Law) -> dict[str, Number]:
    """Return the correlation of two elements that share ``mu``, of two that share its mean, ...

    Given the mean that they share, elements are independent with that mean, so their covariance is
    the variance of the mean.
    """
    found: dict[str, Number] = {}
    name, depth, value = "", 0, prior
    elements = dims = own_dims(prior)
    while family_of(value) is not None:
        name, depth = names.child(name, "mu") if name else "mu", depth + 1
        value = value.parameters["mu"]
        dims = reader.dims_over(value, dims)
        each_has_its_own = bool(elements) and set(elements) <= set(dims)
        if (depth == 1 or _is_random(value)) and not each_has_its_own:
            quantity = ICC if depth == 1 else f"{ICC} {name}"
            found[quantity] = _moment(law, partial(_shared, depth=depth))
    return found


def _shared(law: Law, depth: int) -> float:
    """Return the share of the variance that is that of the mean, of its mean, ..."""
    part: Any = law  # a hierarchy, so deep
    for _ in range(depth):
        part = part.parameters["mu"]
    return (part.sd / law.sd) ** 2 if isfinite(part.sd) and law.sd > 0 else np.nan


def _warn_of_infinite_moments(subject: str, level: Level, law: Law) -> None:
    if level.is_shape or not isinstance(law, Known) or (isfinite(law.mean) and isfinite(law.sd)):
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
