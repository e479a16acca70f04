"""The half-t law against Student's t and quadrature, also where digits are easily lost."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from unfunnel.scales.half_t import half_student_t

NU = pytest.mark.parametrize("nu", [0.5, 1.0, 2.0, 3.0, 30.0])


@NU
def test_it_is_the_absolute_value_of_students_t(nu):
    x = np.geomspace(1e-3, 1e3, 25)
    law, t = half_student_t(nu), stats.t(nu)
    np.testing.assert_allclose(law.cdf(x), 2 * t.cdf(x) - 1, rtol=1e-9)
    np.testing.assert_allclose(law.sf(x), 2 * t.sf(x), rtol=1e-9)
    np.testing.assert_allclose(law.pdf(x), 2 * t.pdf(x), rtol=1e-12)


@NU
def test_quantiles_invert_the_tails_far_out(nu):
    law = half_student_t(nu, scale=0.3)
    p = np.array([1e-12, 1e-6, 0.1, 0.5, 0.9])
    np.testing.assert_allclose(law.cdf(law.ppf(p)), p, rtol=1e-10)
    np.testing.assert_allclose(law.sf(law.isf(p)), p, rtol=1e-10)
    assert law.ppf(0.0) == 0.0
    assert law.isf(0.0) == np.inf


def test_moments():
    for nu in (1.5, 2.5, 3.0, 10.0):
        law = half_student_t(nu, scale=2.0)
        mean = integrate.quad(lambda x, law=law: x * law.pdf(x), 0, np.inf)[0]
        assert law.mean() == pytest.approx(mean, rel=1e-6)
        if nu > 2:
            assert law.var() == pytest.approx(4 * nu / (nu - 2) - mean**2, rel=1e-5)
    assert half_student_t(1.0).mean() == np.inf
    assert half_student_t(0.4).mean() == np.inf
    assert half_student_t(1.5).var() == np.inf
    assert half_student_t(1e6).mean() == pytest.approx(np.sqrt(2 / np.pi), rel=1e-6)
