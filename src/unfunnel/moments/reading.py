"""From the objects of a prior to its laws: numbers, hyperpriors, arrays and tensors, by label.

Where the laws of a hierarchy differ between elements, they do so along the dims of an array or of a
tensor. A :class:`Reader` finds these dims, and the laws of any parameter along them.
What has no known law is created in a model of its own and drawn, everything at once, so that draws
of variables that depend on one another stay together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from pymc.distributions.distribution import SymbolicRandomVariable
from pymc.pytensorf import constant_fold, rvs_in_graph
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel import names
from unfunnel.alignment import align_array, registered_dims
from unfunnel.distributions.known import LAWS
from unfunnel.errors import UnsupportedError
from unfunnel.moments.any_prior import (
    contents,
    create,
    family_of,
    is_factory,
    is_of_family,
    is_ours,
    known_labels,
    own_coords,
    own_dims,
)
from unfunnel.moments.hierarchy import Hierarchy
from unfunnel.moments.laws import Drawn, Known, Law, Point

#: The name of the prior itself; its parameters are called as its variables would be.
ROOT = "prior"

_TINY = np.finfo(float).tiny


def distribution_of(value: Any) -> tuple[str, tuple[np.ndarray, ...]] | None:
    """Return the name of a known distribution and its numbers, as :data:`LAWS` has them.

    The value is a ``Prior`` or a random variable of a model. The numbers are arrays if its
    parameters are. None if it is anything else, or a parameter is random.
    """
    if isinstance(value, Variable):
        return _distribution_of_variable(value)
    name, parameters = getattr(value, "distribution", None), getattr(value, "parameters", None)
    plain = getattr(value, "transform", "unknown") is None and not is_of_family(value)
    if not plain or name not in LAWS or not isinstance(parameters, Mapping):
        return None
    if not all(isinstance(x, int | float | np.ndarray | np.generic) for x in parameters.values()):
        return None
    with np.errstate(all="ignore"):
        numbers = LAWS[name].numbers({key: np.asarray(x, float) for key, x in parameters.items()})
    return None if numbers is None else (name, tuple(np.asarray(x, float) for x in numbers))


def _distribution_of_variable(variable: Any) -> tuple[str, tuple[np.ndarray, ...]] | None:
    op = getattr(variable.owner, "op", None)
    name = getattr(op, "_print_name", ("",))[0]
    if not isinstance(op, RandomVariable | SymbolicRandomVariable) or name not in LAWS:
        return None
    parameters: Any = op.dist_params(variable.owner)
    numbers = constant_fold(parameters, raise_not_constant=False)
    if any(isinstance(number, Variable) for number in numbers):
        return None
    return name, tuple(np.asarray(number, dtype=float) for number in numbers)


def known_law(name: str, *numbers: Any) -> Known:
    """Return the law of a known distribution with these numbers."""
    return Known(LAWS[name].law(*map(float, numbers)))


def scalar_law(value: Any) -> Law | None:
    """Return the law of a number or a prior without axes, or None if it is not known."""
    if isinstance(value, int | float):
        return Point(float(value))
    if is_ours(value):
        laws = {key: scalar_law(parameter) for key, parameter in value.parameters.items()}
        known = {key: law for key, law in laws.items() if law is not None}
        return Hierarchy(value.family, known) if len(known) == len(laws) else None
    found = distribution_of(value)
    if found is None or any(number.ndim for number in found[1]):
        return None
    return known_law(found[0], *found[1])


class Reader:
    """Reads the laws of a prior.

    Dims have the labels that are given, by default those of the model on the context stack;
    otherwise those of the arrays in the prior, positions along tensors, or one label.
    """

    def __init__(
        self, prior: Any, coords: Mapping[str, Any] | None, draws: int, rng: np.random.Generator
    ) -> None:
        family = family_of(prior)
        self._subject = f"{prior if family is None else family.name}: implied"
        self._model: Any = pm.Model.get_context(error_if_none=False)
        given = coords if coords is not None else getattr(self._model, "coords", {})
        known = own_coords(prior) | self._tensor_labels(prior) | known_labels(prior)
        known |= {dim: labels for dim, labels in given.items() if labels is not None}
        self.coords: dict[str, list[Any]] = {dim: list(labels) for dim, labels in known.items()}
        self._drawn = self._draw_unknown(prior, draws, rng)

    @property
    def is_drawn(self) -> bool:
        """Whether something had to be drawn."""
        return bool(self._drawn)

    def read(self, name: str, value: Any, dims: tuple[str, ...]) -> DataArray:
        """Return the laws of a parameter of a prior with these dims, or of the prior itself.

        They have the dims along which they differ. The name is that of its variable if the prior
        were called :data:`ROOT`: the same hyperprior in two places is two variables.
        """
        if (family := family_of(value)) is not None:
            inner = {
                key: self.read(names.child(name, key), parameter, own_dims(value))
                for key, parameter in value.parameters.items()
            }
            return _laws(
                lambda *laws: Hierarchy(family, dict(zip(inner, laws, strict=True))),
                inner.values(),
            )
        if isinstance(value, int | float):
            return _laws(Point, [DataArray(float(value))])
        if name in self._drawn:
            drawn = self._drawn[name]
            differing = self._differing(value)
            alike = {dim: 0 for dim in drawn.dims[1:] if dim not in differing}
            return _laws(Drawn, [drawn.isel(alike)], input_core_dims=[["draw"]])
        if (known := distribution_of(value)) is not None:
            distribution, numbers = known
            arrays = self._aligned(numbers, self.dims_over(value, dims))
            return _laws(lambda *at: known_law(distribution, *at), arrays)
        return _laws(Point, self._aligned([self._constant(value, dims)], dims))

    def by_labels(self, laws: DataArray) -> Iterator[tuple[dict[str, Any], Law]]:
        """Yield laws with their labels, in the order of the coords."""
        laws = laws.transpose(*(dim for dim in self.coords if dim in laws.dims))
        for place, law in np.ndenumerate(laws.values):
            at = zip(map(str, laws.dims), place, strict=True)
            yield {dim: self.coords[dim][index] for dim, index in at}, law

    def dims_over(self, value: Any, dims: tuple[str, ...]) -> tuple[str, ...]:
        """Return the own dims of a parameter of a prior that has these dims."""
        if not isinstance(value, Variable):
            return own_dims(value)
        if isinstance(value.type, XTensorType):
            return tuple(value.type.dims)
        tensor: Any = value
        registered = registered_dims(self._model, tensor)
        return dims[len(dims) - tensor.ndim :] if registered is None else registered

    def _aligned(self, arrays: Iterable[Any], dims: tuple[str, ...]) -> list[DataArray]:
        lengths = {dim: len(labels) for dim, labels in self.coords.items()}
        aligned = [align_array(a, dims, self.coords, lengths, self._subject) for a in arrays]
        return [DataArray(each.values.astype(float), dims=each.dims) for each in aligned]

    def _constant(self, value: Any, dims: tuple[str, ...]) -> np.ndarray | DataArray:
        """Return an array, or the value of a tensor of data, with the labels of its model."""
        if not isinstance(value, Variable):
            return value  # type: ignore[no-any-return]  # an array
        tensor: Any = value
        numbers, registered = np.asarray(tensor.eval()), registered_dims(self._model, tensor)
        if isinstance(tensor.type, XTensorType):
            return DataArray(numbers, dims=tensor.type.dims)
        if registered is not None:
            labels = {dim: self._model.coords.get(dim) for dim in registered}
            known = {dim: list(its) for dim, its in labels.items() if its is not None}
            return DataArray(numbers, dims=registered, coords=known)
        several = numbers.ndim > 0 and len(dims) > 1
        if several and self._model is None and isinstance(tensor, SharedVariable):
            raise UnsupportedError(
                self._subject,
                expected="to know which of the dims the axes of a parameter are",
                given=f"the data {tensor.name!r} of shape {numbers.shape} outside of their model",
                remedy="Ask inside `with model:`, or pass a DataArray to the prior.",
            )
        return numbers

    def _tensor_labels(self, prior: Any) -> dict[str, Any]:
        """Return positions along the dims of the tensors among parameters."""
        labels: dict[str, Any] = {}
        for value in getattr(prior, "parameters", {}).values():
            if family_of(value) is not None:
                labels |= self._tensor_labels(value)
            elif isinstance(value, Variable):
                dims = self.dims_over(value, own_dims(prior))
                labels |= {d: range(n) for d, n in zip(dims, _lengths(value), strict=True)}
        return labels

    def _differing(self, value: Any) -> set[str]:
        """Return the dims along which draws may have different laws: all, if it is not known."""
        inside = [inner for inner, _ in contents(value)]
        unknown = [x for x in inside if isinstance(x, Variable) and getattr(x, "ndim", 1) != 0]
        opaque = [x for x in inside if is_factory(x) and len(list(contents(x))) == 1]
        return set(self.coords if unknown or opaque else known_labels(value))

    def _draw_unknown(
        self, prior: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, DataArray]:
        """Draw everything without a known law, jointly; by the name of the parameter."""
        unknown = list(_unknown(ROOT, prior, own_dims(prior)))
        if not unknown:
            return {}
        variables = []
        with pm.Model(coords=self.coords, model=None):
            for name, value, _ in unknown:
                is_tensor = isinstance(value, Variable)
                variables.append(value if is_tensor else create(value, name))
        seed = int(rng.integers(2**31))
        # Compiled for Python: a few thousand draws take less time than compiling them.
        try:
            found = pm.draw(variables, draws, random_seed=seed, mode="FAST_COMPILE")
        except NotImplementedError as error:
            raise UnsupportedError(
                self._subject,
                expected="hyperpriors that can be drawn",
                given=f"{prior}: {error}",
                remedy="Use a proper hyperprior; a flat one says nothing.",
            ) from error
        drawn: dict[str, DataArray] = {}
        for (name, value, dims), values in zip(unknown, found, strict=True):
            # A draw of exactly 0 is one that has underflowed, of a parameter that never is 0.
            inside = values if name == ROOT else np.where(values == 0, _TINY, values)
            array = DataArray(np.asarray(inside), dims=("draw", *self.dims_over(value, dims)))
            short = [dim for dim in array.dims[1:] if array.sizes[dim] == 1]  # these broadcast
            drawn[name] = array.squeeze(short)
        return drawn


def _laws(law: Callable[..., Law], of: Iterable[DataArray], **options: Any) -> DataArray:
    """Return the laws of what is there at each place of arrays without labels."""
    made: DataArray = xr.apply_ufunc(law, *of, vectorize=True, output_dtypes=[object], **options)
    return made


def _unknown(
    name: str, value: Any, dims: tuple[str, ...]
) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Yield what has no known law: its name, itself, the dims of what it is a parameter of."""
    if family_of(value) is not None:
        for key, parameter in value.parameters.items():
            yield from _unknown(names.child(name, key), parameter, own_dims(value))
    elif is_factory(value) or (isinstance(value, Variable) and rvs_in_graph([value])):
        if distribution_of(value) is None:
            yield name, value, dims


def _lengths(tensor: Any) -> tuple[int, ...]:
    if None not in tensor.type.shape:
        return tuple(tensor.type.shape)
    return tuple(int(length) for length in tensor.shape.eval(mode="FAST_COMPILE"))
