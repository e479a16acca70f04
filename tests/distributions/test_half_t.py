"""The half-t law against Student's t, closed forms and quadrature, also where digits are lost."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from unfunnel.distributions.half_t import half_student_t


@pytest.mark.parametrize("nu", [0.5, 1.0, 2.0, 3.0, 30.0, 1e3, 1e6])
def test_the_absolute_value_of_students_t_far_out_and_next_to_zero(nu):
    x = np.geomspace(1e-3, 1e3 if nu <= 3 else 10, 25)
    law, t = half_student_t(nu), stats.t(nu)
    np.testing.assert_allclose(law.cdf(x), 2 * t.cdf(x) - 1, rtol=1e-9)
    np.testing.assert_allclose(law.sf(x), 2 * t.sf(x), rtol=1e-9)
    np.testing.assert_allclose(law.pdf(x), 2 * t.pdf(x), rtol=1e-12)
    scaled = half_student_t(nu, scale=0.3)
    p = np.array([1e-17, 1e-12, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-9])
    np.testing.assert_allclose(scaled.cdf(scaled.ppf(p)), p, rtol=2e-11)
    np.testing.assert_allclose(scaled.sf(scaled.isf(p)), p, rtol=2e-11)
    # Next to zero the density is flat.
    assert law.ppf(1e-12) == pytest.approx(1e-12 / (2 * t.pdf(0)), rel=1e-9)
    assert (scaled.ppf(0.0), scaled.isf(0.0)) == (0.0, np.inf)
    assert law.cdf([0.0, np.inf]).tolist() == [0.0, 1.0]
    assert law.sf([0.0, np.inf]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("nu", [1.0, 2.0, 3.0])
def test_closed_forms(nu):
    # Student's t with few degrees of freedom: arctangent, algebraic, and both.
    x = np.array([1e-8, 0.1, 1.0, 3.0, 1e4])
    law, root = half_student_t(nu), np.arctan(x / np.sqrt(3))
    below = {
        1.0: 2 / np.pi * np.arctan(x),
        2.0: x / np.sqrt(2 + x**2),
        3.0: 2 / np.pi * (root + np.sqrt(3) * x / (3 + x**2)),
    }[nu]
    above = {
        1.0: 2 / np.pi * np.arctan(1 / x),
        2.0: 2 / (np.sqrt(2 + x**2) * (np.sqrt(2 + x**2) + x)),
        3.0: 1 - below,  # not far out
    }[nu]
    np.testing.assert_allclose(law.cdf(x), below, rtol=2e-11)
    inside = slice(0, 4 if nu == 3 else 5)
    np.testing.assert_allclose(law.sf(x)[inside], above[inside], rtol=2e-11)
    assert law.cdf([1e-300, 1e300]).tolist() == pytest.approx([0.0, 1.0])
    assert law.sf([1e-300, 1e300]).tolist() == pytest.approx([1.0, 0.0])


def test_moments():
    for nu in (1.5, 2.5, 3.0, 10.0, 30.0):
        law = half_student_t(nu, scale=2.0)
        mean = integrate.quad(lambda x, law=law: x * law.pdf(x), 0, np.inf)[0]
        assert law.mean() == pytest.approx(mean, rel=1e-6)
        if nu > 2:
            assert law.var() == pytest.approx(4 * nu / (nu - 2) - mean**2, rel=1e-5)
    assert half_student_t(1.0).mean() == half_student_t(0.4).mean() == np.inf
    assert half_student_t(1.5).var() == half_student_t(2.0).var() == np.inf
    assert half_student_t(3.0).mean() == pytest.approx(2 * np.sqrt(3) / np.pi, rel=1e-14)
    assert half_student_t(1e6).mean() == pytest.approx(np.sqrt(2 / np.pi), rel=1e-6)
