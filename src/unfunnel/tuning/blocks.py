"""The blocks of a model that a pilot run can tune: variables in an informed coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unfunnel.centering import Informed
from unfunnel.links import Link
from unfunnel.steering import Steering, settled, steering_of
from unfunnel.transforms import CoordinateTransform, DimCoordinateTransform, location_and_scale


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
    """

    variable: Any
    value: Any
    dims: tuple[str, ...]
    location: Any
    scale: Any
    link: Link
    steering: Steering
    random_variables: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)


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
            transform = model.rvs_to_transforms.get(variable)
            if isinstance(transform, DimCoordinateTransform):
                transform = transform.inner
            if isinstance(transform, CoordinateTransform) and isinstance(
                transform.coordinate, Informed
            ):
                found.append(_block(model, variable, transform.link))
    return found


def _block(model: Any, variable: Any, link: Link) -> Block:
    location, scale = location_and_scale(
        tuple(variable.owner.inputs), getattr(variable.type, "dims", None)
    )
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
        link,
        steering_of(scale),
        tuple(model.free_RVs),
    )
