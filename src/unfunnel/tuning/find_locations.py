"""Finds the hyperparameters of a model that are the locations of its blocks, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.dims.distributions.transforms import LogTransform as DimLogTransform
from pymc.logprob.transforms import LogTransform
from pytensor.gradient import pushforward
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors

from unfunnel.parameterization.scale import PYTHON, at_start
from unfunnel.parameterization.transforms import LinkTransform, unlabelled
from unfunnel.structures.base import INDEPENDENT
from unfunnel.structures.transform import StructureTransform
from unfunnel.tuning.blocks import Block, carrying_input, used_beside
from unfunnel.tuning.locations import (
    Elements,
    Location,
    as_tensor,
    direct_variables,
    in_place_of,
    scale_variables_of,
)


def locations_of(model: Any, blocks: list[Block]) -> list[Location]:
    """Return the hyperparameters of a model that are the location of independent blocks."""
    independent = [x for x in blocks if x.structure == INDEPENDENT]
    found = [_location(model, rv, independent) for rv in model.free_RVs]
    known = [x for x in found if x is not None]
    variables = {x.variable for x in known}
    return [x for x in known if not variables & set(ancestors(x.scale_variables))]


def _location(model: Any, variable: Any, blocks: list[Block]) -> Location | None:
    """Return a random variable as a location, None if it is none, or cannot be sampled as one."""
    served = tuple(x for x in blocks if variable in direct_variables(model, x.location))
    transform = unlabelled(model.rvs_to_transforms.get(variable))
    parameter = carrying_input(model, variable)
    if (
        not served
        or parameter is None
        or any(x.variable is variable for x in blocks)
        or not isinstance(transform, LogTransform | DimLogTransform | LinkTransform | None)
        or isinstance(transform, StructureTransform)
        or variable in used_beside(model, served)
    ):
        return None
    direct = {rv for x in served for rv in direct_variables(model, x.location)}
    fixed = direct.difference(*(scale_variables_of(model, x) for x in served))
    if variable not in fixed:
        return None
    ordered = [rv for rv in model.free_RVs if rv in fixed]
    try:
        with model:
            values = [np.asarray(as_tensor(x).eval(mode=PYTHON), float) for x in at_start(ordered)]
            elements = tuple(_elements_seen(x, variable) for x in served)
    except (NotImplementedError, ValueError):  # no starting point, or no derivative
        return None
    if not all(np.isfinite(x).all() for x in values) or None in elements:
        return None
    inner = LogTransform() if isinstance(transform, LogTransform | DimLogTransform) else transform
    starts, value = dict(zip(ordered, values, strict=True)), model.rvs_to_values[variable]
    return Location(model, variable, value, inner, parameter, served, elements, starts)  # type: ignore[arg-type]  # none is None


def _elements_seen(block: Block, variable: Any) -> Elements | None:
    """Return which element of a location each element of a block sees; None if it sees several.

    Along a direction that is different for each element of the location the derivative is that
    along the direction of ones, times the component of the one element that is seen.
    """
    if all(n == 1 for n in variable.type.shape):
        return Elements()
    free: Any = as_tensor(variable).type()
    location = clone_replace(block.location, {variable: in_place_of(free, variable)})
    start = as_tensor(at_start([variable])[0])
    ones = pt.ones_like(start)
    components = 1.0 + pt.arange(start.size).reshape(start.shape)
    slopes = [_slope(location, free, x) for x in (ones, components, components**2)]
    at = at_start(clone_replace(slopes, {free: start}))
    along, once, twice = (np.asarray(x.eval(mode=PYTHON), float) for x in at)
    seen = np.divide(once, along, out=np.ones_like(along), where=along != 0.0)
    again = np.divide(twice, along, out=np.ones_like(along), where=along != 0.0)
    element = np.round(seen)
    if not (np.allclose(seen, element) and np.allclose(again, element**2)):
        return None
    return Elements(element.astype(int) - 1)


def _slope(location: Any, variable: Any, direction: Any) -> Any:
    """Return the derivative of a location along a direction of a hyperparameter."""
    return pushforward(location, variable, direction, use_op_pushforward=False)
