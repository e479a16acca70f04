"""The random variable whose deviations sum to zero along some of its axes.

All of it is drawn together, so its event is the whole array (``ndim_supp`` is its number of axes):
PyMC wants the axes of an event last, and this way the declared order of dims stays what it is. It
draws::

    phi = link.inverse(location + scale * (z - means of z along the zero-sum axes)),  z ~ Normal

that is ``scale`` is the population scale of ``zero_sum_options``. Its density is the
one of the deviations ``d = theta - location`` in orthonormal coordinates of the subspace they lie
in, of ``prod(K_k - 1)`` dimensions along the zero-sum axes::

    log p = -sum(d**2 / scale**2) / 2 - sum(log(scale) + log(2 pi) / 2) over these coordinates

As many terms ``log(scale)`` as there are coordinates: one more for each sum that is zero is the
well-known mistake. The surface on which ``phi`` itself lies may be curved; no area on it is meant.
"""

from __future__ import annotations

from typing import Any

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

from unfunnel.errors import UnsupportedError
from unfunnel.families import Family
from unfunnel.families.links import Link
from unfunnel.parameterization.graph_ops import GRAPH, positive_or_one
from unfunnel.parameterization.wrappers import unwrapped

_HALF_LOG_TWO_PI = 0.9189385332046727

# Sums of deviations in units of the scale, and of their number, that rounding alone can make.
_ROUNDING = 1e-6


class ZeroSumVariable(SymbolicRandomVariable):
    """The op; made by :func:`zero_sum_op`."""

    link: Link
    #: Counted from the first axis of the event.
    axes: tuple[int, ...]
    #: Those of the event's axes that the scale has.
    scale_axes: tuple[int, ...]

    def full(self, scale: Any) -> Any:
        """Return the scale with every axis of the event."""
        return pt.expand_dims(scale, [i for i in range(self.ndim_supp) if i not in self.scale_axes])


def zero_sum_op(
    family: Family, ndim: int, axes: tuple[int, ...], scale_axes: tuple[int, ...]
) -> ZeroSumVariable:
    """Return the op that draws a zero-sum variable from ``(rng, size, location, scale)``.

    Parameters
    ----------
    family : Family
        A family that is normal behind its link.
    ndim : int
        Number of axes of the variable, which the location has too.
    axes : tuple of int
        Along which deviations sum to zero.
    scale_axes : tuple of int
        The axes that the scale has, none of them among ``axes``.
    """
    float_x = pytensor.config.floatX
    rng = random_generator_type()
    size: Any = NoneConst.type()
    location = pt.tensor("location", dtype=float_x, shape=(None,) * ndim)
    scale = pt.tensor("scale", dtype=float_x, shape=(None,) * len(scale_axes))
    next_rng, z = pt.random.normal(size=location.shape, rng=rng, return_next_rng=True)
    for axis in axes:
        z = z - z.mean(axis=axis, keepdims=True)
    absent = [i for i in range(ndim) if i not in scale_axes]
    phi = family.link.inverse(location + pt.expand_dims(scale, absent) * z, GRAPH)
    letters = [f"d{axis}" for axis in range(ndim)]
    event, own = ",".join(letters), ",".join(letters[axis] for axis in scale_axes)
    op = ZeroSumVariable(
        inputs=[rng, size, location, scale],
        outputs=[next_rng, phi],
        extended_signature=f"[rng],[size],({event}),({own})->[rng],({event})",
        name=f"ZeroSum{family.distribution}",
    )
    op.link, op.axes, op.scale_axes = family.link, axes, scale_axes
    printed = f"ZeroSum{family.distribution}"
    op._print_name = (printed, f"\\operatorname{{{printed}}}")
    return op


@_logprob.register(ZeroSumVariable)
def log_density(op: ZeroSumVariable, values: tuple[Any, ...], *inputs: Any, **kwargs: Any) -> Any:
    """Log-density, one number; see the head of the module.

    Raises
    ------
    UnsupportedError
        If the value is data: a variable whose deviations sum to zero cannot be observed.
    """
    (value,) = values
    _rng, _size, location, scale = inputs
    sampled = _made_by_transform(value)
    if not sampled and _is_data(value):
        raise UnsupportedError(
            "zero_sum",
            expected="a free variable",
            given=f"data in place of the {op.name}: its deviations sum to zero, those of data do "
            "not",
            remedy="Observe a variable that has it as its mean.",
        )
    scale = op.full(scale)
    sigma = positive_or_one(scale)
    deviation = op.link.forward(value, GRAPH) - location
    lengths = tuple(
        deviation.shape[axis] - 1 if axis in op.axes else deviation.shape[axis]
        for axis in range(op.ndim_supp)
    )
    squares = pt.sum((deviation / sigma) ** 2)
    density = -0.5 * squares - log_volume(sigma, lengths) - _HALF_LOG_TWO_PI * _number(lengths)
    valid = pt.all(scale > 0)
    if not sampled:
        for axis in op.axes:
            total = pt.abs(deviation.sum(axis=axis, keepdims=True)) / sigma
            valid = valid & pt.all(total <= _ROUNDING * deviation.shape[axis])
    return pt.switch(valid, density, -np.inf)


def log_volume(scale: Any, lengths: tuple[Any, ...]) -> Any:
    """Return the sum of ``log(scale)`` over an array of shape ``lengths`` that it broadcasts to."""
    repeated = [
        length for length, once in zip(lengths, scale.type.broadcastable, strict=True) if once
    ]
    return pt.sum(pt.log(scale)) * _number(tuple(repeated))


def _number(lengths: tuple[Any, ...]) -> Any:
    """Return the number of elements as a float: an integer would make a density of doubles."""
    return pt.prod(lengths or (1,)).astype(pytensor.config.floatX)


@_support_point.register(ZeroSumVariable)
def support_point(op: ZeroSumVariable, variable: Any, *inputs: Any) -> Any:
    """Return the point without deviations."""
    _rng, _size, location, _scale = inputs
    return op.link.inverse(location, GRAPH)


def _made_by_transform(value: Any) -> bool:
    """Whether a value transform made the value: then its deviations sum to zero."""
    node = unwrapped(value).owner
    return node is not None and isinstance(node.op, TransformedValue)


def _is_data(value: Any) -> bool:
    return all(isinstance(x, Constant | SharedVariable) for x in graph_inputs([value]))
