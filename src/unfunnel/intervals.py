"""Open intervals: what a parameter may be, and where a hyperprior or a variable lives."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

_INFINITY = float("inf")


class Interval(NamedTuple):
    """An open interval of real numbers; infinite ends stand for none.

    Parameters
    ----------
    lower, upper : float
        Its ends.

    Examples
    --------
    >>> from unfunnel.intervals import Interval
    >>> Interval(2.0).numbers, 2.5 in Interval(2.0), 2.0 in Interval(2.0)
    ('finite numbers above 2', True, False)
    """

    lower: float = -_INFINITY
    upper: float = _INFINITY

    def holds(self, values: Any) -> Any:
        """Tell which numbers, arrays or tensors of numbers lie inside; None if all finite ones do.

        Parameters
        ----------
        values : number, array or tensor
            Compared by element.
        """
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
