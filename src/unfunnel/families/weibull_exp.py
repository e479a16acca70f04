"""``WeibullExp``: a positive law with a light right tail, stated by mean and standard deviation.

The logarithm of a Weibull variable with shape ``k`` and scale ``lam`` is ``log(lam) + z / k`` with
``exp(z)`` exponential: location-scale, with the Gumbel law of minima as the base law. With ``e =
1 / k`` the mean is ``lam * Gamma(1 + e)``, and the coefficient of variation determines ``e``; see
:mod:`unfunnel.families.weibull_moments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import Counterpart, Family, Parameter, Ratio
from unfunnel.families.base_distributions import MINIMUM_GUMBEL
from unfunnel.families.links import IDENTITY, LOG
from unfunnel.families.lognormal_exp import CV
from unfunnel.families.ops import Ops
from unfunnel.families.weibull_moments import LOG_CV, LOG_SCALE
from unfunnel.intervals import POSITIVE, REAL


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale of ``log phi`` for the mean and the standard deviation of ``phi``."""
    log_mu = ops.log(params["mu"])
    scale = ops.exp(ops.call(LOG_SCALE, ops.log(params["sigma"]) - log_mu))
    return log_mu - ops.gammaln(1.0 + scale), scale


def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
    """Mean and standard deviation of ``phi`` from the location and the scale of ``log phi``."""
    log_mean = location + ops.gammaln(1.0 + scale)
    log_cv = ops.call(LOG_CV, ops.log(scale))
    return {"mu": ops.exp(log_mean), "sigma": ops.exp(log_mean + log_cv)}


WEIBULL_EXP = Family(
    name="WeibullExp",
    distribution="Weibull",
    parameters=(
        Parameter("mu", POSITIVE, "the mean, in natural units"),
        Parameter("sigma", POSITIVE, "the standard deviation, in natural units", is_scale=True),
    ),
    link=LOG,
    base=MINIMUM_GUMBEL,
    location_scale=location_scale,
    moments=moments,
    ratios=(Ratio(CV, of="sigma", unit=lambda params, ops: params["mu"], curvature=1.0),),
    in_pymc=False,
    counterpart=Counterpart(
        parameters=lambda location, scale, ops: (1.0 / scale, ops.exp(location)),
        location_scale=lambda alpha, beta, ops: (ops.log(beta), 1.0 / alpha),
    ),
)

#: The base law itself, from which offsets are drawn; no prior of its own.
MINIMUM_GUMBEL_IDENTITY = Family(
    name="MinimumGumbelIdentity",
    distribution="MinimumGumbel",
    parameters=(Parameter("location", REAL, "the mode"), Parameter("scale", POSITIVE, "the scale")),
    link=IDENTITY,
    base=MINIMUM_GUMBEL,
    location_scale=lambda params, ops: (params["location"], params["scale"]),
    moments=lambda location, scale, ops: {"location": location, "scale": scale},
    in_pymc=False,
)
