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
from unfunnel.moments.laws import Drawn, Known, Law, number_of_draws, part_of
from unfunnel.moments.marginal import with_quantiles
from unfunnel.moments.reading import ROOT, Reader
from unfunnel.moments.report import COLUMNS, ELEMENT, ICC, DescribedLaw, Implied

#: The probabilities whose quantiles are shown.
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)

# Draws of families are cheap, those through a model are not.
_MANY_DRAWS, _MODEL_DRAWS, _FEW_DRAWS = 200_000, 10_000, 4_000

#: What a member of a ``ByCoord`` for all other labels has in place of one.
OTHERS = "(others)"

# The spread of a number over this many parts of the draws gives its Monte Carlo error.
_PARTS = 20

Number = dict[str, Any]


def moments_of(law: Law) -> dict[str, Number]:
    """Return the mean and the standard deviation of a law."""
    return {name: _moment(law, attrgetter(name)) for name in ("mean", "sd")}


def quantiles_of(
    law: Law, draws: int, rng: np.random.Generator, below: float | None = None
) -> dict[str, Number]:
    """Return quantiles of a law, and the probability below a number if one is given."""
    method, found = with_quantiles(law, draws, rng)
    numbers = {
        f"{p:.0%}": _number(found, method, methodcaller("quantile", p)) for p in PROBABILITIES
    }
    if below is not None:
        numbers[f"P(< {below:g})"] = _number(found, method, methodcaller("cdf", below))
    return numbers


def _moment(law: Law, statistic: Callable[[Any], float]) -> Number:
    return _number(law, "draws" if number_of_draws(law) else "exact", statistic)


def _number(law: Any, method: str, statistic: Callable[[Any], float]) -> Number:
    """Return a number with how it was found; of draws with its Monte Carlo standard error."""
    value, error = statistic(law), 0.0
    if method == "draws":
        parts = np.array([statistic(part_of(law, which, _PARTS)) for which in range(_PARTS)])
        if np.array_equal(parts, np.full(_PARTS, value), equal_nan=True):
            method = "exact"  # nothing that is drawn enters it
        else:
            error = float(parts.std(ddof=1)) / sqrt(_PARTS)
    return {"value": value, "method": method, "error": error}


def implied(
    prior: Any,
    coords: Mapping[str, Any] | None,
    below: float | None,
    draws: int | None,
    random_seed: int | None,
) -> Implied:
    """Return what a prior of ours says; see :meth:`unfunnel.prior.base.NaturalPrior.implied`."""
    rng = np.random.default_rng(random_seed)
    return _hierarchy(prior, coords, rng, below, draws).described(prior)


def _hierarchy(
    prior: Any,
    coords: Mapping[str, Any] | None,
    rng: np.random.Generator,
    below: float | None = None,
    draws: int | None = None,
) -> Table:
    """Return the table of a prior with a family, level by level."""
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
    table = Table()
    with np.errstate(all="ignore"):  # what is no number is refused below
        reader = Reader(prior, coords, draws or _MODEL_DRAWS, rng)
        draws = draws or (_MODEL_DRAWS if reader.is_drawn else _MANY_DRAWS)
        for level in _levels(prior):
            name = ROOT if level.name == ELEMENT else names.child(ROOT, level.name)
            labelled = reader.read(name, level.value, level.owner_dims)
            for labels, law in labelled.everywhere():
                _warn_of_infinite_moments(subject, level, law)
                numbers = _numbers(subject, law, draws, rng, below if level.is_mean else None)
                if level.name == ELEMENT:
                    numbers |= _correlations(reader, prior, law)
                table.add(level.name, labels, law, numbers)
    return table


class Table:
    """Collects numbers and laws, level by level and label by label."""

    def __init__(self) -> None:
        self.laws: list[DescribedLaw] = []
        self.rows: list[dict[str, Any]] = []

    def add(
        self, level: str, labels: dict[str, Any], law: Law, numbers: Mapping[str, Number]
    ) -> None:
        """Add a law, and what is said of it."""
        self.laws.append(DescribedLaw(level, labels, law))
        for quantity, number in numbers.items():
            self.rows.append({"level": level, **labels, "quantity": quantity, **number})

    def add_inner(self, name: str, labels: dict[str, Any], inner: Table) -> None:
        """Add the table of a hyperprior with this name, or of a member with these labels."""
        levels = {law.level: law.level for law in inner.laws}
        if name:
            levels = {old: name if old == ELEMENT else names.child(name, old) for old in levels}
        for law in inner.laws:
            self.laws.append(replace(law, level=levels[law.level], labels=labels | law.labels))
        for row in inner.rows:
            self.rows.append({**labels, **row, "level": levels[row["level"]]})

    def described(self, prior: Any) -> Implied:
        """Return what is shown; levels that do not differ along a dim have no label."""
        dims = dict.fromkeys(key for row in self.rows for key in row if key not in COLUMNS)
        numbers = pd.DataFrame(self.rows, columns=[COLUMNS[0], *dims, *COLUMNS[1:]])
        return Implied(described(prior), numbers.fillna(dict.fromkeys(dims, "")), self.laws)


