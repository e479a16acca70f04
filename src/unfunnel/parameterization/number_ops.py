"""Functions of numbers as PyTensor operations, compiled by Numba.

Imported only where a graph holds one, as it needs Numba's part of PyTensor.
"""

from __future__ import annotations

from typing import Any

from pytensor.graph.basic import Apply
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key
from pytensor.scalar.basic import ScalarOp, upgrade_to_float
from pytensor.tensor.elemwise import Elemwise

from unfunnel.families.ops import NUMBER_FUNCTIONS, NumberFunction


class NumberOp(ScalarOp):
    """A function of numbers as an operation on scalars."""

    def __init__(self, function: NumberFunction) -> None:
        self.function = function
        self.nin = function.number.__code__.co_argcount
        super().__init__(upgrade_to_float, name=function.name)  # type: ignore[no-untyped-call]  # no types

    def impl(self, *args: Any) -> float:
        """Return the value, where nothing is compiled."""
        return self.function.number(*map(float, args))

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> list[Any]:
        """Return the gradient, which is in closed form."""
        if not self.function.partials:
            raise NotImplementedError(f"{self.function.name} has no derivative.")
        (gradient,) = output_gradients
        partials = (NumberOp(partial) for partial in self.function.partials)
        return [gradient * partial(*outputs, *inputs) for partial in partials]

    def c_code(self, *args: Any) -> str:
        """There is none: PyTensor's C backend calls :meth:`impl`."""
        raise NotImplementedError(self.function.name)

    def __eq__(self, other: object) -> bool:
        """Equal if of the same function."""
        return type(other) is type(self) and other.function is self.function

    def __hash__(self) -> int:
        return hash((type(self), self.function.name))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name."""
        return (_op_called, (self.function.name,))


def _op_called(name: str) -> NumberOp:
    return NumberOp(NUMBER_FUNCTIONS[name])


def applied(function: NumberFunction, *args: Any) -> Any:
    """Return the function of tensors, by element."""
    return Elemwise(NumberOp(function), name=function.name)(*args)


@register_funcify_and_cache_key(NumberOp)  # type: ignore[untyped-decorator]  # no types
def compiled(op: NumberOp, node: Apply[Any], **options: Any) -> tuple[Any, str]:
    """Compile the function with Numba."""
    function = op.function
    # Numba's cache holds the function under the name of its module, which may have moved.
    module = function.number.__module__
    return function.make(numba_njit), f"{module} {function.name} {function.version}"
