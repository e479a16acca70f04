"""The functions that a family's mathematics may use, so that one formula serves two readers.

A family is evaluated on numbers (checks, moments, tests: :data:`NUMPY`) and on graphs (the model:
``parameterization.graph_ops``). Both offer exactly the methods of :class:`Ops`. What has no
formula, such as the root of an equation, is a :class:`NumberFunction`.
"""

# ruff: noqa: D102  (the names of functions that numpy has say what they do)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import scipy.special

#: Compiles a function, or returns it as it is.
Jit = Callable[[Callable[..., Any]], Callable[..., Any]]

#: Every function that a graph may hold, by name.
NUMBER_FUNCTIONS: dict[str, NumberFunction] = {}

# An element takes 15 to 40 microseconds in Python, and at most 3 when compiled. Who asks for so
# many looks for a root, and will ask again.
_WORTH_COMPILING = 1500


@dataclass(frozen=True, eq=False)
class NumberFunction:
    """A function of numbers, applied by element, that has no formula in :class:`Ops`.

    ``make`` is ``jit -> function``, in plain Python with :mod:`math`: the function and what it
    calls pass through ``jit``, so that Numba can compile it. ``partials`` are the derivatives by
    each argument, as functions of the result and the arguments. Graphs are pickled with the
    ``name``, and compiled code is kept on disk: raise ``version`` with every change.
    """

    name: str
    make: Callable[[Jit], Callable[..., float]]
    partials: tuple[NumberFunction, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        """Join the list."""
        NUMBER_FUNCTIONS[self.name] = self

    @cached_property
    def number(self) -> Callable[..., float]:
        """The function as plain Python."""
        return self.make(lambda function: function)

    def array(self, *args: Any) -> Any:
        """Return the function by element of numbers and numpy arrays, which broadcast.

        Many elements are worth the second that Numba takes to compile the function, once.
        """
        arrays = [np.asarray(x, dtype=float) for x in args]
        worth = "_compiled" in vars(self) or np.broadcast(*arrays).size >= _WORTH_COMPILING
        with np.errstate(invalid="ignore"):  # NaN in, NaN out
            return (self._compiled if worth else self._by_element)(*arrays)

    @cached_property
    def _by_element(self) -> Callable[..., Any]:
        return np.vectorize(self.number, otypes=[float])

    @cached_property
    def _compiled(self) -> Callable[..., Any]:
        from numba import njit, vectorize

        function: Any = self.make(njit)
        return vectorize(function.py_func)  # type: ignore[no-any-return,no-untyped-call]  # no types


class Ops(Protocol):
    """Elementwise functions, broadcasting by position; names are numpy's where it has them."""

    def exp(self, x: Any) -> Any: ...
    def log(self, x: Any) -> Any: ...
    def sqrt(self, x: Any) -> Any: ...
    def expm1(self, x: Any) -> Any: ...
    def log1p(self, x: Any) -> Any: ...
    def abs(self, x: Any) -> Any: ...
    def minimum(self, x: Any, y: Any) -> Any: ...
    def maximum(self, x: Any, y: Any) -> Any: ...
    def where(self, condition: Any, x: Any, y: Any) -> Any: ...
    def gammaln(self, x: Any) -> Any:
        """Logarithm of the gamma function, for positive ``x``."""

    def normal_cdf(self, x: Any) -> Any:
        """Return the standard normal distribution function."""

    def normal_log_cdf(self, x: Any) -> Any:
        """Logarithm of the standard normal distribution function, exact far to the left."""

    def normal_quantile(self, p: Any) -> Any:
        """Inverse of the standard normal distribution function."""

    def call(self, function: NumberFunction, *args: Any) -> Any:
        """Return a function of numbers, by element."""


class NumpyOps:
    """:class:`Ops` on numbers and numpy arrays."""

    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)
    expm1 = staticmethod(np.expm1)
    log1p = staticmethod(np.log1p)
    abs = staticmethod(np.abs)
    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    where = staticmethod(np.where)
    gammaln = staticmethod(scipy.special.gammaln)
    normal_cdf = staticmethod(scipy.special.ndtr)
    normal_log_cdf = staticmethod(scipy.special.log_ndtr)
    normal_quantile = staticmethod(scipy.special.ndtri)

    @staticmethod
    def call(function: NumberFunction, *args: Any) -> Any:
        """Return a function of numbers, by element."""
        return function.array(*args)


NUMPY: Ops = NumpyOps()
