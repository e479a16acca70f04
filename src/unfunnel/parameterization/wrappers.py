"""Operations that stand around a variable without changing its values: labels, and order of axes.

PyMC and ``pymc.dims`` put them between a variable as it was made and as another one holds it, and
not always the same ones: which depends on the backend and on the stage of compilation.
"""

from __future__ import annotations

from typing import Any

from pytensor.graph.basic import Apply
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.basic import TensorFromXTensor, XTensorFromTensor
from pytensor.xtensor.shape import Transpose
from pytensor.xtensor.vectorization import XRV

#: Conversions between labelled and plain tensors, and axes that are added or exchanged.
WRAPPERS = (DimShuffle, TensorFromXTensor, XTensorFromTensor, Transpose)


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
