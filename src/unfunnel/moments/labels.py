"""The laws of a prior label by label, with arrays, tensors and factories of any kind in it.

Where the laws of a hierarchy differ between elements, they do so along the dims of an array or of a
tensor. A :class:`Reader` finds these dims, and the law of any parameter at one of their labels.
What has no known law is created in a model of its own and drawn, everything at once, so that draws
of variables that depend on one another stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel import names
from unfunnel.alignment import AlignedArray, align_array, registered_dims
from unfunnel.errors import UnsupportedError
from unfunnel.moments.random_parameters import Drawn, Hierarchy, Law, Point
from unfunnel.moments.reading import (
    distribution_of,
    is_ours,
    law_of_numbers,
    with_constants,
)
from unfunnel.prior.display import graph_coords

#: A label of each dim along which laws differ, by its position.
Place = Mapping[str, int]

#: The name of the prior itself.
ROOT = "prior"


class Reader:
    """Reads the laws of a prior.

    Parameters
    ----------
    prior : NaturalPrior
        The prior.
    coords : mapping or None
        Labels of dims, as of a model; by default of the model on the context stack. Dims that are
        not among them have the labels of the arrays in the prior, positions along tensors, or one
        label.
    draws : int
        How many draws to take of what has no known law.
    rng : Generator
        For these draws.
    """

    def __init__(
        self, prior: Any, coords: Mapping[str, Any] | None, draws: int, rng: np.random.Generator
    ) -> None:
        self._subject = f"{prior.family.name}: implied"
        self._model: Any = pm.Model.get_context(error_if_none=False)
        self.prior = with_constants(prior)
        given = coords if coords is not None else getattr(self._model, "coords", {})
        self.coords: dict[str, list[Any]] = {
            dim: list(labels)
            for known in (
                dict.fromkeys(own_dims(prior), _ONE_LABEL),
                self._tensor_coords(self.prior),
                _labels_of_arrays(self.prior),
                given,
            )
            for dim, labels in known.items()
            if labels is not None
        }
        self._drawn = self._draw_unknown(draws, rng)

    @property
    def is_drawn(self) -> bool:
        """Whether something had to be drawn."""
        return bool(self._drawn)

    def dims_of(self, name: str, value: Any, dims: tuple[str, ...]) -> tuple[str, ...]:
        """Return the dims along which the law of a parameter differs, in the order of the coords.

        Parameters
        ----------
        name : str
            ``ROOT``, or that of the variable it would be if the prior were called that.
        value : object
            The parameter, or the prior.
        dims : tuple of str
            Those of the prior it belongs to.
        """
        found: set[str] = set()
        if is_ours(value):
            for key, parameter in value.parameters.items():
                found |= set(self.dims_of(names.child(name, key), parameter, own_dims(value)))
        elif name in self._drawn:
            found = {str(dim) for dim in self._drawn[name].dims} & self._differing(value)
        elif isinstance(value, np.ndarray | DataArray):
            found = set(self._aligned(value, dims).dims)
        elif (known := distribution_of(value)) is not None:
            for number in known[1]:
                found |= set(self._aligned(number, self.dims_over(value, dims)).dims)
        return tuple(dim for dim in self.coords if dim in found)

    def dims_over(self, value: Any, dims: tuple[str, ...]) -> tuple[str, ...]:
        """Return the own dims of a parameter of a prior that has these ``dims``."""
        if not isinstance(value, Variable):
            return own_dims(value)
        if isinstance(value.type, XTensorType):
            return tuple(value.type.dims)
        tensor: Any = value
        registered = registered_dims(self._model, tensor)
        return dims[len(dims) - tensor.ndim :] if registered is None else registered

    def law(self, name: str, value: Any, dims: tuple[str, ...], place: Place) -> Law:
        """Return the law of a parameter, or of the prior, at one label.

        Parameters
        ----------
        name : str
            As for :meth:`dims_of`: the same hyperprior in two places is two variables.
        value : object
            The parameter, or the prior.
        dims : tuple of str
            Those of the prior it belongs to.
        place : mapping
            The position of a label in each dim of :meth:`dims_of`.
        """
        if isinstance(value, int | float):
            return Point(float(value))
        if isinstance(value, np.ndarray | DataArray):
            return Point(_at(self._aligned(value, dims), place))
        if is_ours(value):
            laws = {
                key: self.law(names.child(name, key), parameter, own_dims(value), place)
                for key, parameter in value.parameters.items()
            }
            return Hierarchy(value.family, laws)
        if name in self._drawn:
            return Drawn(self._drawn[name].values[_index(self._drawn[name], place)])
        distribution, numbers = distribution_of(value) or ("", ())
        own = self.dims_over(value, dims)
        aligned = (self._aligned(number, own) for number in numbers)
        return law_of_numbers(distribution, tuple(_at(number, place) for number in aligned))

    def _aligned(self, value: np.ndarray | DataArray, dims: tuple[str, ...]) -> AlignedArray:
        lengths = {dim: len(labels) for dim, labels in self.coords.items()}
        return align_array(value, dims, self.coords, lengths, self._subject)

    def _tensor_coords(self, prior: Any) -> dict[str, Any]:
        """Return positions along the dims of tensors."""
        coords: dict[str, Any] = {}
        for value in prior.parameters.values():
            if is_ours(value):
                coords |= self._tensor_coords(value)
            elif isinstance(value, Variable):
                tensor: Any = value
                dims = self.dims_over(value, own_dims(prior))
                coords |= {d: range(n) for d, n in zip(dims, _lengths(tensor), strict=True)}
        return coords

    def _differing(self, value: Any) -> set[str]:
        """Return the dims along which draws may have different laws: all, if it is not known."""
        if not isinstance(getattr(value, "parameters", None), Mapping):
            return set(self.coords)
        found = set(_labels_of_arrays(value))
        for parameter in value.parameters.values():
            if getattr(parameter, "ndim", None) != 0 and not isinstance(parameter, _NUMBERS):
                found |= self._differing(parameter)
        return found

    def _draw_unknown(self, draws: int, rng: np.random.Generator) -> dict[str, DataArray]:
        """Draw everything without a known law, jointly; by the name of the parameter."""
        unknown = dict(_unknown(ROOT, self.prior))
        if not unknown:
            return {}
        variables, dims = [], []
        with pm.Model(coords=self.coords, model=None):
            for name, (value, owner) in unknown.items():
                is_variable = isinstance(value, Variable)
                variables.append(value if is_variable else value.create_variable(name))
                dims.append(self.dims_over(value, owner))
        seed = int(rng.integers(2**31))
        # Compiled for Python: a few thousand draws take less time than compiling them.
        try:
            found = pm.draw(variables, draws, random_seed=seed, mode="FAST_COMPILE")
        except NotImplementedError as error:
            raise UnsupportedError(
                self._subject,
                expected="hyperpriors that can be drawn",
                given=f"{self.prior}: {error}",
                remedy="Use a proper hyperprior; a flat one says nothing.",
            ) from error
        # A draw of exactly 0 is one that has underflowed, of a law that never is 0.
        return {
            name: _without_short_axes(
                DataArray(np.where(drawn == 0, _TINY, drawn), dims=("draw", *its_dims))
            )
            for name, drawn, its_dims in zip(unknown, found, dims, strict=True)
        }


# What _labels_of_arrays has looked at.
_NUMBERS = (int, float, np.ndarray, DataArray)

_TINY = np.finfo(float).tiny
_ONE_LABEL = ["any"]


def _labels_of_arrays(prior: Any) -> dict[str, Any]:
    return {dim: labels for dim, labels in graph_coords(prior).items() if labels != _ONE_LABEL}


def own_dims(prior: Any) -> tuple[str, ...]:
    """Return the declared dims of a prior or factory, none if there are none.

    A ``ByCoord`` without declared dims has the one whose labels it knows.
    """
    dims = getattr(prior, "dims", None)
    dims = getattr(prior, "dim", None) if dims is None else dims
    return (dims,) if isinstance(dims, str) else tuple(dims or ())


def _unknown(name: str, prior: Any) -> Iterator[tuple[str, tuple[Any, tuple[str, ...]]]]:
    for key, value in prior.parameters.items():
        if is_ours(value):
            yield from _unknown(names.child(name, key), value)
        elif not isinstance(value, int | float | np.ndarray | DataArray):
            if distribution_of(value) is None:
                yield names.child(name, key), (value, own_dims(prior))


def _lengths(tensor: Any) -> tuple[int, ...]:
    if None not in tensor.type.shape:
        return tuple(tensor.type.shape)
    return tuple(int(length) for length in tensor.shape.eval(mode="FAST_COMPILE"))


def _without_short_axes(drawn: DataArray) -> DataArray:
    """Drop axes of length one, which broadcast."""
    return drawn.squeeze([dim for dim in drawn.dims[1:] if drawn.sizes[dim] == 1])


def _at(array: AlignedArray, place: Place) -> float:
    return float(array.values[tuple(place.get(dim, 0) for dim in array.dims)])


def _index(drawn: DataArray, place: Place) -> tuple[Any, ...]:
    return (slice(None), *(place.get(str(dim), 0) for dim in drawn.dims[1:]))
