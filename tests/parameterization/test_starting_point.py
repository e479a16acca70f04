"""The reference point of a weight: where location and scale are at the start."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from registry import ROWS

from unfunnel import LogNormalExp, NormalIdentity

pytestmark = [
    pytest.mark.usefixtures("fast_compile"),
    pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"]),
]

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}


def parameterization(prior, xdist):
    with pm.Model(coords=COORDS) as model:
        beta = prior.create_variable("beta", xdist=xdist)
    transform = model.rvs_to_transforms[beta]
    return getattr(transform, "inner", transform).parameterization


@pytest.mark.parametrize("name", ROWS)
def test_the_starting_point_of_the_hyperpriors(xdist, name):
    found = parameterization(ROWS[name].example(0.5), xdist)
    assert (found.location0, found.scale0) == pytest.approx(ROWS[name].start, rel=1e-6)
    assert parameterization(ROWS[name].example(0.5), xdist).scale0 == found.scale0


def test_constants_are_their_own_reference(xdist):
    found = parameterization(LogNormalExp(1.5, 0.5, centered=0.5), xdist)
    assert found.location0 == pytest.approx(0.35278485027925123, rel=1e-12)
    assert found.scale0 == pytest.approx(0.32459284597450126, rel=1e-12)


def test_of_an_array_it_is_the_median(xdist):
    prior = NormalIdentity([1.0, 2.0, 30.0], [0.5, 4.0, 1.0], dims="geo", centered=0.5)
    found = parameterization(prior, xdist)
    assert (found.location0, found.scale0) == (2.0, 1.0)


def test_where_there_is_no_finite_starting_point_it_is_the_standard_one(xdist):
    with pm.Model(coords=COORDS) as model:
        start = pm.Normal("start", -1.0, 1.0)
        prior = LogNormalExp(start * 1.0, 1.0, centered=0.5)
        beta = prior.create_variable("beta", xdist=xdist)
    transform = model.rvs_to_transforms[beta]
    found = getattr(transform, "inner", transform).parameterization
    assert (found.location0, found.scale0) == (0.0, 1.0)


def test_weights_get_the_axes_of_the_variable(xdist):
    hyper = {"mu": Prior("HalfNormal"), "sigma": Prior("HalfNormal"), "dims": ("geo", "channel")}
    found = parameterization(LogNormalExp(**hyper, centered=[0.1, 0.9]), xdist)
    assert np.broadcast_to(found.weight, (3, 2)).tolist() == [[0.1, 0.9]] * 3
    found = parameterization(LogNormalExp(**hyper, centered=[[0.1], [0.5], [0.9]]), xdist)
    assert np.broadcast_to(found.weight, (3, 2))[:, 0].tolist() == [0.1, 0.5, 0.9]


def test_a_weight_can_start(xdist):
    """Some sampled value leads to the prior's own starting point."""
    with pm.Model(coords=COORDS) as model:
        prior = ROWS["LogNormalExp"].example(np.array([0.0, 1.0]))
        prior.create_variable("beta", xdist=xdist)
    point = model.initial_point()
    assert all(np.isfinite(value).all() for value in point.values())
    assert np.isfinite(model.compile_logp()(point))
