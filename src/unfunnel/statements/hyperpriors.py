"""Hyperpriors by name: their law in scipy, and the same kind of law with another mean and sd.

The numbers of a distribution are in the order in which its random variable holds them, the one
parameterization behind the several that PyMC offers (``Gamma`` by ``alpha`` and ``beta`` or by
``mu`` and ``sigma``). Formulas: Johnson, Kotz & Balakrishnan 1994 and 1995, *Continuous Univariate
Distributions* 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, gamma, inf, lgamma, pi, sqrt
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import betaincinv

from unfunnel.families.lognormal_exp import LOGNORMAL_EXP
from unfunnel.ops import NUMPY

#: The numbers of a distribution, in the order of its random variable.
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class KnownDistribution:
    """What is known of one distribution of PyMC.

    Parameters
    ----------
    law : callable
        ``(*numbers) ->`` the distribution in scipy.
    restated : callable, optional
        ``(mean, sd, numbers) -> keywords`` of the distribution of the same kind with this mean and
        standard deviation. A kind that only one number scales keeps its others and has the mean
        alone.
    """

    law: Callable[..., Any]
    restated: Callable[[float, float, Numbers], dict[str, float]] | None = None


class HalfStudentT:
    """The absolute value of Student's t, which scipy lacks, with the methods of scipy's laws."""

    def __init__(self, nu: float, sigma: float) -> None:
        self.nu = nu
        self.sigma = sigma

    def support(self) -> tuple[float, float]:
        """Return the ends of the positive numbers."""
        return 0.0, inf

    def mean(self) -> float:
        """Return ``2 sigma sqrt(nu / pi) Gamma((nu + 1) / 2) / (Gamma(nu / 2) (nu - 1))``."""
        if self.nu <= 1:
            return inf
        ratio = exp(lgamma((self.nu + 1) / 2) - lgamma(self.nu / 2))
        return 2 * self.sigma * sqrt(self.nu / pi) * ratio / (self.nu - 1)

    def var(self) -> float:
        """Return ``sigma**2 nu / (nu - 2)`` less the squared mean; infinite for ``nu <= 2``."""
        infinite = self.nu <= 2  # noqa: PLR2004
        return inf if infinite else self.sigma**2 * self.nu / (self.nu - 2) - self.mean() ** 2

    def ppf(self, p: Any) -> Any:
        """Return quantiles: ``t**2 / (nu + t**2)`` has a beta law, exact close to zero."""
        share = betaincinv(0.5, self.nu / 2, p)
        return self.sigma * np.sqrt(self.nu * share / (1 - share))

    def isf(self, p: Any) -> Any:
        """Return the values with this probability above them."""
        return self.sigma * stats.t(self.nu).isf(np.asarray(p) / 2)

    def cdf(self, x: Any) -> Any:
        """Return the probability below."""
        return 1 - 2 * stats.t(self.nu).sf(np.maximum(x, 0.0) / self.sigma)


def _truncated_normal(mu: float, sigma: float, lower: float, upper: float) -> Any:
    ends = (lower - mu) / sigma, (upper - mu) / sigma
    return stats.truncnorm(*ends, loc=mu, scale=sigma)


def _log_scale(mean: float, sd: float, numbers: Numbers) -> dict[str, float]:
    location, scale = LOGNORMAL_EXP.location_scale({"mu": mean, "sigma": sd}, NUMPY)
    return {"mu": float(location), "sigma": float(scale)}


def _mean_and_sd(mean: float, sd: float, numbers: Numbers) -> dict[str, float]:
    return {"mu": mean, "sigma": sd}


def _half_t(mean: float, sd: float, numbers: Numbers) -> dict[str, float]:
    nu = numbers[0]
    return {"nu": nu, "sigma": mean / HalfStudentT(nu, 1.0).mean()}


def _weibull(mean: float, sd: float, numbers: Numbers) -> dict[str, float]:
    alpha = numbers[0]
    return {"alpha": alpha, "beta": mean / gamma(1 + 1 / alpha)}


def _student_t(mean: float, sd: float, numbers: Numbers) -> dict[str, float]:
    nu = numbers[0]
    return {"nu": nu, "mu": mean, "sigma": sd * sqrt(max(nu - 2, 0.0) / nu)}


#: By the name of the random variable in PyMC.
DISTRIBUTIONS: dict[str, KnownDistribution] = {
    "Beta": KnownDistribution(stats.beta),
    "Cauchy": KnownDistribution(stats.cauchy),
    "Exponential": KnownDistribution(
        lambda scale: stats.expon(scale=scale), lambda mean, sd, numbers: {"scale": mean}
    ),
    "Gamma": KnownDistribution(lambda alpha, scale: stats.gamma(alpha, scale=scale), _mean_and_sd),
    "HalfCauchy": KnownDistribution(lambda beta: stats.halfcauchy(scale=beta)),
    # As a chi law, whose quantiles in scipy are exact close to zero; those of halfnorm are zero.
    "HalfNormal": KnownDistribution(
        lambda loc, sigma: stats.chi(1, loc=loc, scale=sigma),
        lambda mean, sd, numbers: {"sigma": mean * sqrt(pi / 2)},
    ),
    "HalfStudentT": KnownDistribution(HalfStudentT, _half_t),
    "InverseGamma": KnownDistribution(
        lambda alpha, beta: stats.invgamma(alpha, scale=beta), _mean_and_sd
    ),
    "Laplace": KnownDistribution(
        stats.laplace, lambda mean, sd, numbers: {"mu": mean, "b": sd / sqrt(2)}
    ),
    "LogNormal": KnownDistribution(
        lambda mu, sigma: stats.lognorm(sigma, scale=exp(mu)), _log_scale
    ),
    "Logistic": KnownDistribution(
        stats.logistic, lambda mean, sd, numbers: {"mu": mean, "s": sd * sqrt(3) / pi}
    ),
    "Normal": KnownDistribution(stats.norm, _mean_and_sd),
    "Pareto": KnownDistribution(lambda alpha, m: stats.pareto(alpha, scale=m)),
    "StudentT": KnownDistribution(
        lambda nu, mu, sigma: stats.t(nu, loc=mu, scale=sigma), _student_t
    ),
    "TruncatedNormal": KnownDistribution(_truncated_normal),
    "Uniform": KnownDistribution(lambda lower, upper: stats.uniform(lower, upper - lower)),
    "Weibull": KnownDistribution(
        lambda alpha, beta: stats.weibull_min(alpha, scale=beta), _weibull
    ),
}

#: The kinds that can be given another mean and standard deviation, and those only another mean.
TWO_NUMBERS = ("Gamma", "InverseGamma", "LogNormal", "Normal", "Laplace", "Logistic", "StudentT")
ONE_NUMBER = ("Exponential", "HalfNormal", "HalfStudentT", "Weibull")
