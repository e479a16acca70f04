"""``WeibullExp``: a positive law with a light right tail, stated by mean and standard deviation.

The logarithm of a Weibull variable with shape ``k`` and scale ``lam`` is ``log(lam) + z / k`` with
``exp(z)`` exponential: location-scale, with the Gumbel law of minima as the base law. With ``e =
1 / k`` the mean is ``lam * Gamma(1 + e)``, and the coefficient of variation determines ``e``.

**The scale for a coefficient of variation.** The coefficient of variation ``cv`` satisfies
(Johnson, Kotz & Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 21)::

    log(1 + cv**2) = G(e) = log Gamma(1 + 2 e) - 2 log Gamma(1 + e)

``G`` increases from 0, as ``pi**2 / 6 * e**2``. The equation is solved for ``y = log e`` by
Newton's method on ``log G``, whose slope in ``y`` lies between 1 and 2. For small ``e`` the two
terms cancel, and ``G`` is summed as the power series with the coefficients ``(-1)**n zeta(n)
(2**n - 2) / n``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from scipy.special import zeta

from unfunnel.families.base import Counterpart, Family, Ratio, registered
from unfunnel.families.base_distributions import MINIMUM_GUMBEL
from unfunnel.families.links import IDENTITY, LOG
from unfunnel.families.lognormal import CV
from unfunnel.families.ops import Jit, NumberFunction, Ops
from unfunnel.intervals import POSITIVE, REAL, Parameter

# Below this the series is summed. Its terms fall as (2 e)**n, and those left out are below 1e-17.
_SMALL = 0.15
_SERIES = tuple(float((-1) ** n * zeta(n) * (2.0**n - 2.0) / n) for n in range(2, 36))

# Above this digamma is its asymptotic series, below the recurrence leads there.
_LARGE = 8.0
_BERNOULLI = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)

# Where log(1 + x) is x to the last digit, and where it is log(x), for x = exp of these.
_SQUARE_VANISHES = -40.0
_ONE_VANISHES = 40.0

# Below this log cv and y differ by a constant to the last digit.
_LINE = -100.0
_LOG_RATIO = 0.5 * math.log(math.pi**2 / 6.0)

_STEPS = 60
_CLOSE = 1e-9  # a step as short as this leaves an error of the order of its square


def _curve(jit: Jit) -> Callable[..., tuple[float, ...]]:
    """Return ``y -> log G, d log G / dy``."""

    def digamma(x: float) -> float:
        found = 0.0
        while x < _LARGE:
            found -= 1.0 / x
            x += 1.0
        inverse = 1.0 / (x * x)
        term = 1.0
        tail = 0.0
        for i in range(len(_BERNOULLI)):
            term *= inverse
            tail += _BERNOULLI[i] * term
        return found + math.log(x) - 0.5 / x - tail

    digamma = jit(digamma)

    def curve(y: float) -> tuple[float, float]:
        e = math.exp(y)
        if e < _SMALL:
            # G / e**2 and its derivative by log e.
            total = slope = 0.0
            power = 1.0
            for i in range(len(_SERIES)):
                total += _SERIES[i] * power
                slope += i * _SERIES[i] * power
                power *= e
            return math.log(total) + 2.0 * y, 2.0 + slope / total
        g = math.lgamma(1.0 + 2.0 * e) - 2.0 * math.lgamma(1.0 + e)
        return math.log(g), 2.0 * e * (digamma(1.0 + 2.0 * e) - digamma(1.0 + e)) / g

    return jit(curve)


def _log_g(jit: Jit) -> Callable[..., float]:
    """Return ``log cv -> log log(1 + cv**2)``, between the limits."""

    def log_g(log_cv: float) -> float:
        square = 2.0 * log_cv
        if square < _SQUARE_VANISHES:
            return square
        return math.log(math.log1p(math.exp(square)) if square < _ONE_VANISHES else square)

    return jit(log_g)


def _solver(jit: Jit) -> Callable[..., float]:
    curve, log_g = _curve(jit), _log_g(jit)

    def log_scale(log_cv: float) -> float:
        if not log_cv >= _LINE:
            return log_cv - _LOG_RATIO  # NaN stays NaN
        target = log_g(log_cv)
        # The smaller of the lines that log G follows far to the left and to the right.
        y = min(log_cv - _LOG_RATIO, target - math.log(2.0 * math.log(2.0)))
        for _ in range(_STEPS):
            value, slope = curve(y)
            step = (value - target) / slope
            y -= step
            if abs(step) <= _CLOSE * (1.0 + abs(y)):
                return y
        return y

    return jit(log_scale)


def _slope(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def by_log_cv(y: float, log_cv: float) -> float:
        if not log_cv >= _LINE:
            return 1.0 if log_cv < 0.0 else math.nan
        _value, slope = curve(y)
        square = 2.0 * log_cv
        if square < _SQUARE_VANISHES:
            return 2.0 / slope
        if square > _ONE_VANISHES:
            return 2.0 / (square * slope)
        power = math.exp(square)
        return 2.0 * power / ((1.0 + power) * math.log1p(power) * slope)

    return jit(by_log_cv)


def _log_cv(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def log_cv(y: float) -> float:
        if not y >= _LINE:
            return y + _LOG_RATIO
        log_g, _slope = curve(y)
        g = math.exp(log_g)
        return 0.5 * (math.log(math.expm1(g)) if g < _ONE_VANISHES else g)

    return jit(log_cv)


#: ``log cv -> log e``.
LOG_SCALE = NumberFunction(
    "weibull_log_scale", _solver, (NumberFunction("weibull_log_scale_slope", _slope),)
)

#: ``log e -> log cv``, its inverse; without a derivative.
LOG_CV = NumberFunction("weibull_log_cv", _log_cv)


def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
    """Location and scale of ``log phi`` for the mean and the standard deviation of ``phi``."""
    log_mu = ops.log(params["mu"])
    scale = ops.exp(ops.call(LOG_SCALE, ops.log(params["sigma"]) - log_mu))
    return log_mu - ops.gammaln(1.0 + scale), scale


def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
    """Mean and standard deviation of ``phi`` from the location and the scale of ``log phi``."""
    log_mean = location + ops.gammaln(1.0 + scale)
    log_cv = ops.call(LOG_CV, ops.log(scale))
    return {"mu": ops.exp(log_mean), "sigma": ops.exp(log_mean + log_cv)}


WEIBULL_EXP = registered(
    Family(
        name="WeibullExp",
        distribution="Weibull",
        parameters=(
            Parameter("mu", POSITIVE, "the mean, in natural units"),
            Parameter("sigma", POSITIVE, "the standard deviation, in natural units", is_scale=True),
        ),
        link=LOG,
        base=MINIMUM_GUMBEL,
        location_scale=location_scale,
        moments=moments,
        ratios=(Ratio(CV, of="sigma", unit=lambda params, ops: params["mu"], curvature=1.0),),
        in_pymc=False,
        counterpart=Counterpart(
            parameters=lambda location, scale, ops: (1.0 / scale, ops.exp(location)),
            location_scale=lambda alpha, beta, ops: (ops.log(beta), 1.0 / alpha),
        ),
    )
)

#: The base law itself, from which offsets are drawn; no prior of its own.
MINIMUM_GUMBEL_IDENTITY = registered(
    Family(
        name="MinimumGumbelIdentity",
        distribution="MinimumGumbel",
        parameters=(
            Parameter("location", REAL, "the mode"),
            Parameter("scale", POSITIVE, "the scale"),
        ),
        link=IDENTITY,
        base=MINIMUM_GUMBEL,
        location_scale=lambda params, ops: (params["location"], params["scale"]),
        moments=lambda location, scale, ops: {"location": location, "scale": scale},
        in_pymc=False,
    ),
    of_priors=False,
)
