"""Locations of blocks: found where they are, sampled in a coordinate that changes no model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytensor.tensor as pt
import pytest
from pymc_extras.prior import Prior

import unfunnel
from unfunnel.tuning.compiled import Coordinates, adjustable, adjustments
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.locations import LocationSite, Message
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.reparameterize import plan_of_any

COORDS = {"region": ["n", "s", "e"], "geo": range(5)}
REGION_OF_GEO = np.array([0, 2, 1, 1, 0])


def classic() -> Any:
    with pm.Model(coords=COORDS) as model:
        mu, tau = pm.Normal("mu", 1, 5), pm.HalfNormal("tau")
        pm.Normal("a", mu, tau, dims="geo")
    return model


def labelled() -> Any:
    with pm.Model(coords=COORDS) as model:
        mu, tau = pmd.Normal("mu", 1, 5), pmd.HalfNormal("tau")
        pmd.Normal("a", mu, tau, dims="geo")
    return model


def of_regions() -> Any:
    """One location a region; the geos of a region are given by an index."""
    with pm.Model(coords=COORDS) as model:
        mu, tau = pm.Normal("mu", 1, 5, dims="region"), pm.HalfNormal("tau")
        pm.Normal("a", mu[REGION_OF_GEO], tau, dims="geo")
    return model


def along_a_dim() -> Any:
    """One location a region, which all geos in it share, under ``pymc.dims``."""
    with pm.Model(coords=COORDS) as model:
        mu, tau = pmd.Normal("mu", 1, 5, dims="region"), pmd.HalfNormal("tau", dims="geo")
        pmd.Normal("a", mu, tau, dims=("geo", "region"))
    return model


def moments() -> Any:
    """The location of the logarithm is a function of mean and standard deviation."""
    with pm.Model(coords=COORDS) as model:
        prior = unfunnel.LogNormalExp(
            Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential"), dims="geo", centered="auto"
        )
        prior.create_variable("a")
    return model


def two_blocks() -> Any:
    """One location of two blocks, of which one sees it with a factor."""
    with pm.Model(coords=COORDS) as model:
        mu, tau = pm.Normal("mu", 1, 5), pm.HalfNormal("tau", shape=2)
        pm.Normal("a", mu, tau[0], dims="geo")
        pm.Normal("b", 3.0 - 2.0 * mu, tau[1], dims="geo")
    return model


MODELS = [classic, labelled, of_regions, along_a_dim, moments, two_blocks]


def some_site(plan: Plan, rng: np.random.Generator) -> tuple[Coordinates, dict[str, Any]]:
    """Return coordinates of every block and location, made up."""
    shapes = plan.model.eval_rv_shapes()
    sites = {
        x.name: Site(rng.exponential(9.0, n), rng.normal(0, 9.0, n))
        for x in plan.blocks
        for n in [shapes[x.value.name]]
    }
    locations = {
        x.name: LocationSite(
            Site(rng.exponential(1.0, x.shape), rng.normal(size=x.shape)),
            rng.normal(size=x.shape),
            {
                b.name: Message(*sites[b.name], rng.normal(size=shapes[b.value.name]))
                for b in x.blocks
            },
            {name: value + 0.1 for name, value in x.off(shapes).fixed.items()},
        )
        for x in plan.locations
    }
    return Coordinates(sites, locations), shapes


def evaluator(plan: Plan, shapes: dict[str, Any]) -> Any:
    """Return a function of coordinates and a point, a value for each free variable.

    It returns the density, the gradient by each value, and the coordinates of the locations.
    """
    model = plan.model
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    with adjustable(plan, shapes) as variables:
        logp = model.logp()
        slopes = [getattr(x, "values", x) for x in pt.grad(logp, values)]
        maps = [x for one in variables.locations for x in (one.center, one.spread)]
        graphs = [logp, *slopes, *model.replace_rvs_by_values(maps)]
        function = pytensor.function(values, graphs, mode="FAST_COMPILE", on_unused_input="ignore")

    def evaluated(here: Coordinates, point: list[Any]) -> Any:
        for name, value in adjustments(plan, here, shapes).items():
            variables.shared[name].set_value(value)
        density, *rest = function(*point)
        found = rest[len(values) :]
        return float(density), rest[: len(values)], list(zip(found[::2], found[1::2], strict=True))

    return evaluated


def shifted(point: list[Any], which: int, step: float) -> list[Any]:
    return [x + step if i == which else x for i, x in enumerate(point)]


@pytest.mark.parametrize("build", MODELS)
def test_it_is_another_coordinate_of_the_same_model(build):
    """The density is that of before at the same point, times the width; the gradient is its own."""
    rng = np.random.default_rng(3)
    plan = plan_of_any(build(), "all")
    here, shapes = some_site(plan, rng)
    names = [plan.model.rvs_to_values[rv].name for rv in plan.model.free_RVs]
    evaluated = evaluator(plan, shapes)
    point = [rng.normal(0, 0.5, shapes[name]) for name in names]
    density, gradient, maps = evaluated(here, point)
    before = list(point)
    for location, (center, spread) in zip(plan.locations, maps, strict=True):
        place = names.index(location.value.name)
        before[place] = center + spread * point[place]
    expected, *_ = evaluated(Coordinates(here.sites), before)
    slopes = sum(np.log(spread).sum() for _center, spread in maps)
    assert maps and abs(slopes) > 0.1
    np.testing.assert_allclose(density, expected + slopes, rtol=1e-10)
    for i, slope in enumerate(gradient):
        up, down = (evaluated(here, shifted(point, i, step))[0] for step in (1e-5, -1e-5))
        np.testing.assert_allclose((up - down) / 2e-5, slope.sum(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("build", MODELS)
def test_it_is_off_at_first(build):
    plan = plan_of_any(build(), "all")
    names = [plan.model.rvs_to_values[rv].name for rv in plan.model.free_RVs]
    shapes = plan.model.eval_rv_shapes()
    nothing = {x.name: Site(*np.zeros((2, *shapes[x.value.name]))) for x in plan.blocks}
    point = [np.full(shapes[name], 0.3) for name in names]
    density, _gradient, maps = evaluator(plan, shapes)(Coordinates(nothing), point)
    for center, spread in maps:
        np.testing.assert_allclose(center, 0.0, atol=1e-12)
        np.testing.assert_array_equal(spread, 1.0)
    as_written = plan.model.compile_logp(mode="FAST_COMPILE")
    assert density == pytest.approx(float(as_written(dict(zip(names, point, strict=True)))))


@pytest.mark.parametrize("tau", [1e-8, 0.3, 20.0])
def test_it_is_standard_normal_given_the_scale(tau):
    """Center and spread are the posterior mean and sd of the locations, elements integrated out."""
    rng = np.random.default_rng(1)
    plan = plan_of_any(of_regions(), "all")
    shapes = plan.model.eval_rv_shapes()
    information, at = rng.exponential(9.0, 5), rng.normal(1.0, 1.0, 5)
    site = Site(information, information * at)
    own, message = Site(np.full(3, 1 / 25), np.full(3, 1 / 25)), Message(*site, np.ones(5))
    location = LocationSite(own, np.array([3.0, -2.0, 0.5]), {"a": message}, {})
    (scale,) = plan.scales
    sampled = plan.model.rvs_to_transforms[scale.variable].forward(np.array(tau)).eval()
    at_scale = {"mu": np.zeros(3), "tau": sampled, "a": np.zeros(5)}
    point = [at_scale[rv.name] for rv in plan.model.free_RVs]
    *_, maps = evaluator(plan, shapes)(Coordinates({"a": site}, {"mu": location}), point)
    ((center, spread),) = maps
    variance = 1 / information + tau**2
    for region in range(3):
        of_region = REGION_OF_GEO == region
        precision = 1 / 25 + (1 / variance[of_region]).sum()
        mean = (1 / 25 + (at / variance)[of_region].sum()) / precision
        np.testing.assert_allclose(spread[region], precision**-0.5, rtol=1e-9)
        np.testing.assert_allclose(center[region], mean, rtol=1e-9)


def names_of_locations(model: Any) -> list[str]:
    return [x.name for x in plan_of_any(model, "all").locations]


def test_which_hyperparameters_are_locations():
    assert names_of_locations(classic()) == names_of_locations(of_regions()) == ["mu"]
    assert names_of_locations(moments()) == ["a_mu"]


def test_what_meets_the_data_otherwise_is_none():
    with classic() as model:
        pm.Normal("y", model["mu"], 1, observed=0.0)
    assert names_of_locations(model) == []


def test_what_the_scale_depends_on_is_none():
    with pm.Model(coords=COORDS) as model:
        mu = pm.Gamma("mu", 2, 2)
        pm.Normal("a", mu, pm.HalfNormal("tau", mu), dims="geo")
    assert names_of_locations(model) == []


def test_an_element_that_sees_several_has_none():
    with pm.Model(coords=COORDS) as model:
        mu = pm.Normal("mu", dims="region")
        pm.Normal("a", mu[REGION_OF_GEO] + mu[0], pm.HalfNormal("tau"), dims="geo")
    assert names_of_locations(model) == []


def test_few_groups_of_which_one_is_well_measured():
    """No form that leaves the location alone samples this without divergences."""
    rng = np.random.default_rng(5)
    group = np.repeat(range(3), [200, 2, 2])
    prior = unfunnel.NormalIdentity(
        Prior("Normal", mu=0, sigma=5), Prior("HalfNormal"), dims="group", centered="auto"
    )
    with pm.Model(coords={"group": range(3)}) as model:
        theta = prior.create_variable("theta")
        pm.Normal("y", theta[group], 1, observed=1 + rng.normal(size=len(group)))
    runs = [unfunnel.sample(model, seed=seed, progress_bar=False) for seed in range(3)]
    divergences = [run["unfunnel"].attrs["divergences"] for run in runs]
    assert np.median(divergences) <= 1
