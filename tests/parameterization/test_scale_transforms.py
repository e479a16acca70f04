"""The value transform of scale hyperparameters."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats

from unfunnel import LogNormalExp
from unfunnel.parameterization.scale import (
    SoftplusTransform,
    prior_medians,
    scale_transform,
)
from unfunnel.parameterization.transforms import LabelledTransform

pytestmark = pytest.mark.usefixtures("fast_compile")

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}

# Distribution, its parameters in units of 1, and how they scale with the unit.
PRIORS = {
    "Exponential": (lambda k: {"scale": 0.5 * k}, lambda k: stats.expon(scale=0.5 * k)),
    "HalfNormal": (lambda k: {"sigma": 0.5 * k}, lambda k: stats.halfnorm(scale=0.5 * k)),
    "Gamma": (lambda k: {"alpha": 2.0, "beta": 4.0 / k}, lambda k: stats.gamma(2, scale=k / 4)),
    "LogNormal": (
        lambda k: {"mu": np.log(k) - 1.0, "sigma": 0.5},
        lambda k: stats.lognorm(0.5, scale=k * np.exp(-1)),
    ),
    "HalfStudentT": (lambda k: {"nu": 3.0, "sigma": 0.5 * k}, None),
    "HalfCauchy": (lambda k: {"beta": 0.5 * k}, lambda k: stats.halfcauchy(scale=0.5 * k)),
    "Weibull": (
        lambda k: {"alpha": 1.5, "beta": 0.5 * k},
        lambda k: stats.weibull_min(1.5, scale=0.5 * k),
    ),
    "InverseGamma": (lambda k: {"alpha": 3.0, "beta": k}, lambda k: stats.invgamma(3, scale=k)),
}


def width(transform):
    return getattr(transform, "inner", transform).width


def evaluate(function, *values):
    """Evaluate a function of one tensor at the values, in double precision."""
    x = pt.dvector("x")
    return pytensor.function([x], function(x))(np.array(values, dtype=float))


VALUES = (-690.0, -50.0, -3.0, -1e-9, 0.0, 0.4, 2.0, 20.0, 40.0, 2000.0)
WIDTHS = (1e-3, 0.3, 1e3)
LOG_STRETCHES = (-3.4, 0.0, 9.2)


@pytest.mark.parametrize("log_stretch", LOG_STRETCHES)
@pytest.mark.parametrize("w", WIDTHS)
def test_forward_and_backward_are_inverse(w, log_stretch):
    transform = SoftplusTransform(w, log_stretch=log_stretch)
    found = evaluate(lambda x: transform.forward(transform.backward(x)), *VALUES)
    np.testing.assert_allclose(found, VALUES, rtol=1e-12, atol=1e-12)
    sigmas = np.array([1e-300, 1e-12, 1e-3, 0.2, 1.0, 7.0, 1e4, 1e200])
    found = evaluate(lambda x: transform.backward(transform.forward(x)), *sigmas)
    np.testing.assert_allclose(found, sigmas, rtol=1e-12)


@pytest.mark.parametrize("log_stretch", LOG_STRETCHES)
@pytest.mark.parametrize("w", WIDTHS)
def test_log_jacobian(w, log_stretch):
    transform = SoftplusTransform(w, log_stretch=log_stretch)
    v, step = np.array([-30.0, -4.0, -1.0, 0.0, 0.5, 3.0, 12.0]), 1e-5
    ends = [evaluate(transform.backward, *(v + side * step)) for side in (-1, 1)]
    slopes = (ends[1] - ends[0]) / (2 * step)
    np.testing.assert_allclose(evaluate(transform.log_jac_det, *v), np.log(slopes), atol=1e-8)


@pytest.mark.parametrize("log_stretch", LOG_STRETCHES)
@pytest.mark.parametrize("part", ["backward", "log_jac_det"])
def test_everything_is_finite_at_the_extremes(part, log_stretch):
    function = getattr(SoftplusTransform(0.3, log_stretch=log_stretch), part)
    assert np.isfinite(evaluate(function, *VALUES)).all()
    assert np.isfinite(evaluate(lambda x: pt.grad(function(x).sum(), x), *VALUES)).all()


def test_the_three_parts():
    """Logarithmic, linear with slope one, logarithmic again."""
    transform = SoftplusTransform(0.3, knee=50.0)
    low, lower = evaluate(transform.backward, -40.0, -41.0)
    assert np.log(low / lower) == pytest.approx(1.0, rel=1e-12)
    assert low == pytest.approx(0.3 * np.exp(-40.0), rel=1e-12)
    middle, right = evaluate(transform.backward, 6.0, 7.0)
    assert right - middle == pytest.approx(0.3, rel=0.02)
    high, higher = evaluate(transform.backward, 1000.0, 1050.0)
    assert np.log(higher / high) == pytest.approx(1.0, rel=1e-12)


def test_stretched():
    """The width is as many times the one before, and zero stays an ordinary value."""
    v = np.array([-30.0, -2.0, 0.0, 3.0])
    for log_stretch in LOG_STRETCHES:
        wider = evaluate(SoftplusTransform(0.3 * np.exp(log_stretch)).backward, *(v - log_stretch))
        np.testing.assert_allclose(
            evaluate(SoftplusTransform(0.3, log_stretch=log_stretch).backward, *v), wider
        )
        assert (
            0.03 < evaluate(SoftplusTransform(0.3, log_stretch=log_stretch).backward, 0.0)[0] < 1.0
        )
    logarithm = evaluate(SoftplusTransform(0.3, log_stretch=9.2).backward, *v)
    np.testing.assert_allclose(logarithm, 0.3 * np.exp(v), rtol=2e-3)


@pytest.mark.parametrize("labelled", [False, True])
def test_stretched_to_a_share_of_where_the_variable_is(labelled):
    """The width becomes what it would be if the variable were there in the prior's median."""
    with pm.Model():
        own = scale_transform((pmd if labelled else pm).Exponential("sigma", 2.0))
    median = 0.5 * np.log(2.0)
    of_tensors = own.inner if labelled else own
    for v in (-40.0, -3.0, 0.0, 7.0):
        found = of_tensors.stretched(of_tensors.log_stretch_for(v)).log_stretch
        ratio = evaluate(of_tensors.backward, v)[0] / median
        assert found == pytest.approx(np.log(ratio), rel=1e-12)


