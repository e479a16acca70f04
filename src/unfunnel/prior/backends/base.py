"""What a backend is: how model variables of one kind are created.

Every parameter is lowered to a tensor whose axes are named in the order of the prior's own dims
(:class:`Aligned`), so that families, centerings and the density are written once, for tensors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel.alignment import align_array, registered_dims
from unfunnel.errors import DimsError
from unfunnel.families import Family
from unfunnel.parameterization.choices import Parameterization
from unfunnel.structures.base import Aligned, Structure
from unfunnel.structures.transform import value_transform


class Backend(ABC):
    """Creates model variables of one kind."""

    #: What ``create_variable(xdist=...)`` of a child is called with.
    xdist: bool

    @abstractmethod
    def child(self, factory: Any, name: str) -> Any:
        """Create the variable of a hyperprior."""

    def variable(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: tuple[str, ...] | None,
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
        spread = Aligned(self.spread(location, dims), dims)
        return self.joint(op, name, spread, scale, dims, **options)

    def elementwise(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: tuple[str, ...] | None,
        **options: Any,
    ) -> Any:
        """Register the random variable of a family whose elements are drawn one by one.

        Without ``default_transform`` it is sampled behind the link of its family; ``observed`` are
        data.
        """
        return self.distribution(family)(
            name, *self.arguments(parameters, dims), dims=dims, **options
        )

    @abstractmethod
    def distribution(self, family: Family) -> Callable[..., Any]:
        """Return the distribution of a family, which registers a variable when it is called."""

    @abstractmethod
    def arguments(
        self, parameters: tuple[Aligned, ...], dims: tuple[str, ...] | None
    ) -> tuple[Any, ...]:
        """Return the parameters in the form that the distribution takes."""

    @abstractmethod
    def joint(
        self,
        op: Any,
        name: str,
        location: Aligned,
        scale: Aligned,
        dims: tuple[str, ...],
        **options: Any,
    ) -> Any:
        """Register the random variable of an op that draws all elements together."""

    def spread(self, parameter: Aligned, dims: tuple[str, ...]) -> Any:
        """Return a tensor that has every dim at its present length."""
        lengths = [pm.modelcontext(None).dim_lengths[dim] for dim in dims]
        return pt.alloc(parameter.over(dims), *lengths)

    @abstractmethod
    def function(self, name: str) -> Callable[[Any], Any]:
        """Return the function that ``transform=`` names, for variables of this kind."""

    @abstractmethod
    def undeclared_axes(
        self, ndim: int, dims: tuple[str, ...] | None, positional: bool
    ) -> tuple[str, ...] | None:
        """Name the axes of a parameter of a prior without dims; None if that is undecided.

        Parameters
        ----------
        ndim : int
            Number of axes.
        dims : tuple of str or None
            The dims that the parameter has by itself.
        positional : bool
            Whether its axes may be matched by position (a likelihood).
        """

    @abstractmethod
    def own_axes(self, *parameters: Aligned) -> tuple[Aligned, ...]:
        """Return parameters, given over the same dims, as the random variable takes them."""

    @abstractmethod
    def tensor_of(self, variable: Any) -> Any:
        """Return a variable of this kind as a tensor, its axes in the order of its dims."""

    @abstractmethod
    def deterministic(self, name: str, value: Aligned, dims: tuple[str, ...] | None) -> Any:
        """Register ``value`` under ``name`` with the declared dims."""

    def derived(self, name: str, value: Aligned, dims: tuple[str, ...] | None) -> Any:
        """Register a parameter that another stands in place of, as ``sigma`` where ``cv`` is given.

        The law depends on the tensor that is returned, so that ``pm.do`` on the name reaches it.
        """
        own = None if dims is None else value.dims
        return self.tensor_of(self.deterministic(name, value, own))

    @abstractmethod
    def apply(self, name: str, function: Any, variable: Any, dims: tuple[str, ...] | None) -> Any:
        """Register ``function(variable)`` under ``name`` (``transform=``)."""

    @abstractmethod
    def labelled_data(self, data: DataArray) -> Any:
        """Return aligned data in the form that the random variable takes."""

    @abstractmethod
    def unlabelled_data(self, data: Any, dims: tuple[str, ...]) -> Any:
        """Return data without labels; as in numpy, the last axis belongs to the last dim."""

    def observed(self, value: Any, dims: tuple[str, ...] | None, name: str) -> Any:
        """Return data in the form and orientation that the random variable takes."""
        labelled = isinstance(value, Variable) and isinstance(value.type, XTensorType)
        if dims is None or labelled:  # labelled tensors are matched by pymc.dims itself
            return value
        if isinstance(value, DataArray):
            return self.labelled_data(align_observed(value, dims, name))
        own = registered_dims(pm.modelcontext(None), value) if isinstance(value, Variable) else None
        if own is not None and len(own) > 1 and own != dims[len(dims) - len(own) :]:
            raise DimsError(
                f"{name}: observed",
                expected=f"data with the dims {dims}, in this order",
                given=f"{value.name!r} with dims {own}",
                remedy="Declare dims= of the prior in the order of the data.",
            )
        return self.unlabelled_data(value, dims)


def align_observed(data: DataArray, dims: tuple[str, ...], name: str) -> DataArray:
    """Order labelled data like the model; every label must match, so that no data are lost."""
    model = pm.modelcontext(None)
    aligned = align_array(
        data, dims, model.coords, dim_lengths(model, dims), f"{name}: observed", exact=True
    )
    return DataArray(aligned.values, dims=aligned.dims)


def dim_lengths(model: Any, dims: tuple[str, ...]) -> dict[str, int]:
    """Return the present length of each dim."""
    return {dim: int(model.dim_lengths[dim].eval()) for dim in dims}
