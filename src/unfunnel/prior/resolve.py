"""From what the user gave as parameters to the location and scale of a variable, axes named.

A parameter may be a number, an array, a labelled array, a tensor or variable of the model, or a
factory that creates one. All become :class:`~unfunnel.structures.base.Aligned`: constants through
:mod:`unfunnel.alignment`, variables by the dims that the model knows of them, anything without
names from the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph.basic import Constant
from pytensor.raise_op import Assert
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel import names
from unfunnel.alignment import AlignedArray, align_array, registered_dims
from unfunnel.distributions.object_facts import dims_of
from unfunnel.errors import DimsError
from unfunnel.families import Family
from unfunnel.parameterization.graph_ops import GRAPH, as_float
from unfunnel.prior.backends import Backend, dim_lengths
from unfunnel.prior.held_dims import hold_dims
from unfunnel.prior.parameters import ChildDimsError
from unfunnel.structures.base import Aligned


class Law(NamedTuple):
    """The parameters of the unconstrained variable: those of the base law, location and scale."""

    shape: tuple[Aligned, ...]
    location: Aligned
    scale: Aligned

    @property
    def parameters(self) -> tuple[Aligned, ...]:
        """All of them, in the order in which the random variable takes them."""
        return (*self.shape, self.location, self.scale)

    @property
    def axes(self) -> tuple[str, ...]:
        """The dims along which any of them varies."""
        return max((parameter.dims for parameter in self.parameters), key=len)


@contextmanager
def attribute_errors_surface(name: str) -> Iterator[None]:
    """Turn an AttributeError into a RuntimeError: pymc-marketing reads one as "no prior"."""
    try:
        yield
    except AttributeError as error:
        raise RuntimeError(f"Creating {name!r} failed: {error}") from error


@dataclass
class Resolver:
    """Resolves the parameters of one variable that is being created.

    In a likelihood axes are matched by position where no dims are declared. There a parameter in
    whose place another was given, as ``sigma`` where ``cv`` is, is no variable of the model, as it
    has as many elements as the data.
    """

    backend: Backend
    name: str
    dims: tuple[str, ...] | None
    likelihood: bool = False
    model: Any = field(default_factory=lambda: pm.modelcontext(None))
    _fixed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse dims that the model does not have."""
        for dim in self.dims or ():
            if dim not in self.model.dim_lengths:
                raise DimsError(
                    self.name,
                    expected=f"a model with coords for each of the dims {self.dims}",
                    given=f"no coords for {dim!r}",
                    remedy=f"Create the model with pm.Model(coords={{{dim!r}: [...]}}).",
                )

    def law(self, family: Family, parameters: Mapping[str, Any]) -> Law:
        """Return the law of the variable, not valid where a parameter leaves its support."""
        resolved = {key: self.parameter(key, value) for key, value in parameters.items()}
        if self.dims is None:  # axes have positions, the most axes all of them
            most_first = sorted((value.dims for value in resolved.values()), key=len, reverse=True)
            union = tuple(dict.fromkeys(chain(*most_first)))
        else:
            union = tuple(dim for dim in self.dims if any(dim in x.dims for x in resolved.values()))
        tensors = {key: value.over(union) for key, value in resolved.items()}
        stated = family.stated(tensors, GRAPH)
        derived_keys = () if self.likelihood else [key for key in stated if key not in tensors]
        for key in derived_keys:
            derived = Aligned(stated[key], union)
            stated[key] = self.backend.derived(names.child(self.name, key), derived, self.dims)
        law = (*family.shape(stated), *family.location_scale(stated, GRAPH))
        constants = {k for k in tensors if isinstance(resolved[k].tensor, Constant)}
        *shape, location, scale = _guarded(family, tensors, constants, law)
        *shape, location, scale = self.backend.own_axes(
            *(Aligned(tensor, union) for tensor in (*shape, self.tied(location), scale))
        )
        return Law(tuple(shape), location, scale)

    def parameter(self, key: str, value: Any) -> Aligned:
        """Resolve one parameter; factories create the child ``{name}_{key}``."""
        if hasattr(value, "create_variable"):
            return self.created(key, value, names.child(self.name, key))
        if isinstance(value, Real):
            return Aligned(as_float(float(value)))
        if isinstance(value, np.ndarray | DataArray):
            aligned = self.aligned_array(key, value)
            return Aligned(as_float(aligned.values), aligned.dims)
        return self.variable(key, value)

    def created(self, key: str, factory: Any, name: str) -> Aligned:
        """Create the variable of a factory and resolve it."""
        return self.variable(key, self.backend.child(factory, name), factory)

    def aligned_weight(self, weight: np.ndarray | DataArray) -> np.ndarray:
        """Align the weights of ``centered=`` and give them an axis for each declared dim.

        To be called before :meth:`law`, which ties the variable to their dims.
        """
        if self.dims is None:
            raise _undeclared_axes(f"{self.name}: centered", weight)
        aligned = self.aligned_array("centered", weight)
        absent = [axis for axis, dim in enumerate(self.dims) if dim not in aligned.dims]
        return np.expand_dims(aligned.values, absent).astype(pytensor.config.floatX)

    def aligned_array(self, key: str, value: np.ndarray | DataArray) -> AlignedArray:
        """Align an array with the coords of the model and watch the dims it depends on."""
        subject = f"{self.name}: {key}"
        if self.dims is None:
            own = getattr(value, "dims", None)
            axes = self.backend.undeclared_axes(value.ndim, own, self.likelihood)
            if axes is None:
                raise _undeclared_axes(subject, value)
            return AlignedArray(np.asarray(value), axes)
        lengths = dim_lengths(self.model, self.dims)
        aligned = align_array(value, self.dims, self.model.coords, lengths, subject)
        self.hold(aligned.fixed, subject)
        return aligned

    def hold(self, fixed: Mapping[str, int], subject: str) -> None:
        """Refuse, from now on, other labels or lengths of the dims that something depends on."""
        if fixed:
            hold_dims(self.model, fixed, subject)
            self._fixed.update(fixed)

    def variable(self, key: str, variable: Any, factory: Any = None) -> Aligned:
        """Resolve a tensor or a labelled tensor, by the names of its axes if it has any.

        ``factory`` is what made it, and may know its dims.
        """
        dims: tuple[str, ...] | None
        if isinstance(getattr(variable, "type", None), XTensorType):
            dims, tensor = tuple(variable.type.dims), variable.values
        else:
            tensor = pt.as_tensor(variable)
            dims = dims_of(factory) if tensor.ndim else ()
            if dims is None or len(dims) != tensor.ndim:
                dims = registered_dims(self.model, tensor)
        tensor = tensor if tensor.dtype == pytensor.config.floatX else tensor.astype("floatX")
        subject = f"{self.name}: {key}"
        if self.dims is None:
            axes = self.backend.undeclared_axes(tensor.ndim, dims, self.likelihood)
            if axes is not None:
                return Aligned(tensor, axes)
            raise DimsError(
                subject,
                expected="a prior whose dims= hold the dims of its parameters",
                given=f"a parameter with dims {dims} and a prior with dims=None",
                remedy="Declare dims=; without them it is not decided which elements share a "
                "value.",
            )
        if dims is None:
            return _from_the_right(subject, tensor, self.dims)
        if unknown := [dim for dim in dims if dim not in self.dims]:
            raise ChildDimsError(
                subject,
                expected=f"dims among {self.dims}",
                given=f"dims {dims}",
                remedy=f"Declare {unknown[0]!r} in dims= of the prior.",
            )
        order = tuple(dim for dim in self.dims if dim in dims)
        return Aligned(tensor.transpose([dims.index(d) for d in order]) if order else tensor, order)

    def tied(self, tensor: Any) -> Any:
        """Assert in the graph that the dims that are held keep their lengths."""
        conditions = [
            pt.eq(length, self._fixed[dim])
            for dim, length in self.model.dim_lengths.items()
            if dim in self._fixed and not isinstance(length, Constant)
        ]
        if not conditions:
            return tensor
        message = (
            f"{self.name}: expected the dims {tuple(self._fixed)} to keep the lengths "
            f"{tuple(self._fixed.values())} that it was aligned with, but they were resized. "
            "Build the model again."
        )
        return Assert(message)(tensor, *conditions)


