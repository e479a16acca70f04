"""Plain PyMC variables, whose axes have a position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from xarray import DataArray

from unfunnel.distributions.natural import distributions
from unfunnel.families import Family
from unfunnel.prior.backends.base import Aligned, Backend
from unfunnel.prior.upstream import named_function


class TensorBackend(Backend):
    """Plain PyMC variables."""

    xdist = False

    def child(self, factory: Any, name: str) -> Any:
        # Factories older than pymc.dims take no xdist keyword.
        return factory.create_variable(name)

    def distribution(self, family: Family) -> Callable[..., Any]:
        return distributions(family).tensor

    def arguments(
        self, parameters: tuple[Aligned, ...], dims: tuple[str, ...] | None
    ) -> tuple[Any, ...]:
        return tuple(parameter.trailing(dims or parameter.dims) for parameter in parameters)

    def joint(
        self,
        op: Any,
        name: str,
        location: Aligned,
        scale: Aligned,
        dims: tuple[str, ...],
        **options: Any,
    ) -> Any:
        variable = op(pt.random.shared_rng(seed=None), None, location.tensor, scale.tensor)
        model: Any = pm.modelcontext(None)
        return model.register_rv(variable, name, dims=dims, **options)

    def function(self, name: str) -> Callable[[Any], Any]:
        return named_function(name)

    def undeclared_axes(
        self, ndim: int, dims: tuple[str, ...] | None, positional: bool
    ) -> tuple[str, ...] | None:
        if dims and not positional:
            return None
        return tuple(f"axis{i}" for i in range(-ndim, 0))  # the same from the right for all

    def own_axes(self, *parameters: Aligned) -> tuple[Aligned, ...]:
        return parameters  # axes of length one broadcast by position

    def tensor_of(self, variable: Any) -> Any:
        return variable

    def deterministic(self, name: str, value: Aligned, dims: tuple[str, ...] | None) -> Any:
        return pm.Deterministic(name, value.tensor, dims=dims)

    def apply(self, name: str, function: Any, variable: Any, dims: tuple[str, ...] | None) -> Any:
        return pm.Deterministic(name, function(variable), dims=dims)

    def labelled_data(self, data: DataArray) -> Any:
        return data.values

    def unlabelled_data(self, data: Any, dims: tuple[str, ...]) -> Any:
        return data
