"""Base laws: the standard distributions that families are built from, with location 0 and scale 1.

A base law may have parameters of its own, such as the degrees of freedom of Student's t: its
*shape*. They are handed to its functions after the others, in the order of ``BaseLaw.shape``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scipy.special import stdtrit

from unfunnel.families.ops import Ops


@dataclass(frozen=True)
class BaseLaw:
    """A standard distribution on the real line with location 0 and scale 1.

    ``log_density`` is ``(z, ops, *shape) -> log density``, normalized; ``quantile`` its
    ``(p, ops, *shape) -> z``, for numbers and arrays only if the law has a ``shape``: the names of
    its own parameters. ``log_cdf`` is ``(z, ops) -> log P(Z <= z)``, for laws that stand behind
    links that PyMC does not know.
    """

    name: str
    log_density: Callable[..., Any]
    quantile: Callable[..., Any]
    shape: tuple[str, ...] = ()
    log_cdf: Callable[[Any, Ops], Any] | None = None


_HALF_LOG_TWO_PI = 0.9189385332046727
_LOG_TWO = 0.6931471805599453
_LOG_PI = 1.1447298858494002


def _normal_log_density(z: Any, ops: Ops) -> Any:
    return -0.5 * z**2 - _HALF_LOG_TWO_PI


def _student_t_log_density(z: Any, ops: Ops, nu: Any) -> Any:
    # Johnson, Kotz & Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 28.
    normalization = (
        ops.gammaln(0.5 * nu + 0.5) - ops.gammaln(0.5 * nu) - 0.5 * (ops.log(nu) + _LOG_PI)
    )
    return normalization - (0.5 * nu + 0.5) * ops.log1p(z**2 / nu)


def _student_t_quantile(p: Any, ops: Ops, nu: Any) -> Any:
    return stdtrit(nu, p)


def _laplace_log_density(z: Any, ops: Ops) -> Any:
    return -ops.abs(z) - _LOG_TWO


def _laplace_quantile(p: Any, ops: Ops) -> Any:
    below = p < 0.5
    tail = ops.log(2.0 * ops.where(below, p, 1.0 - p))
    return ops.where(below, tail, -tail)


NORMAL = BaseLaw(
    "Normal",
    _normal_log_density,
    lambda p, ops: ops.normal_quantile(p),
    log_cdf=lambda z, ops: ops.normal_log_cdf(z),
)
STUDENT_T = BaseLaw("StudentT", _student_t_log_density, _student_t_quantile, shape=("nu",))
MINIMUM_GUMBEL = BaseLaw(
    "MinimumGumbel",
    lambda z, ops: z - ops.exp(z),
    lambda p, ops: ops.log(-ops.log1p(-p)),
    log_cdf=lambda z, ops: ops.log(-ops.expm1(-ops.exp(z))),
)
LAPLACE = BaseLaw("Laplace", _laplace_log_density, _laplace_quantile)
