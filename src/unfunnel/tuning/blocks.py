"""The blocks of a model that a pilot run can tune: variables in an informed coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.site_parameters import Steering, settled, steering_of
from unfunnel.parameterization.transforms import CoordinateTransform, location_and_scale, unlabelled
from unfunnel.structures.contrasts import contracted
from unfunnel.structures.zero_sum_transforms import ZeroSumTransform


@dataclass(frozen=True)
class Block:
    """A random variable in an informed coordinate.

    Parameters
    ----------
    variable : Variable
        The random variable.
    value : Variable
        What the sampler sees of it.
    dims : tuple of str
        Names of its axes.
    location, scale : TensorVariable
        Of the unconstrained variable, as functions of other random variables; they broadcast
        against the value from the right.
    link : Link
        From the support of the variable to the real line.
    steering : Steering
        The steering values.
    random_variables : tuple of Variable
        All free variables of the model, this one included.
    zero_sum_axes : tuple of int
        Along which deviations from the location sum to zero. What is sampled, and tuned, there are
        orthonormal coordinates of these deviations, one less along each axis, all with the same
        information: a coordinate belongs to no single element.
    """

    variable: Any
    value: Any
    dims: tuple[str, ...]
    location: Any
    scale: Any
    link: Link
    steering: Steering
    random_variables: tuple[Any, ...]
    zero_sum_axes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def coordinate_location(self) -> Any:
        """Location of what is sampled: the block's own, or 0 for coordinates of deviations."""
        return pt.zeros_like(self.scale) if self.zero_sum_axes else self.location

    def coordinates(self, theta: np.ndarray, location: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the unconstrained variable and its location as what is sampled knows them."""
        if not self.zero_sum_axes:
            return theta, location
        return contracted(theta - location, self.zero_sum_axes), np.zeros(())

    def labelled(self, shared: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """Return what all coordinates along a zero-sum axis share, with the other dims."""
        kept = [axis for axis in range(shared.ndim) if axis not in self.zero_sum_axes]
        first = tuple(
            0 if axis in self.zero_sum_axes else slice(None) for axis in range(shared.ndim)
        )
        return tuple(self.dims[axis] for axis in kept), shared[first]


def auto_blocks(model: Any) -> list[Block]:
    """Return the variables of a model that are in an informed coordinate.

    Parameters
    ----------
    model : pymc.Model
        The model.
    """
    found = []
    with settled():
        for variable in model.free_RVs:
            transform = unlabelled(model.rvs_to_transforms.get(variable))
            if isinstance(transform, CoordinateTransform) and isinstance(
                transform.coordinate, Informed
            ):
                found.append(_block(model, variable, transform))
    return found


def _block(model: Any, variable: Any, transform: CoordinateTransform) -> Block:
    inputs = tuple(variable.owner.inputs)
    axes: tuple[int, ...] = ()
    location, scale = location_and_scale(inputs, getattr(variable.type, "dims", None))
    if isinstance(transform, ZeroSumTransform):
        axes = transform.axes
        location, scale = transform.parameters((location, scale), variable.type.ndim)
    named = model.named_vars_to_dims.get(variable.name) or (None,) * variable.type.ndim
    dims = tuple(
        f"{variable.name}_dim_{axis}" if dim is None else str(dim) for axis, dim in enumerate(named)
    )
    return Block(
        variable,
        model.rvs_to_values[variable],
        dims,
        location,
        scale,
        transform.link,
        steering_of(scale, variable.name),
        tuple(model.free_RVs),
        axes,
    )
