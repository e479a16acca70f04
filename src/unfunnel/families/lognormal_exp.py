"""``LogNormalExp``: a positive law stated by its mean and standard deviation.

With ``theta = log phi ~ Normal(location, scale)`` and ``d = log(sigma) - log(mu)``, matching the
mean and the standard deviation of the lognormal law gives (Johnson, Kotz & Balakrishnan 1994,
*Continuous Univariate Distributions* 1, chapter 14, solved for the parameters)::

    scale**2 = log(1 + (sigma / mu)**2) = softplus(2 d)
    location = log(mu) - scale**2 / 2

Neither moment is ever squared, so the map is finite for every pair of positive doubles, subnormal
ones included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import NORMAL, Family, Parameter
from unfunnel.links import LOG
from unfunnel.ops import Ops

# Below this log coefficient of variation, scale and exp(d) differ by less than one unit in the last
# place.
_SMALL_LOG_CV = -18.0

# Between these variances of theta, sqrt(expm1(variance)) is exact; outside, its limits are.
_SMALL_VARIANCE = 1e-30
_LARGE_VARIANCE = 700.0


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale of ``log phi`` for the mean and the standard deviation of ``phi``."""
    log_mu = ops.log(params["mu"])
    log_cv = ops.log(params["sigma"]) - log_mu
    location = log_mu - 0.5 * ops.softplus(2.0 * log_cv)
    # Each branch is evaluated inside its own domain, so that neither makes the gradient of the
    # other NaN.
    small = ops.exp(ops.minimum(log_cv, _SMALL_LOG_CV))
    usual = ops.sqrt(ops.softplus(2.0 * ops.maximum(log_cv, _SMALL_LOG_CV)))
    return location, ops.where(log_cv <= _SMALL_LOG_CV, small, usual)


def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
    """Mean and standard deviation of ``phi`` from the location and the scale of ``log phi``."""
    variance = scale * scale
    log_mean = location + 0.5 * variance
    usual = 0.5 * ops.log(
        ops.expm1(ops.minimum(ops.maximum(variance, _SMALL_VARIANCE), _LARGE_VARIANCE))
    )
    # Outside, expm1 would overflow, or the square of a tiny scale lose its digits.
    outside = ops.where(variance < _SMALL_VARIANCE, ops.log(scale), 0.5 * variance)
    inside = (variance >= _SMALL_VARIANCE) & (variance <= _LARGE_VARIANCE)
    log_cv = ops.where(inside, usual, outside)
    return {"mu": ops.exp(log_mean), "sigma": ops.exp(log_mean + log_cv)}


LOGNORMAL_EXP = Family(
    name="LogNormalExp",
    distribution="LogNormal",
    parameters=(
        Parameter("mu", "positive", "the mean, in natural units"),
        Parameter("sigma", "positive", "the standard deviation, in natural units", is_scale=True),
    ),
    link=LOG,
    base=NORMAL,
    location_scale=location_scale,
    moments=moments,
)
