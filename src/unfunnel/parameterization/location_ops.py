"""The coordinate of a location as one PyTensor operation, compiled by Numba.

Numba takes a second for every node of a graph; written in PyTensor's own operations the coordinate
has a dozen. See :mod:`unfunnel.tuning.locations` for the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from unfunnel.parameterization.choices import LARGEST_SCALE

#: Of the formulas below: raise it when they change, as Numba's cache holds what it compiled.
_VERSION = 1

# Places of mean and scale among the inputs.
_VARYING = (4, 5)


def center_and_spread(
    information: Any,
    weighted: Any,
    slope: Any,
    seen: Any,
    mean: Any,
    scale: Any,
    own: Any,
    own_weighted: Any,
    reference: Any,
) -> tuple[Any, Any]:
    """Return the mean and the standard deviation of each element of a location.

    There is one number for each element of the blocks, or one for all of them in ``mean`` and
    ``scale``; ``seen`` is the element of the location that it sees. The last three have one for
    each element of the location.
    """
    precision, pull = own.copy(), own_weighted - own * reference
    for j in range(len(seen)):
        s, m = min(scale[j % len(scale)], LARGEST_SCALE), mean[j % len(mean)]
        ratio = 1.0 + information[j] * s * s
        precision[seen[j]] += slope[j] * slope[j] * information[j] / ratio
        pull[seen[j]] += slope[j] * (weighted[j] - information[j] * m) / ratio
    return reference + pull / precision, 1.0 / np.sqrt(precision)


def slopes_of_center_and_spread(
    information: Any,
    weighted: Any,
    slope: Any,
    seen: Any,
    mean: Any,
    scale: Any,
    own: Any,
    own_weighted: Any,
    reference: Any,
    center: Any,
    spread: Any,
    by_center: Any,
    by_spread: Any,
) -> tuple[Any, Any]:
    """Return the gradient by mean and scale, given that by center and spread."""
    # The precision is 1 / spread**2 and the pull (center - reference) / spread**2.
    by_pull = by_center * spread * spread
    by_precision = -by_pull * (center - reference) - 0.5 * by_spread * spread * spread * spread
    by_mean, by_scale = np.zeros(len(mean)), np.zeros(len(scale))
    for j in range(len(seen)):
        s, m, k = min(scale[j % len(scale)], LARGEST_SCALE), mean[j % len(mean)], seen[j]
        ratio = 1.0 + information[j] * s * s
        of_precision = slope[j] * slope[j] * information[j] / ratio
        of_pull = slope[j] * (weighted[j] - information[j] * m) / ratio
        by_mean[j % len(mean)] -= by_pull[k] * slope[j] * information[j] / ratio
        change = -2.0 * information[j] * s / ratio
        by_scale[j % len(scale)] += change * (by_precision[k] * of_precision + by_pull[k] * of_pull)
    return by_mean, by_scale


class _Kernel(Op):
    """A function of vectors that returns two of them, without Python's loops."""

    __props__ = ()
    function: Callable[..., Any]
    #: Places of the inputs that the outputs have the types of.
    like: tuple[int, int]

    def make_node(self, *inputs: Any) -> Apply[Any]:
        """Return the node; lengths are those at run time."""
        inputs = tuple(map(pt.as_tensor, inputs))
        outputs: list[Any] = [
            pt.vector(dtype=inputs[i].type.dtype, shape=(None,)) for i in self.like
        ]
        return Apply(self, list(inputs), outputs)

    def perform(self, node: Apply[Any], inputs: Any, outputs: Any) -> None:
        """Compute the outputs, where nothing else is compiled."""
        found = _callable(type(self))(*inputs)
        for storage, value in zip(outputs, found, strict=True):
            storage[0] = np.asarray(value)


class LocationMap(_Kernel):
    """:func:`center_and_spread`, differentiable by mean and scale; all else is constant."""

    function = staticmethod(center_and_spread)
    like = (0, 0)

    def connection_pattern(self, node: Apply[Any]) -> list[list[bool]]:
        """Return that the outputs are functions of mean and scale."""
        return [[i in _VARYING] * len(self.like) for i in range(len(node.inputs))]

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> list[Any]:
        """Return the gradient, which is in closed form."""
        given = [
            pt.zeros_like(output) if isinstance(gradient.type, DisconnectedType) else gradient
            for gradient, output in zip(output_gradients, outputs, strict=True)
        ]
        slopes = iter(_LocationMapSlopes().make_node(*inputs, *outputs, *given).outputs)
        every = range(len(inputs))
        return [next(slopes) if i in _VARYING else disconnected_type() for i in every]


class _LocationMapSlopes(_Kernel):
    function = staticmethod(slopes_of_center_and_spread)
    like = _VARYING


@cache
def _callable(op: type[_Kernel]) -> Any:
    # What numba_njit compiles can be called from what Numba compiles, and from nowhere else.
    return numba.njit(op.function)


@register_funcify_and_cache_key(_Kernel)  # type: ignore[untyped-decorator]  # no types
def compiled(op: _Kernel, node: Apply[Any], **options: Any) -> tuple[Any, str]:
    """Compile the function with Numba."""
    return numba_njit(op.function), f"{op.function.__module__} {op.function.__name__} {_VERSION}"
