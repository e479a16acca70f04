"""The support of a hyperprior: its ends, as far as they are known, and what is said about them."""

from __future__ import annotations

import math
from typing import NamedTuple

from unfunnel.intervals import POSITIVE, UNIT, Interval

_INFINITY = float("inf")

_TRANSFORMS: dict[str, Interval] = {
    **dict.fromkeys(("exp", "exp2", "softplus", "log1pexp"), POSITIVE),
    **dict.fromkeys(("sigmoid", "invlogit", "expit"), UNIT),
}


class Support(NamedTuple):
    """The smallest interval that holds all mass of a law, as far as it is known.

    Parameters
    ----------
    lower, upper : float or None
        Its ends; None where nothing is known.
    """

    lower: float | None = None
    upper: float | None = None

    def leaves(self, allowed: Interval) -> bool:
        """Whether the law provably puts mass outside of an interval."""
        below = self.lower is not None and self.lower < allowed.lower
        return below or (self.upper is not None and self.upper > allowed.upper)

    def stays_in(self, allowed: Interval) -> bool:
        """Whether all mass of the law is provably inside an interval."""
        lower = -_INFINITY if self.lower is None else self.lower
        upper = _INFINITY if self.upper is None else self.upper
        return lower >= allowed.lower and upper <= allowed.upper

    def scaled(self, factor: float) -> Support:
        """Return the support of a multiple."""
        ends = [None if end is None else factor * end for end in self]
        return Support(*(ends if factor > 0 else reversed(ends)))

    def censored(self, lower: float | None, upper: float | None) -> Support:
        """Return the support of the law with what lies beyond these bounds moved onto them."""
        # A bound that is reached has mass itself: as an open end, it lies beyond the bound.
        low, high = self
        if lower is not None and (low is None or low < lower):
            low = math.nextafter(lower, -_INFINITY)
        if upper is not None and (high is None or high > upper):
            high = math.nextafter(upper, _INFINITY)
        return Support(low, high)

    def transformed(self, transform: str | None) -> Support:
        """Return the support of a function of the variable, by the name of the function."""
        if transform is None:
            return self
        return Support(*_TRANSFORMS[transform]) if transform in _TRANSFORMS else UNKNOWN

    def outside(self, allowed: Interval) -> str:
        """Say where a law puts mass that leaves an interval."""
        if self.lower is not None and self.lower < allowed.lower:
            return "at or below zero" if allowed.lower == 0 else f"at or below {allowed.lower:g}"
        return "at or above zero" if allowed.upper == 0 else f"at or above {allowed.upper:g}"


UNKNOWN = Support()


def union(supports: list[Support]) -> Support:
    """Return the support of a variable whose elements have these."""
    # An end that reaches infinity is known, whatever is unknown of the others.
    ends: list[float | None] = []
    for end, outermost, infinite in ((0, min, -_INFINITY), (1, max, _INFINITY)):
        known = [support[end] for support in supports if support[end] is not None]
        decided = len(known) == len(supports) or infinite in known
        ends.append(outermost(known) if decided else None)  # type: ignore[type-var]
    return Support(*ends)


def hyperprior_inside(allowed: Interval) -> str:
    """Name hyperpriors that live on an interval."""
    lower, upper = f"lower={allowed.lower:g}", f"upper={allowed.upper:g}"
    if allowed == POSITIVE:
        return (
            "Use Gamma(mu=, sigma=), LogNormalExp, Exponential or HalfNormal, "
            "or TruncatedNormal(lower=0)."
        )
    if math.isinf(allowed.upper):
        return f"Use LogNormalExp(mu=, sigma=, {lower}) or TruncatedNormal({lower})."
    if math.isinf(allowed.lower):
        return f"Use LogNormalExp(mu=, sigma=, {upper}) or TruncatedNormal({upper})."
    if allowed == UNIT:
        return "Use Beta(alpha=, beta=), ProbitNormal(mu=, spread=) or Uniform(lower=0, upper=1)."
    return f"Use ProbitNormal(mu=, spread=, {lower}, {upper}) or Uniform({lower}, {upper})."
