"""What a backend is: how model variables of one kind are created.

Every parameter is lowered to a tensor whose axes are named in the order of the prior's own dims
(:class:`Aligned`), so that families, centerings and the density are written once, for tensors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel.alignment import align_array, registered_dims
from unfunnel.errors import DimsError
from unfunnel.families import Family
from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Coordinate


@dataclass(frozen=True)
class Aligned:
    """A tensor whose axes are named.

    Parameters
    ----------
    tensor : TensorVariable
        One axis for each of ``dims``.
    dims : tuple of str
        A subset of the prior's dims, in their order.
    """

    tensor: Any
    dims: tuple[str, ...] = ()

    def over(self, dims: tuple[str, ...]) -> Any:
        """Return the tensor with an axis of length 1 for each of ``dims`` that it lacks."""
        return pt.expand_dims(
            self.tensor, [i for i, dim in enumerate(dims) if dim not in self.dims]
        )

    def trailing(self, dims: tuple[str, ...]) -> Any:
        """Return the tensor so that it broadcasts from the right against ``dims``."""
        first = min((dims.index(dim) for dim in self.dims), default=len(dims))
        return self.over(dims[first:])


class Backend(ABC):
    """Creates model variables of one kind."""

    #: What ``create_variable(xdist=...)`` of a child is called with.
    xdist: bool

    @abstractmethod
    def child(self, factory: Any, name: str) -> Any:
        """Create the variable of a hyperprior."""

    def random_variable(
        self,
        family: Family,
        name: str,
        parameters: tuple[Aligned, ...],
        dims: tuple[str, ...] | None,
        *,
        coordinate: Coordinate | None = None,
        observed: Any = None,
    ) -> Any:
        """Register the random variable of a family and return it.

        Parameters
        ----------
        family : Family
            The law.
        name : str
            Its name in the model.
        parameters : tuple of Aligned
            Of the unconstrained variable: those of the base law, location and scale.
        dims : tuple of str or None
            The declared dims, in order.
        coordinate : Coordinate, optional
            The coordinate that the sampler works in; the family's own link alone (centered) if not
            given.
        observed : array_like, optional
            Data.
        """
        options: dict[str, Any] = {}
        if coordinate is not None:
            options["default_transform"] = self.value_transform(family.link, coordinate)
        return self.distribution(family)(
            name, *self.arguments(parameters, dims), dims=dims, observed=observed, **options
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
    def value_transform(self, link: Link, coordinate: Coordinate) -> Any:
        """Return the value transform in which a coordinate is sampled."""

    @abstractmethod
    def zero_sum_variable(
        self,
        family: Family,
        name: str,
        location: Aligned,
        scale: Aligned,
        dims: tuple[str, ...],
        axes: tuple[int, ...],
        coordinate: Coordinate,
    ) -> Any:
        """Register a random variable whose deviations sum to zero, and return it.

        Parameters
        ----------
        family : Family
            A family that is normal behind its link.
        name : str
            Its name in the model.
        location : Aligned
            Of the unconstrained variable.
        scale : Aligned
            The population scale, with the dims along which it varies.
        dims : tuple of str
            The declared dims, in order.
        axes : tuple of int
            The places of the zero-sum dims among them.
        coordinate : Coordinate
            The coordinate that the sampler works in.
        """

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
