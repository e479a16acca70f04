"""What a prior of any kind says, and what is sampled for it: the same table for all of them.

Priors of ours say it themselves (:mod:`unfunnel.moments.implied`). A ``Prior`` with constant
parameters has a known law, and a hierarchical ``Normal`` is that of ``NormalIdentity``. Of all else
there are draws, and of draws quantiles only: their mean and standard deviation may be infinite.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import names
from unfunnel.errors import SupportWarning, UnfunnelError, UnsupportedError, described
from unfunnel.moments.implied import moments_of, quantiles_of
from unfunnel.moments.labels import own_dims
from unfunnel.moments.measures import Measures
from unfunnel.moments.own_coords import known_coords, own_coords
from unfunnel.moments.random_parameters import Drawn, Law
from unfunnel.moments.reading import distribution_of, law_of_numbers
from unfunnel.moments.report import ELEMENT, DescribedLaw, Implied
from unfunnel.prior.base import NaturalPrior
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.classes import NormalIdentity
from unfunnel.prior.display import centering_text

_DRAWS = 4_000

#: What a member for all other labels has in place of one.
OTHERS = "(others)"


@dataclass(frozen=True)
class SampledVariable:
    """One free random variable of a prior.

    Parameters
    ----------
    name : str
        Its name.
    distribution : str
        As a model shows it.
    dims : tuple of str
        Its dims.
    coordinate : str
        In which coordinate the sampler sees it, if it is one of ours; else empty.
    """

    name: str
    distribution: str
    dims: tuple[str, ...]
    coordinate: str = ""


def description(
    prior: Any, coords: Mapping[str, Any] | None = None, random_seed: int | None = None
) -> Implied:
    """Return what a prior of any kind says about one element and about each hyperparameter.

    Parameters
    ----------
    prior : object
        One of ours, a ``Prior``, ``ByCoord``, ``Scaled``, ``Censored`` or another factory.
    coords : mapping, optional
        Labels of dims, as of a model.
    random_seed : int, optional
        For draws.

    Returns
    -------
    Implied
        As from ``prior.implied()``. Without rows for elements if they are those of a likelihood,
        and without moments where there are only draws.

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel.moments.description import description
    >>> description(Prior("Gamma", mu=2, sigma=1)).value("mean")
    2.0
    """
    describer = _Describer(dict(coords or {}), np.random.default_rng(random_seed))
    describer.add(prior, "", {})
    return Implied(described(prior), describer.numbers(), describer.laws)


class _Describer:
    """Collects the laws of a prior, level by level."""

    def __init__(self, coords: dict[str, Any], rng: np.random.Generator) -> None:
        self.laws: list[DescribedLaw] = []
        self._coords = coords
        self._rng = rng
        self._rows: list[dict[str, Any]] = []

    def numbers(self) -> pd.DataFrame:
        """Return a row for each number; levels that do not differ along a dim have no label."""
        dims = dict.fromkeys(key for row in self._rows for key in row if key not in _FIXED)
        table = pd.DataFrame(self._rows, columns=[_FIXED[0], *dims, *_FIXED[1:]])
        return table.fillna(dict.fromkeys(dims, ""))

    def add(self, prior: Any, level: str, labels: dict[str, Any]) -> None:
        """Add what a prior says, and what its hyperpriors say."""
        if isinstance(prior, ByCoord):
            others = {} if prior.default is None else {OTHERS: prior.default}
            for label, member in {**prior.members, **others}.items():
                self.add(member, level, {**labels, prior.dim: label})
        elif (says := _own_words(prior, self._coords, self._rng)) is not None:
            self._add_words(says, level, labels)
        else:
            for place, law in _laws(prior, self._coords, self._rng):
                self._add_law(law, level or ELEMENT, {**labels, **place})
            for key, value in getattr(prior, "parameters", {}).items():
                if hasattr(value, "create_variable"):
                    self.add(value, names.child(level, key) if level else key, labels)

    def _add_words(self, says: Implied, level: str, labels: dict[str, Any]) -> None:
        def renamed(inner: str) -> str:
            if inner == ELEMENT:
                return level or ELEMENT
            return names.child(level, inner) if level else inner

        for row in says.numbers.to_dict("records"):
            known = {key: value for key, value in row.items() if value != ""}
            self._rows.append({**known, **labels, "level": renamed(row["level"])})
        for law in says.laws:
            new = DescribedLaw(renamed(law.level), {**labels, **law.labels}, law.law)
            self.laws.append(new)

    def _add_law(self, law: Law, level: str, labels: dict[str, Any]) -> None:
        self.laws.append(DescribedLaw(level, labels, law))
        measures = Measures(law, _DRAWS, self._rng)
        numbers = {} if isinstance(law, Drawn) else moments_of(measures)
        with np.errstate(over="ignore", invalid="ignore"):  # errors of draws close to overflow
            numbers |= quantiles_of(measures)
        for quantity, number in numbers.items():
            self._rows.append({"level": level, **labels, "quantity": quantity, **vars(number)})


_FIXED = ("level", "quantity", "value", "method", "error")


def _own_words(prior: Any, coords: dict[str, Any], rng: np.random.Generator) -> Implied | None:
    """Return what a prior of ours says, or one that has the same law; None if there is none."""
    ours = prior if isinstance(prior, NaturalPrior) else _twin(prior)
    if ours is None or is_likelihood(ours):
        return None
    try:
        says: Implied = ours.implied(coords, random_seed=int(rng.integers(2**31)))
    except UnsupportedError:  # under a transform, or with deviations that sum to zero
        return None
    return says


def _twin(prior: Any) -> NaturalPrior | None:
    """Return the prior of ours with the law of a hierarchical ``Normal``, if there is one."""
    if type(prior) is not Prior or prior.distribution != "Normal" or prior.transform is not None:
        return None
    if not any(hasattr(value, "create_variable") for value in prior.parameters.values()):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SupportWarning)
            return NormalIdentity(**prior.parameters, dims=prior.dims)
    except (UnfunnelError, SupportWarning):  # by tau, or with a sigma that may be negative
        return None


def is_likelihood(prior: Any) -> bool:
    """Whether a prior of ours has no mean yet: the model gives it."""
    return isinstance(prior, NaturalPrior) and (
        prior.family.parameter_names[0] not in prior.parameters
    )


def _laws(
    prior: Any, coords: dict[str, Any], rng: np.random.Generator
) -> Iterator[tuple[dict[str, Any], Law]]:
    """Yield the law of one element, at each label if the laws differ."""
    if is_likelihood(prior):
        return
    known, dims = distribution_of(prior), own_dims(prior)
    if known is not None:
        name, numbers = known
        arrays = np.broadcast_arrays(*numbers)
        dims = dims[len(dims) - arrays[0].ndim :]
        labels = {**own_coords(prior), **coords}
        for place in np.ndindex(arrays[0].shape):
            at = {dim: labels[dim][index] for dim, index in zip(dims, place, strict=True)}
            yield at, law_of_numbers(name, tuple(float(array[place]) for array in arrays))
        return
    with _model(prior, coords) as model:
        variable = created(prior, "prior")
    try:
        drawn = np.asarray(pm.draw(variable, _DRAWS, random_seed=rng, mode="FAST_COMPILE"))
    except NotImplementedError:  # a flat prior says nothing
        return
    differing = known_coords(prior).keys() & set(dims)
    lengths = [range(len(model.coords[dim]) if dim in differing else 1) for dim in dims]
    for position in product(*lengths):
        at = {
            dim: model.coords[dim][index]
            for dim, index in zip(dims, position, strict=True)
            if dim in differing
        }
        element: Any = (slice(None), *position)
        yield at, Drawn(drawn[element])


def sampled_variables(
    prior: Any, name: str, coords: Mapping[str, Any] | None = None
) -> list[SampledVariable]:
    """Return the free random variables that a prior creates.

    Parameters
    ----------
    prior : object
        A prior of any kind.
    name : str
        Of its variable.
    coords : mapping, optional
        Labels of dims, as of a model.

    Returns
    -------
    list of SampledVariable
        None for a likelihood, whose mean is not known.

    Examples
    --------
    >>> from unfunnel import LogNormalExp
    >>> from unfunnel.moments.description import sampled_variables
    >>> (beta,) = sampled_variables(LogNormalExp(1, 2, dims="geo", centered=False), "beta")
    >>> beta.distribution, beta.dims, beta.coordinate
    ('LogNormal', ('geo',), 'non-centered')
    """
    if is_likelihood(prior):
        return []
    with _model(prior, coords or {}) as model:
        created(prior, name)
    coordinates = dict(_coordinates(prior, name, model.coords))
    return [
        SampledVariable(
            variable.name,
            _distribution_name(variable),
            tuple(str(dim) for dim in model.named_vars_to_dims.get(variable.name, ())),
            coordinates.get(variable.name, ""),
        )
        for variable in model.free_RVs
    ]


def _model(prior: Any, coords: Mapping[str, Any]) -> Any:
    return pm.Model(coords={**own_coords(prior), **coords}, model=None)


def created(prior: Any, name: str) -> Any:
    """Create the variable of a prior of any kind in the model on the context stack.

    What holds an array with dims upstream creates as a ``pymc.dims`` variable only.
    """
    return prior.create_variable(name, xdist=_needs_dims(prior))


def _needs_dims(prior: Any) -> bool:
    values = getattr(prior, "parameters", {}).values()
    return not isinstance(prior, NaturalPrior) and any(
        isinstance(value, DataArray) or _needs_dims(value) for value in values
    )


def _coordinates(prior: Any, name: str, coords: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names of variables that are priors of ours, with how each is sampled."""
    if isinstance(prior, NaturalPrior):
        yield name, centering_text(prior.centering)
    for key, value in getattr(prior, "parameters", {}).items():
        yield from _coordinates(value, names.child(name, key), coords)
    if isinstance(prior, ByCoord):
        for label in coords[prior.dim]:
            member = prior.members.get(label, prior.default)
            yield from _coordinates(member, names.member(name, label), coords)


def _distribution_name(variable: Any) -> str:
    """Return the name of a distribution as a model shows it."""
    op = variable.owner.op
    return str(getattr(op, "_print_name", (type(op).__name__,))[0])
