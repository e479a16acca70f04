"""From what the user gave as parameters to the location and scale of a variable, axes named.

A parameter may be a number, an array, a labelled array, a tensor or variable of the model, or a
factory that creates one. All become :class:`~unfunnel.structures.base.Aligned`: constants through
:mod:`unfunnel.alignment`, variables by the dims that the model knows of them, anything without
names from the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc_extras.prior import UnsupportedShapeError
from pytensor.graph.basic import Constant
from pytensor.raise_op import Assert
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel import names
from unfunnel.alignment import AlignedArray, align_array, registered_dims
from unfunnel.distributions.object_facts import dims_facts, dims_of, names_given
from unfunnel.errors import DimsError
from unfunnel.families import Family
from unfunnel.parameterization.graph_ops import GRAPH, as_float
from unfunnel.prior.backends import Backend, dim_lengths
from unfunnel.prior.checks import inner_dims_mistakes
from unfunnel.prior.held_dims import hold_dims
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


class ChildDimsError(DimsError, UnsupportedShapeError):
    """A hyperprior has dims that the prior lacks; also upstream's ``UnsupportedShapeError``."""


def check_dims(owner: str, given: Any, parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return dims as a tuple that holds those of every parameter; None may be filled in later."""
    if given is None:
        return None
    dims = names_given(given)
    if any(not isinstance(dim, str) for dim in dims) or len(set(dims)) != len(dims):
        raise DimsError(f"{owner}: dims", expected="unique names of dims", given=repr(dims))
    facts = {key: dims_facts(value) for key, value in parameters.items()}
    for mistake in inner_dims_mistakes(dims, facts):
        raise replace(mistake, error=ChildDimsError).as_error(owner)
    return dims


@contextmanager
def attribute_errors_surface(name: str) -> Iterator[None]:
    """Turn an AttributeError into a RuntimeError: pymc-marketing reads one as "no prior"."""
    try:
        yield
    except AttributeError as error:
        raise RuntimeError(f"Creating {name!r} failed: {error}") from error


@dataclass
class Resolver:
    """Resolves the parameters of one variable that is being created."""

    backend: Backend
    name: str
    dims: tuple[str, ...] | None
    #: Whether axes are matched by position where no dims are declared, as for a likelihood.
    positional: bool = False
    #: Whether parameters in whose place others were given, as ``sigma`` where ``cv`` is, become
    #: variables of the model; those of a likelihood are as many as its data.
    keeps_derived: bool = True
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
        if self.dims is None:
            union = _positional_union(resolved)
        else:
            union = tuple(dim for dim in self.dims if any(dim in x.dims for x in resolved.values()))
        tensors = {key: value.over(union) for key, value in resolved.items()}
        stated = family.stated(tensors, GRAPH)
        if self.keeps_derived:
            stated |= {
                key: self.backend.derived(names.child(self.name, key), Aligned(x, union), self.dims)
                for key, x in stated.items()
                if key not in tensors
            }
        location, scale = family.location_scale(stated, GRAPH)
        constants = {k for k in tensors if isinstance(resolved[k].tensor, Constant)}
        *shape, location, scale = _guarded(
            family, tensors, constants, (*family.shape(stated), location, scale)
        )
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
        return self.variable(key, self.backend.child(factory, name), dims=dims_of(factory))

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
            axes = self.backend.undeclared_axes(
                value.ndim, getattr(value, "dims", None), self.positional
            )
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

    def variable(self, key: str, variable: Any, dims: tuple[str, ...] | None = None) -> Aligned:
        """Resolve a tensor or a labelled tensor, by the names of its axes if it has any."""
        if isinstance(getattr(variable, "type", None), XTensorType):
            dims, tensor = tuple(variable.type.dims), variable.values
        else:
            tensor = pt.as_tensor(variable)
            if dims is None or len(dims) != tensor.ndim:
                dims = registered_dims(self.model, tensor) if tensor.ndim else ()
        tensor = tensor if tensor.dtype == pytensor.config.floatX else tensor.astype("floatX")
        if self.dims is None:
            return self._undeclared(key, tensor, dims)
        if dims is None:
            return self._from_the_right(key, tensor, self.dims)
        unknown = [dim for dim in dims if dim not in self.dims]
        if unknown:
            raise DimsError(
                f"{self.name}: {key}",
                expected=f"dims among {self.dims}",
                given=f"dims {dims}",
                remedy=f"Declare {unknown[0]!r} in dims= of the prior.",
            )
        order = tuple(dim for dim in self.dims if dim in dims)
        return Aligned(
            tensor.transpose([dims.index(dim) for dim in order]) if order else tensor, order
        )

    def _undeclared(self, key: str, tensor: Any, dims: tuple[str, ...] | None) -> Aligned:
        axes = self.backend.undeclared_axes(tensor.ndim, dims, self.positional)
        if axes is not None:
            return Aligned(tensor, axes)
        raise DimsError(
            f"{self.name}: {key}",
            expected="a prior whose dims= hold the dims of its parameters",
            given=f"a parameter with dims {dims} and a prior with dims=None",
            remedy="Declare dims=; without them it is not decided which elements share a value.",
        )

    def _from_the_right(self, key: str, tensor: Any, dims: tuple[str, ...]) -> Aligned:
        if tensor.ndim > len(dims):
            raise DimsError(
                f"{self.name}: {key}",
                expected=f"a tensor with at most {len(dims)} axes for the dims {dims}",
                given=f"{tensor.ndim} axes",
            )
        axes = dims[len(dims) - tensor.ndim :]
        kept = [axis for axis, length in enumerate(tensor.type.shape) if length != 1]
        return Aligned(tensor.dimshuffle(kept), tuple(axes[axis] for axis in kept))

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


def _positional_union(resolved: Mapping[str, Aligned]) -> tuple[str, ...]:
    most_first = sorted((value.dims for value in resolved.values()), key=len, reverse=True)
    return tuple(dict.fromkeys(chain(*most_first)))


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
