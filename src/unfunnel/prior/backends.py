"""Plain PyMC and ``pymc.dims``: the one place that tells them apart.

Every parameter is lowered to a tensor whose axes are named in the order of the prior's own dims
(:class:`~unfunnel.structures.base.Aligned`), so that families, structures and densities are written
once, for tensors. :class:`Backend` makes plain variables, whose axes have a position;
:class:`DimsBackend` labelled ones, whose axes have a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pymc as pm
import pymc.dims as pmd
import pytensor.tensor as pt
from pymc_extras.prior import UnknownTransformError
from pytensor.graph.basic import Variable
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.type import XTensorType
from pytensor.xtensor.vectorization import XRV
from xarray import DataArray

from unfunnel.alignment import align_array, registered_dims
from unfunnel.distributions.natural import distributions
from unfunnel.errors import DimsError
from unfunnel.families import Family
from unfunnel.parameterization.choices import Parameterization
from unfunnel.prior.upstream import named_function
from unfunnel.structures.base import Aligned, Structure
from unfunnel.structures.transform import value_transform

Dims = tuple[str, ...]


class Backend:
    """Plain PyMC variables."""

    #: What ``create_variable(xdist=...)`` of a child is called with.
    xdist = False

    def child(self, factory: Any, name: str) -> Any:
        """Create the variable of a hyperprior; factories older than pymc.dims take no keyword."""
        return factory.create_variable(name)

    # -- random variables

    def variable(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: Dims | None,
        structure: Structure,
        parameterization: Parameterization,
    ) -> Any:
        """Register the random variable of a family and a structure, and return it.

        ``parameters`` are those of the unconstrained variable: of the base law, location and scale.
        """
        options: dict[str, Any] = {}
        if structure.needs_transform(parameterization):
            options["default_transform"] = value_transform(
                family.link, parameterization, structure, labelled=self.xdist
            )
        op = structure.op(family, len(dims or ()))
        if op is None:
            return self.elementwise(family, name, parameters, dims, **options)
        *_shape, location, scale = parameters
        assert dims is not None  # noqa: S101  # elements drawn together are along dims
        variable = self.joint(op, spread(location, dims), scale, dims)
        model: Any = pm.modelcontext(None)
        return model.register_rv(variable, name, dims=dims, **options)

    def elementwise(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: Dims | None,
        **options: Any,
    ) -> Any:
        """Register the random variable of a family whose elements are drawn one by one."""
        arguments = (parameter.trailing(dims or parameter.dims) for parameter in parameters)
        return distributions(family).tensor(name, *arguments, dims=dims, **options)

    def joint(self, op: Any, location: Aligned, scale: Aligned, dims: Dims) -> Any:
        """Return the random variable of an op that draws all elements together."""
        return op(pt.random.shared_rng(seed=None), None, location.tensor, scale.tensor)

    # -- parameters

    def undeclared_axes(self, ndim: int, dims: Dims | None, positional: bool) -> Dims | None:
        """Name the axes of a parameter of a prior without dims; None if that is undecided.

        ``dims`` are those that the parameter has by itself. In a likelihood its axes may be matched
        by position.
        """
        if dims and not positional:
            return None
        return tuple(f"axis{i}" for i in range(-ndim, 0))  # the same from the right for all

    def own_axes(self, *parameters: Aligned) -> tuple[Aligned, ...]:
        """Return parameters, given over the same dims, as the random variable takes them."""
        return parameters  # axes of length one broadcast by position

    def of_kind(self, value: Aligned) -> Any:
        """Return a variable of this kind."""
        return value.tensor

    def tensor_of(self, variable: Any) -> Any:
        """Return a variable of this kind as a tensor, its axes in the order of its dims."""
        return variable

    # -- Deterministics

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return the function that ``transform=`` names, for variables of this kind."""
        return named_function(name)

    def registered(self, name: str, variable: Any, dims: Dims | None) -> Any:
        """Register a variable of this kind under ``name`` with the declared dims."""
        return pm.Deterministic(name, variable, dims=dims)

    def deterministic(self, name: str, value: Aligned, dims: Dims | None) -> Any:
        """Register ``value`` under ``name`` with the declared dims."""
        return self.registered(name, self.of_kind(value), dims)

    def derived(self, name: str, value: Aligned, dims: Dims | None) -> Any:
        """Register a parameter that another stands in place of, as ``sigma`` where ``cv`` is given.

        The law depends on the tensor that is returned, so that ``pm.do`` on the name reaches it.
        """
        own = None if dims is None else value.dims
        return self.tensor_of(self.deterministic(name, value, own))

    # -- data

    def observed(self, value: Any, dims: Dims | None, name: str) -> Any:
        """Return data in the form and orientation that the random variable takes.

        Of labelled data every label must match, so that none are lost.
        """
        model = pm.modelcontext(None)
        labelled = isinstance(value, Variable) and isinstance(value.type, XTensorType)
        if dims is None or labelled:  # labelled tensors are matched by pymc.dims itself
            return value
        if isinstance(value, DataArray):
            subject, lengths = f"{name}: observed", dim_lengths(model, dims)
            aligned = align_array(value, dims, model.coords, lengths, subject, exact=True)
            return self.data(aligned.values, aligned.dims)
        own = registered_dims(model, value) if isinstance(value, Variable) else None
        if own is not None and len(own) > 1 and own != dims[len(dims) - len(own) :]:
            raise DimsError(
                f"{name}: observed",
                expected=f"data with the dims {dims}, in this order",
                given=f"{value.name!r} with dims {own}",
                remedy="Declare dims= of the prior in the order of the data.",
            )
        return self.data(value, dims)

    def data(self, values: Any, dims: Dims) -> Any:
        """Return data in the form that the random variable takes; the last axis is the last dim."""
        return values


