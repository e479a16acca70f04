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

With a bound, the distance from it is what is lognormal: ``phi = lower + LogNormal`` (the
three-parameter lognormal law of the same chapter), or ``phi = upper - LogNormal``. The distance has
the mean ``mu - lower`` or ``upper - mu``, and the same standard deviation.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unfunnel.errors import ParameterError
from unfunnel.families.base import Bounds, Family, Ratio, registered
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.links import LOG, Link, log_above, log_below
from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, Interval, Parameter

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


#: The standard deviation as a multiple of the mean, or of its distance from the bound.
CV = Parameter(
    "cv", POSITIVE, "the standard deviation over the mean's distance from the bound", is_scale=True
)


@cache
def _with_bounds(bounds: Bounds) -> Family:
    """Return the family above a lower bound or below an upper one."""
    lower, upper = bounds
    if lower is not None and upper is not None:
        raise ParameterError(
            "LogNormalExp",
            expected="a lower or an upper bound",
            given=f"lower={lower:g} and upper={upper:g}",
            remedy="Leave out one of them, or use ProbitNormal(mu, sigma, lower=, upper=).",
        )
    if upper is None:
        return _beyond(lower, 1.0, log_above(lower)) if lower else LOGNORMAL_EXP
    return _beyond(upper, -1.0, log_below(upper))


def _beyond(bound: float, sign: float, link: Link) -> Family:
    """Return the family whose distance from a bound is lognormal; ``sign`` -1: below the bound."""

    def distance(params: Mapping[str, Any], ops: Ops) -> Any:
        return params["mu"] - bound if sign > 0 else bound - params["mu"]

    # Below a bound theta is minus the logarithm of the distance, so that it increases with phi.
    def bounded_location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
        location, scale = location_scale({**params, "mu": distance(params, ops)}, ops)
        return (location if sign > 0 else -location), scale

    def bounded_moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
        found = moments(location if sign > 0 else -location, scale, ops)
        return {**found, "mu": bound + sign * found["mu"]}

    return Family(
        name="LogNormalExp",
        distribution="ShiftedLogNormal" if sign > 0 else "MirroredLogNormal",
        parameters=_parameters(link.support),
        ratios=(Ratio(CV, of="sigma", unit=distance, curvature=1.0),),
        link=link,
        base=NORMAL,
        location_scale=bounded_location_scale,
        moments=bounded_moments,
        in_pymc=False,
        bounds=Bounds(lower=bound) if sign > 0 else Bounds(upper=bound),
        with_bounds=_with_bounds,
    )


def _parameters(support: Interval, if_below: str = "") -> tuple[Parameter, ...]:
    return (
        Parameter("mu", support, "the mean, in natural units", if_below=if_below),
        Parameter("sigma", POSITIVE, "the standard deviation, in natural units", is_scale=True),
    )


LOGNORMAL_EXP = registered(
    Family(
        name="LogNormalExp",
        distribution="LogNormal",
        parameters=_parameters(
            POSITIVE, "For effects that are all negative, LogNormalExp(mu, sigma, upper=0)."
        ),
        ratios=(Ratio(CV, of="sigma", unit=lambda params, ops: params["mu"], curvature=1.0),),
        link=LOG,
        base=NORMAL,
        location_scale=location_scale,
        moments=moments,
        with_bounds=_with_bounds,
    )
)
