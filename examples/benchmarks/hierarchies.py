"""The hierarchies: of ``LogNormalExp``, and one of each other family that says the same.

In natural units the effects of ``LogNormalExp`` have a mean ``mu ~ Gamma(mu=1.5, sigma=0.5)`` and a
standard deviation ``sigma ~ Exponential(scale=0.5)``; the true ones are 1.5 and 0.5. The effects of
every other family have the same true location and scale on the real line, from which its link and
its base law lead to effects, and its moments to numbers like those: ``mu`` is of the family itself
and has the true standard deviation of the effects for its own, and what says how far the effects
lie apart has a coefficient of variation of one. An observation has twice the standard deviation of
the effects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pymc_extras.prior import Prior

from benchmarks.grid import DEFAULT_FAMILY
from unfunnel.elicitation.hierarchy import elicit_hierarchy
from unfunnel.families import FAMILIES, LOGNORMAL_EXP, Family
from unfunnel.families.ops import NUMPY
from unfunnel.moments.scores import base_values
from unfunnel.prior.base import CLASSES

MEAN, SD = 1.5, 0.5
MU = Prior("Gamma", mu=MEAN, sigma=SD)
SIGMA = Prior("Exponential", scale=SD)

#: What ``Prior(transform="exp")`` calls the effects on the log scale; VIP reparameterizes these.
LOG_EFFECT = "phi_raw"

# How far parameters of a base law lie above the least that they may be: nu is 5.
_ABOVE_LEAST = 3.0


@dataclass(frozen=True)
class Hierarchy:
    """A hierarchical prior and its true effects.

    Parameters
    ----------
    prior : callable
        ``(dims=, centered=) -> prior``.
    draw : callable
        ``(rng, number) -> effects``.
    observation_sd : float
        Standard deviation of one observation of an effect.
    positive : bool
        Whether all effects are, so that they may be rates of counts.
    """

    prior: Callable[..., Any]
    draw: Callable[[np.random.Generator, int], np.ndarray]
    observation_sd: float
    positive: bool


@cache
def hierarchy_of(name: str = DEFAULT_FAMILY) -> Hierarchy:
    """Return the hierarchy of a family.

    Parameters
    ----------
    name : str
        Of the family, as in the registry.

    Examples
    --------
    >>> import numpy as np
    >>> from benchmarks.hierarchies import hierarchy_of
    >>> shares = hierarchy_of("ProbitNormal")
    >>> shares.prior(dims="group", centered="auto").family.name
    'ProbitNormal'
    >>> bool((shares.draw(np.random.default_rng(1), 30) < 1).all())
    True
    """
    location, scale = LOGNORMAL_EXP.location_scale({"mu": MEAN, "sigma": SD}, NUMPY)
    if name == DEFAULT_FAMILY:

        def of_two_laws(**options: Any) -> Any:
            return CLASSES[name](mu=MU, sigma=SIGMA, **options)

        return Hierarchy(
            of_two_laws, lambda rng, number: rng.lognormal(location, scale, number), 2 * SD, True
        )
    family = FAMILIES[name]
    shape = _shape(family)
    moments = family.moments(location, scale, NUMPY, *shape.values())
    mean, sd = float(moments["mu"]), float(moments["sigma"])
    # Var[mu] is sd**2, and E[sigma**2] is 2 sd**2 if the standard deviation of sigma is its mean.
    elicited = elicit_hierarchy(
        mean, sd=math.sqrt(3) * sd, alikeness=1 / 3, sureness=1.0, family=CLASSES[name], **shape
    )

    def prior(**options: Any) -> Any:
        return CLASSES[name](**elicited.parameters, **options)

    def draw(rng: np.random.Generator, number: int) -> np.ndarray:
        z = base_values(family.base, rng.standard_normal(number), tuple(shape.values()))
        return np.asarray(family.link.inverse(location + scale * z, NUMPY))

    return Hierarchy(prior, draw, 2 * sd, family.link.support.lower >= 0)


def _shape(family: Family) -> dict[str, Any]:
    """Return numbers for the parameters of the base law."""
    return {name: family.parameter(name).support.lower + _ABOVE_LEAST for name in family.base.shape}
