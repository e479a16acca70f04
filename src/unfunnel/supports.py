"""What is known of the support of a hyperprior, read from its name and numbers.

Used at construction to refuse a mean or a standard deviation whose prior puts mass at or below
zero. It reads objects by their attributes and imports neither PyMC nor pymc-extras; what it cannot
decide is ``"unknown"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from unfunnel.families import FAMILIES

KnownSupport = Literal["positive", "real", "unknown"]

_POSITIVE = frozenset(
    {
        "Beta",
        "ChiSquared",
        "Exponential",
        "Gamma",
        "HalfCauchy",
        "HalfFlat",
        "HalfNormal",
        "HalfStudentT",
        "InverseGamma",
        "Kumaraswamy",
        "LogNormal",
        "LogitNormal",
        "Pareto",
        "Rice",
        "Wald",
        "Weibull",
    }
)

_REAL = frozenset(
    {
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
    }
)

# Distributions that live on an interval: the parameter that holds its lower end.
_LOWER_END = {"Uniform": "lower", "TruncatedNormal": "lower", "Triangular": "lower"}

_POSITIVE_TRANSFORMS = frozenset(
    {"exp", "exp2", "sigmoid", "invlogit", "expit", "softplus", "log1pexp"}
)


def support_of(value: object) -> KnownSupport:
    """Tell where a hyperprior puts its mass.

    Parameters
    ----------
    value : object
        A ``Prior``, one of our priors, ``Censored``, ``Scaled``, or anything else.

    Returns
    -------
    {"positive", "real", "unknown"}
        ``"real"`` means that it provably reaches zero or below.
    """
    priors = getattr(value, "priors", None)
    if isinstance(priors, tuple):  # ByCoord
        return _weakest({support_of(prior) for prior in priors})
    name = getattr(value, "distribution", None)
    if isinstance(name, str):
        return _transformed(value, support_of_distribution(name, getattr(value, "parameters", {})))
    if name is not None:  # Censored
        lower = getattr(value, "lower", None)
        return "positive" if isinstance(lower, int | float) and lower > 0 else support_of(name)
    if hasattr(value, "dist") and hasattr(value, "factor"):  # Scaled
        positive_factor = isinstance(value.factor, int | float) and value.factor > 0
        return support_of(value.dist) if positive_factor else "unknown"
    if type(value).__name__ in _REAL:
        return "real"
    return "positive" if type(value).__name__ == "LogNormalPrior" else "unknown"


def support_of_distribution(name: str, parameters: Mapping[str, Any]) -> KnownSupport:
    """Tell where the PyMC distribution (or family) called ``name`` puts its mass.

    Parameters
    ----------
    name : str
        For example ``"Gamma"`` or ``"LogNormalExp"``.
    parameters : mapping
        Its parameters; the lower end of an interval is read from them.

    Returns
    -------
    {"positive", "real", "unknown"}
        What is known.
    """
    if name in FAMILIES:
        return "positive" if FAMILIES[name].link.lower >= 0 else "real"
    if name in _POSITIVE:
        return "positive"
    if name in _REAL:
        return "real"
    if name in _LOWER_END:
        lower = parameters.get(_LOWER_END[name], 0.0 if name == "Uniform" else None)
        if isinstance(lower, int | float):
            return "positive" if lower >= 0 else "real"
    return "unknown"


def _weakest(found: set[KnownSupport]) -> KnownSupport:
    """Return what is known of a variable whose elements have these supports."""
    if "real" in found:
        return "real"
    return "positive" if found == {"positive"} else "unknown"


def _transformed(value: object, support: KnownSupport) -> KnownSupport:
    transform = getattr(value, "transform", None)
    if transform is None:
        return support
    return "positive" if transform in _POSITIVE_TRANSFORMS else "unknown"
