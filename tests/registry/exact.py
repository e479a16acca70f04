"""Laws of scipy, where it has none or a less exact one."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats


class WeibullExact:
    """scipy's Weibull law, with moments by quadrature: its own lose digits for a small cv."""

    def __init__(self, location: float, scale: float) -> None:
        self.law = stats.weibull_min(1 / scale, scale=np.exp(location))
        z = np.linspace(-60, 6, 6601)
        self.values = np.exp(location + scale * z)
        self.weights = np.exp(z - np.exp(z)) * (z[1] - z[0])

    def mean(self) -> float:
        return float(self.values @ self.weights)

    def std(self) -> float:
        return float(np.sqrt((self.values - self.mean()) ** 2 @ self.weights))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.law, name)


class ProbitExact:
    """The law of ``lower + (upper - lower) * Phi(location + scale * z)``, by quadrature."""

    def __init__(self, location: float, scale: float, lower: float, upper: float) -> None:
        self.lower, self.width = lower, upper - lower
        self.theta = stats.norm(location, scale)

    def _place(self, x: Any) -> Any:
        return stats.norm.ppf((np.asarray(x) - self.lower) / self.width)

    def cdf(self, x: Any) -> Any:
        return self.theta.cdf(self._place(x))

    def logcdf(self, x: Any) -> Any:
        return self.theta.logcdf(self._place(x))

    def logpdf(self, x: Any) -> Any:
        theta = self._place(x)
        return self.theta.logpdf(theta) - stats.norm.logpdf(theta) - np.log(self.width)

    def ppf(self, p: Any) -> Any:
        return self.lower + self.width * stats.norm.cdf(self.theta.ppf(p))

    def _moment(self, power: int) -> float:
        z = np.linspace(-13, 13, 2001)
        place = stats.norm.cdf(self.theta.mean() + self.theta.std() * z)
        center = 0.0 if power == 1 else self._moment(1)
        return float(np.sum((place - center) ** power * stats.norm.pdf(z)) * (z[1] - z[0]))

    def mean(self) -> float:
        return self.lower + self.width * self._moment(1)

    def std(self) -> float:
        return self.width * np.sqrt(self._moment(2))


class Mirrored:
    """A scipy distribution seen from an upper bound."""

    def __init__(self, bound: float, law: Any) -> None:
        self.bound, self.law = bound, law

    def __getattr__(self, name: str) -> Any:
        functions = {
            "cdf": lambda x: self.law.sf(self.bound - x),
            "logcdf": lambda x: self.law.logsf(self.bound - x),
            "logpdf": lambda x: self.law.logpdf(self.bound - x),
            "ppf": lambda p: self.bound - self.law.isf(p),
            "mean": lambda: self.bound - self.law.mean(),
            "std": self.law.std,
        }
        return functions[name]
