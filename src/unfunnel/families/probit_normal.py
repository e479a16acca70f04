"""``ProbitNormal``: a law between two bounds, stated by its mean and standard deviation.

The place between the bounds is ``Phi(theta)`` with ``theta ~ Normal(location, scale)``. Unlike the
moments of the logit-normal law these are integrals of one dimension, see below. With scale 1 and
mean 1/2 it is exactly the uniform law; for smaller scales the density has a bell shape and vanishes
at the bounds, for larger ones a U shape.

A standard deviation is possible if it is below ``sqrt((mu - lower) (upper - mu))``, that of two
points at the bounds. ``spread`` is the standard deviation as a share of that one, so that any
spread in (0, 1) is possible with any mean.

**The scale for a mean and a standard deviation.** ``X = Phi(a + b Z)`` with ``Z`` standard normal
has the mean ``m = Phi(h)``, ``h = a / sqrt(1 + b**2)``, and with ``rho = b**2 / (1 + b**2)``,
``k = 1 / sqrt(1 + 2 b**2)`` and the bivariate
normal distribution function and Owen's T the variance (Owen 1956, *Tables for computing bivariate
normal probabilities*, Annals of Mathematical Statistics 27)::

    V = Phi2(h, h; rho) - m**2 = m (1 - m) - 2 T(h, k)
      = 1/(2 pi) Int_0^asin(rho) exp(-h**2 / (1 + sin t)) dt
    2 T(h, k) = 1/pi Int_0^atan(k) exp(-h**2 / (2 cos(u)**2)) du

Both integrands are smooth, and 20 Gauss-Legendre nodes give them to the last digits of a double for
``|h| <= 10``. With ``u = V / (m (1 - m))`` the equation ``log V - log 2 T = logit(u)`` is monotone
in ``y = log b``, with a slope between 1 and 5 for means in [5e-5, 1 - 5e-5], and is solved by
Newton's method inside a bracket. The derivatives of the root are those of an implicit function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from unfunnel.errors import ParameterError
from unfunnel.families.base import Bounds, Family, Ratio, registered
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.links import probit
from unfunnel.families.ops import Jit, NumberFunction, Ops
from unfunnel.intervals import POSITIVE, UNIT, Interval, Parameter

_LEGENDRE = np.polynomial.legendre.leggauss(20)
# On [0, 1].
_NODES = tuple(float(x) for x in (_LEGENDRE[0] + 1) / 2)
_WEIGHTS = tuple(float(w) for w in _LEGENDRE[1] / 2)

# Beyond these, exponentials over- or underflow. The mean is then closer than 1e-300 to an end of
# the interval, or b beyond any double's use.
_LARGEST_H = 37.0
_LARGEST_Y = 170.0
_LARGEST_LOGIT = 150.0

_STEPS = 100
_CLOSE = 1e-9  # a step as short as this leaves an error of the order of its square


def _curve(jit: Jit) -> Callable[..., tuple[float, ...]]:
    """Return ``(h, y) -> log V, log 2T, d log V / dy, d log 2T / dy`` and those by h."""

    def curve(h: float, y: float) -> tuple[float, float, float, float, float, float]:
        variance = math.exp(2.0 * y)
        rho, root = variance / (1.0 + variance), math.sqrt(1.0 + 2.0 * variance)
        top, rest = math.atan2(variance, root), math.atan2(1.0, root)
        square = h * h
        # The largest value of each integrand is taken out of its sum.
        v = v_h = t = t_h = 0.0
        for i in range(len(_NODES)):
            inverse = 1.0 / (1.0 + math.sin(top * _NODES[i]))
            term = _WEIGHTS[i] * math.exp(-square * (inverse - 1.0 / (1.0 + rho)))
            v += term
            v_h -= 2.0 * h * inverse * term
            tangent = math.tan(rest * _NODES[i]) ** 2
            term = _WEIGHTS[i] * math.exp(-0.5 * square * tangent)
            t += term
            t_h -= h * (1.0 + tangent) * term
        slope = rho / (math.pi * root)
        half = 0.5 / math.pi
        return (
            math.log(top * half * v) - square / (1.0 + rho),
            math.log(2.0 * rest * half * t) - 0.5 * square,
            slope / (top * half * v),
            -slope * math.exp(0.5 * square * (rho - 1.0) / (1.0 + rho)) / (2.0 * rest * half * t),
            v_h / v,
            t_h / t,
        )

    return jit(curve)


def _solver(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def log_scale(h: float, logit: float) -> float:
        if not (abs(h) <= _LARGEST_H and abs(logit) <= _LARGEST_LOGIT):
            return math.nan
        share = 1.0 / (1.0 + math.exp(-logit))
        rest = 1.0 / (1.0 + math.exp(logit))
        # The solution for a mean of 1/2, moved by what the tails of the normal law suggest.
        y = 0.5 * (
            math.log(math.sin(0.5 * math.pi * share))
            - math.log(2.0)
            - 2.0 * math.log(math.sin(0.25 * math.pi * rest))
            + math.log(math.erfc(h * math.sqrt(0.5)))
            + math.log(math.erfc(-h * math.sqrt(0.5)))
            + h * h
        )
        low, high = -_LARGEST_Y, _LARGEST_Y
        y = min(max(y, low), 3.0)  # for extreme means the start is far too large
        before = high - low
        for _ in range(_STEPS):
            log_v, log_2t, v_y, t_y, _v_h, _t_h = curve(h, y)
            error = log_v - log_2t - logit
            if error > 0.0:
                high = y
            else:
                low = y
            step = error / (v_y - t_y)
            following = y - step
            if abs(step) <= _CLOSE * (1.0 + abs(y)):
                return min(max(following, low), high)
            # Halve the bracket where Newton's step leaves it, or does not become smaller fast.
            if not low < following < high or abs(step) > 0.5 * before:
                following = 0.5 * (low + high)
            before = abs(following - y)
            y = following
        return y

    return jit(log_scale)


def _slope_by_mean(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def by_mean(y: float, h: float, logit: float) -> float:
        if not abs(y) <= _LARGEST_Y:
            return math.nan
        _log_v, _log_2t, v_y, t_y, v_h, t_h = curve(h, y)
        return -(v_h - t_h) / (v_y - t_y)

    return jit(by_mean)


def _slope_by_share(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def by_share(y: float, h: float, logit: float) -> float:
        if not abs(y) <= _LARGEST_Y:
            return math.nan
        _log_v, _log_2t, v_y, t_y, _v_h, _t_h = curve(h, y)
        return 1.0 / (v_y - t_y)

    return jit(by_share)


def _half_log_variance(jit: Jit) -> Callable[..., float]:
    curve = _curve(jit)

    def log_sd(h: float, y: float) -> float:
        log_v, _log_2t, _v_y, _t_y, _v_h, _t_h = curve(h, y)
        return 0.5 * log_v

    return jit(log_sd)


#: ``(h, logit(u)) -> log b``; NaN where the mean is within 1e-300 of an end.
LOG_SCALE = NumberFunction(
    "probit_log_scale",
    _solver,
    (
        NumberFunction("probit_log_scale_by_mean", _slope_by_mean),
        NumberFunction("probit_log_scale_by_share", _slope_by_share),
    ),
)

#: ``(h, log b) -> log of the standard deviation``; without a derivative.
LOG_SD = NumberFunction("probit_log_sd", _half_log_variance)


@cache
def _with_bounds(bounds: Bounds) -> Family:
    """Return the family between two bounds."""
    lower, upper = bounds
    if lower is None or upper is None or not lower < upper:
        raise ParameterError(
            "ProbitNormal", expected="lower < upper", given=f"lower={lower} and upper={upper}"
        )
    link = probit(lower, upper)
    width = upper - lower

    def largest(params: Mapping[str, Any], ops: Ops) -> Any:
        mu = params["mu"]
        return ops.sqrt(mu - lower) * ops.sqrt(upper - mu)

    def location_scale(params: Mapping[str, Any], ops: Ops) -> tuple[Any, Any]:
        h = link.forward(params["mu"], ops)
        spread = params["sigma"] / largest(params, ops)
        # logit(spread**2), which keeps its digits at either end.
        logit = 2.0 * ops.log(spread) - ops.log1p(-spread) - ops.log1p(spread)
        scale = ops.exp(ops.call(LOG_SCALE, h, logit))
        return h * ops.sqrt(1.0 + scale * scale), scale

    def moments(location: Any, scale: Any, ops: Ops) -> dict[str, Any]:
        h = location / ops.sqrt(1.0 + scale * scale)
        sd = ops.exp(ops.call(LOG_SD, h, ops.log(scale)))
        return {"mu": lower + width * ops.normal_cdf(h), "sigma": width * sd}

    spread = Parameter(
        "spread", UNIT, "the standard deviation as a share of the largest possible", is_scale=True
    )
    return Family(
        name="ProbitNormal",
        distribution="ProbitNormal",
        parameters=(
            Parameter("mu", Interval(lower, upper), "the mean"),
            Parameter("sigma", POSITIVE, "the standard deviation", is_scale=True),
        ),
        link=link,
        base=NORMAL,
        location_scale=location_scale,
        moments=moments,
        ratios=(Ratio(spread, of="sigma", unit=largest, curvature=-1.0),),
        in_pymc=False,
        bounds=bounds,
        with_bounds=_with_bounds,
    )


PROBIT_NORMAL = registered(_with_bounds(Bounds(0.0, 1.0)))
