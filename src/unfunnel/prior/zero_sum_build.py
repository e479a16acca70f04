"""Building a zero-sum variable in a model: scale, coordinate and backend brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytensor
from xarray import DataArray

from unfunnel.errors import CenteringError, DimsError
from unfunnel.parameterization.choices import coordinate_of, is_auto
from unfunnel.parameterization.site_parameters import steered
from unfunnel.parameterization.starting_point import reference_point
from unfunnel.prior.backends import Aligned, Backend, dim_lengths
from unfunnel.prior.resolve import Resolver
from unfunnel.structures.zero_sum_options import ZeroSum, require_several, varying_scale

if TYPE_CHECKING:
    from unfunnel.prior.base import NaturalPrior


def build_zero_sum(prior: NaturalPrior, backend: Backend, name: str) -> Any:
    """Create the variable of a prior with ``zero_sum=``.

    The number of elements along a zero-sum dim is part of the model, as the scale of one element
    depends on it; so the dim may not change afterwards.

    Raises
    ------
    DimsError
        If the prior has no dims, a zero-sum dim has one element, or the scale varies along one.
    CenteringError
        If a weight varies along a zero-sum dim.
    """
    zero_sum, dims = prior.zero_sum, prior.dims
    assert zero_sum is not None  # noqa: S101  # the caller looked
    if dims is None:
        raise DimsError(
            f"{name}: zero_sum",
            expected="dims= of the prior, those that sum to zero among them",
            given="dims=None",
            remedy=f"Pass dims={list(zero_sum.dims)} or more.",
        )
    resolver = Resolver(backend, name, dims)
    lengths = {d: n for d, n in dim_lengths(resolver.model, dims).items() if d in zero_sum.dims}
    require_several(name, lengths)
    resolver.hold(lengths, f"{name}: zero_sum")
    weight = prior.centering
    if isinstance(weight, np.ndarray | DataArray):
        weight = _shared_weight(resolver.aligned_weight(weight), zero_sum, dims, name)
    law = resolver.law(prior.family, prior.parameters)
    location, scale = law.location, _without(zero_sum, law.scale, prior)
    factor = zero_sum.population_per_stated(lengths.values())
    if factor != 1.0:
        scale = Aligned(scale.tensor * np.asarray(factor, pytensor.config.floatX), scale.dims)
    if is_auto(weight):
        tensor = steered(scale.tensor, resolver.model.name_for(name), len(dims))
        scale = Aligned(tensor, scale.dims)
    coordinate = coordinate_of(
        weight, lambda: (0.0, reference_point(scale.tensor, scale.tensor)[1])
    )
    return backend.zero_sum_variable(
        prior.family, name, location, scale, dims, zero_sum.axes(dims), coordinate
    )


def _without(zero_sum: ZeroSum, scale: Aligned, prior: NaturalPrior) -> Aligned:
    """Return the scale without the axes along which it does not vary."""
    once = scale.tensor.type.broadcastable
    varying = [dim for dim, one in zip(scale.dims, once, strict=True) if not one]
    for dim in varying:
        if dim in zero_sum.dims:
            raise varying_scale(prior.family, dim)
    kept = [axis for axis, one in enumerate(once) if not one]
    return Aligned(scale.tensor.dimshuffle(kept), tuple(varying))


def _shared_weight(
    weight: np.ndarray, zero_sum: ZeroSum, dims: tuple[str, ...], name: str
) -> np.ndarray:
    """Return weights with one element along each zero-sum dim, where all must be the same."""
    for axis in zero_sum.axes(dims):
        first = np.take(weight, [0], axis=axis)
        if np.any(weight != first):
            raise CenteringError(
                f"{name}: centered",
                expected=f"one weight for all elements along {dims[axis]!r}, whose deviations sum "
                "to zero: what is sampled there are coordinates, not elements",
                given="weights that vary along it",
                remedy='Give one weight, or centered="auto".',
            )
        weight = first
    return weight
