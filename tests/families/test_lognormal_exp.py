"""``LogNormalExp`` on one side of a bound: what is particular to bounds."""

from __future__ import annotations

import copy
import json
import pickle
import warnings

import numpy as np
import pymc as pm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Censored, Prior, Scaled
from registry import BACKENDS
from scipy import stats

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import ParameterError, ParameterTypeError, SupportWarning
from unfunnel.families.ops import NUMPY

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
SIDES = pytest.mark.parametrize("side", ["lower", "upper"])
bounds = st.floats(-1e3, 1e3).filter(lambda x: x != 0)
distances = st.floats(1e-3, 1e3)


@SIDES
@given(bound=bounds, distance=distances, sigma=st.floats(1e-3, 1e3))
def test_moments_come_back(side, bound, distance, sigma):
    mu = bound + distance if side == "lower" else bound - distance
    family = LogNormalExp(mu, sigma, **{side: bound}).family
    location, scale = family.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
    back = family.moments(location, scale, NUMPY)
    # The distance has as many digits as the bound leaves it.
    close = 1e-12 + 4e-16 * (abs(bound) + abs(mu)) / distance
    assert back["mu"] == pytest.approx(mu, rel=1e-13, abs=1e-13 * (abs(bound) + distance))
    assert back["sigma"] == pytest.approx(sigma, rel=10 * close)
    law = stats.lognorm(scale, 0, np.exp(location if side == "lower" else -location))
    assert law.mean() == pytest.approx(abs(mu - bound), rel=10 * close)


@given(theta=st.floats(-30, 30), bound=bounds, step=st.floats(1e-3, 5))
@SIDES
def test_links_increase_and_come_back(side, theta, bound, step):
    mu = bound + 1 if side == "lower" else bound - 1
    link = LogNormalExp(mu, 1, **{side: bound}).family.link
    low, high = link.inverse(theta, NUMPY), link.inverse(theta + step, NUMPY)
    assert low <= high
    distance = abs(low - bound)
    if distance > 0:
        digits = np.spacing(abs(low) + abs(bound)) / distance
        assert link.forward(low, NUMPY) == pytest.approx(theta, rel=1e-13, abs=4 * digits + 1e-13)


def test_zero_as_the_lower_bound_is_no_bound():
    assert LogNormalExp(1, 2, lower=0) == LogNormalExp(1, 2)
    assert LogNormalExp(1, 2, lower=0).family.distribution == "LogNormal"
    assert LogNormalExp(1, 2, lower=None, upper=None) == LogNormalExp(1, 2)
    assert LogNormalExp(-1, 2, upper=0) != LogNormalExp(1, 2)
    assert LogNormalExp(2, 2, lower=1) != LogNormalExp(2, 2)


def message(*args, error=ParameterError, **kwargs):
    with pytest.raises(error) as caught:
        LogNormalExp(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("mu", "bounds", "text"),
    [
        (1.0, {"lower": 0.5, "upper": 2}, "expected 'lower' or 'upper', not both, but got both."),
        (1.0, {"lower": 0.5, "upper": 2}, "ProbitNormal"),
        (1.0, {"lower": np.nan}, "lower: expected a finite number"),
        (1.0, {"lower": np.inf}, "lower: expected a finite number"),
        (1.0, {"lower": -np.inf}, "lower: expected a finite number"),
        (1.0, {"lower": 1.0}, "expected finite numbers above 1 (the mean"),
        (0.5, {"lower": 1}, "expected finite numbers above 1 (the mean"),
        (0.0, {"upper": 0.0}, "expected finite numbers below 0 (the mean"),
        ([-1.0, 2.0], {"upper": 0.0}, "but got 2.0 at index 1"),
    ],
)
def test_bounds_that_cannot_be_meant(mu, bounds, text):
    assert text in message(mu, 1.0, dims="geo", **bounds)


@pytest.mark.parametrize("value", [True, "1.0", [1.0, 2.0], Prior("Normal"), np.ones(2)])
def test_bounds_that_are_no_numbers(value):
    text = message(1, 1, lower=value, error=ParameterTypeError)
    assert "LogNormalExp: lower: expected one number, the same for all elements" in text


WRONG = [
    (Prior("Normal", mu=-2, sigma=0.1), {"upper": 0}, "at or above zero", "upper=0"),
    (Prior("HalfNormal"), {"upper": 0}, "at or above zero", "upper=0"),
    (Prior("TruncatedNormal", upper=0.5), {"upper": 0}, "at or above zero", "upper=0"),
    (Prior("Gamma", mu=3, sigma=1), {"lower": 1}, "at or below 1", "lower=1"),
    (NormalIdentity(3, 1), {"lower": 1}, "at or below 1", "lower=1"),
    (LogNormalExp(-2, 1, upper=0), {"lower": -9}, "at or below -9", "lower=-9"),
]


