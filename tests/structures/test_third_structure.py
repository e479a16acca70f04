"""A structure is one file and a row in the registry: shown with one that only this test knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.distributions.transforms import log as log_transform

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import CenteringError
from unfunnel.prior.build import STRUCTURES
from unfunnel.structures.joint import JointStructure
from unfunnel.tuning.blocks import auto_blocks

COORDS = {"geo": ["a", "b"], "week": range(5)}
DIMS = ("geo", "week")
STEP = 2.0
DATA = np.random.default_rng(1).lognormal(0.0, 0.5, size=(2, 5))
RNG = np.random.default_rng(2)
INFORMATION, WEIGHTED = RNG.gamma(1.0, 3.0, size=(2, 5)), RNG.normal(size=(2, 5))

BACKENDS = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])


@dataclass(frozen=True)
class Walk(JointStructure):
    """Elements that start at the location and move by twice the scale a step."""

    name = "walk"

    @classmethod
    def asked_for(cls, option, dims, lengths, name):
        return cls((dims.index(option),))

    def elements(self, coordinates, location, xp):
        return location + STEP * xp.cumsum(coordinates, axis=self.axes[0])

    def coordinates(self, elements, location, xp):
        (axis,) = self.axes
        levels = (elements - location) / STEP
        first = levels[(*(slice(None),) * axis, slice(0, 1))]
        return xp.concatenate([first, xp.diff(levels, axis=axis)], axis=axis)

    def coordinate_location(self, location, scale):
        return 0.0

    def log_volume(self, shape):
        return np.log(STEP) * pt.prod(shape).astype("float64")


@pytest.fixture(autouse=True)
def row(monkeypatch):
    monkeypatch.setitem(STRUCTURES, "walk", Walk.asked_for)


def build(prior_class, centered, xdist):
    with pm.Model(coords=COORDS) as model:
        mu = pm.Exponential("mu", 1.0, default_transform=log_transform)
        sigma = pm.Exponential("sigma", 1.0, default_transform=log_transform)
        prior = prior_class(mu, sigma, dims=DIMS, centered=centered)
        prior.walk = "week"
        phi = prior.create_variable("phi", xdist=xdist)
        pm.Normal("y", phi.values if xdist else phi, 0.3, observed=DATA)
    if centered == "auto":
        (block,) = auto_blocks(model)
        block.sites.set(INFORMATION, WEIGHTED)
    return model


def by_hand(prior_class, centered):
    """Return the same model from formulas: independent coordinates, and a matrix."""
    log_scale = prior_class is LogNormalExp
    with pm.Model() as model:
        mu = pm.Exponential("mu", 1.0)
        sigma = pm.Exponential("sigma", 1.0)
        location, tau = mu, sigma
        if log_scale:
            tau = pt.sqrt(pt.log1p((sigma / mu) ** 2))
            location = pt.log(mu) - tau**2 / 2
        v = pm.Flat("v", shape=(2, 5))
        center, spread = 0.0, {True: 1.0, False: tau}.get(centered)
        if centered == "auto":
            q2 = 1 + INFORMATION * tau**2
            center, spread = WEIGHTED * tau**2 / q2, tau / pt.sqrt(q2)
        u = center + spread * v
        pm.Potential("law", pm.logp(pm.Normal.dist(0, tau), u) + pt.log(spread * pt.ones((2, 5))))
        theta = location + u @ (STEP * np.tril(np.ones((5, 5)))).T
        pm.Normal("y", pt.exp(theta) if log_scale else theta, 0.3, observed=DATA)
    return model


@BACKENDS
@pytest.mark.parametrize("centered", [True, False, "auto"])
@pytest.mark.parametrize("prior_class", [NormalIdentity, LogNormalExp])
@pytest.mark.usefixtures("fast_compile")
def test_the_density_is_that_of_the_model_by_hand(prior_class, centered, xdist):
    model = build(prior_class, centered, xdist)
    names = [model.rvs_to_values[rv].name for rv in model.free_RVs]
    model_by_hand = by_hand(prior_class, centered)
    ours = model.compile_logp()
    hand = model_by_hand.compile_logp()
    others = [value.name for value in model_by_hand.value_vars]
    rng = np.random.default_rng(3)
    values = [[*rng.normal(-0.5, 0.3, size=2), rng.normal(0, 0.3, size=(2, 5))] for _ in range(3)]
    differences = []
    for value in values:
        own = list(value)
        if centered == "auto":
            transform = model.rvs_to_transforms[model["sigma"]]
            own[1] = transform.forward(pt.exp(value[1])).eval()
            jacobian = float(transform.log_jac_det(pt.as_tensor(own[1])).eval()) - value[1]
        else:
            jacobian = 0.0
        found = ours(dict(zip(names, map(np.asarray, own), strict=True))) - jacobian
        differences.append(found - hand(dict(zip(others, map(np.asarray, value), strict=True))))
    np.testing.assert_allclose(differences, 0.0, atol=1e-8)


@BACKENDS
@pytest.mark.usefixtures("fast_compile")
def test_draws_start_where_its_coordinates_are_zero(xdist):
    with pm.Model(coords=COORDS):
        prior = NormalIdentity(3.0, 0.5, dims=DIMS, centered=True)
        prior.walk = "week"
        phi = prior.create_variable("phi", xdist=xdist)
        start = pm.modelcontext(None).initial_point()
    draws = np.asarray(pm.draw(phi, 500, random_seed=1))
    np.testing.assert_allclose(draws.std(axis=(0, 1)), np.sqrt(np.arange(1, 6)), rtol=0.15)
    np.testing.assert_allclose(start["phi_centered__"], np.zeros((2, 5)))


# One backend shows it: the coordinates that are tuned are the same.
@pytest.mark.parametrize(
    "xdist", [pytest.param(False, marks=pytest.mark.slow), True], ids=["classic", "xdist"]
)
def test_it_is_tuned(xdist):
    model = build(NormalIdentity, "auto", xdist)
    (block,) = auto_blocks(model)
    block.sites.set()
    report = unfunnel.tune(model, seed=1, progress_bar=False)
    assert report.kappa("phi").dims == DIMS
    assert report.kappa("phi").min() > 0.05  # the data say something of each step
    assert len(block.sites.values) == 2


def test_an_offset_is_refused_as_its_elements_are_independent():
    with pytest.raises(CenteringError, match="walk="):
        build(NormalIdentity, "offset", False)
