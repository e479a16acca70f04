"""What a prior of any kind says: one of this library, a ``Prior``, a ``ByCoord``, a wrapper.

Priors of this library say it themselves. A ``Prior`` with constant parameters has a known law, and
a hierarchical ``Normal`` is that of ``NormalIdentity``. Of all else there are draws, and of draws
quantiles only: their mean and standard deviation may be infinite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm

from unfunnel import names
from unfunnel.distributions.supports import support_of
from unfunnel.errors import UnsupportedError, described
from unfunnel.families import NORMAL_IDENTITY
from unfunnel.intervals import POSITIVE
from unfunnel.moments.any_prior import (
    create,
    is_factory,
    is_likelihood,
    known_labels,
    model_for,
    own_coords,
    own_dims,
)
from unfunnel.moments.implied import Table, implied, moments_of, quantiles_of
from unfunnel.moments.laws import Drawn, Law
from unfunnel.moments.reading import distribution_of, known_law
from unfunnel.moments.report import ELEMENT, DescribedLaw, Implied

#: What a member of a ``ByCoord`` for all other labels has in place of one.
OTHERS = "(others)"

_DRAWS = 4_000


def description(
    prior: Any, coords: Mapping[str, Any] | None = None, random_seed: int | None = None
) -> Implied:
    """Return what a prior of any kind says about one element and about each hyperparameter.

    As from ``prior.implied()``, but without rows for elements if they are those of a likelihood,
    and without moments where there are only draws.
    """
    table = Table()
    _describe(table, prior, "", {}, dict(coords or {}), np.random.default_rng(random_seed))
    return Implied(described(prior), table.numbers(), table.laws)


def _describe(
    table: Table,
    prior: Any,
    level: str,
    labels: dict[str, Any],
    coords: dict[str, Any],
    rng: np.random.Generator,
) -> None:
    if isinstance(members := getattr(prior, "members", None), Mapping):
        others = {} if prior.default is None else {OTHERS: prior.default}
        for label, member in {**members, **others}.items():
            _describe(table, member, level, {**labels, prior.dim: label}, coords, rng)
    elif (says := _own_words(prior, coords, rng)) is not None:
        for law in says.laws:
            at = {**labels, **law.labels}
            table.laws.append(DescribedLaw(_inside(level, law.level), at, law.law))
        for row in says.numbers.to_dict("records"):
            known = {key: value for key, value in row.items() if value != ""}
            table.rows.append({**known, **labels, "level": _inside(level, row["level"])})
    else:
        for place, law in _laws(prior, coords, rng):
            with np.errstate(all="ignore"):  # of draws close to overflow
                numbers = {} if isinstance(law, Drawn) else moments_of(law)
                numbers |= quantiles_of(law, _DRAWS, rng)
            table.add(level or ELEMENT, {**labels, **place}, law, numbers)
        for key, value in getattr(prior, "parameters", {}).items():
            if is_factory(value):
                inner = names.child(level, key) if level else key
                _describe(table, value, inner, labels, coords, rng)


def _inside(level: str, inner: str) -> str:
    """Return the name of a level of a hyperprior, as one of the prior that it belongs to."""
    if not level:
        return inner
    return level if inner == ELEMENT else names.child(level, inner)


def _own_words(prior: Any, coords: dict[str, Any], rng: np.random.Generator) -> Implied | None:
    """Return what a prior of ours says, or one that has the same law; None if there is none."""
    seed = int(rng.integers(2**31))
    if hasattr(prior, "family"):
        try:
            return None if is_likelihood(prior) else prior.implied(coords, random_seed=seed)
        except UnsupportedError:  # under a transform, or with deviations that sum to zero
            return None
    same = _NormalHierarchy.of(prior)
    return None if same is None else implied(same, coords, None, None, seed)


@dataclass(frozen=True)
class _NormalHierarchy:
    """What :func:`implied` reads of a prior, for a hierarchical ``Normal`` of upstream."""

    parameters: dict[str, Any]
    dims: tuple[str, ...]
    family = NORMAL_IDENTITY
    transform = None

    @classmethod
    def of(cls, prior: Any) -> _NormalHierarchy | None:
        """Return the same law; None if it is none, or if ``sigma`` may be negative."""
        parameters = {"mu": 0.0, "sigma": 1.0, **getattr(prior, "parameters", {})}
        usual = getattr(prior, "distribution", None) == "Normal" and prior.transform is None
        if not usual or parameters.keys() != {"mu", "sigma"}:
            return None
        sigma = parameters["sigma"]
        positive = not is_factory(sigma) or support_of(sigma).stays_in(POSITIVE)
        hierarchical = any(map(is_factory, parameters.values()))
        return cls(parameters, own_dims(prior)) if hierarchical and positive else None


def _laws(
    prior: Any, coords: dict[str, Any], rng: np.random.Generator
) -> Iterator[tuple[dict[str, Any], Law]]:
    """Yield the law of one element, at each label if the laws differ; nothing for a likelihood."""
    if is_likelihood(prior):
        return
    dims, labels = own_dims(prior), {**own_coords(prior), **coords}
    if (known := distribution_of(prior)) is not None:
        arrays = np.broadcast_arrays(*known[1])
        dims = dims[len(dims) - arrays[0].ndim :]
        for place in np.ndindex(arrays[0].shape):
            law = known_law(known[0], *(array[place] for array in arrays))
            yield {dim: labels[dim][index] for dim, index in zip(dims, place, strict=True)}, law
        return
    with model_for(prior, coords):
        variable = create(prior, "prior")
    try:
        drawn = np.asarray(pm.draw(variable, _DRAWS, random_seed=rng, mode="FAST_COMPILE"))
    except NotImplementedError:  # a flat prior says nothing
        return
    differing = [dim in known_labels(prior) for dim in dims]
    lengths = zip(dims, differing, strict=True)
    for place in np.ndindex(*(len(labels[dim]) if differs else 1 for dim, differs in lengths)):
        at = zip(dims, place, differing, strict=True)
        law = Drawn(drawn[(slice(None), *place)])
        yield {dim: labels[dim][index] for dim, index, differs in at if differs}, law
