"""Effects whose deviations from their location sum to zero along some dims.

Along each of its axes ``K`` deviations that sum to zero lie in a subspace of ``K - 1`` dimensions.
The coordinates are those of PyMC's ``ZeroSumTransform``, one Householder reflection an axis: an
isometry, so that independent normal coordinates of standard deviation ``tau``, the population scale
of :mod:`unfunnel.structures.zero_sum_options`, are deviations with covariance
``tau**2 (I - J / K)``, and no Jacobian arises. A coordinate belongs to no single element, so all of
them have the same information.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pytensor
import pytensor.tensor as pt

from unfunnel.errors import CenteringError, DimsError, Mistake
from unfunnel.families import Family
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import Ops
from unfunnel.parameterization.choices import Parameterization
from unfunnel.structures.base import Aligned, Map
from unfunnel.structures.joint import JointStructure
from unfunnel.structures.zero_sum_options import ZeroSum, require_several, varying_scale_mistake

# Sums of deviations in units of the scale, and of their number, that rounding alone can make.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class ZeroSumDeviations(JointStructure):
    """Deviations from the location that sum to zero along ``axes``.

    The scale of one element depends on how many there are, ``lengths``, so they stay as many;
    ``population_per_stated`` is the population scale in units of the stated one.
    """

    lengths: dict[str, int] = field(default_factory=dict, hash=False)
    population_per_stated: float = 1.0

    name = "zero_sum"

    @classmethod
    def asked_for(
        cls,
        option: ZeroSum,
        dims: tuple[str, ...] | None,
        lengths: Callable[[], dict[str, int]],
        name: str,
    ) -> Self:
        """Return the structure of a variable with these dims; refuse dims it cannot run along."""
        if dims is None:
            raise DimsError(
                f"{name}: zero_sum",
                expected="dims= of the prior, those that sum to zero among them",
                given="dims=None",
                remedy=f"Pass dims={list(option.dims)} or more.",
            )
        own = {dim: n for dim, n in lengths().items() if dim in option.dims}
        require_several(name, own)
        axes = tuple(axis for axis, dim in enumerate(dims) if dim in option.dims)
        factor = option.population_per_stated(own.values())
        return cls(axes, lengths=own, population_per_stated=factor)

    @property
    def fixed_lengths(self) -> dict[str, int]:
        return self.lengths

    def weight(self, weight: np.ndarray, dims: tuple[str, ...], name: str) -> np.ndarray:
        """Return weights with one element along each axis, where all must be the same."""
        for axis in self.axes:
            first = np.take(weight, [0], axis=axis)
            if np.any(weight != first):
                raise CenteringError(
                    f"{name}: centered",
                    expected=f"one weight for all elements along {dims[axis]!r}, whose deviations "
                    "sum to zero: what is sampled there are coordinates, not elements",
                    given="weights that vary along it",
                    remedy='Give one weight, or centered="auto".',
                )
            weight = first
        return weight

    def fitted(
        self, family: Family, location: Aligned, scale: Aligned, dims: tuple[str, ...]
    ) -> tuple[Self, Aligned, Aligned]:
        """Return the population scale for the stated one."""
        structure, location, scale = super().fitted(family, location, scale, dims)
        if self.population_per_stated != 1.0:
            factor = np.asarray(self.population_per_stated, pytensor.config.floatX)
            scale = Aligned(scale.tensor * factor, scale.dims)
        return structure, location, scale

    def varying_scale(self, family: Family, dim: str) -> Mistake:
        return varying_scale_mistake(dim, (), is_linked=family.link is not IDENTITY)

    def sampled_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(n - 1 if axis in self.axes else n for axis, n in enumerate(shape))

    def elements(self, coordinates: Any, location: Any, xp: Any) -> Any:
        return location + extended(coordinates, self.axes, xp)

    def coordinates(self, elements: Any, location: Any, xp: Any) -> Any:
        return contracted(elements - location, self.axes, xp)

    def coordinate_location(self, location: Any, scale: Any) -> Any:
        return 0.0

    def map(
        self, parameterization: Parameterization, location: Any, scale: Any, sites: Any, ops: Ops
    ) -> Map:
        """Look at the information of the first coordinate only: all along an axis have the same."""
        if sites:
            information, weighted_location = sites
            axes = range(information.ndim)
            first = tuple(0 if axis in self.axes else slice(None) for axis in axes)
            again = tuple(None if axis in self.axes else slice(None) for axis in axes)
            sites = information[first][again], weighted_location
        return super().map(parameterization, location, scale, sites, ops)

    @property
    def pooled_axes(self) -> tuple[int, ...]:
        return self.axes

    def log_slope(self, elements: Any, link: Any) -> Any:
        return 0.0  # the density is that of the coordinates

    def squares(self, elements: Any, location: Any, scale: Any) -> Any:
        """Return the sum of squares of the deviations, which is that of their coordinates."""
        return pt.sum(((elements - location) / scale) ** 2)

    def conditions(self, elements: Any, location: Any, scale: Any) -> list[Any]:
        """Return whether the deviations sum to zero, along each axis."""
        deviation = elements - location
        totals = [(n, pt.abs(deviation.sum(axis=n, keepdims=True)) / scale) for n in self.axes]
        return [pt.all(total <= _ROUNDING * deviation.shape[n]) for n, total in totals]


def extended(coordinates: Any, axes: tuple[int, ...], xp: Any = np) -> Any:
    """Return the deviations that have these coordinates, one more along each of ``axes``.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.structures.zero_sum import contracted, extended
    >>> deviations = extended(np.array([3.0, 4.0]), (0,))
    >>> bool(abs(deviations.sum()) < 1e-12), round(float(np.sum(deviations**2)), 12)
    (True, 25.0)
    >>> contracted(deviations, (0,)).round(12)
    array([3., 4.])
    """
    for axis in axes:
        root = _root(coordinates.shape[axis] + 1, xp)
        total = coordinates.sum(axis=axis, keepdims=True)
        shift = total / (root + root**2)
        coordinates = xp.concatenate([coordinates, shift - total / root], axis=axis) - shift
    return coordinates


def contracted(deviations: Any, axes: tuple[int, ...], xp: Any = np) -> Any:
    """Return the coordinates of deviations, the inverse of :func:`extended`."""
    for axis in axes:
        root = _root(deviations.shape[axis], xp)
        before = (slice(None),) * axis
        last = xp.expand_dims(deviations[(*before, -1)], axis)
        deviations = deviations[(*before, slice(None, -1))] - last * root / (root + root**2)
    return deviations


def _root(length: Any, xp: Any) -> Any:
    return np.sqrt(float(length)) if xp is np else xp.sqrt(length.astype(pytensor.config.floatX))
