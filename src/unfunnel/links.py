"""Monotone maps between the support of a prior and the real line.

A family is a location-scale law seen through a link: ``phi = link.inverse(theta)``. The value
transforms of every centering are built from the three functions of a link and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unfunnel.ops import Ops


@dataclass(frozen=True)
class Link:
    """A strictly increasing map from a support onto the real line.

    Parameters
    ----------
    name : str
        Short name; it appears in the names of value variables and offsets.
    lower, upper : float
        The open interval that the link maps onto the real line.
    forward : callable
        ``(phi, ops) -> theta``, from the support to the real line.
    inverse : callable
        ``(theta, ops) -> phi``, from the real line to the support.
    log_slope : callable
        ``(theta, ops) -> log(d inverse(theta) / d theta)``: the log-Jacobian of ``inverse``.
    """

    name: str
    lower: float
    upper: float
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


_INFINITY = float("inf")

# d exp(theta) / d theta is exp(theta), whose logarithm is theta itself.
LOG = Link("log", lower=0.0, upper=_INFINITY, forward=_log, inverse=_exp, log_slope=_same)

IDENTITY = Link(
    "identity", lower=-_INFINITY, upper=_INFINITY, forward=_same, inverse=_same, log_slope=_no_slope
)
