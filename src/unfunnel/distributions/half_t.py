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
        share, rest = _share_and_rest(x, nu)
        return np.where(
            share < rest,
            special.betainc(0.5, nu / 2.0, share),
            special.betaincc(nu / 2.0, 0.5, rest),
        )

    def _sf(self, x: Any, nu: Any) -> Any:
        share, rest = _share_and_rest(x, nu)
        return np.where(
            share < rest,
            special.betaincc(0.5, nu / 2.0, share),
            special.betainc(nu / 2.0, 0.5, rest),
        )

    def _ppf(self, q: Any, nu: Any) -> Any:
        share = special.betaincinv(0.5, nu / 2.0, q)
        return _value(share, special.betainccinv(nu / 2.0, 0.5, q), nu)

    def _isf(self, q: Any, nu: Any) -> Any:
        share = special.betainccinv(0.5, nu / 2.0, q)
        return _value(share, special.betaincinv(nu / 2.0, 0.5, q), nu)

    def _stats(self, nu: Any) -> Any:
        """Mean and variance; the mean is infinite up to ``nu = 1``, the variance up to 2."""
        with np.errstate(all="ignore"):
            ratio = special.poch(nu / 2.0, 0.5)  # Gamma((nu + 1) / 2) / Gamma(nu / 2)
            mean = np.where(nu > 1.0, 2.0 * np.sqrt(nu / np.pi) * ratio / (nu - 1.0), np.inf)
            variance = np.where(nu > 2.0, nu / (nu - 2.0) - mean**2, np.inf)
        return mean, variance, np.nan, np.nan


# ``T**2 / (nu + T**2)`` and ``nu / (nu + T**2)`` add up to 1. The smaller one has its digits; the
# larger one only if it is not computed as 1 less the other, and neither are the probabilities.


def _share_and_rest(x: Any, nu: Any) -> tuple[Any, Any]:
    with np.errstate(over="ignore", divide="ignore"):  # far out, and close to zero
        ratio = (x / np.sqrt(nu)) ** 2
        return 1.0 / (1.0 + 1.0 / ratio), 1.0 / (1.0 + ratio)


def _value(share: Any, rest: Any, nu: Any) -> Any:
    with np.errstate(divide="ignore"):  # infinity, where nothing is above
        return np.sqrt(nu * share / rest)


half_student_t = HalfStudentT(a=0.0, name="half_student_t", shapes="nu")
