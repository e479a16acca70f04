"""``NormalIdentity``: a real-valued law stated by its mean and standard deviation.

The normal law is location-scale on its own support, so the link is the identity and the moments are
the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.base import Family, Parameter
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import Ops
from unfunnel.intervals import POSITIVE, REAL


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Mean and standard deviation are location and scale."""
    return params["mu"], params["sigma"]


def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
    """Location and scale are mean and standard deviation."""
    return {"mu": location, "sigma": scale}


NORMAL_IDENTITY = Family(
    name="NormalIdentity",
    distribution="Normal",
    parameters=(
        Parameter("mu", REAL, "the mean"),
        Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
    ),
    link=IDENTITY,
    base=NORMAL,
    location_scale=location_scale,
    moments=moments,
)
