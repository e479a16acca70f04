"""What a model says where every hyperparameter is at its starting point.

Parameterizations that need a typical number of a variable take it from there: it depends on the
priors, and on the data present when the variable is built, and on no draw, so that the same model
always gets the same one.
"""

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

#: For what is evaluated once, while a model is built: compiling it would take longer.
PYTHON = Mode(linker="py", optimizer="minimum_compile")


def at_start(expressions: list[Any], kept: Any = None) -> list[Any]:
    """Return expressions with the free variables they depend on at their starting points.

    They are of the model on the context stack; the free variable ``kept`` stays as it is.
    """
    model: Any = pm.modelcontext(None)
    above = set(ancestors(expressions)) - {kept}
    hyperparameters = [rv for rv in model.root.free_RVs if rv in above]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Support point not defined")
        points = make_initial_point_expression(
            free_rvs=hyperparameters, rvs_to_transforms={}, initval_strategies={}
        )
    replacements = dict(zip(hyperparameters, points, strict=True))
    return list(clone_replace(expressions, replace=replacements))


def reference_point(location: Any, scale: Any) -> tuple[float, float]:
    """Return medians over the elements of location and scale at the start; 0 and 1 if unknown."""
    expressions = at_start([location, scale])
    if rvs_in_graph(expressions):  # a draw would differ every time
        return 0.0, 1.0
    values = [np.asarray(x.eval(mode=PYTHON)) for x in expressions]
    if not all(x.size and np.isfinite(np.median(x)) for x in values):
        return 0.0, 1.0
    location, scale = (float(np.median(x)) for x in values)
    return location, scale
