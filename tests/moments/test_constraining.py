"""``constrain`` on hierarchies: the marginal law holds the mass, the rest is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hyperpriors import HYPERPRIORS
from pymc_extras.prior import Prior
from scipy.special import ndtr, roots_hermitenorm

from unfunnel import LogNormalExp, NormalIdentity, ProbitNormal
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.families import LOGNORMAL_EXP
from unfunnel.moments.constrain import restated
from unfunnel.moments.reading import scalar_law

POSITIVE_MEAN = LOGNORMAL_EXP.parameter("mu")


def with_split(icc, cv):
    """Return a lognormal hierarchy whose variance divides like this; its moments are anything."""
    mean_of_sigma = np.sqrt((1 - icc) / (1 + cv**2))
    return LogNormalExp(
        mu=LogNormalExp(3.0, np.sqrt(icc)),
        sigma=LogNormalExp(mean_of_sigma, cv * mean_of_sigma),
        dims="geo",
        centered=False,
    )


def hermite_cdf(x, prior, nodes=240):
    """Average the lognormal distribution function by Gauss-Hermite quadrature."""
    t, w = roots_hermitenorm(nodes)
    grids = []
    for key in ("mu", "sigma"):
        numbers = prior.parameters[key].parameters
        v = np.log1p((numbers["sigma"] / numbers["mu"]) ** 2)
        grids.append(numbers["mu"] * np.exp(np.sqrt(v) * t - v / 2))
    m, s = grids[0][:, None], grids[1]
    v = np.log1p((s / m) ** 2)
    weights = np.outer(w, w) / w.sum() ** 2
    return float((weights * ndtr((np.log(x / m) + v / 2) / np.sqrt(v))).sum())


# icc, cv, bounds and mass, mean and sd of one element. The last digits of these come from a rule of
# 80 x 80 nodes, which is off by as much as the tolerance.
MARGINAL = [
    (0.3, 0.5, (0.5, 3, 0.9), 1.577630943354786, 0.8402038002800533),
    (0.3, 0.5, (1, 10, 0.95), 4.489328415601286, 2.4526959700462356),
    (0.5, 0.5, (0.1, 0.4, 0.94), 0.23086532666070245, 0.08109727393093454),
]


@pytest.mark.parametrize(("icc", "cv", "bounds", "mean", "sd"), MARGINAL)
def test_reference_values(icc, cv, bounds, mean, sd):
    before = with_split(icc, cv)
    prior = before.constrain(*bounds)
    assert before == with_split(icc, cv)
    law = scalar_law(prior)
    assert (law.mean, law.sd) == pytest.approx((mean, sd), rel=2e-5)
    mu, sigma = law.parameters["mu"], law.parameters["sigma"]
    assert mu.sd / law.sd == pytest.approx(np.sqrt(icc), rel=1e-12)
    assert sigma.sd / sigma.mean == pytest.approx(cv, rel=1e-12)
    assert np.hypot(sigma.mean, sigma.sd) == pytest.approx(np.sqrt(1 - icc) * law.sd, rel=1e-12)
    lower, upper, mass = bounds
    assert hermite_cdf(lower, prior) == pytest.approx((1 - mass) / 2, rel=2e-6)
    assert 1 - hermite_cdf(upper, prior) == pytest.approx((1 - mass) / 2, rel=2e-6)


def split_of(law):
    scale = law.parameters[law.scale_name]
    return law.parameters["mu"].sd / law.sd, scale.sd / scale.mean


def share(alpha, beta):
    return Prior("Beta", alpha=alpha, beta=beta)


USUAL = (0.5, 3, 0.9)
HIERARCHIES = {
    "gamma, exponential": (
        LogNormalExp(
            Prior("Gamma", mu=1, sigma=0.3, dims="geo"),
            Prior("Exponential", scale=0.3),
            dims="geo",
            centered=False,
        ),
        USUAL,
    ),
    "inverse gamma, half normal": (
        LogNormalExp(Prior("InverseGamma", alpha=5, beta=3), Prior("HalfNormal")),
        USUAL,
    ),
    "lognormal, half t": (
        LogNormalExp(Prior("LogNormal", mu=0, sigma=0.3), Prior("HalfStudentT", nu=4, sigma=0.2)),
        USUAL,
    ),
    "mean alone": (LogNormalExp(Prior("Gamma", alpha=4, beta=1), 0.5), USUAL),
    "sd alone": (LogNormalExp(2, Prior("Weibull", alpha=2, beta=1)), USUAL),
    "uniform": (
        LogNormalExp(Prior("Uniform", lower=1, upper=3), Prior("Exponential", scale=0.3)),
        USUAL,
    ),
    "real": (NormalIdentity(Prior("Normal"), Prior("HalfNormal")), USUAL),
    "real, ours": (NormalIdentity(NormalIdentity(0, 1), LogNormalExp(1, 0.5)), USUAL),
    "real, other hyperpriors": (
        NormalIdentity(Prior("StudentT", nu=4, mu=1, sigma=1), Prior("Gamma", mu=1, sigma=0.5)),
        USUAL,
    ),
    "ratio above a bound": (
        LogNormalExp(LogNormalExp(2, 0.5, lower=1), cv=Prior("Gamma", mu=0.4, sigma=0.1), lower=1),
        (1.5, 4, 0.9),
    ),
    "beta": (ProbitNormal(share(3, 4), spread=share(2, 5), dims="geo"), (0.1, 0.7, 0.9)),
    "beta, mean alone": (ProbitNormal(share(3, 4), spread=0.4), (0.1, 0.7, 0.9)),
    "uniform from 0": (
        ProbitNormal(ProbitNormal(0.3, 0.1), spread=Prior("Uniform", lower=0, upper=0.6)),
        (0.1, 0.5, 0.9),
    ),
    "other bounds": (
        ProbitNormal(
            Prior("Uniform", lower=2, upper=4), spread=ProbitNormal(0.3, 0.1), lower=2, upper=4
        ),
        (2.5, 3.0, 0.9),
    ),
    "U shape": (ProbitNormal(share(3, 4), spread=share(2, 5)), (0.01, 0.99, 0.9)),
}
SLOW = ("uniform from 0", "other bounds", "U shape")


@pytest.mark.parametrize(
    "key", [pytest.param(k, marks=pytest.mark.slow if k in SLOW else ()) for k in HIERARCHIES]
)
def test_each_tail_has_half_of_the_rest_and_all_else_is_kept(key):
    before, (lower, upper, mass) = HIERARCHIES[key]
    prior = before.constrain(lower, upper, mass=mass)
    assert type(prior) is type(before)
    assert (prior.bounds, prior.dims) == (before.bounds, before.dims)
    assert prior.centering == before.centering
    for name, value in before.parameters.items():
        after = prior.parameters[name]
        assert type(after) is type(value) or isinstance(after, float)
        for kept in ("distribution", "dims", "bounds"):
            assert getattr(after, kept, None) == getattr(value, kept, None)
    law, tail = scalar_law(prior), (1 - mass) / 2
    assert split_of(law) == pytest.approx(split_of(scalar_law(before)), rel=1e-9)
    close = 1e-9 if isinstance(before, ProbitNormal) else 1e-6  # between bounds it is solved finer
    assert law.cdf(lower) == pytest.approx(tail, rel=close)
    assert law.cdf(upper) == pytest.approx(1 - tail, rel=close)
    draws = law.draw(40_000, np.random.default_rng(4))
    assert (draws < lower).mean() == pytest.approx(tail, abs=0.005)
    assert (draws > upper).mean() == pytest.approx(tail, abs=0.005)


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (
            LogNormalExp(Prior("Exponential", scale=1), 1),
            r"mu: expected a hyperprior .*Exponential.*one number for both.*Prior\('Gamma', mu=",
        ),
        (
            LogNormalExp(Prior("TruncatedNormal", mu=1, sigma=1, lower=0), 1),
            r"mu: .*'Gamma', .*TruncatedNormal.*no closed form",
        ),
        (LogNormalExp(1, Prior("HalfCauchy", beta=1)), "finite mean and a finite variance"),
        (LogNormalExp(1, Prior("HalfStudentT", nu=2, sigma=1)), "a finite variance.*inf"),
        (LogNormalExp(LogNormalExp(1, Prior("HalfNormal")), 1), "at most two hyperpriors"),
        (LogNormalExp(Prior("Gamma", mu=1, sigma=1), [1.0, 2.0], dims="geo"), "constant scalar"),
        (LogNormalExp(LogNormalExp(1, 1), 1, transform="log"), "without transform="),
    ],
    ids=["one number", "no closed form", "no mean", "no variance", "nested", "array", "transform"],
)
def test_what_cannot_be_constrained(prior, message):
    with pytest.raises(UnsupportedError, match=message):
        prior.constrain(1, 2)


@pytest.mark.parametrize(
    ("prior", "bounds", "message"),
    [
        (
            ProbitNormal(Prior("Uniform", lower=0, upper=1), spread=0.3),
            (0.01, 0.95, 0.8),
            r"tried, and impossible, was .*Uniform.* puts mass.*ProbitNormal",
        ),
        (
            NormalIdentity(Prior("Gamma", mu=1, sigma=0.2), 1),
            (-3, -1, 0.9),
            r"none with .*tried, and impossible, was a mean of -",
        ),
    ],
)
def test_where_no_hyperprior_of_the_kind_will_do(prior, bounds, message):
    with pytest.raises(UnsupportedError, match=message):
        prior.constrain(*bounds)


def test_arguments_that_cannot_be_meant():
    prior = with_split(0.3, 0.5)
    with pytest.raises(ParameterError, match=r"0\.0 < lower < upper < inf"):
        prior.constrain(2, 1)
    with pytest.raises(ParameterError, match=r"mass in \(0, 1\)"):
        prior.constrain(1, 2, mass=95)
    with pytest.raises(UnsupportedError, match="method='equal-tails' for a prior with hyperpriors"):
        prior.constrain(1, 2, method="maxent")


# -- hyperpriors of the same kind


@pytest.mark.parametrize(
    ("name", "mean", "sd"),
    [("Beta", 0.5, 0.5), ("Beta", 1.2, 0.1), ("Gamma", -1.0, 0.2), ("Beta", np.inf, np.inf)],
)
def test_moments_that_no_law_of_the_kind_has(name, mean, sd):
    with pytest.raises(ParameterError, match=rf"mu: expected .*that {name} can have.* mean of"):
        restated("mu", Prior(name, **HYPERPRIORS[name]), mean, sd, POSITIVE_MEAN)


def test_what_is_uniform_from_zero_on_remains_so():
    uniform = Prior("Uniform", lower=0, upper=0.6)
    for mean in (0.1, 0.3, 0.7, 1 / 3):
        law = restated("mu", uniform, mean, mean / np.sqrt(3), POSITIVE_MEAN)
        assert law.parameters["lower"] == 0


@pytest.mark.parametrize(
    ("bound", "sign"), [({}, 1), ({"lower": 1}, 1), ({"upper": 0}, -1)], ids=str
)
def test_the_remedy_is_a_hyperprior_that_the_prior_takes(bound, sign):
    inside = {"lower": 1.5} if sign > 0 else {"upper": -1.5}
    mu = Prior("TruncatedNormal", mu=2 * sign, sigma=0.5, **inside)
    with pytest.raises(UnsupportedError) as error:
        LogNormalExp(mu, Prior("Gamma", mu=1, sigma=0.2), **bound).constrain(
            *sorted((2 * sign, 4 * sign))
        )
    suggestion = error.value.remedy.removeprefix("Use ").removesuffix(".").split(", or ")[0]
    offered = eval(suggestion, {"Prior": Prior, "LogNormalExp": LogNormalExp})
    assert LogNormalExp(offered, 1, **bound).parameters["mu"] == offered