def create(name, parameters, xdist, dims=(), **options):
    module = pmd if xdist else pm
    return getattr(module, name)("sigma", **parameters, dims=dims or None, **options)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("name", PRIORS)
def test_medians_are_exact_and_the_width_follows_the_unit(name, xdist):
    parameters, reference = PRIORS[name]
    found = []
    for unit in (1.0, 1e3, 1e-3):
        with pm.Model(coords=COORDS):
            sigma = create(name, parameters(unit), xdist, dims=("geo", "channel"))
            medians = prior_medians(sigma)
            found.append(width(scale_transform(sigma)))
        if reference is not None:
            np.testing.assert_allclose(medians, [reference(unit).median()] * 6, rtol=1e-6)
    assert np.array(found) / found[0] == pytest.approx([1.0, 1e3, 1e-3], rel=1e-6)


def log_density(name, unit, xdist, transform):
    parameters = PRIORS[name][0](unit)
    if transform == "chosen":
        with pm.Model(coords=COORDS):
            transform = scale_transform(create(name, parameters, xdist, dims=("geo",)))
    with pm.Model(coords=COORDS) as model:
        options = {} if transform is None else {"default_transform": transform}
        create(name, parameters, xdist, dims=("geo",), **options)
    (value,) = model.value_vars
    return value.name, model.compile_fn(model.logp(), inputs=[value], point_fn=False)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("name", PRIORS)
