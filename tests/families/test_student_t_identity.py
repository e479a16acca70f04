"""Student's t by its standard deviation: what is particular to its degrees of freedom."""

from __future__ import annotations

import warnings

import numpy as np
import pymc as pm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from registry import BACKENDS
from scipy import stats
from xarray import DataArray

from unfunnel import StudentTIdentity
from unfunnel.errors import ParameterError, SupportWarning
from unfunnel.families import STUDENT_T_IDENTITY
from unfunnel.families.ops import NUMPY

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)

# nu, scale of a standard deviation of 1
SCALES = [(4, 0.70710678118654752), (5, 0.77459666924148338), (7, 0.84515425472851658)]


@pytest.mark.parametrize(("nu", "scale"), SCALES)
def test_scale_table(nu, scale):
    found = STUDENT_T_IDENTITY.location_scale({"mu": 1.0, "sigma": 1.0, "nu": nu}, NUMPY)
    assert found == pytest.approx((1.0, scale), rel=1e-15)


@given(
    mu=st.floats(-1e6, 1e6),
    sigma=st.floats(1e-6, 1e6),
    nu=st.floats(2.0, 1e9, exclude_min=True),
)
def test_moments_come_back(mu, sigma, nu):
    location, scale = STUDENT_T_IDENTITY.location_scale({"mu": mu, "sigma": sigma, "nu": nu}, NUMPY)
    back = STUDENT_T_IDENTITY.moments(location, scale, NUMPY, nu)
    assert (back["mu"], back["sigma"]) == (mu, pytest.approx(sigma, rel=1e-14))
    if nu > 2.01:
        assert stats.t(nu, location, scale).std() == pytest.approx(sigma, rel=1e-11)


@pytest.mark.parametrize("nu", [2, 2.0, 1.5, 0, -1, np.nan, np.inf, [5.0, 2.0]])
def test_degrees_of_freedom_without_a_standard_deviation(nu):
    with pytest.raises(ParameterError, match="StudentTIdentity: nu: expected finite numbers above"):
        StudentTIdentity(0, 1, nu=nu, dims="geo")


def test_a_hyperprior_that_reaches_below_two_is_truncated_with_a_warning():
    text = r"nu: Prior\(\"Gamma\".* at or below 2, where the density is zero.*NaN.*\(lower=2\)"
    with pytest.warns(SupportWarning, match=text) as caught:
        StudentTIdentity(0, 1, nu=Prior("Gamma", alpha=2, beta=0.1))
    assert [record.filename for record in caught] == [__file__]
    with pm.Model(), pytest.warns(SupportWarning, match="the variable nu ~ Gamma"):
        StudentTIdentity(0, 1, nu=pm.Gamma("nu", 2, 0.1))


@pytest.mark.parametrize(
    "nu",
    [
        Prior("TruncatedNormal", mu=5, sigma=3, lower=2),
        Prior("Uniform", lower=2, upper=30),
        Prior("Pareto", alpha=1, m=2),
    ],
)
def test_hyperpriors_above_two_are_taken_without_a_word(nu):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert StudentTIdentity(0, 1, nu=nu).parameters["nu"] is nu


@XDIST
@pytest.mark.parametrize("centered", [True, False, "auto", "offset"])
def test_density_and_draws_with_two_degrees_of_freedom_or_fewer(xdist, centered):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        nu = pm.Normal("nu", 4.0, 1.0)
        prior = StudentTIdentity(0.5, 1.0, nu=nu * 1.0, dims="geo", centered=centered)
        prior.create_variable("beta", xdist=xdist)
    logp, dlogp = model.compile_logp(), model.compile_dlogp()
    point = model.initial_point()
    for value in (2.0, 1.0, 0.0, -3.0):
        assert logp({**point, "nu": np.array(value)}) == -np.inf
    # The wall is behind: nothing of it is left in the gradient in front of it.
    assert np.isfinite(dlogp({**point, "nu": np.array(2.0 + 1e-9)})).all()
    assert np.isfinite(logp(point))
    draws = pm.draw(pm.do(model, {"nu": 1.0})["beta"], 3, random_seed=1)
    assert np.isnan(draws).all()


@XDIST
@pytest.mark.parametrize("dims", [("geo", "channel"), ("channel", "geo")])
def test_degrees_of_freedom_with_dims_of_their_own(xdist, dims):
    nus = DataArray([3.0, 30.0], dims="channel", coords={"channel": ["y", "x"]})
    means = DataArray([-50.0, 0.0, 50.0], dims="geo", coords={"geo": ["a", "b", "c"]})
    coords = {"geo": ["a", "b", "c"], "channel": ["x", "y"], "replicate": range(4000)}
    with pm.Model(coords=coords) as model:
        prior = StudentTIdentity(means, 2.0, nu=nus, dims=("replicate", *dims), centered=False)
        beta = prior.create_variable("beta", xdist=xdist)
        assert beta.owner.op is not None
        draws = pm.draw(beta, random_seed=3)
    assert model.named_vars_to_dims["beta"] == ("replicate", *dims)
    draws = DataArray(draws, dims=("draw", *dims)).transpose("draw", "geo", "channel").values
    for geo, mean in enumerate(means.values):
        for channel, nu in enumerate([30.0, 3.0]):
            law = stats.t(nu, mean, 2.0 * np.sqrt((nu - 2) / nu))
            assert stats.kstest(draws[:, geo, channel], law.cdf).pvalue > 1e-3
