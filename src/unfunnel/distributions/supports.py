"""Where a hyperprior puts its mass, as far as that is known, and the rules of where it may.

A hyperprior with mass where its parameter may not be is refused when the prior is made. What cannot
be decided is None. This module imports neither PyMC nor numpy: it reads priors by their attributes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from unfunnel.distributions.known import DISTRIBUTIONS, End
from unfunnel.errors import Mistake
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval, Parameter

#: Where the values of a function lie, by the name that ``transform=`` knows it under.
_TRANSFORMS: dict[str, Interval] = {
    **dict.fromkeys(("exp", "exp2", "softplus", "log1pexp"), POSITIVE),
    **dict.fromkeys(("sigmoid", "invlogit", "expit"), UNIT),
}

#: Priors of pymc-marketing that are classes of their own.
_CLASSES = {"LogNormalPrior": POSITIVE, "LaplacePrior": REAL}


class Support(NamedTuple):
    """The smallest interval that holds all mass of a variable; None: an end is not known."""

    lower: float | None = None
    upper: float | None = None

    def leaves(self, allowed: Interval) -> bool:
        """Whether there is provably mass outside of an interval."""
        below = self.lower is not None and self.lower < allowed.lower
        return below or (self.upper is not None and self.upper > allowed.upper)

    def stays_in(self, allowed: Interval) -> bool:
        """Whether all mass is provably inside an interval."""
        lower = -math.inf if self.lower is None else self.lower
        upper = math.inf if self.upper is None else self.upper
        return lower >= allowed.lower and upper <= allowed.upper

    def scaled(self, factor: float) -> Support:
        """Return the support of a multiple of the variable."""
        ends = [None if end is None else factor * end for end in self]
        return Support(*(ends if factor > 0 else reversed(ends)))

    def censored(self, lower: float | None, upper: float | None) -> Support:
        """Return the support of the variable with what lies beyond these bounds moved onto them."""
        # A bound that is reached has mass itself: as an open end, it lies beyond the bound.
        low, high = self
        if lower is not None and (low is None or low < lower):
            low = math.nextafter(lower, -math.inf)
        if upper is not None and (high is None or high > upper):
            high = math.nextafter(upper, math.inf)
        return Support(low, high)

    def transformed(self, transform: str | None) -> Support:
        """Return the support of a function of the variable, by the name of the function."""
        if transform is None:
            return self
        return Support(*_TRANSFORMS[transform]) if transform in _TRANSFORMS else UNKNOWN

    def outside(self, allowed: Interval) -> str:
        """Say where there is mass outside of an interval that the support leaves."""
        below = self.lower is not None and self.lower < allowed.lower
        end = allowed.lower if below else allowed.upper
        return f"at or {'below' if below else 'above'} {'zero' if end == 0 else f'{end:g}'}"


UNKNOWN = Support()


def union(supports: list[Support]) -> Support:
    """Return the support of a variable whose elements have these."""
    lowers, uppers = zip(*supports, strict=True)
    # An end that reaches infinity is known, whatever is unknown of the others.
    low = None if None in lowers and -math.inf not in lowers else _numbers(lowers, min)
    high = None if None in uppers and math.inf not in uppers else _numbers(uppers, max)
    return Support(low, high)


def _numbers(ends: Any, outermost: Any) -> float:
    found: float = outermost(end for end in ends if end is not None)
    return found


def support_of(value: object) -> Support:
    """Tell where a hyperprior puts its mass: a ``Prior``, ours, ``Censored``, ``Scaled``, ..."""
    members = getattr(value, "priors", None)
    if isinstance(members, tuple):  # ByCoord
        return union([support_of(member) for member in members])
    link = getattr(getattr(value, "family", None), "link", None)
    transform = getattr(value, "transform", None)
    if link is not None:
        return Support(*link.support).transformed(transform)
    name = getattr(value, "distribution", None)
    if isinstance(name, str):
        parameters = getattr(value, "parameters", {})
        return support_of_distribution(name, parameters).transformed(transform)
    if name is not None:  # Censored
        ends = (_number(getattr(value, end, None)) for end in ("lower", "upper"))
        return support_of(name).censored(*ends)
    if hasattr(value, "dist") and hasattr(value, "factor"):  # Scaled
        factor = _number(value.factor)
        return support_of(value.dist).scaled(factor) if factor else UNKNOWN
    return support_of_distribution(type(value).__name__, None)


def support_of_distribution(name: str, parameters: Mapping[str, Any] | None) -> Support:
    """Tell where the PyMC distribution called ``name`` puts its mass.

    Where a parameter is an end of the support, it is read from ``parameters``, if that is a number.
    None stands for parameters that are not known.
    """
    if name in _CLASSES:
        return Support(*_CLASSES[name])
    row = DISTRIBUTIONS.get(name)
    if row is None or row.support is None:
        return UNKNOWN
    return Support(*(_end(end, parameters) for end in row.support))


def _end(end: End, parameters: Mapping[str, Any] | None) -> float | None:
    if not isinstance(end, tuple):
        return end
    if parameters is None:
        return None
    name, default = end
    given = parameters.get(name)
    return default if given is None else _number(given)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def hyperprior_mistakes(parameter: Parameter, support: Support, shown: str) -> Iterator[Mistake]:
    """Return the mistake of a hyperprior that reaches where its parameter may not be."""
    allowed = parameter.support
    if support.leaves(allowed) and not parameter.truncates:
        yield Mistake(
            parameter.name,
            f"{shown}, which puts mass {support.outside(allowed)}",
            f"a hyperprior with {allowed.support}{parameter.meant}",
            _inside(allowed),
        )


def hyperprior_doubt(parameter: Parameter, support: Support, shown: str) -> str:
    """Return the warning about a hyperprior that may reach out of the support; empty if none."""
    allowed = parameter.support
    if support.stays_in(allowed):
        return ""
    if support.leaves(allowed):
        return (
            f"{shown} puts mass {support.outside(allowed)}, where the density is zero"
            f"{parameter.meant}: it is truncated there, and draws from the prior are NaN. "
            f"{_inside(allowed)}"
        )
    stays = "positive" if allowed == POSITIVE else f"inside {allowed.interval}"
    return (
        f"could not establish that {shown} stays {stays}. Where it does not, the density is zero. "
        f"Use a hyperprior with {allowed.support} if you can."
    )


def _inside(allowed: Interval) -> str:
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
