"""Steering values: what the data say about each element, carried to the value transform.

An informed coordinate depends on two numbers per element that are estimated from a pilot run. They
are a shared variable, so that a compiled model is retuned without being compiled again. PyMC
requires that whatever a value transform uses is an ancestor of the random variable;
:func:`steered` makes it so without changing the model: an operation that returns the scale as it is
and has the steering values as a further input. It is expanded away when the model is compiled.
"""

from __future__ import annotations

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
    """Returns its first input; the other is there to be found by the value transform."""


@dataclass(frozen=True)
class Steering:
    """The steering values of one variable, two for each element.

    Parameters
    ----------
    shared : SharedVariable
        Of shape (2, ...): the information that the data carry on each element, in units of
        1/theta**2, 0 being none; and the information times where the data put the element, in units
        of 1/theta. One variable, as each takes nutpie a second to compile.

    Notes
    -----
    It may be shorter than the variable: elements beyond its end, such as groups that were added
    after tuning, count as having no data.
    """

    shared: Any

    @classmethod
    def untuned(cls, name: str, ndim: int) -> Steering:
        """Create the steering values of a variable of ``ndim`` axes, all zero."""
        empty = np.zeros((2, *(0,) * ndim), dtype=pytensor.config.floatX)
        return cls(pytensor.shared(empty, names.steering(name), shape=(2, *(None,) * ndim)))

    @property
    def name(self) -> str:
        """Name of the shared variable."""
        return str(self.shared.name)

    @property
    def information(self) -> np.ndarray:
        """The information as it is set now."""
        return np.asarray(self.shared.get_value()[0])

    @property
    def weighted_location(self) -> np.ndarray:
        """The weighted location as it is set now."""
        return np.asarray(self.shared.get_value()[1])

    def set(self, information: np.ndarray, weighted_location: np.ndarray) -> None:
        """Set both in place: every function compiled from the model sees the new values."""
        values = np.stack([information, weighted_location])
        self.shared.set_value(values.astype(self.shared.dtype))

    def reset(self) -> None:
        """Make the coordinate non-centered again."""
        empty = np.zeros((0,) * (self.shared.ndim - 1))
        self.set(empty, empty)


def steered(scale: Any, steering: Steering) -> Any:
    """Return the scale with the steering values among its ancestors.

    Parameters
    ----------
    scale : TensorVariable
        Of the random variable.
    steering : Steering
        Its steering values.
    """
    dummies: list[Any] = [scale.type(), steering.shared.type()]
    same: Any = pt.tensor_copy(dummies[0])
    return SteeredScale(dummies, [same], inline=True)(scale, steering.shared)


def steering_of(scale: Any) -> Steering:
    """Return the steering values behind a scale that was given them."""
    return Steering(_carrier(scale).inputs[1])


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


def _carrier(scale: Any) -> Any:
    while scale.owner is not None:
        if isinstance(scale.owner.op, SteeredScale):
            return scale.owner
        if not isinstance(scale.owner.op, _WRAPPERS):
            return None
        scale = scale.owner.inputs[0]
    return None


def _padded(values: Any, shape: tuple[Any, ...]) -> Any:
    """Cut ``values`` to (2, *shape), or fill them up with zeros; nothing is copied if they fit."""
    if not shape:
        return values
    fits = pt.all([pt.eq(values.shape[i], length) for i, length in enumerate(shape, 1)])
    kept = values[(slice(None), *(slice(0, length) for length in shape))]
    corner = (slice(None), *(slice(0, kept.shape[i]) for i in range(1, values.ndim)))
    padded = pt.set_subtensor(pt.zeros((2, *shape), dtype=values.dtype)[corner], kept)
    return ifelse(fits, values, padded)


# What stands between the scale as it was made and as a random variable holds it.
_WRAPPERS = (XTensorFromTensor, TensorFromXTensor, DimShuffle)
