"""The laws that PyMC's distributions have in scipy, by their names.

The numbers of a distribution are in the order in which its random variable holds them, the one
parameterization behind the several that PyMC offers (``Gamma`` by ``alpha`` and ``beta`` or by
``mu`` and ``sigma``). Quantiles and tails keep their relative precision far out: 2e-40 is a
probability, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import stats

from unfunnel.distributions.half_t import half_student_t
from unfunnel.families.ops import NUMPY

#: The numbers of a distribution, in the order of its random variable.
Numbers = tuple[float, ...]


def _truncated_normal(mu: float, sigma: float, lower: float, upper: float) -> Any:
    ends = (lower - mu) / sigma, (upper - mu) / sigma
    return stats.truncnorm(*ends, loc=mu, scale=sigma)


#: By the name of the distribution in PyMC: ``(*numbers) ->`` the distribution in scipy.
KNOWN_LAWS: dict[str, Callable[..., Any]] = {
    "Beta": stats.beta,
    "Cauchy": stats.cauchy,
    "Exponential": lambda scale: stats.expon(scale=scale),
    "Gamma": lambda alpha, scale: stats.gamma(alpha, scale=scale),
    "HalfCauchy": lambda beta: stats.halfcauchy(scale=beta),
    # As a chi law, whose quantiles in scipy are exact close to zero; those of halfnorm are zero.
    "HalfNormal": lambda loc, sigma: stats.chi(1, loc=loc, scale=sigma),
    "HalfStudentT": lambda nu, sigma: half_student_t(nu, scale=sigma),
    "InverseGamma": lambda alpha, beta: stats.invgamma(alpha, scale=beta),
    "Laplace": stats.laplace,
    "LogNormal": lambda mu, sigma: stats.lognorm(sigma, scale=NUMPY.exp(mu)),
    "Logistic": stats.logistic,
    "Normal": stats.norm,
    "Pareto": lambda alpha, m: stats.pareto(alpha, scale=m),
    "StudentT": lambda nu, mu, sigma: stats.t(nu, loc=mu, scale=sigma),
    "TruncatedNormal": _truncated_normal,
    "Uniform": lambda lower, upper: stats.uniform(lower, upper - lower),
    "Weibull": lambda alpha, beta: stats.weibull_min(alpha, scale=beta),
}


def known_law(name: str, *numbers: float) -> Any:
    """Return the law of a distribution with these numbers.

    Parameters
    ----------
    name : str
        One of :data:`KNOWN_LAWS`.
    *numbers : float
        In the order of its random variable in PyMC: ``Exponential`` and ``Gamma`` have a scale, not
        a rate, and ``HalfNormal`` a location.

    Returns
    -------
    scipy distribution
        With these numbers; its methods return NaN where they are outside their support.

    Examples
    --------
    >>> from unfunnel.distributions.known import known_law
    >>> float(known_law("Gamma", 9.0, 0.5).mean())
    4.5
    """
    return KNOWN_LAWS[name](*numbers)
