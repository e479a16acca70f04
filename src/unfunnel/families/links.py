"""Monotone maps between the support of a prior and the real line.

A family is a location-scale law seen through a link: ``phi = link.inverse(theta)``. The value
transforms of every centering are built from the three functions of a link and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, REAL, Interval


@dataclass(frozen=True)
class Link:
    """A strictly increasing map from a support onto the real line.

    The ``name`` appears in the names of value variables and offsets. ``forward`` is ``(phi, ops) ->
    theta``, from the ``support`` to the real line, ``inverse`` its inverse, and ``log_slope``
    ``(theta, ops) -> log(d inverse(theta) / d theta)``, the log-Jacobian of ``inverse``. A new link
    is made of operations by element and constants, so that it is recognized in a graph.
    """

    name: str
    support: Interval
    forward: Callable[[Any, Ops], Any]
    inverse: Callable[[Any, Ops], Any]
    log_slope: Callable[[Any, Ops], Any]


def _log(phi: Any, ops: Ops) -> Any:
    return ops.log(phi)


def _exp(theta: Any, ops: Ops) -> Any:
    return ops.exp(theta)


def _same(x: Any, ops: Ops) -> Any:
    return x


def _no_slope(theta: Any, ops: Ops) -> Any:
    return 0.0 * theta


# d exp(theta) / d theta is exp(theta), whose logarithm is theta itself.
LOG = Link("log", POSITIVE, forward=_log, inverse=_exp, log_slope=_same)

IDENTITY = Link("identity", REAL, forward=_same, inverse=_same, log_slope=_no_slope)


@cache
def log_above(bound: float) -> Link:
    """Return the logarithm of the distance from a lower bound."""

    def forward(phi: Any, ops: Ops) -> Any:
        return ops.log(phi - bound)

    def inverse(theta: Any, ops: Ops) -> Any:
        return bound + ops.exp(theta)

    return Link("log", Interval(lower=bound), forward, inverse, _same)


@cache
def log_below(bound: float) -> Link:
    """Return minus the logarithm of the distance from an upper bound, which increases."""

    def forward(phi: Any, ops: Ops) -> Any:
        return -ops.log(bound - phi)

    def inverse(theta: Any, ops: Ops) -> Any:
        return bound - ops.exp(-theta)

    def log_slope(theta: Any, ops: Ops) -> Any:
        return -theta

    return Link("log", Interval(upper=bound), forward, inverse, log_slope)


# The smallest normal double; what is smaller may count as zero.
_SMALLEST = 2.0**-1022

_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)


@cache
def probit(lower: float, upper: float) -> Link:
    """Return the normal quantile function of the place between two bounds.

    Far out, where the normal distribution function rounds to 0 or 1, the inverse stays inside the
    bounds, at the last doubles.
    """
    width = upper - lower
    least = max(math.nextafter(lower, upper), lower + _SMALLEST)
    most = min(math.nextafter(upper, lower), upper - _SMALLEST)

    def forward(phi: Any, ops: Ops) -> Any:
        # From the nearer bound, as a place close to 1 has few digits.
        left, right = (phi - lower) / width, (upper - phi) / width
        quantile = ops.normal_quantile(ops.minimum(left, right))
        return ops.where(left <= right, quantile, -quantile)

    def inverse(theta: Any, ops: Ops) -> Any:
        place = lower + width * ops.normal_cdf(theta)
        return ops.minimum(ops.maximum(place, least), most)

    def log_slope(theta: Any, ops: Ops) -> Any:
        return (math.log(width) - _HALF_LOG_TWO_PI) - 0.5 * theta**2

    return Link("probit", Interval(lower, upper), forward, inverse, log_slope)
