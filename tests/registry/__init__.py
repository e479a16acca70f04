"""What the laws are checked on: families x centerings x backends.

A family joins by adding one :class:`Row` to ``ROWS``: a hierarchical example, and the same model
as one would write it by hand, from formulas that are not those of the library.
"""

from registry.cases import REPEATED, any_family, cases, families
from registry.exact import Mirrored, WeibullExact
from registry.models import (
    Evaluator,
    coordinate_by_hand,
    density_and_gradient,
    law_by_hand,
    ours,
    replacing_linked,
    steer,
    twin,
)
from registry.row import Row
from registry.rows import ROWS
from registry.setting import (
    BACKENDS,
    CENTERINGS,
    COORDS,
    DIMS,
    INFORMATION,
    NOISE,
    OBSERVED,
    TRANSFORMED,
    TUNED,
    WEIGHTED_LOCATION,
)

__all__ = [
    "BACKENDS",
    "CENTERINGS",
    "COORDS",
    "DIMS",
    "INFORMATION",
    "NOISE",
    "OBSERVED",
    "REPEATED",
    "ROWS",
    "TRANSFORMED",
    "TUNED",
    "WEIGHTED_LOCATION",
    "Evaluator",
    "Mirrored",
    "Row",
    "WeibullExact",
    "any_family",
    "cases",
    "coordinate_by_hand",
    "density_and_gradient",
    "families",
    "law_by_hand",
    "ours",
    "replacing_linked",
    "steer",
    "twin",
]
