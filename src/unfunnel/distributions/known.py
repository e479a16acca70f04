"""What is known of PyMC's distributions: the one table, a row for each.

Everything in the library that has to know that a ``Gamma`` is positive, what its parameters mean,
or which ``Gamma`` has a given mean and standard deviation, reads it here. The table imports
neither PyMC nor PreliZ, and numpy and scipy only when a law is asked for, so that files can be
checked quickly; tests hold it to all of them.

The *numbers* of a distribution are those of its random variable, in its order: the one
parameterization behind the several that PyMC offers. ``Gamma`` has a shape and a scale, whether it
was written with ``alpha`` and ``beta`` or with ``mu`` and ``sigma``.

To add a distribution, add a row. A name, a support and the positive parameters are enough to check
hyperpriors and files; with ``forms`` and ``scipy`` it has moments and quantiles, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import exp, gamma, inf, isclose, nan, pi, sqrt
from typing import Any

from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

#: The numbers of a distribution, in the order of its random variable.
Numbers = tuple[float, ...]

#: An end of a support: a number, or the parameter that is the end, with its default (None: none).
End = float | tuple[str, float | None]


@dataclass(frozen=True, eq=False)
class Distribution:
    """What is known of one distribution of PyMC.

    ``support`` is the smallest interval that holds all mass of the variable, None if unknown;
    ``parameters`` the supports of those parameters that cannot be any number; ``either`` groups of
    parameters that say the same, of which only one may be given; ``units``, for positive laws, the
    power with which a parameter grows with the unit of the variable.

    ``forms`` are the parameterizations, from parameters by name, with PyMC's defaults, to numbers.
    ``scipy`` makes the distribution in scipy of ``(scipy.stats, *numbers)``, and ``mode`` its mode
    of the numbers: NaN where the density has no single highest place. ``restate`` returns of
    ``(mean, sd, *numbers)`` the parameters of one of this kind with this mean and standard
    deviation; if it ``has_one_number`` for both, with this mean, keeping those that give it shape.
    """

    name: str
    support: tuple[End, End] | None
    parameters: Mapping[str, Interval]
    either: tuple[tuple[str, ...], ...] = ()
    forms: tuple[Callable[..., Numbers], ...] = ()
    scipy: Callable[..., Any] | None = None
    mode: Callable[..., float] | None = None
    restate: Callable[..., dict[str, float]] | None = None
    has_one_number: bool = False
    units: Mapping[str, int] = field(default_factory=dict)

    def numbers(self, parameters: Mapping[str, Any]) -> Numbers | None:
        """Return the numbers, from parameters as PyMC takes them; None if they fit no form."""
        import numpy as np  # like scipy, needed for laws only

        given = {k: np.asarray(v, dtype=float)[()] for k, v in parameters.items() if v is not None}
        for form in self.forms:
            names = inspect.signature(form).parameters
            required = {name for name, its in names.items() if its.default is its.empty}
            if required <= given.keys() <= names.keys():
                with np.errstate(all="ignore"):  # the law of numbers it cannot have is NaN
                    return form(**given)
        return None

    def law(self, *numbers: float) -> Any:
        """Return the distribution in scipy, whose methods return NaN for numbers it cannot have."""
        from scipy import stats  # takes a second, which reading a file need not wait for

        if self.scipy is None:
            raise LookupError(f"{self.name} has no law")  # the caller looks in LAWS first
        return self.scipy(stats, *numbers)


def _truncated_normal(stats: Any, mu: float, sigma: float, lower: float, upper: float) -> Any:
    return stats.truncnorm((lower - mu) / sigma, (upper - mu) / sigma, loc=mu, scale=sigma)


def _half_student_t(stats: Any, nu: float, sigma: float) -> Any:
    from unfunnel.distributions.half_t import half_student_t  # imports scipy.stats, as above

    return half_student_t(nu, scale=sigma)


def _exp(x: float) -> float:
    return exp(x) if x < _LARGEST_EXPONENT else inf


_LARGEST_EXPONENT = 709.7


def _beta_mode(alpha: float, beta: float) -> float:
    if alpha > 1.0 and beta > 1.0:
        return (alpha - 1.0) / (alpha + beta - 2.0)
    return nan if max(alpha, beta) < 1.0 or alpha == beta else float(alpha > beta)


def _beta_by_sd(mu: Any, sigma: Any) -> Numbers:
    size = mu * (1.0 - mu) / sigma**2 - 1.0
    return mu * size, (1.0 - mu) * size


def _mean_and_sd(mean: float, sd: float, *numbers: float) -> dict[str, float]:
    return {"mu": mean, "sigma": sd}


def _restated_lognormal(mean: float, sd: float, *numbers: float) -> dict[str, float]:
    from unfunnel.families.lognormal import LOGNORMAL_EXP  # these two import numpy
    from unfunnel.families.ops import NUMPY

    location, scale = LOGNORMAL_EXP.location_scale({"mu": mean, "sigma": sd}, NUMPY)
    return {"mu": float(location), "sigma": float(scale)}


def _restated_uniform(mean: float, sd: float, *numbers: float) -> dict[str, float]:
    half = sqrt(3.0) * sd
    # What is uniform from zero on shall remain so, whatever is rounded.
    lower = 0.0 if isclose(mean, half, rel_tol=1e-9) else mean - half
    return {"lower": lower, "upper": mean + half}


def _restated_half_student_t(mean: float, sd: float, nu: float, sigma: float) -> dict[str, float]:
    return {"nu": nu, "sigma": mean / float(_half_student_t(None, nu, 1.0).mean())}


def _restated_student_t(mean: float, sd: float, nu: float, *_: float) -> dict[str, float]:
    return {"nu": nu, "mu": mean, "sigma": sd * sqrt(max(nu - 2.0, 0.0) / nu)}


def _restated_weibull(mean: float, sd: float, alpha: float, beta: float) -> dict[str, float]:
    return {"alpha": alpha, "beta": mean / gamma(1.0 + 1.0 / alpha)}


def _row(name: str, support: tuple[End, End] | None, positive: str = "", **its: Any) -> None:
    parameters = {**dict.fromkeys(positive.split(), POSITIVE), **its.pop("parameters", {})}
    either = tuple(tuple(group.split()) for group in its.pop("either", "").split("|") if group)
    DISTRIBUTIONS[name] = Distribution(name, support, parameters, either, **its)


#: By name: every distribution of PyMC of which something is known.
DISTRIBUTIONS: dict[str, Distribution] = {}

# A table is read by its rows:
# fmt: off

# -- Those with a law. Formulas: Johnson, Kotz & Balakrishnan 1994 and 1995, "Continuous Univariate
# Distributions" 1 and 2.

_row("Beta", UNIT, "alpha beta sigma nu", either="alpha beta | mu sigma nu",
     parameters={"mu": UNIT},
     forms=(lambda alpha, beta: (alpha, beta),
            _beta_by_sd,
            lambda mu, nu: (mu * nu, (1.0 - mu) * nu)),
     scipy=lambda stats, alpha, beta: stats.beta(alpha, beta),
     mode=_beta_mode, restate=_mean_and_sd)
_row("Cauchy", REAL, "beta",
     forms=(lambda alpha, beta: (alpha, beta),),
     scipy=lambda stats, alpha, beta: stats.cauchy(alpha, beta),
     mode=lambda alpha, beta: alpha)
_row("Exponential", POSITIVE, "lam scale", either="lam | scale", units={"lam": -1, "scale": 1},
     forms=(lambda scale=1.0: (scale,), lambda lam: (1.0 / lam,)),
     scipy=lambda stats, scale: stats.expon(scale=scale),
     mode=lambda scale: 0.0,
     restate=lambda mean, sd, scale: {"scale": mean}, has_one_number=True)
_row("Gamma", POSITIVE, "alpha beta mu sigma", either="alpha beta | mu sigma",
     units={"beta": -1, "mu": 1, "sigma": 1},
     forms=(lambda alpha, beta: (alpha, 1.0 / beta),
            lambda mu, sigma: ((mu / sigma) ** 2, sigma / mu * sigma)),
     scipy=lambda stats, alpha, scale: stats.gamma(alpha, scale=scale),
     mode=lambda alpha, scale: max(alpha - 1.0, 0.0) * scale, restate=_mean_and_sd)
_row("HalfCauchy", POSITIVE, "beta", units={"beta": 1},
     forms=(lambda beta: (beta,),),
     scipy=lambda stats, beta: stats.halfcauchy(scale=beta),
     mode=lambda beta: 0.0)
# A chi law, whose quantiles in scipy are exact close to zero; those of halfnorm are zero there.
_row("HalfNormal", POSITIVE, "sigma tau", either="sigma | tau", units={"sigma": 1, "tau": -2},
     forms=(lambda sigma=1.0: (0.0, sigma), lambda tau: (0.0, tau**-0.5)),
     scipy=lambda stats, loc, sigma: stats.chi(1, loc=loc, scale=sigma),
     mode=lambda loc, sigma: loc,
     restate=lambda mean, sd, *_: {"sigma": mean * sqrt(pi / 2.0)}, has_one_number=True)
_row("HalfStudentT", POSITIVE, "nu sigma lam", either="sigma | lam", units={"sigma": 1, "lam": -2},
     forms=(lambda nu, sigma=1.0: (nu, sigma), lambda nu, lam: (nu, lam**-0.5)),
     scipy=_half_student_t,
     mode=lambda nu, sigma: 0.0, restate=_restated_half_student_t, has_one_number=True)
_row("InverseGamma", POSITIVE, "alpha beta mu sigma", either="alpha beta | mu sigma",
     units={"beta": 1, "mu": 1, "sigma": 1},
     forms=(lambda alpha, beta=1.0: (alpha, beta),
            lambda mu, sigma: ((mu / sigma) ** 2 + 2.0, mu * ((mu / sigma) ** 2 + 1.0))),
     scipy=lambda stats, alpha, beta: stats.invgamma(alpha, scale=beta),
     mode=lambda alpha, beta: beta / (alpha + 1.0), restate=_mean_and_sd)
_row("Laplace", REAL, "b",
     forms=(lambda mu, b: (mu, b),),
     scipy=lambda stats, mu, b: stats.laplace(mu, b),
     mode=lambda mu, b: mu, restate=lambda mean, sd, *_: {"mu": mean, "b": sd / sqrt(2.0)})
_row("LogNormal", POSITIVE, "sigma tau", either="sigma | tau",
     forms=(lambda mu=0.0, sigma=1.0: (mu, sigma), lambda tau, mu=0.0: (mu, tau**-0.5)),
     scipy=lambda stats, mu, sigma: stats.lognorm(sigma, scale=_exp(mu)),
     mode=lambda mu, sigma: _exp(mu - sigma**2), restate=_restated_lognormal)
_row("Logistic", REAL, "s",
     forms=(lambda mu=0.0, s=1.0: (mu, s),),
     scipy=lambda stats, mu, s: stats.logistic(mu, s),
     mode=lambda mu, s: mu, restate=lambda mean, sd, *_: {"mu": mean, "s": sd * sqrt(3.0) / pi})
_row("Normal", REAL, "sigma tau", either="sigma | tau",
     forms=(lambda mu=0.0, sigma=1.0: (mu, sigma), lambda tau, mu=0.0: (mu, tau**-0.5)),
     scipy=lambda stats, mu, sigma: stats.norm(mu, sigma),
     mode=lambda mu, sigma: mu, restate=_mean_and_sd)
_row("Pareto", (("m", None), inf), "alpha m", units={"m": 1},
     forms=(lambda alpha, m: (alpha, m),),
     scipy=lambda stats, alpha, m: stats.pareto(alpha, scale=m),
     mode=lambda alpha, m: m)
_row("StudentT", REAL, "nu sigma lam", either="sigma | lam",
     forms=(lambda nu, mu=0.0, sigma=1.0: (nu, mu, sigma),
            lambda nu, lam, mu=0.0: (nu, mu, lam**-0.5)),
     scipy=lambda stats, nu, mu, sigma: stats.t(nu, mu, sigma),
     mode=lambda nu, mu, sigma: mu, restate=_restated_student_t)
_row("TruncatedNormal", (("lower", -inf), ("upper", inf)), "sigma tau", either="sigma | tau",
     forms=(lambda mu=0.0, sigma=1.0, lower=-inf, upper=inf: (mu, sigma, lower, upper),
            lambda tau, mu=0.0, lower=-inf, upper=inf: (mu, tau**-0.5, lower, upper)),
     scipy=_truncated_normal,
     mode=lambda mu, sigma, lower, upper: min(max(mu, lower), upper))
_row("Uniform", (("lower", 0.0), ("upper", 1.0)), units={"lower": 1, "upper": 1},
     forms=(lambda lower=0.0, upper=1.0: (lower, upper),),
     scipy=lambda stats, lower, upper: stats.uniform(lower, upper - lower),
     mode=lambda lower, upper: nan, restate=_restated_uniform)
_row("Weibull", POSITIVE, "alpha beta", units={"beta": 1},
     forms=(lambda alpha, beta: (alpha, beta),),
     scipy=lambda stats, alpha, beta: stats.weibull_min(alpha, scale=beta),
     mode=lambda alpha, beta: beta * (max(alpha - 1.0, 0.0) / alpha) ** (1.0 / alpha),
     restate=_restated_weibull, has_one_number=True)

# -- Those of which the support is known, and which parameters are positive.

_row("AsymmetricLaplace", REAL, "kappa b")
_row("ChiSquared", POSITIVE, "nu")
_row("Dirichlet", UNIT, "a")
_row("ExGaussian", REAL, "sigma nu")
_row("Flat", REAL)
_row("GaussianRandomWalk", REAL)
_row("Gumbel", REAL, "beta")
_row("HalfFlat", POSITIVE)
_row("Kumaraswamy", UNIT, "a b")
_row("LogitNormal", UNIT, "sigma tau", either="sigma | tau")
_row("Moyal", REAL, "sigma")
_row("MvNormal", REAL)
_row("MvStudentT", REAL, "nu")
_row("PolyaGamma", POSITIVE)
_row("Rice", POSITIVE, "sigma")
_row("SkewNormal", REAL, "sigma tau", either="sigma | tau")
_row("SkewStudentT", REAL, "a b sigma lam", either="sigma | lam")
_row("StickBreakingWeights", UNIT, "alpha")
_row("Triangular", (("lower", 0.0), ("upper", 1.0)))
_row("VonMises", (-pi, pi), "kappa")
_row("Wald", POSITIVE, "mu lam phi")
_row("ZeroSumNormal", REAL, "sigma")

# -- Those of which only positive parameters are known.

_row("BetaBinomial", None, "alpha beta")
_row("DirichletMultinomial", None, "a")
_row("DiscreteWeibull", None, "beta")
_row("HurdleGamma", None, "alpha beta mu sigma", either="alpha beta | mu sigma")
_row("HurdleLogNormal", None, "sigma tau")
_row("HurdleNegativeBinomial", None, "mu alpha n")
_row("HurdlePoisson", None, "mu")
_row("LKJCorr", None, "eta")
_row("NegativeBinomial", None, "alpha n")
_row("ZeroInflatedNegativeBinomial", None, "alpha n")
# fmt: on

DISTRIBUTIONS["Lognormal"] = DISTRIBUTIONS["LogNormal"]  # as PyMC spells it, too

#: Those with moments and quantiles.
LAWS = {name: row for name, row in DISTRIBUTIONS.items() if row.name == name and row.scipy}
