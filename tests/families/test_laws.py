"""Base laws against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from unfunnel.families.base_distributions import LAPLACE, MINIMUM_GUMBEL, NORMAL, STUDENT_T
from unfunnel.families.ops import NUMPY

LAWS = [
    pytest.param(NORMAL, (), stats.norm(), id="Normal"),
    pytest.param(LAPLACE, (), stats.laplace(), id="Laplace"),
    pytest.param(MINIMUM_GUMBEL, (), stats.gumbel_l(), id="MinimumGumbel"),
    pytest.param(STUDENT_T, (2.3,), stats.t(2.3), id="StudentT(2.3)"),
    pytest.param(STUDENT_T, (40.0,), stats.t(40.0), id="StudentT(40)"),
]


@pytest.mark.parametrize(("law", "shape", "exact"), LAWS)
def test_density_and_quantiles(law, shape, exact):
    z = np.linspace(-30, 30, 201)
    np.testing.assert_allclose(law.log_density(z, NUMPY, *shape), exact.logpdf(z), rtol=1e-12)
    for p in (1e-9, 0.05, 0.3, 0.5, 0.7, 0.95, 1 - 1e-9):
        assert law.quantile(p, NUMPY, *shape) == pytest.approx(exact.ppf(p), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("law", "exact"),
    [(NORMAL, stats.norm), (MINIMUM_GUMBEL, stats.gumbel_l)],
    ids=["Normal", "Gumbel"],
)
def test_distribution_functions(law, exact):
    z = np.linspace(-30, 3, 201)
    np.testing.assert_allclose(law.log_cdf(z, NUMPY), exact.logcdf(z), rtol=1e-9, atol=1e-15)
