"""What is known of the support of a hyperprior, read from its name and numbers.

Used at construction to refuse a hyperprior that puts mass where its parameter may not be. It reads
objects by their attributes and imports neither PyMC nor pymc-extras; an end of a support that it
cannot decide is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.distributions.support_ends import UNKNOWN, Support, union
from unfunnel.families import Family
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

_INFINITY = float("inf")


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
        return union([support_of(prior) for prior in priors])
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
    return support.transformed(getattr(value, "transform", None))
