"""The half-t law, which scipy does not have: the absolute value of Student's t.

``T**2 / (nu + T**2)`` is ``Beta(1/2, nu/2)``, so that the incomplete beta function gives the
distribution function, and its complement the upper tail, each to full relative precision (Johnson,
Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 28).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats


class HalfStudentT(stats.rv_continuous):  # type: ignore[misc]  # scipy has no types
    """The law of ``|T|`` for ``T ~ StudentT(nu)``; ``scale=`` is the ``sigma`` of PyMC."""

    def _pdf(self, x: Any, nu: Any) -> Any:
        return 2.0 * stats.t.pdf(x, nu)

    def _cdf(self, x: Any, nu: Any) -> Any:
        return special.betainc(0.5, nu / 2.0, x**2 / (nu + x**2))

    def _sf(self, x: Any, nu: Any) -> Any:
        return special.betainc(nu / 2.0, 0.5, nu / (nu + x**2))

    def _ppf(self, q: Any, nu: Any) -> Any:
        return _quantile(q, 1.0 - q, nu)

    def _isf(self, q: Any, nu: Any) -> Any:
        return _quantile(1.0 - q, q, nu)

    def _stats(self, nu: Any) -> Any:
        """Mean and variance; the mean is infinite up to ``nu = 1``, the variance up to 2."""
        nu = np.asarray(nu, dtype=float)
        more = np.maximum(nu, np.nextafter(1.0, 2.0))
        log_ratio = special.gammaln((more + 1.0) / 2.0) - special.gammaln(more / 2.0)
        mean = np.where(
            nu > 1.0, 2.0 * np.sqrt(more / np.pi) * np.exp(log_ratio) / (more - 1.0), np.inf
        )
        second = np.where(nu > 2.0, nu / np.where(nu > 2.0, nu - 2.0, 1.0), np.inf)  # noqa: PLR2004
        variance = np.where(np.isfinite(second), second - np.minimum(mean, 1e150) ** 2, np.inf)
        return mean, variance, np.nan, np.nan


def _quantile(below: Any, above: Any, nu: Any) -> Any:
    """Return the value with these probabilities below and above it."""
    share = special.betaincinv(0.5, nu / 2.0, below)
    rest = special.betaincinv(nu / 2.0, 0.5, above)
    # Of the two, which add up to 1, the smaller one has its digits.
    with np.errstate(divide="ignore"):  # infinity, where nothing is above
        return np.sqrt(
            nu * np.where(share < rest, share, 1.0 - rest) / np.where(share < rest, 1 - share, rest)
        )


half_student_t = HalfStudentT(a=0.0, name="half_student_t", shapes="nu")
