"""What a value transform uses beside the parameters of its variable, brought to where it finds it.

PyMC requires that whatever a value transform uses is an ancestor of the random variable, or a
constant. A *carrier* is an operation that returns one parameter of the variable as it is, with
other values among its inputs. It is expanded away when the model is compiled.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.compile.builders import OpFromGraph
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.type import XTensorType

from unfunnel.parameterization.graph_ops import unwrapped


class Carrier(OpFromGraph):
    """Returns its first input, whatever the others are."""


def carrying(x: Any, *values: Any) -> Any:
    """Return a tensor, or a labelled one, as it is, with ``values`` among its ancestors."""
    if isinstance(x.type, XTensorType):
        return as_xtensor(carrying(x.values, *values), dims=x.type.dims)
    dummies: list[Any] = [x.type(), *(value.type() for value in values)]
    same: Any = pt.tensor_copy(dummies[0])
    return Carrier(dummies, [same], inline=True, on_unused_input="ignore")(x, *values)


def carried(parameters: tuple[Any, ...]) -> list[Any]:
    """Return the values that are brought along with the last of these parameters that brings any.

    The graph may be a copy: the values are those of the copy.
    """
    for parameter in reversed(parameters):
        node = unwrapped(parameter).owner
        if node is not None and isinstance(node.op, Carrier):
            return list(node.inputs[1:])
    raise NotImplementedError(f"nothing is carried by {parameters}")
