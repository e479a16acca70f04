"""The weights of a VIP model, found by ADVI with the settings of its authors' example."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np


def fit_weights(model: Any, vip: Any, steps: int, seed: int) -> str:
    """Fit and set the weights; say in words if something is wrong with them."""
    vip.set_all_lambda(0.5)
    logger = logging.getLogger("pymc")  # PyMC reports that ADVI has finished
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with model, warnings.catch_warnings(action="ignore"):
            vip.fit(n=steps, random_seed=seed, progressbar=False)
    finally:
        logger.setLevel(level)
    finite = True
    for weights in vip.variational_parameters:
        found = weights.get_value()
        finite = finite and bool(np.isfinite(found).all())
        weights.set_value(np.nan_to_num(found))
    return "" if finite else "some weights are not finite"
