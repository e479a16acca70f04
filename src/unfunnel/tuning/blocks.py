"""The parts of a model that a pilot tunes: blocks, and scales.

A block is a random variable in the informed coordinate. A scale is a hyperparameter that is the
scale of blocks; it is sampled through ``a sinh(softplus(v) / k)``, see
:mod:`unfunnel.parameterization.scale`, and a pilot stretches the width ``a``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.traversal import ancestors
from pytensor.tensor.type import TensorType
from pytensor.xtensor.type import XTensorType

from unfunnel.families.links import Link
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.graph_ops import as_float, random_node
from unfunnel.parameterization.scale import PYTHON, SoftplusTransform
from unfunnel.parameterization.transforms import (
    DRAWING,
    labelled_like,
    location_and_scale,
    unlabelled,
)
from unfunnel.structures.base import Map, Structure
from unfunnel.structures.transform import SiteParameters, StructureTransform, settled

# Centeredness up to which an element counts as one without data. At 0.01 the logarithm already
# costs a sixth of the efficiency.
_NO_DATA = 0.001

# So wide that all of a prior is in the logarithmic part.
_LOGARITHM = float(np.log(1e4))

# A pilot is short: how far from the prior's median it is believed.
_FURTHEST = float(np.log(30.0))


@dataclass(frozen=True)
class Block:
    """A random variable in the informed coordinate.

    ``location`` and ``scale`` of its elements are functions of other random variables; they
    broadcast against the value from the right. ``link`` leads from the support of the variable to
    the real line. What is sampled, and tuned, are the coordinates of its ``structure``.
    """

    variable: Any
    value: Any
    dims: tuple[str, ...]
    location: Any
    scale: Any
    link: Link
    structure: Structure
    sites: SiteParameters

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def coordinate_location(self) -> Any:
        """Prior mean of the coordinates."""
        return as_float(self.structure.coordinate_location(self.location, self.scale))

    def map(self, coordinate_location: Any, scale: Any, site: Any) -> Map:
        """Return the map from what is sampled to the coordinates, on arrays."""
        mapped: Map = self.structure.map(Informed(), coordinate_location, scale, site, NUMPY)
        return mapped


@dataclass(frozen=True)
class Scale:
    """A scale hyperparameter whose coordinate can be stretched.

    ``parameter`` is the input of the random variable that can carry the stretch while the model is
    compiled; ``blocks`` are the names of the blocks to tune that have this scale; whether anything
    else depends on it, such as a block that is not tuned, is ``has_other_uses``.
    """

    model: Any
    variable: Any
    value: Any
    parameter: int
    blocks: tuple[str, ...]
    has_other_uses: bool

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def transform(self) -> SoftplusTransform:
        """The value transform that it has now."""
        transform: SoftplusTransform = unlabelled(self.model.rvs_to_transforms[self.variable])
        return transform

    def stretch(self, log_stretch: Any) -> None:
        """Give it a stretch: what is compiled from now on has it.

        Copies of the model have not, nor have submodels, which keep transforms of their own.
        """
        transforms = self.model.rvs_to_transforms
        new = self.transform.stretched(log_stretch)
        transforms[self.variable] = labelled_like(transforms[self.variable], new)

    def restretched(self, values: np.ndarray, before: float, after: float) -> np.ndarray:
        """Return what is sampled under another log stretch at the same points of the model."""
        natural = self.transform.stretched(before).to_variable(pt.constant(values))
        graph = self.transform.stretched(after).to_sampled(natural)
        return np.asarray(graph.eval(mode=PYTHON))

    def best_log_stretch(self, values: np.ndarray, kappa: dict[str, np.ndarray]) -> float:
        """Return the best stretch, given draws of the unstretched value and centeredness by block.

        The width is the usual share of the median: of the prior's before, of the posterior's now.
        Where the data tell nothing about any element that has the scale, there is no funnel to
        flatten, and the logarithm is best, the limit of a great width. Of other uses of the scale
        that is not known: there may be data.
        """
        without_data = all(kappa[name].max(initial=0.0) <= _NO_DATA for name in self.blocks)
        if without_data and not self.has_other_uses:
            return _LOGARITHM
        if not values.size:
            return 0.0
        log_stretch = self.transform.log_stretch_for(float(np.median(values)))
        return float(np.clip(log_stretch, -_FURTHEST, _FURTHEST))


def stretch_name(scale: str) -> str:
    """Return the name of the shared variable that stretches the coordinate of a scale."""
    return f"{scale}_stretch__"


def is_informed(transform: Any) -> bool:
    """Whether a value transform is the informed coordinate."""
    inner = unlabelled(transform)
    return isinstance(inner, StructureTransform) and isinstance(inner.parameterization, Informed)


def auto_blocks(model: Any) -> list[Block]:
    """Return the variables of a model that are in the informed coordinate."""
    with settled():
        return [
            _block(model, variable)
            for variable in model.free_RVs
            if is_informed(model.rvs_to_transforms.get(variable))
        ]


def _block(model: Any, variable: Any) -> Block:
    transform = unlabelled(model.rvs_to_transforms[variable])
    structure, ndim = transform.structure, variable.type.ndim
    inputs = tuple(variable.owner.inputs)
    location, scale = location_and_scale(inputs, getattr(variable.type, "dims", None))
    location, scale = structure.parameters(location, scale, ndim)
    named = model.named_vars_to_dims.get(variable.name) or (None,) * ndim
    dims = tuple(
        f"{variable.name}_dim_{axis}" if dim is None else str(dim) for axis, dim in enumerate(named)
    )
    value, sites = model.rvs_to_values[variable], SiteParameters(model, variable)
    return Block(variable, value, dims, location, scale, transform.link, structure, sites)


def scales_of(model: Any, blocks: list[Block]) -> list[Scale]:
    """Return the scale hyperparameters of blocks that are sampled through our own coordinate."""
    above = {block.name: set(ancestors([block.scale])) for block in blocks}
    used = used_beside(model, blocks)
    scales = []
    for variable in model.free_RVs:
        transform = unlabelled(model.rvs_to_transforms.get(variable))
        served = tuple(name for name, variables in above.items() if variable in variables)
        if isinstance(transform, SoftplusTransform) and served:
            parameter = carrying_input(model, variable)
            if parameter is not None:
                value = model.rvs_to_values[variable]
                scales.append(Scale(model, variable, value, parameter, served, variable in used))
    return scales


def used_beside(model: Any, blocks: Sequence[Block]) -> set[Any]:
    """Return everything that the rest of a model depends on directly, not through the blocks."""
    tuned = {block.variable for block in blocks}
    rest = [x for rv in model.basic_RVs if rv not in tuned for x in rv.owner.inputs]
    return set(ancestors([*rest, *model.potentials], blockers=tuned))


def carrying_input(model: Any, variable: Any) -> int | None:
    """Return which input of a random variable can have an operation put around it, if any."""
    node: Any = random_node(variable.owner)
    try:
        parameters = node.op.dist_params(node)
    except (AttributeError, ValueError):  # PyMC does not know which inputs these are
        return None
    able = [
        i
        for i, x in enumerate(node.inputs)
        if isinstance(x.type, TensorType | XTensorType)
        and any(x is parameter for parameter in parameters)  # shapes have to stay constants
        and (x in model.basic_RVs or not _is_drawn(x))  # components of a mixture have to be drawn
    ]
    return able[-1] if able else None


def _is_drawn(x: Any) -> bool:
    node = random_node(x.owner)
    return node is not None and isinstance(node.op, DRAWING)
