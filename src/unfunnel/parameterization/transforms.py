"""A coordinate as a PyMC value transform, for tensors and for ``pymc.dims``.

The sampled value ``v`` and the variable are related by ``phi = link.inverse(M + S v)``, where ``M``
and ``S`` are functions of the variable's *own* location and scale. Those are read from the inputs
of the random variable at the moment PyMC asks, so that the transform holds no graph and survives
cloning, freezing and ``pm.do``.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pymc.dims.distributions.transforms import DimTransform
from pymc.distributions.distribution import SymbolicRandomVariable
from pymc.logprob.transforms import Transform
from pytensor.graph.basic import Variable
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.basic import XTensorFromTensor
from pytensor.xtensor.type import XTensorType
from pytensor.xtensor.vectorization import XRV

from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Coordinate, Informed
from unfunnel.parameterization.graph_ops import GRAPH, positive_or_one
from unfunnel.parameterization.site_parameters import steering_inputs

Node = Variable[Any, Any]

#: Operations that draw, of either backend.
DRAWING = RandomVariable | SymbolicRandomVariable | XRV


class SteeringLost(BaseException):
    """A rewrite removed the steering values before the value transform was applied.

    No ``Exception``: PyTensor logs those and goes on without the transform, that is with another
    model.
    """


class LinkTransform(Transform):
    """The value transform of a tensor variable by its link alone: it is sampled itself.

    Parameters
    ----------
    link : Link
        From the support of the variable to the real line.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.name = link.name

    def backward(self, value: Any, *inputs: Node) -> Any:
        """Map the sampled value to the variable."""
        return self.link.inverse(value, GRAPH)

    def forward(self, value: Any, *inputs: Node) -> Any:
        """Map the variable to the sampled value."""
        return self.link.forward(value, GRAPH)

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-Jacobian of :meth:`backward`."""
        return self.link.log_slope(value, GRAPH)


class CoordinateTransform(LinkTransform):
    """The value transform of a tensor variable in a coordinate of its own.

    Parameters
    ----------
    link : Link
        From the support of the variable to the real line.
    coordinate : Coordinate
        Gives ``M`` and ``S``.
    """

    def __init__(self, link: Link, coordinate: Coordinate) -> None:
        super().__init__(link)
        self.coordinate = coordinate
        self.name = coordinate.name

    def backward(self, value: Any, *inputs: Node) -> Any:
        """Map the sampled value to the variable."""
        center, spread = self._center_and_spread(value, inputs)
        return super().backward(center + spread * value)

    def forward(self, value: Any, *inputs: Node) -> Any:
        """Map the variable to the sampled value."""
        center, spread = self._center_and_spread(value, inputs)
        return (super().forward(value) - center) / spread

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-Jacobian of :meth:`backward`."""
        center, spread = self._center_and_spread(value, inputs)
        return pt.log(spread) + super().log_jac_det(center + spread * value)

    def _center_and_spread(self, value: Any, inputs: tuple[Node, ...]) -> tuple[Any, Any]:
        location, scale = location_and_scale(inputs, getattr(value.type, "dims", None))
        return self.center_and_spread(value, location, scale)

    def center_and_spread(self, value: Any, location: Any, scale: Any) -> tuple[Any, Any]:
        """Return ``M`` and ``S`` for what is sampled, given its location and scale."""
        steering = self.steering(scale, value)
        if isinstance(self.coordinate, Informed) and not steering:
            raise SteeringLost(f"The steering values of {self.coordinate.name} are gone.")
        return self.coordinate.coordinates(location, positive_or_one(scale), GRAPH, *steering)

    def steering(self, scale: Any, value: Any) -> tuple[Any, ...]:
        """Return the steering values that belong to what is sampled, if there are any."""
        return steering_inputs(scale, value)


class LabelledTransform(DimTransform):
    """The value transform of a ``pymc.dims`` variable: one of tensors, behind labelled axes.

    Parameters
    ----------
    inner : Transform
        The one of tensors, which keeps the axes.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.name = inner.name

    def backward(self, value: Any, *inputs: Node) -> Any:
        """Map the sampled value to the variable."""
        return self._labelled(self.inner.backward, value, inputs)

    def forward(self, value: Any, *inputs: Node) -> Any:
        """Map the variable to the sampled value."""
        return self._labelled(self.inner.forward, value, inputs)

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-Jacobian of :meth:`backward`."""
        return self._labelled(self.inner.log_jac_det, value, inputs)

    def _labelled(self, function: Any, value: Any, inputs: tuple[Node, ...]) -> Any:
        dims = value.type.dims
        return as_xtensor(function(value.values, *self._lowered(inputs, dims)), dims=dims)

    def _lowered(self, inputs: tuple[Node, ...], dims: tuple[str, ...]) -> tuple[Node, ...]:
        """Return what the transform needs of the inputs of the variable, as tensors."""
        return ()


class DimLinkTransform(LabelledTransform):
    """The value transform of a ``pymc.dims`` variable by its link alone."""

    def __init__(self, link: Link) -> None:
        super().__init__(LinkTransform(link))


class DimCoordinateTransform(LabelledTransform):
    """The value transform of a ``pymc.dims`` variable in a coordinate of its own."""

    def __init__(self, link: Link, coordinate: Coordinate) -> None:
        super().__init__(CoordinateTransform(link, coordinate))

    def _lowered(self, inputs: tuple[Node, ...], dims: tuple[str, ...]) -> tuple[Node, ...]:
        return location_and_scale(inputs, dims)


def unlabelled(transform: Any) -> Any:
    """Return a value transform without the labels that one for ``pymc.dims`` puts around it."""
    return transform.inner if isinstance(transform, LabelledTransform) else transform


def location_and_scale(inputs: tuple[Node, ...], dims: tuple[str, ...] | None) -> tuple[Any, Any]:
    """Find location and scale among the inputs that PyMC hands to a transform.

    At different stages these are the inputs of the random variable (of either kind), or one lowered
    tensor variable behind which the random variable stands. Either way the last two are location
    and scale.

    Parameters
    ----------
    inputs : tuple of Variable
        As PyMC gave them.
    dims : tuple of str or None
        Dims of the value; labelled inputs are ordered by them.

    Returns
    -------
    tuple of TensorVariable
        Location and scale, broadcasting against the value from the right.
    """
    while len(inputs) == 1:
        node = inputs[0].owner
        if node is None or not isinstance(node.op, DRAWING | XTensorFromTensor | DimShuffle):
            raise NotImplementedError(f"No random variable of a known kind behind {inputs[0]}.")
        if isinstance(node.op, DimShuffle) and node.op.is_transpose:
            raise NotImplementedError(
                f"{inputs[0]} is transposed; create it with its dims in this order."
            )
        inputs = tuple(node.inputs)
    location, scale = (_right_aligned(x, dims) for x in inputs[-2:])
    return location, scale


def _right_aligned(parameter: Any, dims: tuple[str, ...] | None) -> Any:
    if dims is None or not isinstance(parameter.type, XTensorType):
        return parameter
    own = [dim for dim in dims if dim in parameter.type.dims]
    absent = [axis for axis, dim in enumerate(dims) if dim not in own]
    return pt.expand_dims(parameter.transpose(*own).values, absent)
