"""``StudentTIdentity``: a real-valued law with heavy tails, stated by mean and standard deviation.

The variance of Student's t with scale 1 is ``nu / (nu - 2)``, which is finite for more than two
degrees of freedom (Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2,
chapter 28). So the scale is ``sigma * sqrt((nu - 2) / nu)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import Family, Parameter
from unfunnel.families.base_distributions import STUDENT_T
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, REAL, Interval

#: Below, the variance is infinite.
_LEAST_DEGREES_OF_FREEDOM = 2.0


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale for the mean and the standard deviation, given the degrees of freedom."""
    nu = params["nu"]
    # Where nu is invalid the scale is made NaN later; a root of a negative number would make the
    # gradient NaN everywhere.
    share = ops.maximum(nu - _LEAST_DEGREES_OF_FREEDOM, 0.0) / nu
    valid = share > 0
    return params["mu"], params["sigma"] * ops.sqrt(ops.where(valid, share, 1.0))


def moments(location: Any, scale: Any, ops: Ops, nu: Any) -> dict[str, Any]:
    """Mean and standard deviation from location, scale and the degrees of freedom."""
    return {"mu": location, "sigma": scale * ops.sqrt(nu / (nu - _LEAST_DEGREES_OF_FREEDOM))}


STUDENT_T_IDENTITY = Family(
    name="StudentTIdentity",
    distribution="StudentT",
    parameters=(
        Parameter("mu", REAL, "the mean"),
        Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
        Parameter(
            "nu",
            Interval(_LEAST_DEGREES_OF_FREEDOM),
            "the degrees of freedom; with 2 or fewer there is no standard deviation",
            truncates=True,
        ),
    ),
    link=IDENTITY,
    base=STUDENT_T,
    location_scale=location_scale,
    moments=moments,
)
