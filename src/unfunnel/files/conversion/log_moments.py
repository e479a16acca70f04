"""The mean and the standard deviation of what is normal on the log scale, under hyperpriors.

With ``log phi ~ Normal(mu, sigma)`` and independent hyperpriors, ``phi`` has the moments::

    E[phi**k] = E[exp(k mu)] E[exp(k**2 sigma**2 / 2)]

Whether such an expectation is finite depends on the right tail of the hyperprior alone: if
``P(X > x)`` falls like ``exp(-rate * x**power)``, up to powers of ``x``, then ``E[exp(c X**n)]`` is
finite where ``power > n``, or ``power = n`` and ``rate > c``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from unfunnel.distributions.known import LAWS
from unfunnel.moments.random_parameters import Known


@dataclass(frozen=True)
class Tail:
    """How the probability above ``x`` falls: like ``exp(-rate * x**power)``."""

    power: float
    rate: float


_BOUNDED = Tail(math.inf, math.inf)
_HEAVY = Tail(0.0, 0.0)


def _gaussian(sigma: float) -> Tail:
    return Tail(2.0, 0.5 / sigma**2)


#: By the name of the distribution in PyMC: ``(*numbers) ->`` its right tail, the numbers being in
#: the order of :data:`unfunnel.distributions.known.LAWS`.
TAILS: dict[str, Callable[..., Tail]] = {
    "Beta": lambda alpha, beta: _BOUNDED,
    "Cauchy": lambda alpha, beta: _HEAVY,
    "Exponential": lambda scale: Tail(1.0, 1.0 / scale),
    "Gamma": lambda alpha, scale: Tail(1.0, 1.0 / scale),
    "HalfCauchy": lambda beta: _HEAVY,
    "HalfNormal": lambda loc, sigma: _gaussian(sigma),
    "HalfStudentT": lambda nu, sigma: _HEAVY,
    "InverseGamma": lambda alpha, beta: _HEAVY,
    "Laplace": lambda mu, b: Tail(1.0, 1.0 / b),
    "LogNormal": lambda mu, sigma: _HEAVY,
    "Logistic": lambda mu, s: Tail(1.0, 1.0 / s),
    "Normal": lambda mu, sigma: _gaussian(sigma),
    "Pareto": lambda alpha, m: _HEAVY,
    "StudentT": lambda nu, mu, sigma: _HEAVY,
    "TruncatedNormal": lambda mu, sigma, lower, upper: (
        _BOUNDED if math.isfinite(upper) else _gaussian(sigma)
    ),
    "Uniform": lambda lower, upper: _BOUNDED,
    "Weibull": lambda alpha, beta: Tail(alpha, beta**-alpha),
}


@dataclass(frozen=True)
class Hyperprior:
    """A distribution of PyMC by its name and its numbers, or a constant.

    Parameters
    ----------
    name : str
        One of :data:`TAILS`, or ``""`` for a constant.
    numbers : tuple of float
        In the order of its random variable; the constant itself.
    """

    name: str
    numbers: tuple[float, ...]

    def expected_exponential(self, factor: float, power: int) -> float:
        """Return ``E[exp(factor * X**power)]``, infinite where it is.

        Parameters
        ----------
        factor : float
            Positive.
        power : {1, 2}
            Of a law without mass below zero, if it is 2.
        """
        if not self.name:
            return _exponential(factor * self.numbers[0] ** power)
        tail = TAILS[self.name](*self.numbers)
        if tail.power < power or (tail.power == power and tail.rate <= factor):
            return math.inf

        # Over normal scores: with such a tail X grows at most like a power of its score, so that
        # the integrand is one smooth peak, wherever the law itself lies. There the trapezoidal rule
        # converges faster than any power of the step (Trefethen & Weideman 2014, SIAM Review 56).
        with np.errstate(over="ignore"):
            height = np.exp(factor * self.at_score(_SCORES) ** power - 0.5 * _SCORES**2)
        return float(np.trapezoid(height, _SCORES)) / math.sqrt(2.0 * math.pi)

    @property
    def variance(self) -> float:
        """The variance, infinite or NaN where it is; zero of a constant."""
        return Known(LAWS[self.name].law(*self.numbers)).variance if self.name else 0.0

    def at_score(self, scores: np.ndarray) -> np.ndarray:
        """Return the values with these normal scores: that of 0 is the median."""
        if not self.name:
            return np.full(np.shape(scores), self.numbers[0])
        return Known(LAWS[self.name].law(*self.numbers)).at_score(scores)


# Beyond these the probability of a score is below the smallest double.
_SCORES = np.linspace(-37.0, 37.0, 7401)


def _exponential(exponent: float) -> float:
    return math.exp(exponent) if exponent < 709.0 else math.inf


def log_scale_moments(mu: Hyperprior, sigma: Hyperprior) -> tuple[float, float]:
    """Return the mean and the standard deviation of ``exp(Normal(mu, sigma))``.

    Parameters
    ----------
    mu, sigma : Hyperprior
        Independent hyperpriors, or constants.

    Returns
    -------
    mean, sd : float
        Hyperparameters averaged out, in natural units; infinite where they are.

    Examples
    --------
    >>> from unfunnel.files.conversion.log_moments import Hyperprior, log_scale_moments
    >>> half_normal = Hyperprior("HalfNormal", (0.0, 0.5))
    >>> mean, sd = log_scale_moments(Hyperprior("", (0.0,)), half_normal)
    >>> round(mean, 6), sd  # (1 - 0.5**2) ** -0.5
    (1.154701, inf)
    """
    mean = mu.expected_exponential(1.0, 1) * sigma.expected_exponential(0.5, 2)
    square = mu.expected_exponential(2.0, 1) * sigma.expected_exponential(2.0, 2)
    return mean, math.sqrt(max(square - mean**2, 0.0)) if math.isfinite(square) else math.inf