@dataclass(frozen=True)
class Level:
    """One random quantity of a hierarchy: ``"element"``, ``"mu"``, ``"sigma"``, ``"mu_mu"``, ...

    ``is_mean``: whether it is the mean of the elements, or the mean of that. ``is_shape``: whether
    no moment of an element depends on it, as on a parameter of a base law.
    """

    name: str
    value: Any
    owner_dims: tuple[str, ...]
    is_mean: bool = True
    is_shape: bool = False


def _levels(prior: Any) -> Iterator[Level]:
    element = Level(ELEMENT, prior, own_dims(prior))
    yield element
    yield from _hyperparameters(element, "")


def _hyperparameters(above: Level, prefix: str) -> Iterator[Level]:
    if (family := family_of(above.value)) is None:
        return
    for key, value in above.value.parameters.items():
        if not _is_random(value):
            continue
        level = Level(
            names.child(prefix, key) if prefix else key,
            value,
            own_dims(above.value),
            above.is_mean and key == "mu",
            above.is_shape or key in family.base.shape,
        )
        yield level
        yield from _hyperparameters(level, level.name)


def _is_random(value: Any) -> bool:
    return is_factory(value) or hasattr(value, "owner")


def _numbers(
    subject: str, law: Law, draws: int, rng: np.random.Generator, below: float | None
) -> dict[str, Number]:
    try:
        numbers = moments_of(law)
        quantiles = quantiles_of(law, draws, rng, below)
    except (ParameterError, UnsupportedError):
        raise
    except (ArithmeticError, ValueError):  # of Python's own numbers, and of the root
        quantiles = {"quantiles": {"value": np.nan}}
    for quantity, number in quantiles.items():
        if not isfinite(number["value"]):
            raise ParameterError(
                subject,
                expected="a prior whose quantiles are numbers that a double can hold",
                given=f"{quantity} of {number['value']}",
                remedy="State it in other units, closer to 1.",
            )
    return numbers | quantiles


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
    part = law
    for _ in range(depth):
        part = part.parameters["mu"]  # type: ignore[union-attr]  # of a hierarchy, so deep
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


def description(
    prior: Any, coords: Mapping[str, Any] | None = None, random_seed: int | None = None
) -> Implied:
    """Return what a prior of any kind says about one element and about each hyperparameter.

    As from ``prior.implied()``, but without rows for elements if they are those of a likelihood,
    and without moments where there are only draws. A flat prior says nothing.
    """
    rng = np.random.default_rng(random_seed)
    return _table_of(prior, dict(coords or {}), rng).described(prior)


def _table_of(prior: Any, coords: dict[str, Any], rng: np.random.Generator) -> Table:
    table = Table()
    if isinstance(members := getattr(prior, "members", None), Mapping):
        others = {} if prior.default is None else {OTHERS: prior.default}
        for label, member in {**members, **others}.items():
            table.add_inner("", {prior.dim: label}, _table_of(member, coords, rng))
        return table
    likelihood = is_likelihood(prior)
    if family_of(prior) and not likelihood and getattr(prior, "zero_sum", None) is None:
        own_rng = np.random.default_rng(int(rng.integers(2**31)))
        with suppress(UnsupportedError):
            return _hierarchy(prior, coords, own_rng)
        return table
    if not likelihood:
        with suppress(UnsupportedError), np.errstate(all="ignore"):  # of draws close to overflow
            labelled = Reader(prior, coords, _FEW_DRAWS, rng).read(ROOT, prior, ())
            for labels, law in labelled.everywhere():
                numbers = {} if isinstance(law, Drawn) else moments_of(law)
                table.add(ELEMENT, labels, law, numbers | quantiles_of(law, _FEW_DRAWS, rng))
    for key, value in getattr(prior, "parameters", {}).items():
        if is_factory(value):
            table.add_inner(key, {}, _table_of(value, coords, rng))
    return table
