"""From a weight to the partial coordinate of one variable in one model."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pymc as pm
from pymc.initial_point import make_initial_point_expression
from pymc.pytensorf import rvs_in_graph
from pytensor.compile.mode import Mode
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors
from xarray import DataArray

from unfunnel.backends import Aligned
from unfunnel.centering import Centering, Partial
from unfunnel.resolve import Resolver

_PYTHON = Mode(linker="py", optimizer="minimum_compile")


def partial_coordinate(
    weight: Centering, resolver: Resolver, location: Aligned, scale: Aligned
) -> Partial:
    """Align the weight with the model and choose the reference point of the coordinate.

    The reference is what location and scale are where every hyperparameter is at its starting
    point, a number that depends on the priors alone: the same model always gets the same
    coordinate.

    Parameters
    ----------
    weight : float, ndarray or DataArray
        A validated weight.
    resolver : Resolver
        Of the variable.
    location, scale : Aligned
        Of the variable.

    Returns
    -------
    Partial
        With the weights in the order of the variable's dims.
    """
    values: Any = weight
    if isinstance(weight, np.ndarray | DataArray):
        aligned = resolver.aligned_array("centered", weight)
        dims = resolver.dims or aligned.dims
        absent = [axis for axis, dim in enumerate(dims) if dim not in aligned.dims]
        values = np.expand_dims(aligned.values, absent)
    location0, scale0 = _typical(resolver.model, location.tensor, scale.tensor)
    return Partial(values, location0, scale0)


def _typical(model: pm.Model, location: Any, scale: Any) -> tuple[float, float]:
    above = set(ancestors([location, scale]))
    hyperparameters = [rv for rv in model.free_RVs if rv in above]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Support point not defined")
        points = make_initial_point_expression(
            free_rvs=hyperparameters, rvs_to_transforms={}, initval_strategies={}
        )
    replacements = dict(zip(hyperparameters, points, strict=True))
    expressions = clone_replace([location, scale], replace=replacements)
    if rvs_in_graph(expressions):  # no starting point is known, and a draw differs every time
        return 0.0, 1.0
    at_start = [float(np.median(x.eval(mode=_PYTHON))) for x in expressions]
    return (at_start[0], at_start[1]) if np.isfinite(at_start).all() else (0.0, 1.0)
