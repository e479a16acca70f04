"""What the laws are checked on: families x centerings x backends.

A family joins by adding one :class:`Row` to ``ROWS``: a hierarchical example, and the same model
as one would write it by hand, from formulas that are not those of the library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.dims.distributions.transforms import log_transform as dims_log_transform
from pymc.distributions.transforms import log as log_transform
from pymc.util import UNSET
from pymc_extras.prior import Prior
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from scipy import optimize, special, stats
from xarray import DataArray

from unfunnel import (
    LaplaceIdentity,
    LogNormalExp,
    NormalIdentity,
    ProbitNormal,
    StudentTIdentity,
    WeibullExp,
)
from unfunnel.tuning.blocks import auto_blocks

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")
SHAPE = (3, 2)
OBSERVED = np.array([[0.4, 1.1], [2.0, 0.7], [1.3, 1.9]])
NOISE = 0.3

Pair = tuple[Any, Any]
Hand = tuple[Any, ...]


def _normal(name: str, location: Any, scale: Any, **options: Any) -> Any:
    return pm.Normal(name, location, scale, **options)


@dataclass(frozen=True)
class Row:
    """One family.

    Parameters
    ----------
    prior : type
        Its class.
    hyperpriors : callable
        Fresh hyperpriors of the example; over "channel" and over nothing.
    by_hand : callable
        The same hyperpriors in PyMC, ``(dims of mu, dims of sigma) -> (mu, sigma, *shape)``.
    location_scale : callable
        ``(mu, sigma, *shape) -> (location, scale)``, the textbook formulas.
    inverse : callable
        From the real line to the support.
    distribution : callable
        The PyMC distribution ``(name, location, scale, *shape)``; None if there is none.
    start : tuple of float
        Location and scale where the hyperpriors are at their starting points.
    constants : tuple of float
        A mean and a standard deviation, for priors without hyperpriors.
    exact : callable
        ``(location, scale) ->`` the scipy distribution of the variable.
    table : tuple
        ``(mean, sd, location, scale)``, computed with 40 digits.
    invalid : tuple
        Pairs of a mean and a standard deviation that are not inside their supports.
    offset : str
        What stands behind the name of the variable in the name of its offset.
    base : callable
        The PyMC distribution of the unconstrained variable, ``(name, location, scale, *shape)``.
    options : dict
        What else the prior takes where it is made of numbers: parameters of the base law, bounds.
    label : str
        What the row is called, if there are several of one class.
    scale : str
        The keyword of the second hyperprior: "sigma", or what may be random in its place.
    random_scale : callable
        A hyperprior without dims for it.
    reach : float
        How far from 0 the slope of the inverse link is a double.
    """

    prior: type
    hyperpriors: Callable[..., dict[str, Any]]
    by_hand: Callable[..., Hand]
    location_scale: Callable[..., Pair]
    inverse: Callable[[Any], Any]
    distribution: Any
    start: tuple[float, float]
    constants: tuple[float, float]
    exact: Callable[[float, float], Any]
    table: tuple[tuple[float, float, float, float], ...]
    invalid: tuple[tuple[float, float], ...]
    offset: str = "_offset"
    base: Callable[..., Any] = _normal
    options: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    scale: str = "sigma"
    random_scale: Callable[[], Any] = lambda: LogNormalExp(1, 2)
    reach: float = 300.0

    @property
    def name(self) -> str:
        """The name of the family."""
        return self.prior.__name__

    @property
    def key(self) -> str:
        """The name of the row."""
        return self.label or self.name

    @property
    def family(self) -> Any:
        """The family."""
        return self.make(*self.constants).family

    @property
    def shape(self) -> tuple[float, ...]:
        """The parameters of the base law where the prior is made of numbers."""
        return self.family.shape(self.options)

    def make(self, *args: Any, **parameters: Any) -> Any:
        """Return a prior with these parameters."""
        return self.prior(*args, **{**self.options, **parameters})

    def example(
        self, centered: Any = True, mu_dims: Any = "channel", sigma_dims: Any = None
    ) -> Any:
        """Return the hierarchical example."""
        hyperpriors = self.hyperpriors(mu_dims, sigma_dims)
        return self.prior(**hyperpriors, dims=DIMS, centered=centered)


def _student_t(name: str, location: Any, scale: Any, nu: Any, **options: Any) -> Any:
    return pm.StudentT(name, nu, location, sigma=scale, **options)


def _lognormal_by_hand(mu: Any, sigma: Any) -> Pair:
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


def _probit_normal_by_hand(mu: Any, spread: Any) -> Pair:
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


def _weibull_by_hand(mu: Any, sigma: Any) -> Pair:
    """The shape by scipy; a step of Newton's method has the derivatives of the root."""
    q = pt.log1p((sigma / mu) ** 2)
    e = pt.exp(Root(_weibull_residual)(q))
    residual = pt.gammaln(1 + 2 * e) - 2 * pt.gammaln(1 + e) - q
    e = e - residual / (2 * pt.psi(1 + 2 * e) - 2 * pt.psi(1 + e))
    return pt.log(mu) - pt.gammaln(1 + e), e