def _undeclared_axes(subject: str, value: np.ndarray | DataArray) -> DimsError:
    return DimsError(
        subject,
        expected="dims= to be declared, so that the axes of an array have names",
        given=f"an array of shape {value.shape} and dims=None",
        remedy="Pass dims= to the prior.",
    )


def _from_the_right(subject: str, tensor: Any, dims: tuple[str, ...]) -> Aligned:
    """Give a tensor the last of these dims; axes of length one broadcast."""
    if tensor.ndim > len(dims):
        raise DimsError(
            subject,
            expected=f"a tensor with at most {len(dims)} axes for the dims {dims}",
            given=f"{tensor.ndim} axes",
        )
    kept = [axis for axis, length in enumerate(tensor.type.shape) if length != 1]
    return Aligned(tensor, dims[len(dims) - tensor.ndim :]).keeping(kept)


def _guarded(
    family: Family,
    parameters: Mapping[str, Any],
    constants: Collection[str],
    law: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Make the scale NaN and the rest finite where a parameter that is no constant is outside.

    Draws are then NaN and the density is -inf, not those of, say, the absolute value. The same
    where the family finds no positive scale, so far out that numbers end.
    """
    *shape, location, scale = law
    variables = {name: x for name, x in parameters.items() if name not in constants}
    conditions = [
        parameters[ratio.of] < ratio.parameter.support.upper * ratio.unit(parameters, GRAPH)
        for ratio in family.ratios
        if variables and np.isfinite(ratio.parameter.support.upper) and ratio.of in parameters
    ]
    for name, variable in variables.items():
        inside = family.parameter(name).support.holds(variable)
        conditions += [] if inside is None else [inside]
    if variables and not conditions:  # a real location, and a scale that is a number
        return law
    valid = scale > 0
    for condition in conditions:
        valid = valid & condition
    shape = [
        pt.switch(valid, tensor, family.parameter(name).support.inside)
        if name in variables
        else tensor
        for name, tensor in zip(family.base.shape, shape, strict=True)
    ]
    return *shape, pt.switch(valid, location, 0.0), pt.switch(valid, scale, np.nan)
