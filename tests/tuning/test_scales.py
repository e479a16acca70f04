"""How far the coordinate of a scale hyperparameter is stretched after a pilot."""

from __future__ import annotations

from threading import Thread
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pymc.dims as pmd
import pytest
from models import COORDS, GROUPS, MEANS, SIZES, by_others, mixed
from pymc.model.transform.conditioning import remove_value_transforms
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.compiled import compile_for_tuning, with_steering
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.findings import Findings
from unfunnel.tuning.scales import scales_of, stretchable

SHORT: dict[str, Any] = {"draws": 50, "tune": 100, "chains": 2, "progress_bar": False}


@pytest.fixture(scope="module")
def compiled_once() -> Any:
    """Return a model that several tests tune."""
    return mixed()


def scales(model: Any) -> list[Any]:
    return scales_of(model, auto_blocks(model))


def two_blocks(model: Any) -> Any:
    """Add two blocks of one scale, the second without data."""
    with model:
        sigma = pm.HalfNormal("sigma")
        location = Prior("Normal")
        seen = NormalIdentity(location, sigma, dims="group", centered="auto")
        NormalIdentity(location, sigma, dims="group", centered="auto").create_variable("unseen")
        y = seen.create_variable("seen")
        pm.Normal("y", y, 1 / np.sqrt(SIZES), observed=MEANS, dims="group")
    return model


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_the_scales_of_a_model(xdist):
    (scale,) = scales(mixed(xdist=xdist))
    assert (scale.name, scale.blocks) == ("phi_sigma", ("phi",))
    (scale,) = scales(unfunnel.reparameterize(by_others(xdist=xdist)))
    assert (scale.name, scale.blocks) == ("tau", ("a",))


def test_two_blocks_of_one_scale():
    (scale,) = scales(two_blocks(pm.Model(coords=COORDS)))
    assert set(scale.blocks) == {"seen", "unseen"}
    values, nothing = np.zeros(9), np.zeros(GROUPS)
    logarithm = scale.log_stretch(values, {"seen": nothing, "unseen": nothing})
    assert scale.log_stretch(values, {"seen": nothing + 0.5, "unseen": nothing}) < logarithm


def test_a_block_that_is_not_tuned_may_have_data():
    model = two_blocks(pm.Model(coords=COORDS))
    (scale,) = scales_of(model, [block for block in auto_blocks(model) if block.name == "unseen"])
    values = scale.transform.forward(np.full(9, 0.3)).eval()
    assert scale.blocks == ("unseen",) and scale.has_other_uses
    (of_both,) = scales(model)
    assert not of_both.has_other_uses
    logarithm = of_both.log_stretch(values, {name: np.zeros(GROUPS) for name in of_both.blocks})
    assert scale.log_stretch(values, {"unseen": np.zeros(GROUPS)}) < logarithm


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


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("make, stretched", [(of_two_components, 1), (of_no_parameters, 0)])
def test_a_scale_that_is_made_of_other_random_variables(make, stretched):
    """An operation around a component of a mixture, or a size, is not what PyMC can work with."""
    with pm.Model(coords=COORDS) as model:
        NormalIdentity(Prior("Normal"), make(), dims="group", centered="auto").create_variable("a")
    point = model.initial_point()
    before = model.compile_logp()(point)
    found = scales(model)
    assert len(found) == stretched
    with stretchable(found):
        assert model.compile_logp()(point) == pytest.approx(float(before))


def test_a_scale_whose_parameter_is_a_free_variable():
    """A parameter that is a free variable can be carried, a component that is none cannot."""
    with pm.Model(coords=COORDS) as model:
        sigma = pm.HalfNormal("sigma", pm.HalfNormal("wide"))
        NormalIdentity(Prior("Normal"), sigma, dims="group", centered="auto").create_variable("a")
    (scale,) = scales(model)
    assert sigma.owner.inputs[scale.parameter] is model["wide"]


def test_a_scale_that_is_a_number_or_on_another_coordinate():
    with pm.Model(coords=COORDS) as model:
        NormalIdentity(Prior("Normal"), 2.0, dims="group", centered="auto").create_variable("a")
        NormalIdentity(
            Prior("Normal"), Prior("Uniform", lower=0, upper=2), dims="group", centered="auto"
        ).create_variable("b")
    assert scales(model) == []


