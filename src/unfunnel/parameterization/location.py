"""In which coordinate the sampler sees the location of a hierarchy.

Where the elements of a block are integrated out, the data leave for their location ``u`` a normal
law whose precision depends on their scale: if it is ``1 / spread**2`` at the mean ``center``, then
``v = (u - center) / spread`` is as wide at every scale. ``u`` is the variable as it was sampled
before, behind its own value transform. Both are carried to the variable, see
:mod:`unfunnel.parameterization.carrying`; :mod:`unfunnel.tuning.locations` computes them.
"""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt

from unfunnel.parameterization.carrying import carried
from unfunnel.parameterization.transforms import Node, TensorTransform, drawing_inputs


class LocationTransform(TensorTransform):
    """The value transform ``v -> center + spread v``, then that of ``inner``, if there is one."""

    name = "location"

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner

    def parameters(self, inputs: tuple[Node, ...], dims: tuple[str, ...] | None) -> tuple[Any, ...]:
        return tuple(carried(drawing_inputs(inputs)[0]))

    def to_variable(self, value: Any, *parameters: Any) -> Any:
        center, spread = parameters
        return behind(self.inner, center + spread * value)

    def to_sampled(self, value: Any, *parameters: Any) -> Any:
        center, spread = parameters
        return (before(self.inner, value) - center) / spread

    def log_slope(self, value: Any, *parameters: Any) -> Any:
        center, spread = parameters
        slope = pt.log(spread) + pt.zeros_like(value)
        if self.inner is None:
            return slope
        return slope + self.inner.log_jac_det(center + spread * value)


def behind(inner: Any, value: Any) -> Any:
    """Return the variable that is sampled as this value under a transform, or under none."""
    return value if inner is None else inner.backward(value)


def before(inner: Any, variable: Any) -> Any:
    """Return what is sampled of a variable under a transform, or under none."""
    return variable if inner is None else inner.forward(variable)
