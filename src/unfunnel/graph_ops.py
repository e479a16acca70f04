"""The functions of :class:`unfunnel.ops.Ops` on PyTensor graphs."""

from __future__ import annotations

from typing import Any

import pytensor
import pytensor.tensor as pt

from unfunnel.ops import Ops


class GraphOps:
    """:class:`~unfunnel.ops.Ops` on tensors."""

    exp = staticmethod(pt.exp)
    log = staticmethod(pt.log)
    sqrt = staticmethod(pt.sqrt)
    expm1 = staticmethod(pt.expm1)
    log1p = staticmethod(pt.log1p)
    minimum = staticmethod(pt.minimum)
    maximum = staticmethod(pt.maximum)
    where = staticmethod(pt.switch)


GRAPH: Ops = GraphOps()


def as_float(value: Any) -> Any:
    """Return a constant as a tensor of floatX: PyTensor would store a bare 1.5 as float32."""
    return pt.as_tensor(value, dtype=pytensor.config.floatX)


def positive_or_one(scale: Any) -> Any:
    """Return the scale where it is valid, else 1.

    Density and value transform both use it, so that it cancels between them and an invalid scale
    leaves every other term of the model finite.
    """
    return pt.switch(scale > 0, scale, 1.0)