class DimsBackend(Backend):
    """Variables of ``pymc.dims``, with labelled axes."""

    xdist = True

    def child(self, factory: Any, name: str) -> Any:
        return factory.create_variable(name, xdist=True)

    def elementwise(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: Dims | None,
        **options: Any,
    ) -> Any:
        # pymc.dims puts the dims that no parameter has in front, and the others in the order in
        # which it meets them, and would transpose the variable to the declared order, so that it
        # would no longer be a random variable by itself, which its consumers expect. So the first
        # parameter has every dim in the declared order, unless the variable gets it anyway.
        met = tuple(dict.fromkeys(dim for parameter in parameters for dim in parameter.dims))
        if dims is not None and dims[len(dims) - len(met) :] != met:
            first, *others = parameters
            parameters = (spread(first, dims), *others)
        arguments = map(self.of_kind, _of_one_type(parameters))
        return distributions(family).dims(name, *arguments, dims=dims, **options)

    def joint(self, op: Any, location: Aligned, scale: Aligned, dims: Dims) -> Any:
        return XRV(op, core_dims=((dims, scale.dims), dims), extra_dims=())(
            pt.random.shared_rng(seed=None),
            self.of_kind(location),
            self.of_kind(scale),
        )

    def undeclared_axes(self, ndim: int, dims: Dims | None, positional: bool) -> Dims | None:
        if ndim == 0:
            return ()
        return dims if positional else None

    def own_axes(self, *parameters: Aligned) -> tuple[Aligned, ...]:
        return tuple(_without_foreign_axes(parameter, parameters) for parameter in parameters)

    def of_kind(self, value: Aligned) -> Any:
        return as_xtensor(value.tensor, dims=value.dims)

    def tensor_of(self, variable: Any) -> Any:
        return variable.values

    def function(self, name: str) -> Callable[[Any], Any]:
        try:
            return named_function(name, xdist=True)
        except UnknownTransformError:
            # pytensor.xtensor has fewer functions than pytensor.tensor; elementwise ones carry over
            plain = named_function(name)
            return lambda x: as_xtensor(plain(x.values), dims=x.type.dims)

    def registered(self, name: str, variable: Any, dims: Dims | None) -> Any:
        return pmd.Deterministic(name, variable, dims=dims)

    def data(self, values: Any, dims: Dims) -> Any:
        tensor: Any = values if isinstance(values, Variable) else pt.as_tensor(values)
        return as_xtensor(tensor, dims=dims[len(dims) - tensor.ndim :])


BACKENDS: dict[bool, Backend] = {False: Backend(), True: DimsBackend()}


def dim_lengths(model: Any, dims: Dims) -> dict[str, int]:
    """Return the present length of each dim."""
    return {dim: int(model.dim_lengths[dim].eval()) for dim in dims}


def spread(parameter: Aligned, dims: Dims) -> Aligned:
    """Return a parameter that has every dim, at its present length."""
    lengths = [pm.modelcontext(None).dim_lengths[dim] for dim in dims]
    return Aligned(pt.alloc(parameter.over(dims), *lengths), dims)


def _of_one_type(parameters: tuple[Aligned, ...]) -> list[Aligned]:
    """Forget that a dim has one label where another parameter does not know it.

    PyTensor would put the forgotten length around the random variable again, which then is none.
    """

    def lengths(parameter: Aligned) -> Iterator[tuple[str, int | None]]:
        return zip(parameter.dims, parameter.tensor.type.shape, strict=True)

    unknown = {dim for p in parameters for dim, length in lengths(p) if length is None}
    return [
        spread(p, p.dims) if any(n == 1 and dim in unknown for dim, n in lengths(p)) else p
        for p in parameters
    ]


def _without_foreign_axes(parameter: Aligned, all_of_them: tuple[Aligned, ...]) -> Aligned:
    """Drop the axes along which only other parameters vary.

    Labelled tensors broadcast by name: an axis of length one would be taken for the whole dim.
    """
    lengths = zip(*(each.tensor.type.shape for each in all_of_them), strict=True)
    own = parameter.tensor.type.shape
    kept = [
        axis
        for axis, everyones in enumerate(lengths)
        if own[axis] != 1 or all(length == 1 for length in everyones)
    ]
    return parameter.keeping(kept)
