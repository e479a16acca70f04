"""``LaplaceIdentity``: a real-valued law with a peak, stated by its mean and standard deviation.

The variance of the Laplace law is twice its squared scale (Johnson, Kotz & Balakrishnan 1995,
*Continuous Univariate Distributions* 2, chapter 24).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import Family, Parameter
from unfunnel.families.base_distributions import LAPLACE
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, REAL

_SD = math.sqrt(2.0)


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale for the mean and the standard deviation."""
    return params["mu"], params["sigma"] / _SD


def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
    """Mean and standard deviation from location and scale."""
    return {"mu": location, "sigma": scale * _SD}


LAPLACE_IDENTITY = Family(
    name="LaplaceIdentity",
    distribution="Laplace",
    parameters=(
        Parameter("mu", REAL, "the mean"),
        Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
    ),
    link=IDENTITY,
    base=LAPLACE,
    location_scale=location_scale,
    moments=moments,
)
