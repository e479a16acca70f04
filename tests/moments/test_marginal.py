"""The marginal law of one element, against laws that are known and independent quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from pymc_extras.prior import Prior
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.families import FAMILIES, LOGNORMAL_EXP, NORMAL_IDENTITY, Family
from unfunnel.families.base_distributions import LAPLACE
from unfunnel.families.ops import NUMPY
from unfunnel.moments.laws import Drawn, Hierarchy, Known, Point, score_maps
from unfunnel.moments.marginal import Marginal
from unfunnel.moments.reading import scalar_law

PROBABILITIES = [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999]


def test_normal_over_normal_is_normal():
    hierarchy = scalar_law(NormalIdentity(Prior("Normal", mu=1, sigma=3), 4))
    marginal, exact = Marginal(hierarchy), stats.norm(1, 5)
    for p in PROBABILITIES:
        assert marginal.quantile(p) == pytest.approx(exact.ppf(p), rel=1e-9)
        assert marginal.cdf(exact.ppf(p)) == pytest.approx(p, rel=1e-10)
    assert (hierarchy.mean, hierarchy.sd) == (1.0, pytest.approx(5.0, rel=1e-15))


def test_normal_over_inverse_gamma_variance_is_t():
    # sigma = 1 / sqrt(Gamma(nu / 2, rate nu / 2)) makes Student's t.
    class Sigma:
        law = stats.gamma(2.5, scale=1 / 2.5)
        support = law.support

        def ppf(self, p):
            return 1 / np.sqrt(self.law.isf(p))

        def isf(self, p):
            return 1 / np.sqrt(self.law.ppf(p))

    marginal = Marginal(Hierarchy(NORMAL_IDENTITY, {"mu": Point(0.5), "sigma": Known(Sigma())}))
    exact = stats.t(5, loc=0.5)
    for p in PROBABILITIES:
        assert marginal.quantile(p) == pytest.approx(exact.ppf(p), rel=1e-8)


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
MARGINAL = [
    ((1.5, 0.5, 0.5, 0.25), 0.75, {0.05: 0.49953132, 0.5: 1.40003639, 0.95: 2.81529604}),
    ((2.0, 0.2, 1.0, 0.5), 1.1357816691600546, {0.05: 0.70399581995, 0.95: 3.80095524100}),
    ((0.3, 0.1, 0.1, 0.05), 0.15, {}),
]


@pytest.mark.parametrize(("numbers", "sd", "quantiles"), MARGINAL)
def test_lognormal_hyperpriors(numbers, sd, quantiles):
    mean_mu, sd_mu, mean_sigma, sd_sigma = numbers
    prior = LogNormalExp(LogNormalExp(mean_mu, sd_mu), LogNormalExp(mean_sigma, sd_sigma))
    hierarchy = scalar_law(prior)
    assert hierarchy.mean == pytest.approx(mean_mu, rel=1e-15)
    assert hierarchy.sd == pytest.approx(sd, rel=1e-15)
    marginal = Marginal(hierarchy)
    for p, quantile in quantiles.items():
        assert marginal.quantile(p) == pytest.approx(quantile, rel=1e-8)


def test_another_rule_agrees():
    mu, sigma = lognormal(1.5, 0.5), lognormal(0.5, 0.25)
    hierarchy = scalar_law(LogNormalExp(LogNormalExp(1.5, 0.5), LogNormalExp(0.5, 0.25)))
    found = Marginal(hierarchy).cdf(2.81529604)
    assert found == pytest.approx(0.95, abs=1e-8)
    assert independent_cdf(2.81529604, mu, sigma) == pytest.approx(found, abs=1e-7)


def test_a_scale_that_may_be_zero():
    prior = LogNormalExp(Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5))
    hierarchy = scalar_law(prior)
    assert hierarchy.mean == 1.5
    assert hierarchy.sd == pytest.approx(0.8660254037844386, rel=1e-15)
    marginal = Marginal(hierarchy)
    gamma, exponential = stats.gamma(9, scale=1 / 6), stats.expon(scale=0.5)
    for x in (0.4, 1.4, 2.8):
        exact = independent_cdf(x, gamma, exponential)
        assert marginal.cdf(x) == pytest.approx(exact, abs=2e-5)


def test_outside_the_support():
    marginal = Marginal(scalar_law(LogNormalExp(LogNormalExp(1, 1), 1)))
    assert marginal.cdf(0.0) == 0.0
    assert marginal.cdf(-1.0) == 0.0
    assert scalar_law(LogNormalExp(1, 1)).cdf(-1.0) == 0.0


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
def test_every_base_law_has_scores(family):
    shape = (4.0,) * len(family.base.shape)
    to_value, to_score = score_maps(family.base, shape)
    scores = np.linspace(-5, 5, 41)
    probabilities = stats.norm.cdf(scores)
    assert to_value(scores) == pytest.approx(
        [float(family.base.quantile(p, NUMPY, *shape)) for p in probabilities], rel=1e-6, abs=1e-6
    )
    assert to_score(to_value(scores)) == pytest.approx(scores, abs=1e-8)


def test_a_base_law_that_is_not_normal():
    family = Family(**{**vars(NORMAL_IDENTITY), "base": LAPLACE})
    constant = Hierarchy(family, {"mu": Point(1.0), "sigma": Point(2.0)})
    exact = stats.laplace(1, 2)
    for p in PROBABILITIES:
        score = np.asarray(stats.norm.ppf(p))
        assert constant.at_score(score) == pytest.approx(exact.ppf(p), rel=1e-7)
        assert constant.cdf(exact.ppf(p)) == pytest.approx(p, rel=1e-7)
    random = Hierarchy(family, {"mu": Known(stats.norm(0, 1e-9)), "sigma": Point(2.0)})
    assert Marginal(random).quantile(0.95) == pytest.approx(exact.ppf(0.95) - 1, rel=1e-5)


def test_where_quadrature_is_possible():
    known, drawn = Known(stats.gamma(9)), Drawn(np.ones(3))
    constant = Hierarchy(LOGNORMAL_EXP, {"mu": Point(1.0), "sigma": Point(1.0)})
    nested = Hierarchy(LOGNORMAL_EXP, {"mu": known, "sigma": Point(1.0)})

    def possible(**laws):
        return Marginal.is_possible(Hierarchy(LOGNORMAL_EXP, laws))

    assert possible(mu=known, sigma=known)
    assert possible(mu=constant, sigma=Point(1.0))
    assert not possible(mu=nested, sigma=Point(1.0))
    assert not possible(mu=drawn, sigma=known)
    assert not possible(mu=known, sigma=known, nu=known)
