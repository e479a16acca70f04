"""Laws that are normal behind a link, such as those between two bounds, as scipy has others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from unfunnel.families import Family
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.ops import NUMPY

# Normal scores between which the mode is looked for, and how much a density varies that is flat.
_SCORES = np.linspace(-35.0, 35.0, 1401)
_FLAT = 1e-9


class NormalBehindLink:
    """A family of constants with a normal base law; the methods are those of scipy.

    Parameters
    ----------
    family : Family
        At its bounds.
    parameters : mapping
        Numbers.

    Examples
    --------
    >>> from unfunnel.families import PROBIT_NORMAL
    >>> from unfunnel.elicitation.scales.normal_scores import NormalBehindLink
    >>> law = NormalBehindLink(PROBIT_NORMAL, {"mu": 0.5, "spread": 3**-0.5})  # uniform
    >>> round(float(law.cdf(0.2)), 12), round(float(law.ppf(0.7)), 12)
    (0.2, 0.7)
    """

    def __init__(self, family: Family, parameters: Mapping[str, float]) -> None:
        stated = family.stated(parameters, NUMPY)
        self.link = family.link
        self._mean = float(stated["mu"])
        location, scale = family.location_scale(stated, NUMPY)
        self.location, self.scale = float(location), float(scale)

    def mean(self) -> float:
        """Return the mean, which is stated."""
        return self._mean

    def cdf(self, x: Any) -> Any:
        """Return the probability below ``x``."""
        return NUMPY.normal_cdf(self._score(x))

    def sf(self, x: Any) -> Any:
        """Return the probability above ``x``."""
        return NUMPY.normal_cdf(-self._score(x))

    def ppf(self, p: Any) -> Any:
        """Return the value with this probability below it."""
        return self.link.inverse(self.location + self.scale * NUMPY.normal_quantile(p), NUMPY)

    def pdf(self, x: Any) -> Any:
        """Return the density, which is zero outside the support."""
        return np.nan_to_num(np.exp(self._log_density(self._score(x))))

    def mode(self) -> float:
        """Return where the density is highest; an end of the support, or NaN where it is flat."""
        heights = self._log_density(_SCORES)
        if np.ptp(heights) < _FLAT:
            return math.nan
        at = int(np.argmax(heights))
        if at in (0, len(_SCORES) - 1):
            return float(self.link.support.lower if at == 0 else self.link.support.upper)
        around = _SCORES[at - 1], _SCORES[at + 1]
        found = minimize_scalar(
            lambda score: -self._log_density(score), bounds=around, options={"xatol": 1e-10}
        )
        return float(self.link.inverse(self.location + self.scale * found.x, NUMPY))

    def _score(self, x: Any) -> Any:
        support = self.link.support
        with np.errstate(divide="ignore"):
            theta = self.link.forward(np.clip(x, support.lower, support.upper), NUMPY)
        return (theta - self.location) / self.scale

    def _log_density(self, score: Any) -> Any:
        """Return the log density of the value with this score."""
        slope = self.link.log_slope(self.location + self.scale * score, NUMPY)
        with np.errstate(invalid="ignore"):
            return NORMAL.log_density(score, NUMPY) - math.log(self.scale) - slope