@pytest.mark.parametrize(("mu", "bound", "outside", "remedy"), WRONG)
def test_hyperpriors_that_reach_the_wrong_side(mu, bound, outside, remedy):
    text = message(mu, 1.0, **bound)
    assert f"which puts mass {outside}" in text
    assert f"Use LogNormalExp(mu=, sigma=, {remedy}) or TruncatedNormal({remedy})." in text


RIGHT = [
    (Prior("TruncatedNormal", mu=-2, sigma=1, upper=0), {"upper": 0}),
    (LogNormalExp(-2, 1, upper=0), {"upper": 0}),
    (LogNormalExp(-2, 1, upper=-1), {"upper": 0}),
    (Scaled(Prior("Gamma", mu=2, sigma=1), -1.0), {"upper": 0}),
    (Prior("Uniform", lower=1, upper=3), {"lower": 1}),
    (Prior("HalfNormal"), {"lower": -1}),
    (Censored(Prior("Normal"), upper=-0.5), {"upper": 0}),
]


@pytest.mark.parametrize(("mu", "bound"), RIGHT)
def test_hyperpriors_on_the_right_side_are_taken_without_a_word(mu, bound):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert LogNormalExp(mu, 1.0, **bound).parameters["mu"] is mu


def test_a_hyperprior_of_which_nothing_is_known_warns():
    with pytest.warns(SupportWarning, match=r"stays inside \(-inf, 0\)"):
        LogNormalExp(Prior("Normal", transform="neg"), 1.0, upper=0)


def test_random_variables_of_ours_are_read_by_their_bounds():
    with pm.Model():
        below = LogNormalExp(-2, 1, upper=0).create_variable("below")
        LogNormalExp(below, 1, upper=0)
        assert "the variable below ~ MirroredLogNormal, which puts mass" in message(below, 1)


VARIANTS = [
    LogNormalExp(2, 1, lower=1.5),
    LogNormalExp(LogNormalExp(-2, 0.5, upper=0), 0.3, upper=0, dims="geo", centered=False),
    LogNormalExp(sigma=2, upper=7, dims="geo", centered="auto"),
]


@pytest.mark.parametrize("prior", VARIANTS, ids=str)
def test_copies_and_dictionaries_keep_the_bounds(prior):
    data = json.loads(json.dumps(prior.to_dict()))
    copies = [deserialize(data), copy.deepcopy(prior), pickle.loads(pickle.dumps(prior))]
    copies += [copy.copy(prior), LogNormalExp.from_dict(data), eval(str(prior))]
    for duplicate in copies:
        assert duplicate == prior
        assert duplicate.family is prior.family
        assert duplicate.bounds == prior.bounds
    flat = {"distribution": "LogNormalExp", "mu": 2, "sigma": 1, "lower": 1.5}
    assert deserialize(flat) == VARIANTS[0]


@XDIST
def test_beyond_the_bound(xdist):
    with pm.Model(coords={"geo": range(3)}) as model:
        LogNormalExp(-1.5, 0.5, upper=0.5, dims="geo").create_variable("beta", xdist=xdist)
        above = LogNormalExp(2.0, 0.5, lower=1.0).create_variable("above")
        below = LogNormalExp(-2.0, 0.5, upper=-1.0).create_variable("below")
    observed = pm.observe(
        pm.do(model, {"above": 2.0, "below": -2.0}), {"beta": np.array([-1.0, 0.5, 1.0])}
    )
    (logp,) = observed.compile_logp(observed["beta"], sum=False)({})
    assert np.isfinite(np.asarray(logp)).tolist() == [True, False, False]
    assert (np.asarray(logp)[1:] == -np.inf).all()
    assert pm.logcdf(above, np.array([0.0, 1.0])).eval() == pytest.approx([-np.inf, -np.inf])
    assert pm.logcdf(below, np.array([-1.0, 3.0])).eval() == pytest.approx([0.0, 0.0])
    assert np.isnan(pm.icdf(above, np.array(1.5)).eval())


def test_digits_are_not_lost_close_to_the_bound():
    """At a distance of 1e-20 from 1 no double is left, but there is a density."""
    with pm.Model() as model:
        LogNormalExp(2.0, 50.0, lower=1.0, centered=False).create_variable("beta")
    logp, dlogp = model.compile_logp(), model.compile_dlogp()
    for z in (-12.0, 0.5, 9.0):
        point = {"beta_noncentered__": np.array(z)}
        assert logp(point) == pytest.approx(stats.norm.logpdf(z), rel=1e-12)
        assert dlogp(point) == pytest.approx([-z], rel=1e-12)
