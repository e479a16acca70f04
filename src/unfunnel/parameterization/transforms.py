"""Value transforms: what the sampler sees of a variable, for tensors and for ``pymc.dims``.

PyMC hands a transform the inputs of the random variable, from which location and scale are read
each time. So a transform holds no graph, and survives cloning, freezing and ``pm.do``.
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
from pytensor.tensor.random.type import RandomType
from pytensor.tensor.shape import SpecifyShape
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.basic import XTensorFromTensor
from pytensor.xtensor.shape import Transpose
from pytensor.xtensor.type import XTensorType
from pytensor.xtensor.vectorization import XRV

from unfunnel.families.links import Link
from unfunnel.parameterization.graph_ops import GRAPH

Node = Variable[Any, Any]

#: Operations that draw, of either backend.
DRAWING = RandomVariable | SymbolicRandomVariable | XRV

# What PyMC and pymc.dims put around a random variable without changing its elements.
_AROUND = XTensorFromTensor | DimShuffle | SpecifyShape | Transpose


class TransformError(BaseException):
    """A value transform of ours could not be applied.

    No ``Exception``: PyTensor logs those where it rewrites a log density, and goes on without the
    transform, that is with another model.
    """


class _Loud:
    """The methods that PyMC calls; whatever goes wrong in them ends the computation."""

    name: str

    def apply(self, function: str, value: Any, inputs: tuple[Node, ...]) -> Any:
        """Return ``function`` of a value, given the inputs of the variable."""
        raise NotImplementedError

    def backward(self, value: Any, *inputs: Node) -> Any:
        """Map the sampled value to the variable."""
        return self._loud("to_variable", value, inputs)

    def forward(self, value: Any, *inputs: Node) -> Any:
        """Map the variable to the sampled value."""
        return self._loud("to_sampled", value, inputs)

    def log_jac_det(self, value: Any, *inputs: Node) -> Any:
        """Log-Jacobian of :meth:`backward`."""
        return self._loud("log_slope", value, inputs)

    def _loud(self, function: str, value: Any, inputs: tuple[Node, ...]) -> Any:
        try:
            return self.apply(function, value, inputs)
        except Exception as error:  # whatever it is, PyTensor would log it and go on
            raise TransformError(f"{self.name} of {value}: {error}") from error


class TensorTransform(_Loud, Transform):
    """The value transform of a tensor variable; the base class of ours.

    The sampled value, or the variable, comes with what :meth:`parameters` returns.
    """

    ndim_supp = 0

    def apply(self, function: str, value: Any, inputs: tuple[Node, ...]) -> Any:
        return getattr(self, function)(value, *self.parameters(inputs, None))

    def parameters(self, inputs: tuple[Node, ...], dims: tuple[str, ...] | None) -> tuple[Any, ...]:
        """Return what the transform needs of the inputs of the variable, as tensors."""
        return ()

    def to_variable(self, value: Any, *parameters: Any) -> Any:
        """Map the sampled value to the variable."""
        raise NotImplementedError

    def to_sampled(self, value: Any, *parameters: Any) -> Any:
        """Map the variable to the sampled value."""
        raise NotImplementedError

    def log_slope(self, value: Any, *parameters: Any) -> Any:
        """Log-Jacobian of :meth:`to_variable`."""
        raise NotImplementedError


class LinkTransform(TensorTransform):
    """The value transform of a tensor variable by its link alone: it is sampled itself."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.name = link.name

    def to_variable(self, value: Any, *parameters: Any) -> Any:
        return self.link.inverse(value, GRAPH)

    def to_sampled(self, value: Any, *parameters: Any) -> Any:
        return self.link.forward(value, GRAPH)

    def log_slope(self, value: Any, *parameters: Any) -> Any:
        return self.link.log_slope(value, GRAPH)


class LabelledTransform(_Loud, DimTransform):
    """The value transform of a ``pymc.dims`` variable: one of tensors, behind labelled axes."""

    def __init__(self, inner: TensorTransform) -> None:
        self.inner = inner
        self.name = inner.name

    def apply(self, function: str, value: Any, inputs: tuple[Node, ...]) -> Any:
        dims = value.type.dims
        mapped = getattr(self.inner, function)(value.values, *self.inner.parameters(inputs, dims))
        # One number, without axes, where elements are drawn together.
        return as_xtensor(mapped, dims=dims if mapped.type.ndim else ())


def unlabelled(transform: Any) -> Any:
    """Return a value transform without the labels that one for ``pymc.dims`` puts around it."""
    return transform.inner if isinstance(transform, LabelledTransform) else transform


def labelled_like(transform: Any, inner: TensorTransform) -> Any:
    """Return ``inner`` for the backend that ``transform`` is of."""
    return LabelledTransform(inner) if isinstance(transform, DimTransform) else inner


def location_and_scale(inputs: tuple[Node, ...], dims: tuple[str, ...] | None) -> tuple[Any, Any]:
    """Find location and scale among the inputs that PyMC hands to a transform.

    At different stages these are the inputs of the random variable (of either backend), or those
    of an operation around it. The random variable's first input is its generator, its last two are
    location and scale. They are returned as tensors that broadcast against the value from the
    right; labelled ones are ordered by ``dims``, those of the value.
    """
    inputs, shuffles = drawing_inputs(inputs)
    location, scale = (_right_aligned(x, dims) for x in inputs[-2:])
    for shuffle in reversed(shuffles):
        location, scale = (
            shuffle(pt.atleast_Nd(x, n=shuffle.input_ndim)) for x in (location, scale)
        )
    return location, scale


def drawing_inputs(inputs: tuple[Node, ...]) -> tuple[tuple[Node, ...], list[Any]]:
    """Return the inputs of the operation that draws, and which axes are shuffled around it."""
    shuffles: list[Any] = []
    while not isinstance(inputs[0].type, RandomType):
        node = inputs[0].owner
        if node is None or not isinstance(node.op, DRAWING | _AROUND):
            raise NotImplementedError(f"no random variable of a known kind behind {inputs[0]}")
        if isinstance(node.op, DimShuffle):
            shuffles.append(node.op)
        inputs = tuple(node.inputs)
    return inputs, shuffles


def _right_aligned(parameter: Any, dims: tuple[str, ...] | None) -> Any:
    if dims is None or not isinstance(parameter.type, XTensorType):
        return parameter
    own = [dim for dim in dims if dim in parameter.type.dims]
    absent = [axis for axis, dim in enumerate(dims) if dim not in own]
    return pt.expand_dims(parameter.transpose(*own).values, absent)
