"""Functions of numbers that have no formula, such as the root of an equation.

They are written in plain Python with :mod:`math`, so that they can be called as they are and
compiled by Numba, which PyTensor needs, too; ``parameterization.number_ops`` makes PyTensor
operations of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

#: Compiles a function, or returns it as it is.
Jit = Callable[[Callable[..., Any]], Callable[..., Any]]

#: Every function that a graph may hold, by name.
NUMBER_FUNCTIONS: dict[str, NumberFunction] = {}


@dataclass(frozen=True, eq=False)
class NumberFunction:
    """A function of numbers, applied by element.

    Parameters
    ----------
    name : str
        Unique; graphs that hold the function are pickled by it.
    make : callable
        ``jit -> function``. The function and what it calls pass through ``jit``; they use numbers
        and ``math`` only.
    partials : tuple of NumberFunction
        The partial derivatives by each argument, as functions of the result and the arguments.
    version : int
        To be raised with every change of the function, as compiled code is kept on disk.
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


# An element takes 15 to 40 microseconds in Python, and at most 3 when compiled. Who asks for so
# many looks for a root, and will ask again.
_WORTH_COMPILING = 1500
