"""``WeibullExp``: its moments over every pair of doubles, and what is particular to it."""

from __future__ import annotations

import pickle

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from registry import WeibullExact
from scipy import stats
from scipy.special import gammaln, psi

from unfunnel import WeibullExp
from unfunnel.errors import ParameterError
from unfunnel.families import STANDARD, WEIBULL_EXP
from unfunnel.families.ops import NUMPY
from unfunnel.families.weibull import LOG_CV, LOG_SCALE, MINIMUM_GUMBEL_IDENTITY
from unfunnel.parameterization.graph_ops import GRAPH
from unfunnel.parameterization.number_ops import applied

pytestmark = pytest.mark.usefixtures("fast_compile")

logs = st.floats(-30, 30)


@given(log_mu=logs, log_sigma=logs)
def test_moments_come_back(log_mu, log_sigma):
    mu, sigma = np.exp(log_mu), np.exp(log_sigma)
    location, scale = WEIBULL_EXP.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
    back = WEIBULL_EXP.moments(location, scale, NUMPY)
    # The logarithm of the mean is a difference of numbers as large as these.
    close = 1e-13 + 1e-15 * (abs(location) + abs(gammaln(1 + scale)) * 10)
    assert back["mu"] == pytest.approx(mu, rel=close)
    assert back["sigma"] == pytest.approx(sigma, rel=10 * close)
    if 1e-3 < scale < 3:
        exact = WeibullExact(location, scale)
        assert (exact.mean(), exact.std()) == pytest.approx((mu, sigma), rel=1e-10)


@given(log_cv=st.floats(-740, 1400))
def test_every_coefficient_of_variation(log_cv):
    y = LOG_SCALE.number(log_cv)
    assert np.isfinite(y)
    assert LOG_CV.number(y) == pytest.approx(log_cv, rel=1e-13, abs=1e-13)
    slope = LOG_SCALE.partials[0].number(y, log_cv)
    assert 0 < slope < 1.2
    step = 1e-6 * max(1.0, abs(log_cv))
    found = (LOG_SCALE.number(log_cv + step) - LOG_SCALE.number(log_cv - step)) / (2 * step)
    assert found == pytest.approx(slope, rel=1e-5)


def test_the_curve_is_that_of_the_gamma_function():
    e = np.exp(np.linspace(-1.8, 6, 50))
    g = gammaln(1 + 2 * e) - 2 * gammaln(1 + e)
    np.testing.assert_allclose(LOG_CV.array(np.log(e)), 0.5 * np.log(np.expm1(g)), rtol=1e-12)
    by_y = 2 * e * (psi(1 + 2 * e) - psi(1 + e))
    log_cv = LOG_CV.array(np.log(e))
    found = LOG_SCALE.partials[0].array(np.log(e), log_cv)
    np.testing.assert_allclose(found, 2 * -np.expm1(-g) / by_y, rtol=1e-11)


@pytest.mark.parametrize("mode", ["FAST_COMPILE", "NUMBA"])
def test_every_way_of_compiling(mode):
    x = pt.dvector("x")
    y = applied(LOG_SCALE, x)
    points = np.linspace(-200, 400, 61)
    value, slope = pytensor.function([x], [y, pt.grad(y.sum(), x)], mode=mode)(points)
    np.testing.assert_allclose(value, LOG_SCALE.array(points), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(slope, LOG_SCALE.partials[0].array(value, points), rtol=1e-11)


def test_the_gradient_of_location_and_scale():
    variables = pt.dscalars("mu", "sigma")
    law = WEIBULL_EXP.location_scale(dict(zip(("mu", "sigma"), variables, strict=True)), GRAPH)
    gradient = pytensor.function(variables, [x for y in law for x in pt.grad(y, variables)])

    def numbers(mu, sigma):
        return np.array(WEIBULL_EXP.location_scale({"mu": mu, "sigma": sigma}, NUMPY))

    for mu, sigma in [(1.5, 0.5), (1.0, 1.0), (0.5, 3.0), (2.0, 1e-3)]:
        found = np.reshape(gradient(mu, sigma), (2, 2))
        step = 1e-5 * np.array([mu, sigma])
        by_mu = numbers(mu + step[0], sigma) - numbers(mu - step[0], sigma)
        by_sigma = numbers(mu, sigma + step[1]) - numbers(mu, sigma - step[1])
        slopes = np.transpose([by_mu, by_sigma]) / (2 * step)
        np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-9)


def test_the_offset_is_the_logarithm_of_an_exponential_variable():
    with pm.Model(coords={"geo": range(4)}) as model:
        WeibullExp(1.0, 0.5, dims="geo", centered="offset").create_variable("beta")
    offset = model["beta_log_offset"]
    assert [v.name for v in model.value_vars] == ["beta_log_offset"]
    draws = pm.draw(offset, 1000, random_seed=3)
    assert stats.kstest(np.exp(draws).ravel(), stats.expon.cdf).pvalue > 1e-3
    z = np.linspace(-5, 2, 4)
    assert pm.logp(offset, z).eval() == pytest.approx(stats.gumbel_l.logpdf(z), rel=1e-12)
    assert pm.icdf(offset, np.array(0.3)).eval() == pytest.approx(stats.gumbel_l.ppf(0.3))
    assert pickle.loads(pickle.dumps(MINIMUM_GUMBEL_IDENTITY)) is MINIMUM_GUMBEL_IDENTITY
    assert MINIMUM_GUMBEL_IDENTITY.name in STANDARD
    with pytest.raises(ValueError, match="'WeibullExp'"):
        WeibullExp.from_dict({"dist": "MinimumGumbelIdentity"})


def test_what_is_refused():
    for arguments in (
        {"mu": 0.0, "sigma": 1},
        {"mu": Prior("Normal"), "sigma": 1},
        {"mu": 1, "cv": -1},
    ):
        with pytest.raises(ParameterError, match=r"^WeibullExp: (mu|cv): expected .*positive"):
            WeibullExp(**arguments)
    with pytest.raises(ParameterError, match="an unknown parameter 'lower'"):
        WeibullExp(1, 1, lower=0.5)