def test_the_width_is_a_share_of_the_posterior_median():
    """Exactly, within the limits: the exponential prior has its median at 0.5 log(2)."""
    model = mixed()
    (scale,) = scales(model)
    kappa = {"phi": np.full(GROUPS, 0.5)}
    for sigma in (0.1, 0.35, 2.0):
        value = scale.transform.forward(sigma).eval()
        found = scale.log_stretch(np.array([value - 1.0, value, value + 3.0]), kappa)
        assert np.exp(found) == pytest.approx(sigma / (0.5 * np.log(2.0)), rel=1e-6)
    limits = [scale.log_stretch(np.full(3, v), kappa) for v in (-800.0, 900.0)]
    np.testing.assert_allclose(limits, [-np.log(30.0), np.log(30.0)])
    assert scale.log_stretch(np.empty((4, 0)), kappa) == 0.0


def test_a_block_without_elements_counts_as_one_without_data():
    (scale,) = scales(mixed())
    empty, idle, seen = (
        scale.log_stretch(np.zeros(5), {"phi": kappa})
        for kappa in (np.zeros(0), np.zeros(GROUPS), np.full(GROUPS, 0.5))
    )
    assert empty == idle > seen


def natural_density(model: Any, point: dict[str, np.ndarray]) -> tuple[float, float]:
    """Return the log density without Jacobians at a point, and that of the plain model there."""
    values = model.compile_fn(model.unobserved_value_vars, on_unused_input="ignore")(point)
    found = dict(zip((v.name for v in model.unobserved_value_vars), values, strict=True))
    plain = remove_value_transforms(model)
    names = [v.name for v in plain.value_vars]
    expected = float(plain.compile_logp()({name: found[name] for name in names}))
    return float(model.compile_logp(jacobian=False)(point)), expected


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("log_stretch", [-3.0, 0.7, 9.2])
def test_it_is_the_same_model(log_stretch, xdist):
    model = mixed(xdist=xdist)
    (scale,) = scales(model)
    scale.stretch(log_stretch)
    point = {name: np.full(np.shape(x), 0.4) for name, x in model.initial_point().items()}
    found, expected = natural_density(model, point)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_it_can_change_after_compiling(xdist):
    model = mixed(xdist=xdist)
    (scale,) = scales(model)
    scale.stretch(0.3)
    point = {name: np.full(np.shape(x), 0.4) for name, x in model.initial_point().items()}
    before = model.compile_logp()(point)
    with stretchable([scale]):
        shared = scale.transform.log_stretch
        density = model.compile_logp()
    assert shared.name == "phi_sigma_stretch__"
    assert density(point) != pytest.approx(float(before))
    shared.set_value(0.3)
    assert density(point) == pytest.approx(float(before), rel=1e-12)
    with pytest.raises(KeyError), stretchable([scale]):
        raise KeyError
    assert scale.transform.log_stretch == 0.3
    assert model.compile_logp()(point) == before  # the graph is what it was


def test_what_nutpie_compiled_is_the_model_that_was_tuned():
    """Its draws come from the coordinates that the report names, and start where they should."""
    model = mixed()
    (scale,) = scales(model)
    model.set_initval(model["phi_sigma"], 0.05)
    blocks = auto_blocks(model)
    compiled = compile_for_tuning(model, blocks, jitter_rvs=set())
    steering = {"phi": (np.zeros(GROUPS), np.zeros(GROUPS))}
    ready = with_steering(compiled, blocks, steering, {"phi_sigma": 2.0})
    scale.stretch(2.0)
    value = float(scale.transform.forward(0.05).eval())
    names = [model.rvs_to_values[v].name for v in model.free_RVs]
    assert names[1] == scale.value.name
    assert ready.initial_point_func(1)[1] == pytest.approx(value)
    trace = nutpie.sample(ready, seed=1, store_unconstrained=True, **SHORT)
    sampled = trace.sample_stats["unconstrained_draw"].values[..., 1]
    np.testing.assert_allclose(
        scale.transform.backward(sampled).eval(), trace.posterior["phi_sigma"], rtol=1e-9
    )


