"""Steering values: what the data say about each element, carried to the value transform.

An informed coordinate depends on two numbers per element that are estimated from a pilot run. They
are shared variables, so that a compiled model is retuned without being compiled again. PyMC
requires that whatever a value transform uses is an ancestor of the random variable;
:func:`steered` makes it so without changing the model: an operation that returns the scale as it is
and has the two as further inputs. It is expanded away when the model is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.builders import OpFromGraph
from pytensor.ifelse import ifelse
from pytensor.tensor.elemwise import DimShuffle
from pytensor.xtensor.basic import TensorFromXTensor, XTensorFromTensor

from unfunnel import names


class SteeredScale(OpFromGraph):
    """Returns its first input; the others are there to be found by the value transform."""


@dataclass(frozen=True)
class Steering:
    """The steering values of one variable.

    Parameters
    ----------
    information : SharedVariable
        Information that the data carry on each element, in units of 1/theta**2; 0 is none.
    weighted_location : SharedVariable
        The information times where the data put each element, in units of 1/theta.

    Notes
    -----
    Each has the number of axes of the variable and may be shorter than it: elements beyond its end,
    such as groups that were added after tuning, count as having no data.
    """

    information: Any
    weighted_location: Any

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the two shared variables."""
        return iter((self.information, self.weighted_location))

    @classmethod
    def untuned(cls, name: str, ndim: int) -> Steering:
        """Create the steering values of a variable of ``ndim`` axes, all zero."""
        empty = np.zeros((0,) * ndim, dtype=pytensor.config.floatX)
        shape = (None,) * ndim
        return cls(
            pytensor.shared(empty, names.information(name), shape=shape),
            pytensor.shared(empty, names.weighted_location(name), shape=shape),
        )

    def set(self, information: np.ndarray, weighted_location: np.ndarray) -> None:
        """Set both in place: every function compiled from the model sees the new values."""
        for shared, value in zip(self, (information, weighted_location), strict=True):
            shared.set_value(np.asarray(value, dtype=shared.dtype))

    def reset(self) -> None:
        """Make the coordinate non-centered again."""
        empty = np.zeros((0,) * self.information.ndim)
        self.set(empty, empty)


def steered(scale: Any, steering: Steering, lengths: Sequence[Any]) -> Any:
    """Return the scale with the steering values among its ancestors.

    Parameters
    ----------
    scale : TensorVariable
        Of the random variable.
    steering : Steering
        Its steering values.
    lengths : sequence of TensorVariable or int
        The present length of each axis of the random variable.
    """
    inputs = [scale, *steering, *map(_as_length, lengths)]
    dummies: list[Any] = [each.type() for each in inputs]
    same: Any = pt.tensor_copy(dummies[0])
    op = SteeredScale(dummies, [same], inline=True)
    return op(*inputs)


def steering_of(scale: Any) -> Steering:
    """Return the steering values behind a scale that was given them."""
    return Steering(*_carrier(scale).inputs[1:3])


def steering_inputs(scale: Any) -> tuple[Any, ...]:
    """Return information and weighted location for each element of the variable, if steered."""
    node = _carrier(scale)
    if node is None:
        return ()
    _scale, information, weighted_location, *lengths = node.inputs
    return _padded(information, lengths), _padded(weighted_location, lengths)


def unsteered(scale: Any) -> Any:
    """Return the scale that was given to :func:`steered`, or the scale itself."""
    node = _carrier(scale)
    return scale if node is None else node.inputs[0]


def _as_length(length: Any) -> Any:
    return pt.as_tensor(length, dtype="int64")


def _carrier(scale: Any) -> Any:
    while scale.owner is not None:
        if isinstance(scale.owner.op, SteeredScale):
            return scale.owner
        if not isinstance(scale.owner.op, _WRAPPERS):
            return None
        scale = scale.owner.inputs[0]
    return None


def _padded(values: Any, lengths: Sequence[Any]) -> Any:
    """Cut ``values`` to ``lengths``, or fill it up with zeros; nothing is copied if it fits."""
    if not lengths:
        return values
    fits = pt.all([pt.eq(values.shape[i], length) for i, length in enumerate(lengths)])
    kept = values[tuple(slice(0, length) for length in lengths)]
    corner = tuple(slice(0, kept.shape[i]) for i in range(values.ndim))
    padded = pt.set_subtensor(pt.zeros(lengths, dtype=values.dtype)[corner], kept)
    return ifelse(fits, values, padded)


# What stands between the scale as it was made and as a random variable holds it.
_WRAPPERS = (XTensorFromTensor, TensorFromXTensor, DimShuffle)
