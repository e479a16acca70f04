"""Value transforms of zero-sum variables: a coordinate, in orthonormal coordinates of deviations.

The sampled value ``v`` has one element less than the variable along each zero-sum axis::

    phi = link.inverse(location + extended(M + S v))

``extended`` maps orthonormal coordinates to deviations that sum to zero (see
:mod:`unfunnel.structures.contrasts`; here it is PyMC's own). These coordinates are independent and
normal around 0 with the population scale, so ``M`` and ``S`` are what any coordinate of
:mod:`unfunnel.parameterization.choices` is at location 0.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pymc.distributions.transforms import ZeroSumTransform as Contrasts
from pytensor.graph.basic import Variable
from pytensor.xtensor import as_xtensor

from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Coordinate
from unfunnel.parameterization.graph_ops import GRAPH
from unfunnel.parameterization.transforms import (
    CoordinateTransform,
    DimCoordinateTransform,
    location_and_scale,
)
from unfunnel.structures.zero_sum_variables import log_volume

Node = Variable[Any, Any]


class ZeroSumTransform(CoordinateTransform):
    """The value transform of a zero-sum tensor variable.

    Parameters
    ----------
    link : Link
        From the support of the variable to the real line.
    coordinate : Coordinate
        Gives ``M`` and ``S`` for location 0.
    axes : tuple of int
        Along which deviations sum to zero.
    scale_axes : tuple of int
        The axes of the variable that its scale has.
    """

    def __init__(
        self,
        link: Link,
        coordinate: Coordinate,
        axes: tuple[int, ...],
        scale_axes: tuple[int, ...],
    ) -> None:
        super().__init__(link, coordinate)
        self.axes = axes
        self.scale_axes = scale_axes

    def backward(self, value: Any, *inputs: Node) -> Any:
        """Map the sampled value to the variable."""
        location, scale = self.parameters(inputs, value.ndim)
        center, spread = self._in_coordinates(value, scale)
        deviations = center + spread * value
        for axis in self.axes:
            deviations = Contrasts.extend_axis(deviations, axis=axis)
        return self.link.inverse(location + deviations, GRAPH)

    def forward(self, value: Any, *inputs: Node) -> Any:
        """Map the variable to the sampled value."""
        location, scale = self.parameters(inputs, value.ndim)
        coordinates = self.link.forward(value, GRAPH) - location
        for axis in self.axes:
            coordinates = Contrasts.extend_axis_rev(coordinates, axis=axis)
        center, spread = self._in_coordinates(coordinates, scale)
        return (coordinates - center) / spread

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-volume of :meth:`backward`, one number; the density knows of the link."""
        _location, scale = self.parameters(inputs, value.ndim)
        _center, spread = self._in_coordinates(value, scale)
        return log_volume(spread, tuple(value.shape))

    def parameters(self, inputs: tuple[Node, ...], ndim: int) -> tuple[Any, Any]:
        """Return location and scale of the variable behind ``inputs``, with all of its axes."""
        location, scale = location_and_scale(inputs, None)
        if scale.ndim < ndim:
            absent = [axis for axis in range(ndim) if axis not in self.scale_axes]
            scale = pt.expand_dims(scale, absent)
        return location, scale

    def steering(self, scale: Any, value: Any) -> tuple[Any, ...]:
        """Return the steering values; the information is the same along each zero-sum axis."""
        found = super().steering(scale, value)
        if not found:
            return found
        information, weighted_location = found
        for axis in self.axes:
            # One number for all: what follows from it and the scale is computed once.
            information = pt.expand_dims(information.take(0, axis=axis), axis)
        return information, weighted_location

    def _in_coordinates(self, coordinates: Any, scale: Any) -> tuple[Any, Any]:
        """Return ``M`` and ``S``, broadcasting against orthonormal coordinates."""
        center, spread = self.center_and_spread(coordinates, 0.0, scale)
        return center, pt.atleast_Nd(pt.as_tensor(spread), n=coordinates.ndim)


class DimZeroSumTransform(DimCoordinateTransform):
    """The value transform of a zero-sum ``pymc.dims`` variable, behind labelled axes."""

    inner: ZeroSumTransform

    def __init__(
        self,
        link: Link,
        coordinate: Coordinate,
        axes: tuple[int, ...],
        scale_axes: tuple[int, ...],
    ) -> None:
        super().__init__(link, coordinate)
        self.inner = ZeroSumTransform(link, coordinate, axes, scale_axes)
        self.name = self.inner.name

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-volume of :meth:`backward`, one number."""
        parameters = location_and_scale(inputs, value.type.dims)
        return as_xtensor(self.inner.log_jac_det(value.values, *parameters), dims=())
