"""Recognizing a value that a value transform made by an inverse link.

The density of a variable is a function of ``theta = link.forward(phi)``. Where the value is
``link.inverse(theta)``, ``theta`` is taken as it is: nothing has to cancel, no digits are lost, and
the value is in the support.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.logprob.transform_value import TransformedValue
from pytensor.graph.basic import Constant

from unfunnel.families.links import IDENTITY, Link
from unfunnel.parameterization.graph_ops import GRAPH, WRAPPERS, unwrapped

# What stands between the density and the expression of a value transform, in either backend.
_AROUND = (TransformedValue, *WRAPPERS)


def made_from(value: Any, link: Link) -> Any:
    """Return ``theta`` where a value is written as ``link.inverse(theta)``, else None."""
    if link is IDENTITY:
        return value
    node = value.owner
    if node is not None and isinstance(node.op, _AROUND):
        theta = made_from(node.inputs[0], link)
        # A transformed value stands for its first input; the others change the axes only.
        unchanged = theta is None or isinstance(node.op, TransformedValue)
        return theta if unchanged else node.op(theta)
    return _matched(value, *_pattern(link))


@cache
def _pattern(link: Link) -> tuple[Any, Any]:
    theta = pt.dscalar()
    return link.inverse(theta, GRAPH), theta


def _matched(value: Any, pattern: Any, theta: Any) -> Any:
    """Return what stands in a value where ``theta`` stands in the pattern, else None."""
    if pattern is theta:
        return value
    if value.owner is None or not _same_function(value.owner.op, pattern.owner.op):
        return None
    found = None
    for own, other in zip(value.owner.inputs, pattern.owner.inputs, strict=True):
        if isinstance(other, Constant):
            number = unwrapped(own)
            if not isinstance(number, Constant) or np.any(number.data != other.data):
                return None
        elif (found := _matched(own, other, theta)) is None:
            return None
    return found


def _same_function(op: Any, other: Any) -> bool:
    scalar = getattr(op, "scalar_op", None)
    return scalar is not None and type(scalar) is type(other.scalar_op)
