"""The random variables are PyMC's own, but for a density that is never NaN."""

from __future__ import annotations

import copy
import pickle

import cloudpickle
import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from registry import BACKENDS, COORDS, DIMS, families
from scipy import stats

from unfunnel import LogNormalExp
from unfunnel.distributions.natural import distributions
from unfunnel.families.ops import NUMPY

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)


def exact_law(row):
    """Return the scipy distribution of the prior that is made of numbers."""
    mu, sigma = row.constants
    parameters = {"mu": mu, "sigma": sigma, **row.options}
    return row.exact(*row.family.location_scale(parameters, NUMPY))


@families
def test_they_are_subclasses_of_pymcs(row):
    family = row.family
    found = distributions(family)
    assert distributions(family) is found
    if not family.in_pymc:
        assert found.tensor.__name__ == family.distribution
        return
    assert issubclass(found.tensor, getattr(pm, family.distribution))
    assert issubclass(found.dims, getattr(pmd, family.distribution))
    assert isinstance(found.tensor.rv_op, type(getattr(pm, family.distribution).rv_op))
    assert found.tensor.rv_op.name == getattr(pm, family.distribution).rv_op.name


@families
@XDIST
def test_density_is_that_of_scipy(row, xdist):
    mu, sigma = row.constants
    exact = exact_law(row)
    values = np.linspace(0.05, 6, 6).reshape(3, 2)
    with pm.Model(coords=COORDS) as model:
        beta = row.make(mu, sigma, dims=DIMS).create_variable("beta", xdist=xdist)
        pm.Normal("other")
    with pm.observe(model, {"beta": values}) as observed:
        logp = observed.compile_logp(observed["beta"], sum=False)({"other": np.array(0.0)})
    np.testing.assert_allclose(np.asarray(logp[0]), exact.logpdf(values), rtol=1e-12)
    assert beta is model["beta"]


@XDIST
def test_no_density_outside_the_support(xdist):
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(1.5, 0.5, dims="geo").create_variable("beta", xdist=xdist)
        pm.Normal("other")
    with pm.observe(model, {"beta": np.array([1.0, 0.0, -1.0])}) as observed:
        logp = observed.compile_logp(observed["beta"], sum=False)({"other": np.array(0.0)})
    assert np.isfinite(logp[0][0])
    assert (np.asarray(logp[0])[1:] == -np.inf).all()


@families
def test_logcdf_and_quantiles_are_pymcs(row):
    mu, sigma = row.constants
    # PyMC takes the square root of a float32 two in its normal distribution function.
    value, close = np.array(0.9), 1e-7
    with pm.Model():
        x = row.make(mu, sigma).create_variable("x")
        exact = exact_law(row)
        assert pm.logcdf(x, value).eval() == pytest.approx(exact.logcdf(0.9), rel=close)
        assert pm.icdf(x, np.array(0.3)).eval() == pytest.approx(exact.ppf(0.3), rel=close)
        assert pm.logp(x, value).eval() == pytest.approx(exact.logpdf(0.9), rel=1e-12)


@families
def test_printed_under_pymcs_name(row):
    with pm.Model() as model:
        row.make(*row.constants).create_variable("x")
    assert row.family.distribution in model.str_repr()


@families
@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5])
def test_models_can_be_copied_and_pickled(row, xdist, centered):
    with pm.Model(coords=COORDS) as model:
        row.make(1.5, 0.5, dims="geo", centered=centered).create_variable("beta", xdist=xdist)
    point = model.initial_point()
    expected = model.compile_logp()(point)
    for again in (copy.deepcopy(model), cloudpickle.loads(cloudpickle.dumps(model))):
        assert again.compile_logp()(point) == expected
    op = distributions(row.family).tensor.rv_op
    assert pickle.loads(pickle.dumps(op)) == op


@XDIST
def test_standard_normal_in_the_noncentered_coordinate(xdist):
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(3.0, 2.0, dims="geo", centered=False).create_variable("beta", xdist=xdist)
    z = np.array([-2.0, 0.1, 1.5])
    logp = model.compile_logp()({"beta_noncentered__": z})
    assert logp == pytest.approx(stats.norm.logpdf(z).sum(), rel=1e-12)


@families
def test_the_density_of_one_number_has_the_shape_of_the_variable(row):
    with pm.Model(coords=COORDS):
        beta = row.make(1.5, [0.5, 0.6, 0.7], dims="geo").create_variable("beta")
        same = row.make(1.5, 0.5, dims="geo").create_variable("same")
    assert pm.logp(beta, 1.3).eval().shape == (3,)
    assert len(set(pm.logp(beta, 1.3).eval())) == 3
    assert len(pm.logp(same, 1.3).eval()) == 3
    np.testing.assert_allclose(pm.logp(same, 1.3).eval(), pm.logp(same, np.full(3, 1.3)).eval())
