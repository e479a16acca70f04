"""Data and priors in other units: the same model, the same geometry, the same figures.

A model in units ``u`` has everything that is in natural units multiplied by ``u``: the data, their
errors, and the hyperpriors. For ``LogNormalExp``, ``theta = log phi`` then moves by ``log u``; for
``NormalIdentity`` it is multiplied by ``u``. Site parameters follow, and what the sampler sees of
the groups and of their scale stays as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from registry import density_and_gradient

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.estimate import Draws, Site, controls_of, site_of

UNITS = (1e-3, 1e3)
GROUPS = 12
COORDS = {"group": range(GROUPS)}
#: Every other group has one observation of unit error, or two thousand.
SIZES = np.where(np.arange(GROUPS) % 2, 1.0, 2000.0)
_RNG = np.random.default_rng(3)
POSITIVE = np.exp(0.35 + 0.3 * _RNG.normal(size=GROUPS))
REAL = 1.0 + 1.5 * _RNG.normal(size=GROUPS)

#: Hyperpriors of the scale, in units ``u``. Some have no quantile function in PyMC, so that their
#: median is one of draws; the last has a random parameter of its own.
SCALES = {
    "exponential": lambda u: Prior("Exponential", scale=0.5 * u),
    "half-normal": lambda u: Prior("HalfNormal", sigma=0.5 * u),
    "gamma": lambda u: Prior("Gamma", mu=0.5 * u, sigma=0.3 * u),
    "lognormal": lambda u: Prior("LogNormal", mu=np.log(0.5 * u), sigma=0.7),
    "half-Cauchy": lambda u: Prior("HalfCauchy", beta=0.5 * u),
    "half-t": lambda u: Prior("HalfStudentT", nu=4, sigma=0.5 * u),
    "nested": lambda u: Prior("HalfNormal", sigma=Prior("Exponential", scale=0.5 * u)),
}


def lognormal(unit: float = 1.0, scale: str = "exponential", xdist: bool = False) -> Any:
    mean = Prior("Gamma", mu=1.5 * unit, sigma=0.5 * unit)
    prior = LogNormalExp(mean, SCALES[scale](unit), dims="group", centered="auto")
    return _observed(prior, POSITIVE, unit, xdist)


def normal(unit: float = 1.0, scale: str = "exponential", xdist: bool = False) -> Any:
    mean = Prior("Normal", mu=1.0 * unit, sigma=2.0 * unit)
    prior = NormalIdentity(mean, SCALES[scale](unit), dims="group", centered="auto")
    return _observed(prior, REAL, unit, xdist)


def _observed(prior: Any, data: np.ndarray, unit: float, xdist: bool) -> Any:
    with pm.Model(coords=COORDS) as model:
        effect = prior.create_variable("effect", xdist=xdist)
        effect = effect.values if xdist else effect
        pm.Normal("y", effect, unit / np.sqrt(SIZES), observed=unit * data, dims="group")
    return model


class Change(NamedTuple):
    """How one value variable changes with the unit: ``factor * value + shift``."""

    factor: float = 1.0
    shift: float = 0.0


def changes(model: Any, unit: float) -> dict[str, Change]:
    """Say how each value variable changes with the unit; most do not."""
    found = {}
    for value in model.value_vars:
        if value.name.endswith("_log__"):
            found[value.name] = Change(shift=np.log(unit))
        elif value.name == "effect_mu":  # the real line, in natural units
            found[value.name] = Change(factor=unit)
        else:
            assert value.name.endswith(("_softplus__", "_informed__"))
            found[value.name] = Change()
    return found


def in_units(site: Site, unit: float, build: Any) -> Site:
    """Return the site parameters of the same information about theta in other units."""
    information, weighted_location = site
    if build is lognormal:
        return Site(information, weighted_location + information * np.log(unit))
    return Site(information / unit**2, weighted_location / unit)


def densities_and_gradients(model: Any, points: list[dict[str, Any]]) -> tuple[Any, Any]:
    function = density_and_gradient(model)
    arguments = ([point[v.name] for v in model.value_vars] for point in points)
    densities, gradients = zip(*(function(*values) for values in arguments), strict=True)
    return np.array(densities), np.array(gradients)


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize(
    ("build", "xdist", "scale"),
    [
        *(
            pytest.param(lognormal, False, scale, marks=pytest.mark.slow)
            for scale in SCALES
            if scale != "exponential"
        ),
        (lognormal, False, "exponential"),
        pytest.param(lognormal, True, "exponential", marks=pytest.mark.slow),
        pytest.param(normal, False, "exponential", marks=pytest.mark.slow),
        (normal, True, "exponential"),
    ],
)
def test_log_density_and_gradient_do_not_depend_on_units(build, xdist, scale):
    rng = np.random.default_rng(5)
    site = Site(rng.uniform(0, 500, GROUPS), rng.uniform(-300, 600, GROUPS))
    model = build(1.0, scale, xdist)
    start = model.initial_point()
    points = [
        {name: x + 0.7 * rng.normal(size=np.shape(x)) for name, x in start.items()}
        for _ in range(20)
    ]
    auto_blocks(model)[0].sites.set(*site)
    density, gradient = densities_and_gradients(model, points)
    for unit in UNITS:
        other = build(unit, scale, xdist)
        assert [v.name for v in other.value_vars] == [v.name for v in model.value_vars]
        auto_blocks(other)[0].sites.set(*in_units(site, unit, build))
        change = changes(other, unit)
        moved = [{n: change[n].factor * x + change[n].shift for n, x in p.items()} for p in points]
        factors = np.concatenate(
            [np.full(np.size(start[v.name]), change[v.name].factor) for v in other.value_vars]
        )
        other_density, other_gradient = densities_and_gradients(other, moved)
        constant = (other_density - density)[0]
        np.testing.assert_allclose(other_density - constant, density, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(other_gradient * factors, gradient, rtol=1e-8, atol=1e-8)


def _held(theta: np.ndarray, others: np.ndarray) -> Any:
    return controls_of(Draws(theta, ("group",)), [Draws(others, ("other",))])


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("build", [lognormal, normal], ids=["LogNormalExp", "NormalIdentity"])
def test_estimates_follow_the_units(build, unit):
    rng = np.random.default_rng(6)
    theta, others = 1.0 + 0.2 * rng.normal(size=(80, GROUPS)), rng.normal(size=(80, 2))
    score = SIZES * (1.1 - theta) + rng.normal(size=theta.shape) + others[:, :1]
    found = site_of(theta, score, _held(theta, others))
    if build is lognormal:
        again = site_of(theta + np.log(unit), score, _held(theta, others + np.log(unit)))
    else:
        again = site_of(theta * unit, score / unit, _held(theta, others * unit))
    for expected, value in zip(in_units(found, unit, build), again, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-8, atol=1e-8 / unit)
