"""Random variables whose elements are drawn together, from the coordinates of their structure.

The event is the whole array: PyMC wants the axes of an event last, and this way the declared order
of dims stays what it is. The op draws::

    phi = link.inverse(structure.elements(m + scale * z, location)),  z ~ Normal

and its density is that of the coordinates. If there are as many of them as elements, it is taken
to ``phi`` by the link; if there are fewer, ``phi`` lies on a surface, which may be curved, and no
area on it is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pytensor
import pytensor.tensor as pt
from pymc.distributions.distribution import SymbolicRandomVariable, _support_point
from pymc.logprob.abstract import _logprob
from pymc.logprob.transform_value import TransformedValue
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import graph_inputs
from pytensor.tensor.random.type import random_generator_type
from pytensor.tensor.type_other import NoneConst

from unfunnel.errors import DimsError, Mistake, UnsupportedError
from unfunnel.families import Family
from unfunnel.families.ops import Ops
from unfunnel.parameterization.choices import Parameterization
from unfunnel.parameterization.graph_ops import GRAPH, positive_or_one, unwrapped
from unfunnel.structures.base import Aligned, Map, Structure

_HALF_LOG_TWO_PI = 0.9189385332046727


@dataclass(frozen=True)
class JointStructure(Structure):
    """A structure of elements that are drawn together; ``axes`` are those that it runs along.

    Its scale is the same along ``axes``; ``scale_axes`` are those of the variable that the scale
    has.
    """

    axes: tuple[int, ...]
    scale_axes: tuple[int, ...] = ()

    # -- what a subclass may say otherwise

    def log_volume(self, shape: tuple[Any, ...]) -> Any:
        """Return the log-Jacobian of :meth:`elements`, whose result has this shape."""
        return 0.0

    def log_slope(self, elements: Any, link: Any) -> Any:
        """Return the log-Jacobian of the inverse link; 0 if the density is that of coordinates."""
        return pt.sum(link.log_slope(elements, GRAPH))

    def squares(self, elements: Any, location: Any, scale: Any) -> Any:
        """Return the sum of squares of the standardized coordinates."""
        mean = self.coordinate_location(location, scale)
        return pt.sum(((self.coordinates(elements, location, pt) - mean) / scale) ** 2)

    def conditions(self, elements: Any, location: Any, scale: Any) -> list[Any]:
        """Return what must hold of elements that no transform made, beside valid parameters."""
        return []

    def varying_scale(self, family: Family, dim: str) -> Mistake:
        """Return the mistake of a scale that varies along an axis of the structure."""
        expected = f"a scale that is the same along {dim!r}"
        return Mistake(self.name, "one that varies", expected, "Drop the dim there.", DimsError)

    # -- what follows for all of them

    def fitted(
        self, family: Family, location: Aligned, scale: Aligned, dims: tuple[str, ...]
    ) -> tuple[Self, Aligned, Aligned]:
        """Drop the axes of the scale along which it does not vary; refuse those it may not have."""
        once = scale.tensor.type.broadcastable
        own = scale.keeping([axis for axis, one in enumerate(once) if not one])
        for axis in self.axes:
            if dims[axis] in own.dims:
                raise self.varying_scale(family, dims[axis]).as_error(family.name)
        axes = tuple(dims.index(dim) for dim in own.dims)
        return replace(self, scale_axes=axes), location, own

    def op(self, family: Family, ndim: int) -> JointVariable:
        """Return the op that draws from ``(rng, size, location, scale)``."""
        float_x = pytensor.config.floatX
        rng, size = random_generator_type(), NoneConst.type()
        location: Any = pt.tensor("location", dtype=float_x, shape=(None,) * ndim)
        own: Any = pt.tensor("scale", dtype=float_x, shape=(None,) * len(self.scale_axes))
        _, scale = self.parameters(location, own, ndim)
        next_rng, z = pt.random.normal(
            size=self.sampled_shape(tuple(location.shape)), rng=rng, return_next_rng=True
        )
        coordinates = self.coordinate_location(location, scale) + scale * z
        phi = family.link.inverse(self.elements(coordinates, location, pt), GRAPH)
        letters = [f"d{axis}" for axis in range(ndim)]
        event, scales = ",".join(letters), ",".join(letters[axis] for axis in self.scale_axes)
        printed = "".join(word.title() for word in self.name.split("_")) + family.distribution
        op = JointVariable(
            inputs=[rng, size, location, own],
            outputs=[next_rng, phi],
            extended_signature=f"[rng],[size],({event}),({scales})->[rng],({event})",
            name=printed,
        )
        op.structure, op.family = self, family
        op._print_name = (printed, f"\\operatorname{{{printed}}}")
        return op

    def needs_transform(self, parameterization: Parameterization) -> bool:
        return True  # elements are never sampled themselves

    def parameters(self, location: Any, scale: Any, ndim: int) -> tuple[Any, Any]:
        """Return the scale with every axis of the variable."""
        if scale.ndim < ndim:
            scale = pt.expand_dims(scale, [i for i in range(ndim) if i not in self.scale_axes])
        return location, scale

    def log_jacobian(self, mapped: Map, elements: Any, sampled: Any, link: Any, ops: Ops) -> Any:
        slopes = pt.atleast_Nd(pt.as_tensor(mapped.log_slopes()), n=sampled.ndim)
        return (
            repeated_sum(slopes, tuple(sampled.shape))
            + self.log_volume(tuple(elements.shape))
            + self.log_slope(elements, link)
        )


class JointVariable(SymbolicRandomVariable):
    """The op; made by :meth:`JointStructure.op`."""

    structure: JointStructure
    family: Family


@_logprob.register(JointVariable)
def log_density(op: JointVariable, values: tuple[Any, ...], *inputs: Any, **kwargs: Any) -> Any:
    """Log-density, one number; see the head of the module. Data in place of it are refused."""
    (value,) = values
    _rng, _size, location, own_scale = inputs
    structure, link = op.structure, op.family.link
    node = unwrapped(value).owner
    sampled = node is not None and isinstance(node.op, TransformedValue)
    if not sampled and all(isinstance(x, Constant | SharedVariable) for x in graph_inputs([value])):
        raise UnsupportedError(
            structure.name,
            expected="a free variable",
            given=f"data in place of {op.name}, whose elements are tied to each other",
            remedy="Observe a variable that has it as its mean.",
        )
    location, scale = structure.parameters(location, own_scale, value.ndim)
    sigma = positive_or_one(scale)
    elements = link.forward(value, GRAPH)
    shape = structure.sampled_shape(tuple(elements.shape))
    density = (
        -0.5 * structure.squares(elements, location, sigma)
        - repeated_sum(pt.log(sigma), shape)
        - _HALF_LOG_TWO_PI * _number(shape)
        - structure.log_volume(tuple(elements.shape))
        - structure.log_slope(elements, link)
    )
    valid = pt.all(scale > 0)
    for condition in () if sampled else structure.conditions(elements, location, sigma):
        valid = valid & condition
    return pt.switch(valid, density, -np.inf)


@_support_point.register(JointVariable)
def support_point(op: JointVariable, variable: Any, *inputs: Any) -> Any:
    """Return the point at which every coordinate is at its mean."""
    _rng, _size, location, own_scale = inputs
    structure = op.structure
    _, scale = structure.parameters(location, own_scale, location.ndim)
    mean = structure.coordinate_location(location, scale)
    shape = structure.sampled_shape(tuple(location.shape))
    elements = structure.elements(pt.zeros(shape) + mean, location, pt)
    return op.family.link.inverse(elements, GRAPH)


def repeated_sum(x: Any, shape: tuple[Any, ...]) -> Any:
    """Return the sum of ``x`` over an array of this shape that it broadcasts to."""
    repeated = [n for n, once in zip(shape, x.type.broadcastable, strict=True) if once]
    return pt.sum(x) * _number(tuple(repeated))


def _number(lengths: tuple[Any, ...]) -> Any:
    """Return the number of elements as a float: an integer would make a density of doubles."""
    return pt.prod(lengths or (1,)).astype(pytensor.config.floatX)
