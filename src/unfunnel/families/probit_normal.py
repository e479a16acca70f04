"""``ProbitNormal``: a law between two bounds, stated by its mean and standard deviation.

The place between the bounds is ``Phi(theta)`` with ``theta ~ Normal(location, scale)``. Unlike the
moments of the logit-normal law these are integrals of one dimension; see
:mod:`unfunnel.families.probit_moments`. With scale 1 and mean 1/2 it is exactly the uniform law;
for smaller scales the density has a bell shape and vanishes at the bounds, for larger ones a U
shape.

A standard deviation is possible if it is below ``sqrt((mu - lower) (upper - mu))``, that of two
points at the bounds. ``spread`` is the standard deviation as a share of that one, so that any
spread in (0, 1) is possible with any mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unfunnel.errors import ParameterError
from unfunnel.families.base import Bounds, Family, Parameter, Ratio
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.links import probit
from unfunnel.families.ops import Ops
from unfunnel.families.probit_moments import LOG_SCALE, LOG_SD
from unfunnel.intervals import POSITIVE, UNIT, Interval


@cache
def _with_bounds(bounds: Bounds) -> Family:
    """Return the family between two bounds."""
    lower, upper = bounds
    if lower is None or upper is None or not lower < upper:
        raise ParameterError(
            "ProbitNormal", expected="lower < upper", given=f"lower={lower} and upper={upper}"
        )
    link = probit(lower, upper)
    width = upper - lower

    def largest(params: Mapping[str, Any], ops: Ops) -> Any:
        mu = params["mu"]
        return ops.sqrt(mu - lower) * ops.sqrt(upper - mu)

    def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
        h = link.forward(params["mu"], ops)
        spread = params["sigma"] / largest(params, ops)
        # logit(spread**2), which keeps its digits at either end.
        logit = 2.0 * ops.log(spread) - ops.log1p(-spread) - ops.log1p(spread)
        scale = ops.exp(ops.call(LOG_SCALE, h, logit))
        return h * ops.sqrt(1.0 + scale * scale), scale

    def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
        h = location / ops.sqrt(1.0 + scale * scale)
        sd = ops.exp(ops.call(LOG_SD, h, ops.log(scale)))
        return {"mu": lower + width * ops.normal_cdf(h), "sigma": width * sd}

    spread = Parameter(
        "spread", UNIT, "the standard deviation as a share of the largest possible", is_scale=True
    )
    return Family(
        name="ProbitNormal",
        distribution="ProbitNormal",
        parameters=(
            Parameter("mu", Interval(lower, upper), "the mean"),
            Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
        ),
        link=link,
        base=NORMAL,
        location_scale=location_scale,
        moments=moments,
        ratios=(Ratio(spread, of="sigma", unit=largest, curvature=-1.0),),
        in_pymc=False,
        bounds=bounds,
        with_bounds=_with_bounds,
    )


PROBIT_NORMAL = _with_bounds(Bounds(0.0, 1.0))
