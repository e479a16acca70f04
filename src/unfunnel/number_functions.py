"""Functions of numbers that have no formula, such as the root of an equation.

They are written in plain Python with :mod:`math`, so that they can be called as they are and
compiled by Numba; :mod:`unfunnel.number_ops` makes PyTensor operations of them.
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

    @cached_property
    def array(self) -> Callable[..., Any]:
        """The function by element of numpy arrays."""
        return np.vectorize(self.number, otypes=[float])
