"""Open intervals, where a hyperprior or a variable lives, and parameters, which lie in one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_INFINITY = float("inf")


class Interval(NamedTuple):
    """An open interval of real numbers; infinite ends stand for none.

    Examples
    --------
    >>> from unfunnel.intervals import Interval
    >>> Interval(2.0).numbers, 2.5 in Interval(2.0), 2.0 in Interval(2.0)
    ('finite numbers above 2', True, False)
    """

    lower: float = -_INFINITY
    upper: float = _INFINITY

    def holds(self, values: Any) -> Any:
        """Tell which elements of numbers, arrays or tensors lie inside; None if all finite do."""
        conditions = []
        if math.isfinite(self.lower):
            conditions.append(values > self.lower)
        if math.isfinite(self.upper):
            conditions.append(values < self.upper)
        if not conditions:
            return None
        return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]

    def __contains__(self, value: object) -> bool:
        """Whether a number lies inside."""
        return isinstance(value, int | float) and self.lower < value < self.upper

    @property
    def inside(self) -> float:
        """Some number inside, at a distance from the ends."""
        if math.isfinite(self.lower) and math.isfinite(self.upper):
            return (self.lower + self.upper) / 2
        if math.isfinite(self.lower):
            return self.lower + 1.0
        return self.upper - 1.0 if math.isfinite(self.upper) else 0.0

    @property
    def numbers(self) -> str:
        """What its numbers are, in words."""
        return "positive and finite numbers" if self == POSITIVE else self._said("finite numbers")

    @property
    def support(self) -> str:
        """What a support inside it is, in words."""
        return "positive support" if self == POSITIVE else self._said("support")

    @property
    def interval(self) -> str:
        """Its ends, as in a formula."""
        return f"({self.lower:g}, {self.upper:g})"

    def _said(self, what: str) -> str:
        bounded = math.isfinite(self.lower), math.isfinite(self.upper)
        if all(bounded):
            return f"{what} between {self.lower:g} and {self.upper:g}"
        if bounded[0]:
            return f"{what} above {self.lower:g}"
        return f"{what} below {self.upper:g}" if bounded[1] else what


REAL = Interval()
POSITIVE = Interval(lower=0.0)
UNIT = Interval(0.0, 1.0)


@dataclass(frozen=True)
class Parameter:
    """What may be given for one parameter, of a family or of a distribution of PyMC."""

    name: str
    support: Interval = REAL
    meaning: str = ""  # in words that fit into a message; empty if nobody says
    #: Of a hierarchy; under "auto" it has its own coordinate. Files do not say.
    is_scale: bool = field(default=False, compare=False)
    truncates: bool = False  # whether a hyperprior may reach out of the support, with a warning
    if_below: str = ""  # what to do if all that is given lies below the support
    required: bool = False  # this one, or another in its place
    in_place_of: str | None = None
    limited: bool = False  # by the other parameters, so that it may be no prior itself
    within_bounds: bool = False  # whether the bounds of the prior move its support
    default: float | bool | None = None  # of PyMC

    @property
    def is_flag(self) -> bool:
        """Whether it is true or false."""
        return isinstance(self.default, bool)

    @property
    def meant(self) -> str:
        """Its meaning in brackets, to be appended to a message."""
        return f" ({self.meaning})" if self.meaning else ""
