"""The reference point of a partial coordinate: a typical location and scale of the variable."""

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

_PYTHON = Mode(linker="py", optimizer="minimum_compile")


def reference_point(location: Any, scale: Any) -> tuple[float, float]:
    """Return what location and scale are where every hyperparameter is at its starting point.

    Two numbers that depend on the priors, and on the data present when the variable is built, and
    on no draw: the same model always gets the same coordinate.

    Parameters
    ----------
    location, scale : TensorVariable
        Of the variable, in the model on the context stack.

    Returns
    -------
    tuple of float
        Medians over the elements; 0 and 1 where no starting point is known.
    """
    model: Any = pm.modelcontext(None)
    above = set(ancestors([location, scale]))
    hyperparameters = [rv for rv in model.root.free_RVs if rv in above]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Support point not defined")
        points = make_initial_point_expression(
            free_rvs=hyperparameters, rvs_to_transforms={}, initval_strategies={}
        )
    replacements = dict(zip(hyperparameters, points, strict=True))
    expressions = clone_replace([location, scale], replace=replacements)
    if rvs_in_graph(expressions):  # a draw would differ every time
        return 0.0, 1.0
    at_start = [float(np.median(x.eval(mode=_PYTHON))) for x in expressions]
    return (at_start[0], at_start[1]) if np.isfinite(at_start).all() else (0.0, 1.0)
