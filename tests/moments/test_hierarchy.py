"""The law of one element, against laws that are known and independent quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from pymc_extras.prior import Prior
from scipy import stats

from unfunnel import LaplaceIdentity, LogNormalExp, NormalIdentity
from unfunnel.families import FAMILIES, NORMAL_IDENTITY
from unfunnel.families.ops import NUMPY
from unfunnel.moments.hierarchy import Hierarchy
from unfunnel.moments.laws import Known, Point, score_maps
from unfunnel.moments.reading import scalar_law

PROBABILITIES = [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999]


class InverseRoot:
    """The law of 1 / sqrt(X) of a law of X, with the methods that are used."""

    def __init__(self, law):
        self.law, self.support = law, law.support

    def ppf(self, p):
        return 1 / np.sqrt(self.law.isf(p))

    def isf(self, p):
        return 1 / np.sqrt(self.law.ppf(p))


# sigma = 1 / sqrt(Gamma(nu / 2, rate nu / 2)) makes Student's t.
T_SIGMA = Known(InverseRoot(stats.gamma(2.5, scale=1 / 2.5)))
EXACT = {
    "normal": (scalar_law(NormalIdentity(Prior("Normal", mu=1, sigma=3), 4)), stats.norm(1, 5)),
    "t": (Hierarchy(NORMAL_IDENTITY, {"mu": Point(0.5), "sigma": T_SIGMA}), stats.t(5, loc=0.5)),
    "laplace": (scalar_law(LaplaceIdentity(Prior("Normal", mu=1, sigma=1e-9), 2)), None),
    "laplace of constants": (scalar_law(LaplaceIdentity(1, 2)), None),
}


@pytest.mark.parametrize("key", EXACT)
def test_known_laws(key):
    law, exact = EXACT[key]
    exact = exact or stats.laplace(1, np.sqrt(2))
    of_quantile, of_cdf = (1e-9, 1e-10) if key == "normal" else (1e-8, 1e-7)
    for p in PROBABILITIES:
        assert law.quantile(p) == pytest.approx(exact.ppf(p), rel=of_quantile)
        assert law.cdf(exact.ppf(p)) == pytest.approx(p, rel=of_cdf)


def test_moments_of_a_normal_over_a_normal():
    law, _exact = EXACT["normal"]
    assert (law.mean, law.sd) == (1.0, pytest.approx(5.0, rel=1e-15))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
def test_every_base_law_has_scores(family):
    shape = (4.0,) * len(family.base.shape)
    to_value, to_score = score_maps(family.base, shape)
    scores = np.linspace(-5, 5, 41)
    exact = [float(family.base.quantile(p, NUMPY, *shape)) for p in stats.norm.cdf(scores)]
    assert to_value(scores) == pytest.approx(exact, rel=1e-6, abs=1e-6)
    assert to_score(to_value(scores)) == pytest.approx(scores, abs=1e-8)


def independent_cdf(x, mu, sigma):
    """Average the lognormal distribution function by the trapezoidal rule over the densities."""
    m = np.linspace(mu.ppf(1e-12), mu.isf(1e-12), 4001)[:, None]
    log_s = np.linspace(np.log(sigma.ppf(1e-9)), np.log(sigma.isf(1e-12)), 1001)
    s = np.exp(log_s)
    v = np.log1p((s / m) ** 2)
    given = stats.norm.cdf((np.log(x / m) + v / 2) / np.sqrt(v))
    over_mu = np.trapezoid(given * mu.pdf(m), m, axis=0)
    return np.trapezoid(over_mu * sigma.pdf(s) * s, log_s)


def lognormal(mean, sd):
    v = np.log1p((sd / mean) ** 2)
    return stats.lognorm(np.sqrt(v), scale=mean * np.exp(-v / 2))


# Mean and sd of the hyperpriors of mu and sigma, sd of an element, quantiles by 2400 x 800 nodes,
# which another rule confirms below.
REFERENCE = [
    ((1.5, 0.5, 0.5, 0.25), 0.75, {0.05: 0.49953132, 0.5: 1.40003639, 0.95: 2.81529604}),
    ((2.0, 0.2, 1.0, 0.5), 1.1357816691600546, {0.05: 0.70399581995, 0.95: 3.80095524100}),
    ((0.3, 0.1, 0.1, 0.05), 0.15, {}),
]


@pytest.mark.parametrize(("numbers", "sd", "quantiles"), REFERENCE)
def test_lognormal_hyperpriors(numbers, sd, quantiles):
    mean_mu, sd_mu, mean_sigma, sd_sigma = numbers
    prior = LogNormalExp(LogNormalExp(mean_mu, sd_mu), LogNormalExp(mean_sigma, sd_sigma))
    element = scalar_law(prior)
    assert element.mean == pytest.approx(mean_mu, rel=1e-15)
    assert element.sd == pytest.approx(sd, rel=1e-15)
    for p, quantile in quantiles.items():
        assert element.quantile(p) == pytest.approx(quantile, rel=1e-8)
    mu, sigma = lognormal(mean_mu, sd_mu), lognormal(mean_sigma, sd_sigma)
    for x in list(quantiles.values())[-1:]:
        found = element.cdf(x)
        assert found == pytest.approx(0.95, abs=1e-8)
        assert independent_cdf(x, mu, sigma) == pytest.approx(found, abs=1e-7)


def test_a_scale_that_may_be_zero():
    prior = LogNormalExp(Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5))
    element = scalar_law(prior)
    gamma, exponential = stats.gamma(9, scale=1 / 6), stats.expon(scale=0.5)
    for x in (0.4, 1.4, 2.8):
        exact = independent_cdf(x, gamma, exponential)
        assert element.cdf(x) == pytest.approx(exact, abs=2e-5)


def test_outside_the_support():
    for prior in (LogNormalExp(LogNormalExp(1, 1), 1), LogNormalExp(1, 1)):
        assert scalar_law(prior).cdf(0.0) == scalar_law(prior).cdf(-1.0) == 0.0