def test_the_same_geometry_in_every_unit(name, xdist):
    v = np.array([-2.0, 0.3, 1.7])
    _, density = log_density(name, 1.0, xdist, "chosen")
    value_name, in_other_units = log_density(name, 1e3, xdist, "chosen")
    assert value_name == "sigma_softplus__"
    np.testing.assert_allclose(in_other_units(v), density(v), rtol=1e-6)


@pytest.mark.parametrize("name", PRIORS)
def test_the_density_is_that_of_the_log_transform(name):
    """Of the same variable, up to the change of volume; and both backends agree."""
    v = np.array([-2.0, 0.3, 1.7])
    transform = SoftplusTransform(0.25)
    sigma = evaluate(transform.backward, *v)
    correction = (evaluate(transform.log_jac_det, *v) - np.log(sigma)).sum()
    _, on_log_scale = log_density(name, 1.0, False, None)
    expected = on_log_scale(np.log(sigma)) + correction
    for xdist, own in ((False, transform), (True, LabelledTransform(transform))):
        _, density = log_density(name, 1.0, xdist, own)
        np.testing.assert_allclose(density(v), expected, rtol=1e-10)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_parents_are_put_at_their_starting_point(xdist):
    with pm.Model(coords=COORDS):
        module = pmd if xdist else pm
        parent = module.HalfNormal("parent", sigma=2.0)
        transform = scale_transform(module.HalfNormal("sigma", sigma=parent))
        alone = scale_transform(module.HalfNormal("alone", sigma=2.0))
    assert width(transform) == pytest.approx(width(alone), rel=1e-12)


def test_a_prior_of_ours_has_a_median_too():
    with pm.Model():
        prior = LogNormalExp(1.5, 0.5, centered=True)
        medians = prior_medians(prior.create_variable("sigma"))
    law = stats.lognorm(0.32459284597450126, scale=np.exp(0.35278485027925123))
    np.testing.assert_allclose(medians, [law.median()])


def test_a_prior_without_quantile_function():
    with pm.Model():
        sigma = pm.Wald("sigma", 1.0, 1.0)
        state = sigma.owner.inputs[0].get_value(borrow=True).bit_generator.state
        medians = prior_medians(sigma)
        assert sigma.owner.inputs[0].get_value(borrow=True).bit_generator.state == state
        np.testing.assert_array_equal(prior_medians(sigma), medians)
    np.testing.assert_allclose(medians, [stats.invgauss(1.0).median()], rtol=0.1)


def test_elements_share_a_width_unless_they_differ_by_much():
    with pm.Model(coords=COORDS):
        near = pm.HalfNormal("near", np.array([1.0, 2.0, 3.0]), dims="geo")
        far = pm.HalfNormal("far", np.array([1.0, 2.0, 30.0]), dims="geo")
        alone = pm.HalfNormal("alone", 2.0)
        assert width(scale_transform(near)) == pytest.approx(width(scale_transform(alone)))
        assert scale_transform(far) is None


def test_where_the_default_transform_stays():
    with pm.Model():
        assert scale_transform(pm.HalfFlat("improper")) is None
        assert scale_transform(pm.Normal("real")) is None
        assert scale_transform(pm.Uniform("bounded")) is None
        assert scale_transform(pm.HalfNormal("asked_for", default_transform=None)) is None
        assert scale_transform(pm.HalfNormal("invalid", np.nan)) is None
    with pm.Model():
        assert scale_transform(pmd.HalfFlat("improper")) is None


def test_a_dim_can_be_resized():
    with pm.Model(coords=COORDS) as model:
        scales = pm.Data("scales", [1.0, 2.0, 3.0], dims="geo")
        draft = pm.HalfNormal("draft", scales, dims="geo")
        pm.HalfNormal("sigma", scales, dims="geo", default_transform=scale_transform(draft))
    with model:
        pm.set_data({"scales": np.ones(5)}, coords={"geo": list("abcde")})
    assert np.isfinite(model.compile_logp()(model.initial_point()))
