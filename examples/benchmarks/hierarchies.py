"""The hierarchies: of ``LogNormalExp``, and one of each other family that says the same.

In natural units the effects of ``LogNormalExp`` have a mean ``mu ~ Gamma(mu=1.5, sigma=0.5)`` and a
standard deviation ``sigma ~ Exponential(scale=0.5)``; the true ones are 1.5 and 0.5. The effects of
every other family have the same true location and scale on the real line. The prior of their mean
is centered at the true mean and has the true standard deviation of the effects for its own; the
prior of their standard deviation has a coefficient of variation of one. An observation has twice
the standard deviation of the effects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from pymc_extras.prior import Prior

import unfunnel
from benchmarks.grid import DEFAULT_FAMILY
from unfunnel.families import FAMILIES, LOGNORMAL_EXP
from unfunnel.families.ops import NUMPY
from unfunnel.moments.laws import base_values

MEAN, SD = 1.5, 0.5
MU = Prior("Gamma", mu=MEAN, sigma=SD)
SIGMA = Prior("Exponential", scale=SD)

#: What ``Prior(transform="exp")`` calls the effects on the log scale; VIP reparameterizes these.
LOG_EFFECT = "phi_raw"

# Parameters of a base distribution lie this far above the least that they may be: nu is 5.
_ABOVE_LEAST = 3.0


@dataclass(frozen=True)
class Hierarchy:
    """A hierarchical prior, ``prior(dims=, centered=)``, and its true effects, ``draw(rng, n)``."""

    prior: Callable[..., Any]
    draw: Callable[[np.random.Generator, int], np.ndarray]
    observation_sd: float
    positive: bool  # all effects are, so that they may be rates of counts


@cache
def hierarchy_of(name: str = DEFAULT_FAMILY) -> Hierarchy:
    """Return the hierarchy of a family."""
    location, scale = LOGNORMAL_EXP.location_scale({"mu": MEAN, "sigma": SD}, NUMPY)
    family, factory = FAMILIES[name], getattr(unfunnel, name)
    if name == DEFAULT_FAMILY:
        natural = partial(factory, mu=MU, sigma=SIGMA)
        return Hierarchy(natural, lambda rng, n: rng.lognormal(location, scale, n), 2 * SD, True)
    shape = {p: family.parameter(p).support.lower + _ABOVE_LEAST for p in family.base.shape}
    moments = family.moments(location, scale, NUMPY, *shape.values())
    mean, sd = float(moments["mu"]), float(moments["sigma"])
    # Var[mu] is sd**2, and E[sigma**2] is 2 sd**2 if the standard deviation of sigma is its mean.
    elicited = unfunnel.elicit_hierarchy(
        mean, sd=math.sqrt(3) * sd, alikeness=1 / 3, sureness=1.0, family=factory, **shape
    )

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        z = base_values(family.base, rng.standard_normal(n), tuple(shape.values()))
        return np.asarray(family.link.inverse(location + scale * z, NUMPY))

    prior = partial(factory, **elicited.parameters)
    return Hierarchy(prior, draw, 2 * sd, family.link.support.lower >= 0)
