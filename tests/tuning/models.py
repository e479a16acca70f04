"""Small models that the tests of tuning share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pymc.dims as pmd
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp

GROUPS = 12
COORDS = {"group": [f"g{i}" for i in range(GROUPS)]}
#: Every other group has one observation, or two thousand.
SIZES = np.where(np.arange(GROUPS) % 2, 1.0, 2000.0)
MEANS = np.exp(0.35 + 0.3 * np.random.default_rng(2).normal(size=GROUPS))


def prior(centered: Any = "auto") -> LogNormalExp:
    """Return the prior of the group means."""
    return LogNormalExp(
        Prior("Gamma", mu=1.5, sigma=0.5),
        Prior("Exponential", scale=0.5),
        dims="group",
        centered=centered,
    )


def mixed(centered: Any = "auto", xdist: bool = False) -> Any:
    """Return a model of groups with much data and groups with little."""
    with pm.Model(coords=COORDS) as model:
        phi = prior(centered).create_variable("phi", xdist=xdist)
        sizes = pm.Data("sizes", SIZES)
        pm.Normal(
            "y", phi.values if xdist else phi, 1 / pm.math.sqrt(sizes), observed=MEANS, dims="group"
        )
    return model


def by_others(xdist: bool = False) -> Any:
    """Return a centered hierarchy written without this library, beside a non-centered one."""
    with pm.Model(coords=COORDS) as model:
        if xdist:
            mu, tau = pmd.Normal("mu", 0, 1), pmd.HalfNormal("tau", sigma=1)
            a = pmd.Normal("a", mu=mu, sigma=tau, dims="group").values
        else:
            mu, tau = pm.Normal("mu", initval=0.3), pm.HalfNormal("tau")
            a = pm.Normal("a", mu, tau, dims="group")
        z = pm.Normal("z", dims="group")
        b = pm.Deterministic("b", 0.1 * z * (tau.values if xdist else tau), dims="group")
        pm.Normal("y", a + b, 1 / np.sqrt(SIZES), observed=MEANS, dims="group")
    return model
