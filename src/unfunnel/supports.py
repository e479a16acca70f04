"""What is known of the support of a hyperprior, read from its name and numbers.

Used at construction to refuse a hyperprior that puts mass where its parameter may not be. It reads
objects by their attributes and imports neither PyMC nor pymc-extras; an end of a support that it
cannot decide is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from unfunnel.families import Family
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

_INFINITY = float("inf")


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


UNKNOWN = Support()

_LAWS: dict[str, Interval] = {
    **dict.fromkeys(
        (
            "ChiSquared",
            "Exponential",
            "Gamma",
            "HalfCauchy",
            "HalfFlat",
            "HalfNormal",
            "HalfStudentT",
            "InverseGamma",
            "LogNormal",
            "LogNormalPrior",
            "Rice",
            "Wald",
            "Weibull",
        ),
        POSITIVE,
    ),
    **dict.fromkeys(("Beta", "Kumaraswamy", "LogitNormal"), UNIT),
    **dict.fromkeys(
        (
            "AsymmetricLaplace",
            "Cauchy",
            "ExGaussian",
            "Flat",
            "GaussianRandomWalk",
            "Gumbel",
            "Laplace",
            "LaplacePrior",
            "Logistic",
            "Moyal",
            "MvNormal",
            "MvStudentT",
            "Normal",
            "SkewNormal",
            "SkewStudentT",
            "StudentT",
            "VonMises",
            "ZeroSumNormal",
        ),
        REAL,
    ),
}

# Distributions whose parameters are ends of their support, with what they are if not given.
_ENDS: dict[str, tuple[tuple[str | None, float | None], tuple[str | None, float | None]]] = {
    "Pareto": (("m", None), (None, _INFINITY)),
    "TruncatedNormal": (("lower", -_INFINITY), ("upper", _INFINITY)),
    "Triangular": (("lower", 0.0), ("upper", 1.0)),
    "Uniform": (("lower", 0.0), ("upper", 1.0)),
}

_TRANSFORMS: dict[str, Interval] = {
    **dict.fromkeys(("exp", "exp2", "softplus", "log1pexp"), POSITIVE),
    **dict.fromkeys(("sigmoid", "invlogit", "expit"), UNIT),
}


def support_of(value: object) -> Support:
    """Tell where a hyperprior puts its mass.

    Parameters
    ----------
    value : object
        A ``Prior``, one of our priors, ``Censored``, ``Scaled``, or anything else.

    Returns
    -------
    Support
        Its ends, None where they are not known.
    """
    priors = getattr(value, "priors", None)
    if isinstance(priors, tuple):  # ByCoord
        return _union([support_of(prior) for prior in priors])
    family = getattr(value, "family", None)
    if isinstance(family, Family):
        return _transformed(value, Support(*family.link.support))
    name = getattr(value, "distribution", None)
    if isinstance(name, str):
        return _transformed(value, support_of_distribution(name, getattr(value, "parameters", {})))
    if name is not None:  # Censored
        return support_of(name).censored(
            _number(getattr(value, "lower", None)), _number(getattr(value, "upper", None))
        )
    if hasattr(value, "dist") and hasattr(value, "factor"):  # Scaled
        factor = _number(value.factor)
        return support_of(value.dist).scaled(factor) if factor else UNKNOWN
    return support_of_distribution(type(value).__name__, None)


def support_of_distribution(name: str, parameters: Mapping[str, Any] | None) -> Support:
    """Tell where the PyMC distribution called ``name`` puts its mass.

    Parameters
    ----------
    name : str
        For example ``"Gamma"``.
    parameters : mapping or None
        Its parameters, from which the ends of an interval are read; None if they are not known.

    Returns
    -------
    Support
        Its ends, None where they are not known.
    """
    if name in _LAWS:
        return Support(*_LAWS[name])
    if name not in _ENDS:
        return UNKNOWN
    return Support(*(_end(key, default, parameters) for key, default in _ENDS[name]))


def _union(supports: list[Support]) -> Support:
    """Return the support of a variable whose elements have these."""
    # An end that reaches infinity is known, whatever is unknown of the others.
    ends: list[float | None] = []
    for end, outermost, infinite in ((0, min, -_INFINITY), (1, max, _INFINITY)):
        known = [support[end] for support in supports if support[end] is not None]
        decided = len(known) == len(supports) or infinite in known
        ends.append(outermost(known) if decided else None)  # type: ignore[type-var]
    return Support(*ends)


def _end(key: str | None, default: float | None, parameters: Mapping[str, Any] | None) -> Any:
    if key is None:
        return default
    if parameters is None:
        return None
    given = parameters.get(key)
    return default if given is None else _number(given)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _transformed(value: object, support: Support) -> Support:
    transform = getattr(value, "transform", None)
    if transform is None:
        return support
    return Support(*_TRANSFORMS[transform]) if transform in _TRANSFORMS else UNKNOWN
