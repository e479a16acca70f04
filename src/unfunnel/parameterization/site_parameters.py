"""Steering values: what the data say about each element, carried to the value transform.

An informed coordinate depends on two numbers per element that are estimated from a pilot run. PyMC
requires that whatever a value transform uses is an ancestor of the random variable;
:func:`steered` makes it so without changing the model: an operation that returns the scale as it is
and has the steering values as a further input. It is expanded away when the model is compiled.

The values are the output of an operation without inputs, so that PyMC takes them for neither data
nor a parameter, and a function compiled from the model has the present ones as constants. Tuning a
model gives it another such operation: copies that were made of it keep theirs. For a pilot the
values have to change without compiling again: :func:`exposed` makes them shared variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.builders import OpFromGraph
from pytensor.graph.basic import Apply, Constant
from pytensor.graph.op import Op
from pytensor.ifelse import ifelse
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.type import XTensorType

from unfunnel import names
from unfunnel.parameterization.wrappers import unwrapped

_EXPOSING = RLock()


class Carrier(OpFromGraph):
    """Returns its first input; the other is there for the value transform of what depends on it."""

    def do_constant_folding(self, fgraph: Any, node: Any) -> bool:
        """Stay, even around a constant scale: what is folded the value transform cannot find."""
        return False

    # Two variables of one scale, both with constants for their steering values, stay two: a merged
    # operation could only carry the values of one of them.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class SteeringSource(Op):
    """Returns the steering values of one variable.

    Parameters
    ----------
    values : ndarray, shape (2, ...)
        The values.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def make_node(self, *inputs: Any) -> Apply[Any]:
        """Make the node of the only output; there are no inputs."""
        shape = (2, *(None,) * (self.values.ndim - 1))
        return Apply(self, [], [pt.tensor(dtype=self.values.dtype, shape=shape)])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        """Return the values."""
        output_storage[0][0] = self.values.copy()


@dataclass(frozen=True)
class Steering:
    """The steering values of one variable of a model, two for each element.

    The information that the data carry on each element, in units of 1/theta**2, 0 being none; and
    the information times where the data put the element, in units of 1/theta.

    Parameters
    ----------
    node : Apply
        Of the :class:`Carrier` around the scale of the variable. Its second input is the output of
        a :class:`SteeringSource`, named after the variable.

    Notes
    -----
    The values may be of a shorter shape than the variable: elements beyond their end, such as
    groups that were added after tuning, count as having no data.
    """

    node: Any

    @property
    def name(self) -> str:
        """Name of the values."""
        return str(self.node.inputs[1].name)

    @property
    def information(self) -> np.ndarray:
        """The information as it is set now."""
        return self._values()[0]

    @property
    def weighted_location(self) -> np.ndarray:
        """The weighted location as it is set now."""
        return self._values()[1]

    def set(self, information: np.ndarray, weighted_location: np.ndarray) -> None:
        """Set both: functions that are compiled from now on have the new values."""
        with settled():
            present = self.node.inputs[1]
            values = np.stack([information, weighted_location]).astype(present.dtype)
            self.node.inputs[1] = _source(values, present.name)

    def _values(self) -> tuple[np.ndarray, np.ndarray]:
        with settled():
            information, weighted_location = self.node.inputs[1].owner.op.values
        return information, weighted_location


def settled() -> Any:
    """Return a context in which no other thread has steering values exposed."""
    return _EXPOSING


@contextmanager
def exposed(scales: list[Any], shapes: list[tuple[int, ...]]) -> Iterator[list[Any]]:
    """Make steering values shared variables, zero at first, in what is compiled inside.

    Parameters
    ----------
    scales : list of TensorVariable
        Steered scales of random variables of a model.
    shapes : list of tuple of int
        The present shape of each of these variables, which they keep in what is compiled.

    Yields
    ------
    list of SharedVariable
        One for each scale, with the name of its steering values.
    """
    carriers = [_carrier(scale) for scale in scales]
    with _EXPOSING:  # the graph of the model is changed for as long as this lasts
        sources = [node.inputs[1] for node in carriers]
        try:
            for node, source, shape in zip(carriers, sources, shapes, strict=True):
                zeros = np.zeros((2, *shape), dtype=source.dtype)
                node.inputs[1] = pytensor.shared(zeros, source.name, shape=zeros.shape)
            yield [node.inputs[1] for node in carriers]
        finally:
            for node, source in zip(carriers, sources, strict=True):
                node.inputs[1] = source


def steered(scale: Any, name: str, ndim: int) -> Any:
    """Return the scale with steering values among its ancestors, all zero.

    Parameters
    ----------
    scale : TensorVariable or XTensorVariable
        Of the random variable.
    name : str
        Of the random variable.
    ndim : int
        Number of its axes.
    """
    empty = np.zeros((2, *(0,) * ndim), dtype=pytensor.config.floatX)
    return carrying(scale, _source(empty, names.steering(name)))


def carrying(x: Any, values: Any) -> Any:
    """Return a tensor, or a labelled one, as it is, with ``values`` among its ancestors."""
    if isinstance(x.type, XTensorType):
        return as_xtensor(carrying(x.values, values), dims=x.type.dims)
    dummies: list[Any] = [x.type(), values.type()]
    same: Any = pt.tensor_copy(dummies[0])
    return Carrier(dummies, [same], inline=True)(x, values)


def steering_of(scale: Any, name: str) -> Steering:
    """Return the steering values behind the scale of a variable of this name.

    A rewrite of the whole model, such as ``pymc_extras.marginalize``, makes a constant of them; in
    its place the graph gets an operation again, whose values can be replaced.
    """
    node = _carrier(scale)
    folded = node.inputs[1]
    if isinstance(folded, Constant):
        node.inputs[1] = _source(np.array(folded.data), names.steering(name))
    return Steering(node)


def steering_inputs(scale: Any, value: Any) -> tuple[Any, ...]:
    """Return information and weighted location for each element of a value, if it is steered."""
    node = _carrier(scale)
    if node is None:
        return ()
    padded = _padded(node.inputs[1], tuple(value.shape))
    return padded[0], padded[1]


def unsteered(scale: Any) -> Any:
    """Return the scale that was given to :func:`steered`, or the scale itself."""
    node = _carrier(scale)
    return scale if node is None else node.inputs[0]


def _source(values: np.ndarray, name: str) -> Any:
    source: Any = SteeringSource(values)()
    source.name = name
    return source


def _carrier(scale: Any) -> Any:
    node = unwrapped(scale).owner
    return node if node is not None and isinstance(node.op, Carrier) else None


def _padded(values: Any, shape: tuple[Any, ...]) -> Any:
    """Cut ``values`` to (2, *shape), or fill them up with zeros; nothing is copied if they fit.

    Those that were made to fit, by :func:`exposed`, are left as they are: what is not in the graph
    need not be compiled.
    """
    made_to_fit = values.owner is None and not isinstance(values, Constant)  # folded, it is one
    if not shape or made_to_fit:
        return values
    fits = pt.all([pt.eq(values.shape[i], length) for i, length in enumerate(shape, 1)])
    kept = values[(slice(None), *(slice(0, length) for length in shape))]
    corner = (slice(None), *(slice(0, kept.shape[i]) for i in range(1, values.ndim)))
    padded = pt.set_subtensor(pt.zeros((2, *shape), dtype=values.dtype)[corner], kept)
    return ifelse(fits, values, padded)
