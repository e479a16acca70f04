"""PyTensor graphs: the functions that families may use, and what stands around a variable."""

from __future__ import annotations

import math
from typing import Any

import pytensor
import pytensor.tensor as pt
from pymc.distributions.dist_math import normal_lcdf
from pytensor.graph.basic import Apply
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.shape import SpecifyShape
from pytensor.xtensor.basic import TensorFromXTensor, XTensorFromTensor
from pytensor.xtensor.shape import Transpose
from pytensor.xtensor.vectorization import XRV

from unfunnel.families.ops import NumberFunction, Ops

#: Conversions between labelled and plain tensors, and axes that are added or exchanged: PyMC and
#: ``pymc.dims`` put them between a variable as it was made and as another one holds it.
WRAPPERS = (DimShuffle, TensorFromXTensor, XTensorFromTensor, Transpose, SpecifyShape)


class GraphOps:
    """:class:`~unfunnel.families.ops.Ops` on tensors."""

    exp = staticmethod(pt.exp)
    log = staticmethod(pt.log)
    sqrt = staticmethod(pt.sqrt)
    expm1 = staticmethod(pt.expm1)
    log1p = staticmethod(pt.log1p)
    abs = staticmethod(pt.abs)
    gammaln = staticmethod(pt.gammaln)
    minimum = staticmethod(pt.minimum)
    maximum = staticmethod(pt.maximum)
    where = staticmethod(pt.switch)

    @staticmethod
    def call(function: NumberFunction, *args: Any) -> Any:
        """Return a function of numbers, by element."""
        from unfunnel.parameterization.number_ops import applied  # loads Numba

        return applied(function, *args)

    @staticmethod
    def normal_cdf(x: Any) -> Any:
        """Return the standard normal distribution function."""
        return 0.5 * pt.erfc(x * as_float(-math.sqrt(0.5)))

    @staticmethod
    def normal_log_cdf(x: Any) -> Any:
        """Logarithm of the standard normal distribution function, exact far to the left."""
        return normal_lcdf(0.0, 1.0, x)

    @staticmethod
    def normal_quantile(p: Any) -> Any:
        """Inverse of the standard normal distribution function."""
        return -pt.sqrt(as_float(2.0)) * pt.erfcinv(2.0 * p)


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


def unwrapped(x: Any) -> Any:
    """Return what stands behind conversions and added or exchanged axes."""
    while x.owner is not None and isinstance(x.owner.op, WRAPPERS):
        x = x.owner.inputs[0]
    return x


def random_node(node: Apply[Any] | None) -> Apply[Any] | None:
    """Return the node that draws; pymc.dims may have put its axes into the declared order."""
    while node is not None and isinstance(node.op, Transpose):
        node = node.inputs[0].owner
    return node


def core_op(node: Apply[Any] | None) -> RandomVariable | None:
    """Return the op of a random variable of either backend; None if it is anything else."""
    node = random_node(node)
    op = None if node is None else node.op
    if isinstance(op, XRV):
        op = op.core_op
    return op if isinstance(op, RandomVariable) else None
