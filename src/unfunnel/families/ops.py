"""The array functions that a family's mathematics may use, so that one formula serves two readers.

A family is evaluated on numbers (validation, ``constrain``, tests: :class:`NumpyOps`) and on graphs
(the model: ``graph_ops.GraphOps``). Both offer exactly the methods of :class:`Ops`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import scipy.special

from unfunnel.families.number_functions import NumberFunction


class Ops(Protocol):
    """Elementwise functions, broadcasting by position."""

    def exp(self, x: Any) -> Any:
        """Exponential."""

    def log(self, x: Any) -> Any:
        """Natural logarithm."""

    def sqrt(self, x: Any) -> Any:
        """Square root."""

    def expm1(self, x: Any) -> Any:
        """Return ``exp(x) - 1``, exact for small ``x``."""

    def log1p(self, x: Any) -> Any:
        """Return ``log(1 + x)``, exact for small ``x``."""

    def abs(self, x: Any) -> Any:
        """Absolute value."""

    def gammaln(self, x: Any) -> Any:
        """Logarithm of the gamma function, for positive ``x``."""

    def call(self, function: NumberFunction, *args: Any) -> Any:
        """Return a function of numbers, by element."""

    def normal_cdf(self, x: Any) -> Any:
        """Return the standard normal distribution function."""

    def normal_log_cdf(self, x: Any) -> Any:
        """Logarithm of the standard normal distribution function, exact far to the left."""

    def normal_quantile(self, p: Any) -> Any:
        """Inverse of the standard normal distribution function."""

    def minimum(self, x: Any, y: Any) -> Any:
        """Elementwise minimum."""

    def maximum(self, x: Any, y: Any) -> Any:
        """Elementwise maximum."""

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """``x`` where the condition holds, else ``y``."""


class NumpyOps:
    """:class:`Ops` on numbers and numpy arrays."""

    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)
    expm1 = staticmethod(np.expm1)
    log1p = staticmethod(np.log1p)
    abs = staticmethod(np.abs)
    gammaln = staticmethod(scipy.special.gammaln)
    normal_cdf = staticmethod(scipy.special.ndtr)
    normal_log_cdf = staticmethod(scipy.special.log_ndtr)
    normal_quantile = staticmethod(scipy.special.ndtri)
    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    where = staticmethod(np.where)

    @staticmethod
    def call(function: NumberFunction, *args: Any) -> Any:
        """Return a function of numbers, by element."""
        return function.array(*args)


NUMPY: Ops = NumpyOps()
