"""The blocks of a model that a pilot run can tune: variables in an informed coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.graph_ops import as_float
from unfunnel.parameterization.transforms import location_and_scale, unlabelled
from unfunnel.structures.base import Structure
from unfunnel.structures.transform import SiteParameters, StructureTransform, settled


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
    sites : SiteParameters
        The site parameters.
    random_variables : tuple of Variable
        All free variables of the model, this one included.
    structure : Structure
        How its elements depend on each other. What is sampled, and tuned, are its coordinates.
    """

    variable: Any
    value: Any
    dims: tuple[str, ...]
    location: Any
    scale: Any
    link: Link
    sites: SiteParameters
    random_variables: tuple[Any, ...]
    structure: Structure

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def coordinate_location(self) -> Any:
        """Prior mean of the coordinates that are sampled."""
        return as_float(self.structure.coordinate_location(self.location, self.scale))


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
            if isinstance(transform, StructureTransform) and isinstance(
                transform.parameterization, Informed
            ):
                found.append(_block(model, variable, transform))
    return found


def _block(model: Any, variable: Any, transform: StructureTransform) -> Block:
    inputs = tuple(variable.owner.inputs)
    location, scale = transform.structure.parameters(
        *location_and_scale(inputs, getattr(variable.type, "dims", None)), variable.type.ndim
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
        transform.link,
        SiteParameters(model, variable),
        tuple(model.free_RVs),
        transform.structure,
    )
