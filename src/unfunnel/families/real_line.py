"""``NormalIdentity``, ``StudentTIdentity`` and ``LaplaceIdentity``: laws on the whole real line.

They are location-scale on their own support, so that the link is the identity and the mean is the
location. The scale follows from the variance: that of the Laplace law is twice its squared scale,
that of Student's t with scale 1 is ``nu / (nu - 2)``, which is finite for more than two degrees of
freedom (Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapters 24 and
28).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import Family, registered
from unfunnel.families.base_distributions import LAPLACE, NORMAL, STUDENT_T
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, REAL, Interval, Parameter

_MEAN_AND_SD = (
    Parameter("mu", REAL, "the mean"),
    Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
)

NORMAL_IDENTITY = registered(
    Family(
        name="NormalIdentity",
        distribution="Normal",
        parameters=_MEAN_AND_SD,
        link=IDENTITY,
        base=NORMAL,
        location_scale=lambda params, ops: (params["mu"], params["sigma"]),
        moments=lambda location, scale, ops: {"mu": location, "sigma": scale},
    )
)

#: Below, the variance of Student's t is infinite.
_LEAST_DEGREES_OF_FREEDOM = 2.0


def _student_t_location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    nu = params["nu"]
    # Where nu is invalid the scale is made NaN later; a root of a negative number would make the
    # gradient NaN everywhere.
    share = ops.maximum(nu - _LEAST_DEGREES_OF_FREEDOM, 0.0) / nu
    valid = share > 0
    return params["mu"], params["sigma"] * ops.sqrt(ops.where(valid, share, 1.0))


def _student_t_moments(location: Any, scale: Any, ops: Ops, nu: Any) -> dict[str, Any]:
    return {"mu": location, "sigma": scale * ops.sqrt(nu / (nu - _LEAST_DEGREES_OF_FREEDOM))}


STUDENT_T_IDENTITY = registered(
    Family(
        name="StudentTIdentity",
        distribution="StudentT",
        parameters=(
            *_MEAN_AND_SD,
            Parameter(
                "nu",
                Interval(_LEAST_DEGREES_OF_FREEDOM),
                "the degrees of freedom; with 2 or fewer there is no standard deviation",
                truncates=True,
            ),
        ),
        link=IDENTITY,
        base=STUDENT_T,
        location_scale=_student_t_location_scale,
        moments=_student_t_moments,
    )
)

LAPLACE_IDENTITY = registered(
    Family(
        name="LaplaceIdentity",
        distribution="Laplace",
        parameters=_MEAN_AND_SD,
        link=IDENTITY,
        base=LAPLACE,
        location_scale=lambda params, ops: (params["mu"], params["sigma"] / math.sqrt(2.0)),
        moments=lambda location, scale, ops: {"mu": location, "sigma": scale * math.sqrt(2.0)},
    )
)