@pytest.mark.parametrize(
    "xdist", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["classic", "xdist"]
)
def test_a_model_that_nutpie_is_to_freeze(xdist):
    """It would copy the graph, but not the stretch that the transform has."""
    model = mixed(xdist=xdist)
    frozen = {"compile_kwargs": {"freeze_model": True}}
    report = unfunnel.tune(model, seed=2, progress_bar=False, **frozen)
    (scale,) = scales(model)
    assert np.exp(scale.transform.log_stretch) == pytest.approx(
        float(report.values["phi_sigma_stretch"])
    )


def test_what_is_found_while_another_thread_compiles_is_kept():
    model = mixed()
    blocks, found = auto_blocks(model), scales(model)
    zeros = Estimate(np.zeros(GROUPS), np.zeros(GROUPS))
    findings = Findings({"phi": zeros}, {}, 0, 0.0, 2, log_stretch={"phi_sigma": 0.7})
    thread = Thread(target=findings.set_in_model, args=(blocks, found))
    with stretchable(found):
        during = found[0].transform.log_stretch
        thread.start()
        thread.join(0.2)
        assert found[0].transform.log_stretch is during
    thread.join()
    assert found[0].transform.log_stretch == 0.7


def test_tuning_again_finds_the_same(compiled_once, forget_compiled):
    """The pilot begins with nothing, whatever the model was set to when it was compiled."""
    model = compiled_once
    first = unfunnel.tune(model, seed=2, progress_bar=False)
    forget_compiled()
    second = unfunnel.tune(model, seed=2, progress_bar=False)
    stretch = float(first.values["phi_sigma_stretch"])
    assert 0.1 < stretch < 10.0
    np.testing.assert_array_equal(first.kappa("phi"), second.kappa("phi"))
    assert float(second.values["phi_sigma_stretch"]) == stretch
    (scale,) = scales(model)
    assert np.exp(scale.transform.log_stretch) == pytest.approx(stretch)
    trace = unfunnel.sample(model, seed=2, **SHORT)
    assert float(trace["unfunnel"]["phi_sigma_stretch"]) == stretch
    assert np.exp(scale.transform.log_stretch) == pytest.approx(stretch)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_what_is_tuned_is_one_model_and_no_copy_of_it(xdist):
    model = mixed(xdist=xdist)
    tuned = model.copy()
    unfunnel.tune(tuned, seed=2, progress_bar=False)
    later = tuned.copy()
    (own,), (of_copy,), (of_later,) = (scales(x) for x in (model, tuned, later))
    assert own.transform.log_stretch == 0.0 != of_copy.transform.log_stretch
    assert of_later.transform.log_stretch == of_copy.transform.log_stretch
    informed = [auto_blocks(x)[0].sites.values[0] for x in (model, tuned, later)]
    assert informed[0].size == 0 < informed[1].size
    np.testing.assert_array_equal(informed[1], informed[2])


def test_without_data_a_scale_is_sampled_on_its_logarithm():
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(
            Prior("Gamma", mu=1.5, sigma=0.5),
            Prior("Exponential", scale=0.5),
            dims="group",
            centered="auto",
        ).create_variable("phi")
    unfunnel.tune(model, seed=1, progress_bar=False)
    (scale,) = scales(model)
    values = np.array([0.01, 0.1, 1.0, 10.0])
    steps = np.diff(scale.transform.forward(values).eval())
    np.testing.assert_allclose(steps, np.log(10.0), rtol=0.01)


def test_a_failed_pilot_stretches_nothing(monkeypatch, compiled_once):
    model = compiled_once
    (scale,) = scales(model)
    scale.stretch(1.0)

    def fails(*_args: Any, **_options: Any) -> Any:
        raise RuntimeError("nothing")

    monkeypatch.setattr(nutpie, "sample", fails)
    with pytest.warns(unfunnel.TuningWarning, match="the pilot run failed"):
        report = unfunnel.tune(model, seed=1, progress_bar=False)
    assert scale.transform.log_stretch == 0.0
    assert "phi_sigma_stretch" not in report.values
