"""How far the coordinate of a scale hyperparameter is stretched after a pilot."""

from __future__ import annotations

from threading import Thread
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pymc.dims as pmd
import pytest
from models import COORDS, GROUPS, MEANS, SIZES, mixed
from pymc.model.transform.conditioning import remove_value_transforms
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.tuning.blocks import scales_of
from unfunnel.tuning.compiled import (
    Coordinates,
    adjustable,
    compile_plan,
    in_coordinates,
    set_in_model,
)
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.plan import Plan

NO_INFORMATION = {"phi": Site(*np.zeros((2, GROUPS)))}


def scales(model: Any) -> list[Any]:
    return Plan.of(model).scales


def shapes(model: Any) -> Any:
    return {name: np.shape(x) for name, x in model.initial_point().items()}


def two_blocks() -> Any:
    """Return a model with two blocks of one scale, the second without data."""
    with pm.Model(coords=COORDS) as model:
        sigma = pm.HalfNormal("sigma")
        location = Prior("Normal")
        seen = NormalIdentity(location, sigma, dims="group", centered="auto")
        NormalIdentity(location, sigma, dims="group", centered="auto").create_variable("unseen")
        y = seen.create_variable("seen")
        pm.Normal("y", y, 1 / np.sqrt(SIZES), observed=MEANS, dims="group")
    return model


def test_two_blocks_of_one_scale():
    """Of a block that is not tuned it is not known whether it has data."""
    model, nothing = two_blocks(), np.zeros(GROUPS)
    plan = Plan.of(model)
    (scale,) = plan.scales
    assert set(scale.blocks) == {"seen", "unseen"} and not scale.has_other_uses
    values = scale.transform.forward(np.full(9, 0.3)).eval()
    logarithm = scale.best_log_stretch(values, {"seen": nothing, "unseen": nothing})
    stretch = scale.best_log_stretch(values, {"seen": nothing + 0.5, "unseen": nothing})
    (of_one,) = scales_of(model, [block for block in plan.blocks if block.name == "unseen"])
    assert of_one.blocks == ("unseen",) and of_one.has_other_uses
    assert of_one.best_log_stretch(values, {"unseen": nothing}) == stretch < logarithm


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("use", ["block", "likelihood", "potential", "hyperparameter", "none"])
def test_whatever_else_has_the_scale_may_have_data(use, xdist):
    module = pmd if xdist else pm
    with pm.Model(coords=COORDS) as model:
        sigma = module.HalfNormal("sigma")
        auto = NormalIdentity(Prior("Normal"), sigma, dims="group", centered="auto")
        effect = auto.create_variable("effect", xdist=xdist)
        by_hand = NormalIdentity(Prior("Normal"), sigma, dims="group", centered=False)
        if use == "block":
            by_hand.create_variable("seen", xdist=xdist)
        elif use == "likelihood":
            pm.Normal("y", 0.0, sigma.values if xdist else sigma, observed=1.0)
        elif use == "potential":
            module.Potential("p", -sigma)
        elif use == "hyperparameter":
            module.Normal("location", 0.0, sigma)
        pm.Normal("z", effect.values if xdist else effect, observed=MEANS)
    (scale,) = scales(model)
    assert scale.has_other_uses is (use != "none")


def of_two_components() -> Any:
    return pm.Mixture("sigma", [0.3, 0.7], [pm.HalfNormal.dist(1.0), pm.HalfNormal.dist(5.0)])


def of_no_parameters() -> Any:
    return pm.CustomDist(
        "sigma",
        dist=lambda size: pm.HalfNormal.dist(2.0, size=size),
        transform=pm.distributions.transforms.log,
    )


def of_a_free_variable() -> Any:
    return pm.HalfNormal("sigma", pm.HalfNormal("wide"))


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize(
    ("make", "stretched"), [(of_two_components, 1), (of_no_parameters, 0), (of_a_free_variable, 1)]
)
def test_a_scale_that_is_made_of_other_random_variables(make, stretched):
    """An operation around a component of a mixture, or a size, is not what PyMC can work with."""
    with pm.Model(coords=COORDS) as model:
        NormalIdentity(Prior("Normal"), make(), dims="group", centered="auto").create_variable("a")
    before = model.compile_logp()(model.initial_point())
    plan = Plan.of(model)
    assert len(plan.scales) == stretched
    with adjustable(plan, shapes(model)):  # some values have other names there
        assert model.compile_logp()(model.initial_point()) == pytest.approx(float(before))


