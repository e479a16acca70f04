"""``LogNormalExp``: a positive law stated by its mean and standard deviation.

With ``theta = log phi ~ Normal(location, scale)`` and ``d = log(sigma) - log(mu)``, matching the
mean and the standard deviation of the lognormal law gives (Johnson, Kotz & Balakrishnan 1994,
*Continuous Univariate Distributions* 1, chapter 14, solved for the parameters)::

    scale**2 = log(1 + (sigma / mu)**2) = log1p(exp(d)**2)
    location = log(mu) - scale**2 / 2

Neither moment is ever squared nor divided by the other, and far out the limits of these formulas
are taken, so that the map is finite for every pair of positive doubles, subnormal ones included.
One exponential, one ``log1p`` and one root serve both results and their gradient: with ten groups
these scalars are what a model costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import NORMAL, Family, Parameter
from unfunnel.links import LOG
from unfunnel.ops import Ops

# Between minus this and this, exp(log_cv)**2 is a normal double. Below, scale and exp(log_cv) are
# the same double, and above, the variance and 2 log_cv.
_EXTREME_LOG_CV = 300.0

# Between these variances of theta, sqrt(expm1(variance)) is exact; outside, its limits are.
_SMALL_VARIANCE = 1e-30
_LARGE_VARIANCE = 700.0


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale of ``log phi`` for the mean and the standard deviation of ``phi``."""
    log_mu = ops.log(params["mu"])
    log_cv = ops.log(params["sigma"]) - log_mu
    small, large = log_cv < -_EXTREME_LOG_CV, log_cv > _EXTREME_LOG_CV
    cv = ops.exp(ops.minimum(log_cv, _EXTREME_LOG_CV))
    variance = ops.where(large, 2.0 * log_cv, ops.log1p(cv**2))
    # Each branch is evaluated inside its own domain, so that neither makes the gradient of the
    # other NaN.
    scale = ops.where(small, cv, ops.sqrt(ops.where(small, 1.0, variance)))
    return log_mu - 0.5 * variance, scale


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