def _minimum_gumbel(name: str, location: Any, scale: Any, **options: Any) -> Any:
    def logp(value: Any, location: Any, scale: Any) -> Any:
        z = (value - location) / scale
        return z - pt.exp(z) - pt.log(scale)

    return pm.CustomDist(name, location, scale, logp=logp, **options)


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


def _mirrored(law: Pair) -> Pair:
    location, scale = law
    return -location, scale


def _start(mean: float, sd: float) -> tuple[float, float]:
    variance = np.log(1 + (sd / mean) ** 2)
    return np.log(mean) - variance / 2, np.sqrt(variance)


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


ROWS = {
    row.key: row
    for row in (
        Row(
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Exponential", scale=1.0, dims=mu_dims),
                "sigma": Prior("Exponential", scale=0.5, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Exponential("beta_mu", scale=1.0, dims=mu_dims),
                pm.Exponential("beta_sigma", scale=0.5, dims=sigma_dims),
            ),
            location_scale=_lognormal_by_hand,
            inverse=pt.exp,
            distribution=pm.LogNormal,
            start=(-np.log(1.25) / 2, np.sqrt(np.log(1.25))),
            constants=(1.5, 0.5),
            exact=lambda location, scale: stats.lognorm(s=scale, scale=np.exp(location)),
            table=(
                (1.5, 0.5, 0.35278485027925123, 0.32459284597450126),
                (1.0, 1.0, -0.34657359027997265, 0.83255461115769776),
                (0.2, 0.05, -1.6397502233423178, 0.24622067706923974),
                (2.0, 0.01, 0.69313468071619271, 0.00499996875042317),
                (0.5, 3.0, -2.4986061368820575, 1.9002415406058843),
                (100.0, 250.0, 3.6146694515547997, 1.4074805394273071),
                (1.0, 1e-8, -5.0e-17, 1e-8),
                (1e-160, 1e-160, -368.76018846932728, 0.83255461115769776),
                (1e160, 1e150, 368.41361487904731, 1e-10),
                (1e-200, 1.0, -921.03403719761827, 30.348542587702927),
                (2.0, 1e200, -459.13072423768925, 30.325694432881473),
                (1.0, 1e-170, -5e-341, 1e-170),
            ),
            invalid=((-1.0, 1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (-1.0, -1.0)),
            offset="_log_offset",
        ),
        Row(
            label="LogNormalExp-above",
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=-1.0, upper=3.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
                "lower": -2.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", -1.0, 3.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: _lognormal_by_hand(mu + 2, sigma),
            inverse=lambda theta: pt.exp(theta) - 2,
            distribution=None,
            start=_start(3.0, 0.7),
            constants=(1.5, 0.5),
            exact=lambda location, scale: stats.lognorm(scale, -2.0, np.exp(location)),
            table=((-0.5, 0.8, 0.2803019651541584, 0.5003261795149361),),
            invalid=((-2.0, 1.0), (-3.0, 1.0), (1.0, -1.0), (1.0, 0.0)),
            offset="_log_offset",
            options={"lower": -2.0},
        ),
        Row(
            label="LogNormalExp-below",
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=-2.0, upper=2.5, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
                "upper": 3.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", -2.0, 2.5, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: _mirrored(_lognormal_by_hand(3 - mu, sigma)),
            inverse=lambda theta: 3 - pt.exp(-theta),
            distribution=None,
            start=_mirrored(_start(2.75, 0.7)),
            constants=(1.5, 0.5),
            exact=lambda location, scale: Mirrored(
                25.0, stats.lognorm(scale, 0.0, np.exp(-location))
            ),
            table=((23.5, 0.8, -0.2803019651541584, 0.5003261795149361),),
            invalid=((25.0, 1.0), (26.0, 1.0), (1.0, -1.0), (1.0, 0.0)),
            offset="_log_offset",
            options={"upper": 25.0},
        ),
        Row(
            prior=WeibullExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Exponential", scale=1.0, dims=mu_dims),
                "sigma": Prior("Exponential", scale=0.5, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Exponential("beta_mu", scale=1.0, dims=mu_dims),
                pm.Exponential("beta_sigma", scale=0.5, dims=sigma_dims),
            ),
            location_scale=_weibull_by_hand,
            inverse=pt.exp,
            distribution=lambda name, location, scale, **options: pm.Weibull(
                name, 1 / scale, pt.exp(location), **options
            ),
            start=(np.log(1.1290633895396092), 1 / 2.1013490946885436),
            constants=(1.5, 0.5),
            exact=WeibullExact,
            table=tuple(
                (m, s, np.log(lam), 1 / k)
                for m, s, k, lam in (
                    (1.5, 0.5, 3.303524836756301, 1.6721224720696894),
                    (2.0, 2.0, 1.0, 2.0),
                    (0.2, 0.05, 4.542213092139039, 0.21904170776998383),
                    (1.0, 0.5, 2.1013490946885436, 1.1290633895396092),
                    (0.5, 3.0, 0.28615589407786624, 0.04330939912066281),
                )
            ),
            invalid=((-1.0, 1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (-1.0, -1.0)),
            offset="_log_offset",
            base=_minimum_gumbel,
        ),
        Row(
            prior=ProbitNormal,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=0.0, upper=3.0, dims=mu_dims),
                "spread": Prior("Uniform", lower=0.1, upper=0.6, dims=sigma_dims),
                "lower": -1.0,
                "upper": 4.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", 0.0, 3.0, dims=mu_dims),
                pm.Uniform("beta_spread", 0.1, 0.6, dims=sigma_dims),
            ),
            location_scale=_probit_normal_by_hand,
            inverse=lambda theta: -1 + 2.5 * pt.erfc(-theta / np.sqrt(2)),
            distribution=None,
            # With a mean halfway: k = tan(pi (1 - spread**2) / 4), b**2 = (1 / k**2 - 1) / 2.
            start=(0.0, np.sqrt((np.tan(np.pi * (1 - 0.35**2) / 4) ** -2 - 1) / 2)),
            constants=(1.5, 5.0),
            exact=lambda location, scale: ProbitExact(location, scale, -5.0, 25.0),
            table=tuple(
                (-5 + 30 * m, 30 * s, a, b)
                for m, s, a, b in (
                    (0.5, 0.1, 0.0, 0.258838397064966),
                    (0.5, np.sqrt(1 / 12), 0.0, 1.0),
                    (0.25, np.sqrt(3 / 80), -0.830947657881689, 0.719539692826164),
                    (0.3, 0.1, -0.547245785028361, 0.298373875993045),
                    (0.7, 0.15, 0.579456461566119, 0.470105596343843),
                    (0.9, 0.05, 1.33346567914495, 0.287504015426052),
                    (0.95, 0.1, 2.35018452563296, 1.02053913534593),
                    (0.05, 0.04, -1.76087376938562, 0.382159255150136),
                    (0.5, 0.4, 0.0, 2.3288966720639),
                    (0.8, 0.3, 1.90766954523039, 2.03414588817664),
                    (0.01, 0.005, -2.36481326929348, 0.182599934433187),
                )
            ),
            invalid=((-5.0, 1.0), (25.0, 1.0), (1.0, -1.0), (1.0, 0.0), (1.0, 12.0), (30.0, 1.0)),
            offset="_probit_offset",
            options={"lower": -5.0, "upper": 25.0},
            scale="spread",
            random_scale=lambda: Prior("Beta", alpha=2, beta=5),
            reach=7.0,
        ),
        Row(
            prior=NormalIdentity,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Normal", mu=0.3, sigma=1.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Normal("beta_mu", 0.3, 1.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: (mu, sigma),
            inverse=lambda theta: theta,
            distribution=pm.Normal,
            start=(0.3, 0.7),
            constants=(-0.4, 0.8),
            exact=stats.norm,
            table=((-3.0, 0.25, -3.0, 0.25), (0.0, 7.0, 0.0, 7.0)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
        ),
        Row(
            prior=StudentTIdentity,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Normal", mu=0.3, sigma=1.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
                "nu": Prior("Uniform", lower=3.0, upper=9.0),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Normal("beta_mu", 0.3, 1.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
                pm.Uniform("beta_nu", 3.0, 9.0),
            ),
            location_scale=lambda mu, sigma, nu: (mu, sigma / pt.sqrt(nu / (nu - 2))),
            inverse=lambda theta: theta,
            distribution=_student_t,
            start=(0.3, 0.7 * np.sqrt(2 / 3)),
            constants=(-0.4, 0.8),
            exact=lambda location, scale: stats.t(5.0, location, scale),
            table=((-3.0, 2.0, -3.0, 1.5491933384829667), (0.0, 1e-9, 0.0, 7.7459666924148338e-10)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
            base=_student_t,
            options={"nu": 5.0},
        ),
        Row(
            prior=LaplaceIdentity,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Normal", mu=0.3, sigma=1.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Normal("beta_mu", 0.3, 1.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: (mu, sigma / np.sqrt(2)),
            inverse=lambda theta: theta,
            distribution=pm.Laplace,
            start=(0.3, 0.7 / np.sqrt(2)),
            constants=(-0.4, 0.8),
            exact=stats.laplace,
            table=((-3.0, 2.0, -3.0, 1.4142135623730950), (0.0, 1.0, 0.0, 0.70710678118654752)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
            base=pm.Laplace,
        ),
    )
}

_RNG = np.random.default_rng(20)
_ARRAY = _RNG.uniform(size=SHAPE)
_ROW_WEIGHTS = _RNG.uniform(size=2)
# More labels than the model has, in another order.
_LABELLED = DataArray(
    [_ROW_WEIGHTS[1], 0.99, _ROW_WEIGHTS[0]], dims="channel", coords={"channel": ["y", "z", "x"]}
)

#: What ``centered=`` may be.
CENTERINGS: dict[str, Any] = {
    "centered": True,
    "noncentered": False,
    "weight": 0.37,
    "array": _ARRAY,
    "labelled": _LABELLED,
    "auto": "auto",
    "offset": "offset",
}

#: Also with the steering values of a pilot, which may be anything.
TUNED = {**CENTERINGS, "informed": "auto"}
INFORMATION = np.array([[0.0, 0.3], [2.0, 50.0], [1e4, 1e-9]])
WEIGHTED_LOCATION = np.array([[0.0, -0.2], [5.0, 40.0], [-2e3, 0.3]])

#: The coordinates that leave the variable a random variable of its own name.
TRANSFORMED = {key: value for key, value in CENTERINGS.items() if key != "offset"}

_WEIGHTS = {"weight": 0.37, "array": _ARRAY, "labelled": _ROW_WEIGHTS}

BACKENDS = {"classic": False, "xdist": True}


def coordinate_by_hand(key: str, location: Any, scale: Any, start: tuple[float, float]) -> Pair:
    """Return M and S of ``theta = M + S v``, as the documentation defines them."""
    if key == "centered":
        return 0.0, 1.0
    if key in ("noncentered", "auto", "offset"):
        return location, scale
    if key == "informed":
        q = np.sqrt(1 + INFORMATION * scale**2)
        return location / q**2 + (scale / q) ** 2 * WEIGHTED_LOCATION, scale / q
    weight = _WEIGHTS[key]
    location0, scale0 = start
    ratio = (scale / scale0) ** (1 - weight)
    return location - weight * ratio * (location - location0), scale0 * ratio


def ours(row: Row, key: str, xdist: bool, mu_dims: Any = "channel", sigma_dims: Any = None) -> Any:
    """Return the model with our prior."""
    with pm.Model(coords=COORDS) as model:
        prior = row.example(TUNED[key], mu_dims, sigma_dims)
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, NOISE, observed=OBSERVED, dims=DIMS)
    if key == "informed":
        steer(model)
    if key in ("auto", "informed"):  # their scale transform has tests of its own
        sigma = model[f"beta_{row.scale}"]
        if not model.rvs_to_values[sigma].name.endswith("softplus__"):
            return model
        del model.values_to_rvs[model.rvs_to_values[sigma]]
        log = dims_log_transform if xdist else log_transform
        model.create_value_var(sigma, default_transform=log, transform=UNSET)
    return model


def steer(model: Any) -> None:
    """Set the steering values of the only auto block of a model."""
    (block,) = auto_blocks(model)
    block.steering.set(INFORMATION, WEIGHTED_LOCATION)


def twin(row: Row, key: str, mu_dims: Any = "channel", sigma_dims: Any = None) -> Any:
    """Return the same model written by hand: an affine map of a variable of the base law."""
    with pm.Model(coords=COORDS) as model:
        location, scale, *shape = law_by_hand(row, mu_dims, sigma_dims)
        center, spread = coordinate_by_hand(key, location, scale, row.start)
        v = row.base("v", (location - center) / spread, scale / spread, *shape, dims=DIMS)
        beta = pm.Deterministic("beta", row.inverse(center + spread * v), dims=DIMS)
        pm.Normal("y", beta, NOISE, observed=OBSERVED, dims=DIMS)
    return model


def law_by_hand(row: Row, mu_dims: Any, sigma_dims: Any) -> Hand:
    """Create the hyperparameters and return location, scale and shape, as the variable has them."""
    mu, sigma, *shape = row.by_hand(mu_dims, sigma_dims)
    mu, sigma = _axes(mu, mu_dims), _axes(sigma, sigma_dims)
    return *row.location_scale(mu, sigma, *shape), *shape


def _axes(variable: Any, dims: Any) -> Any:
    dims = (dims,) if isinstance(dims, str) else dims
    order = [dims.index(dim) if dims and dim in dims else "x" for dim in DIMS]
    return variable.dimshuffle(*order)


class Evaluator:
    """Log density and gradient of a model at one flat point."""

    def __init__(self, model: Any) -> None:
        self.values = model.value_vars
        self.start = model.initial_point()
        self.function = model.compile_fn(
            [model.logp(), model.dlogp()], inputs=self.values, point_fn=False
        )

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return sum(np.size(x) for x in self.start.values())

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density and its gradient."""
        arguments, at = [], 0
        for value in self.values:
            like = self.start[value.name]
            arguments.append(np.reshape(flat[at : at + np.size(like)], np.shape(like)))
            at += np.size(like)
        logp, gradient = self.function(*arguments)
        return float(logp), np.asarray(gradient)


#: The families that `make test` takes through everything.
_IN_FULL = ("LogNormalExp",)
#: What it leaves of the others to `make test-slow`: kinds of weight and the textbook form, which no
#: family knows of, and one of two ways that are the same until tuned.
REPEATED = ("weight", "array", "labelled", "auto", "offset")


def _marks(row: Row, key: str, xdist: bool) -> Any:
    if row.key in _IN_FULL:
        return ()
    # A family of its own goes through both backends in the other coordinates.
    again = row.label or (xdist and key == "centered")
    return pytest.mark.slow if key in REPEATED or (again and key != "noncentered") else ()


def cases(centerings: dict[str, Any] = CENTERINGS, backends: dict[str, bool] = BACKENDS) -> Any:
    """Parametrize a test over ``row``, ``key`` of the centering and ``xdist``."""
    return pytest.mark.parametrize(
        ("row", "key", "xdist"),
        [
            pytest.param(
                row, key, xdist, id=f"{row.key}-{key}-{backend}", marks=_marks(row, key, xdist)
            )
            for row in ROWS.values()
            for key in centerings
            for backend, xdist in backends.items()
        ],
    )


#: For laws in which a family is only handed on: the families that `make test` takes through
#: everything, and under `make test-slow` the others.
any_family = pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=name, marks=() if name in _IN_FULL else pytest.mark.slow)
        for name, row in ROWS.items()
    ],
)

families = pytest.mark.parametrize(
    "row", [pytest.param(row, id=name) for name, row in ROWS.items()]
)