def test_the_width_is_a_share_of_the_posterior_median():
    """Exactly, within the limits: the exponential prior has its median at 0.5 log(2)."""
    (scale,) = scales(mixed())
    kappa = {"phi": np.full(GROUPS, 0.5)}
    for sigma in (0.1, 0.35, 2.0):
        value = scale.transform.forward(sigma).eval()
        found = scale.best_log_stretch(np.array([value - 1.0, value, value + 3.0]), kappa)
        assert np.exp(found) == pytest.approx(sigma / (0.5 * np.log(2.0)), rel=1e-6)
    limits = [scale.best_log_stretch(np.full(3, v), kappa) for v in (-800.0, 900.0)]
    np.testing.assert_allclose(limits, [-np.log(30.0), np.log(30.0)])
    assert scale.best_log_stretch(np.empty((4, 0)), kappa) == 0.0
    # Where no element has data, or there is none, it is the logarithm.
    empty, idle, seen = (
        scale.best_log_stretch(np.zeros(5), {"phi": kappa})
        for kappa in (np.zeros(0), np.zeros(GROUPS), np.full(GROUPS, 0.5))
    )
    assert empty == idle > seen


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("log_stretch", [-3.0, 9.2])
def test_it_is_the_same_model(log_stretch, xdist):
    model = mixed(xdist=xdist)
    (scale,) = scales(model)
    scale.stretch(log_stretch)
    point = {name: np.full(np.shape(x), 0.4) for name, x in model.initial_point().items()}
    values = model.compile_fn(model.unobserved_value_vars, on_unused_input="ignore")(point)
    natural = dict(zip((v.name for v in model.unobserved_value_vars), values, strict=True))
    plain = remove_value_transforms(model)
    expected = float(plain.compile_logp()({v.name: natural[v.name] for v in plain.value_vars}))
    assert float(model.compile_logp(jacobian=False)(point)) == pytest.approx(expected, rel=1e-10)


def test_what_nutpie_compiled_is_the_model_that_was_tuned():
    """Its draws come from the coordinates that the report names."""
    model = mixed()
    plan = Plan.of(model)
    (scale,) = plan.scales
    compiled = compile_plan(plan, jitter_rvs=set())
    ready = in_coordinates(
        compiled, plan, Coordinates(NO_INFORMATION, log_stretch={"phi_sigma": 2.0})
    )
    scale.stretch(2.0)
    assert [model.rvs_to_values[v].name for v in model.free_RVs][1] == scale.value.name
    options = {"draws": 50, "tune": 100, "chains": 2, "progress_bar": False}
    trace = nutpie.sample(ready, seed=1, store_unconstrained=True, **options)
    sampled = trace.sample_stats["unconstrained_draw"].values[..., 1]
    np.testing.assert_allclose(
        scale.transform.backward(sampled).eval(), trace.posterior["phi_sigma"], rtol=1e-9
    )


def test_what_is_found_while_another_thread_compiles_is_kept():
    model = mixed()
    plan = Plan.of(model)
    (scale,) = plan.scales
    found = Coordinates(NO_INFORMATION, log_stretch={"phi_sigma": 0.7})
    thread = Thread(target=set_in_model, args=(plan, found))
    with adjustable(plan, shapes(model)):
        during = scale.transform.log_stretch
        thread.start()
        thread.join(0.2)
        assert scale.transform.log_stretch is during
    thread.join()
    assert scale.transform.log_stretch == 0.7


def test_without_data_a_scale_is_sampled_on_its_logarithm():
    with pm.Model(coords=COORDS) as model:
        sigma = Prior("Exponential", scale=0.5)
        mu = Prior("Gamma", mu=1.5, sigma=0.5)
        LogNormalExp(mu, sigma, dims="group", centered="auto").create_variable("phi")
    unfunnel.tune(model, seed=1, progress_bar=False)
    (scale,) = scales(model)
    steps = np.diff(scale.transform.forward(np.array([0.01, 0.1, 1.0, 10.0])).eval())
    np.testing.assert_allclose(steps, np.log(10.0), rtol=0.01)
