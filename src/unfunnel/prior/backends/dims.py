"""Variables of ``pymc.dims``, whose axes have a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymc as pm
import pymc.dims as pmd
import pytensor.tensor as pt
from pymc_extras.prior import UnknownTransformError
from pytensor.graph.basic import Variable
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.vectorization import XRV
from xarray import DataArray

from unfunnel.distributions.natural import distributions
from unfunnel.families import Family
from unfunnel.prior.backends.base import Aligned, Backend
from unfunnel.prior.upstream import named_function


class DimsBackend(Backend):
    """Variables of ``pymc.dims``, with labelled axes."""

    xdist = True

    def child(self, factory: Any, name: str) -> Any:
        return factory.create_variable(name, xdist=True)

    def distribution(self, family: Family) -> Callable[..., Any]:
        return distributions(family).dims

    def arguments(
        self, parameters: tuple[Aligned, ...], dims: tuple[str, ...] | None
    ) -> tuple[Any, ...]:
        # pymc.dims puts the dims that no parameter has in front, and the others in the order in
        # which it meets them, and would transpose the variable to the declared order, so that it
        # would no longer be a random variable by itself, which its consumers expect. So the first
        # parameter has every dim in the declared order, unless the variable gets it anyway.
        met = tuple(dict.fromkeys(dim for parameter in parameters for dim in parameter.dims))
        if dims is not None and dims[len(dims) - len(met) :] != met:
            first, *others = parameters
            parameters = (Aligned(self.spread(first, dims), dims), *others)
        return tuple(as_xtensor(p.tensor, dims=p.dims) for p in parameters)

    def joint(
        self,
        op: Any,
        name: str,
        location: Aligned,
        scale: Aligned,
        dims: tuple[str, ...],
        **options: Any,
    ) -> Any:
        variable = XRV(op, core_dims=((dims, scale.dims), dims), extra_dims=())(
            pt.random.shared_rng(seed=None),
            as_xtensor(location.tensor, dims=dims),
            as_xtensor(scale.tensor, dims=scale.dims),
        )
        model: Any = pm.modelcontext(None)
        return as_xtensor(model.register_rv(variable, name, dims=dims, **options), dims=dims)

    def function(self, name: str) -> Callable[[Any], Any]:
        try:
            return named_function(name, xdist=True)
        except UnknownTransformError:
            # pytensor.xtensor has fewer functions than pytensor.tensor; elementwise ones carry over
            plain = named_function(name)
            return lambda x: as_xtensor(plain(x.values), dims=x.type.dims)

    def undeclared_axes(
        self, ndim: int, dims: tuple[str, ...] | None, positional: bool
    ) -> tuple[str, ...] | None:
        if ndim == 0:
            return ()
        return dims if positional else None

    def own_axes(self, *parameters: Aligned) -> tuple[Aligned, ...]:
        return tuple(_without_foreign_axes(parameter, parameters) for parameter in parameters)

    def tensor_of(self, variable: Any) -> Any:
        return variable.values

    def deterministic(self, name: str, value: Aligned, dims: tuple[str, ...] | None) -> Any:
        return pmd.Deterministic(name, as_xtensor(value.tensor, dims=value.dims), dims=dims)

    def apply(self, name: str, function: Any, variable: Any, dims: tuple[str, ...] | None) -> Any:
        return pmd.Deterministic(name, function(variable), dims=dims)

    def labelled_data(self, data: DataArray) -> Any:
        return data

    def unlabelled_data(self, data: Any, dims: tuple[str, ...]) -> Any:
        tensor: Any = data if isinstance(data, Variable) else pt.as_tensor(data)
        return as_xtensor(tensor, dims=dims[len(dims) - tensor.ndim :])


def _without_foreign_axes(parameter: Aligned, all_of_them: tuple[Aligned, ...]) -> Aligned:
    """Drop the axes along which only other parameters vary.

    Labelled tensors broadcast by name: an axis of length one would be taken for the whole dim.
    """
    lengths = zip(*(each.tensor.type.shape for each in all_of_them), strict=True)
    own = parameter.tensor.type.shape
    kept = [
        axis
        for axis, everyones in enumerate(lengths)
        if own[axis] != 1 or all(length == 1 for length in everyones)
    ]
    return Aligned(parameter.tensor.dimshuffle(kept), tuple(parameter.dims[i] for i in kept))
