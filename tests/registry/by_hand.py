"""Laws as one would write them by hand, from formulas that are not those of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from scipy import optimize, special

Pair = tuple[Any, Any]


def normal(name: str, location: Any, scale: Any, **options: Any) -> Any:
    return pm.Normal(name, location, scale, **options)


def student_t(name: str, location: Any, scale: Any, nu: Any, **options: Any) -> Any:
    return pm.StudentT(name, nu, location, sigma=scale, **options)


def lognormal_by_hand(mu: Any, sigma: Any) -> Pair:
    return pt.log(mu**2 / pt.sqrt(mu**2 + sigma**2)), pt.sqrt(pt.log(1 + (sigma / mu) ** 2))


class Root(Op):
    """Solves ``function(y, *args) = 0`` with scipy. It takes its derivatives for zero."""

    def __init__(self, function: Callable[..., float]) -> None:
        self.function = function

    def make_node(self, *inputs: Any) -> Any:
        return Apply(self, inputs, [sum(inputs).type()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        def solved(*args: float) -> float:
            return float(optimize.brentq(self.function, -20, 10, args=args, xtol=1e-13))

        output_storage[0][0] = np.vectorize(solved)(*inputs)

    def pullback(self, inputs: Any, outputs: Any, gradients: Any) -> Any:
        return [pt.zeros_like(x) for x in inputs]


def _probit_residual(y: float, h: float, u: float) -> float:
    m, k = special.ndtr(h), (1 + 2 * np.exp(2 * y)) ** -0.5
    return float(1 - 2 * special.owens_t(h, k) / (m * (1 - m)) - u)


def _weibull_residual(y: float, q: float) -> float:
    e = np.exp(y)
    return float(special.gammaln(1 + 2 * e) - 2 * special.gammaln(1 + e) - q)


def probit_normal_by_hand(mu: Any, spread: Any) -> Pair:
    """Owen's T, inverted by scipy; a step of Newton's method has the derivatives of the root."""
    m, u = (mu + 1) / 5, spread**2
    h = np.sqrt(2) * pt.erfinv(2 * m - 1)
    y = Root(_probit_residual)(h, u)
    b2 = pt.exp(2 * y)
    k, rho = 1 / pt.sqrt(1 + 2 * b2), b2 / (1 + b2)
    rest = 2 * pt.owens_t(h, k)
    variance = m * (1 - m) - rest
    slope = pt.exp(-(h**2) / (1 + rho)) * rho * k / np.pi * (1 / variance + 1 / rest)
    y = y - (pt.log(variance / rest) - pt.log(u / (1 - u))) / slope
    scale = pt.exp(y)
    return h * pt.sqrt(1 + scale**2), scale


def weibull_by_hand(mu: Any, sigma: Any) -> Pair:
    """The shape by scipy; a step of Newton's method has the derivatives of the root."""
    q = pt.log1p((sigma / mu) ** 2)
    e = pt.exp(Root(_weibull_residual)(q))
    residual = pt.gammaln(1 + 2 * e) - 2 * pt.gammaln(1 + e) - q
    e = e - residual / (2 * pt.psi(1 + 2 * e) - 2 * pt.psi(1 + e))
    return pt.log(mu) - pt.gammaln(1 + e), e


def minimum_gumbel(name: str, location: Any, scale: Any, **options: Any) -> Any:
    def logp(value: Any, location: Any, scale: Any) -> Any:
        z = (value - location) / scale
        return z - pt.exp(z) - pt.log(scale)

    return pm.CustomDist(name, location, scale, logp=logp, **options)


def mirrored(law: Pair) -> Pair:
    location, scale = law
    return -location, scale


def log_normal_start(mean: float, sd: float) -> tuple[float, float]:
    variance = np.log(1 + (sd / mean) ** 2)
    return np.log(mean) - variance / 2, np.sqrt(variance)
