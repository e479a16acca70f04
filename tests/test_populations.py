"""The ordinary hierarchy and its zero-sum form are one model."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import DimsError, ParameterError
from unfunnel.populations import draw_population_mean, group_mean_sd
from unfunnel.structures.zero_sum import extended

pytestmark = pytest.mark.usefixtures("fast_compile")

GROUPS, LOCATION, SD = 5, 0.7, 1.3


def zero_sum_form(**options):
    with pm.Model(coords={"group": range(GROUPS)}) as model:
        tau = pm.HalfNormal("tau")
        mean = pm.Normal("mean", LOCATION, group_mean_sd(SD, tau, GROUPS))
        NormalIdentity(
            mean, tau, dims="group", zero_sum="group", centered=True, **options
        ).create_variable("a")
    return model


def test_the_densities_are_equal():
    model = zero_sum_form()
    function = model.compile_logp()
    rng = np.random.default_rng(5)
    for _ in range(10):
        log_tau, mean, v = rng.normal(), rng.normal(), rng.normal(size=GROUPS - 1)
        found = function({"tau_log__": log_tau, "mean": mean, "a_centered__": v})
        tau, effects = np.exp(log_tau), mean + extended(v, (0,))
        # The population mean, integrated out, gives all effects a common variance.
        covariance = SD**2 + tau**2 * np.eye(GROUPS)
        expected = stats.multivariate_normal(np.full(GROUPS, LOCATION), covariance).logpdf(effects)
        # From the mean and an orthonormal basis to the effects volumes grow by sqrt(GROUPS).
        expected += 0.5 * np.log(GROUPS) + stats.halfnorm.logpdf(tau) + log_tau
        assert found == pytest.approx(expected, rel=1e-10)


def test_the_marginal_scale_is_another_model():
    point = {"tau_log__": 0.1, "mean": 0.2, "a_centered__": np.ones(GROUPS - 1)}
    a, b = (zero_sum_form(zero_sum_scale=s) for s in ("population", "marginal"))
    assert abs(float(a.compile_logp()(point)) - float(b.compile_logp()(point))) > 0.1


def test_the_population_mean_is_that_of_the_ordinary_hierarchy():
    rng = np.random.default_rng(3)
    draws, tau = 20_000, 1.7
    alpha = LOCATION + SD * rng.normal(size=draws)
    group_mean = alpha + tau * rng.normal(size=(GROUPS, draws)).mean(axis=0)
    again = draw_population_mean(
        group_mean, tau, groups=GROUPS, location=LOCATION, sd=SD, random_seed=8
    )
    # The same joint law: covariance and both marginals.
    np.testing.assert_allclose(np.cov(again, group_mean), np.cov(alpha, group_mean), atol=0.06)
    assert stats.ks_2samp(again, alpha).pvalue > 1e-3


def test_labels_are_kept():
    mean = xr.DataArray(np.zeros((2, 3)), dims=("chain", "draw"))
    scale = xr.DataArray(np.ones((2, 3)), dims=("chain", "draw"))
    drawn = draw_population_mean(mean, scale, groups=3, location=0.0, sd=1.0, random_seed=1)
    assert drawn.dims == ("chain", "draw")
    assert drawn.std() > 0


def test_what_is_refused():
    with pytest.raises(DimsError, match="at least two"):
        group_mean_sd(1.0, 1.0, 1)
    with pytest.raises(DimsError, match="at least two"):
        draw_population_mean(np.zeros(3), 1.0, groups=1, location=0.0, sd=1.0)
    with pytest.raises(ParameterError, match="broadcasts"):
        draw_population_mean(np.zeros(3), np.ones((2, 3)), groups=4, location=0.0, sd=1.0)


def test_a_mean_of_groups_behind_the_logarithm_is_geometric():
    with pm.Model(coords={"group": range(GROUPS)}):
        a = LogNormalExp(2.0, 0.5, dims="group", zero_sum="group").create_variable("a")
        draws = pm.draw(a, 4, random_seed=1)
    np.testing.assert_allclose(stats.gmean(draws, axis=1), 2.0 / np.sqrt(1 + 0.25**2), rtol=1e-12)
