"""Laws 3 and 4: a centering changes the coordinate and no more; both backends are one model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.graph.traversal import ancestors
from pytensor.xtensor.type import XTensorType
from registry import (
    BACKENDS,
    CENTERINGS,
    COORDS,
    DIMS,
    NOISE,
    OBSERVED,
    ROWS,
    TRANSFORMED,
    TUNED,
    Evaluator,
    any_family,
    cases,
    coordinate_by_hand,
    law_by_hand,
    ours,
    steer,
    twin,
)
from scipy import stats
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity

pytestmark = pytest.mark.usefixtures("fast_compile")

POINTS = 8


def assert_same_density(a: Evaluator, b: Evaluator) -> None:
    assert a.size == b.size
    points = np.random.default_rng(11).normal(scale=0.8, size=(POINTS, a.size))
    for point in points:
        (logp_a, gradient_a), (logp_b, gradient_b) = a(point), b(point)
        assert np.isfinite(logp_b)
        np.testing.assert_allclose(logp_a, logp_b, rtol=1e-8)
        scale = np.abs(gradient_b).max()
        np.testing.assert_allclose(gradient_a, gradient_b, rtol=1e-8, atol=1e-9 * scale)


@cache
def by_hand(row_key: str, key: str) -> Evaluator:
    """Compile the model written by hand, once for both backends."""
    return Evaluator(twin(ROWS[row_key], key))


@cases(TUNED)
def test_every_centering_is_the_model_written_by_hand(row, key, xdist):
    assert_same_density(Evaluator(ours(row, key, xdist)), by_hand(row.key, key))


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if row.distribution], ids=lambda row: row.key
)
@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
def test_centered_is_the_pymc_distribution_with_location_and_scale(row, xdist):
    with pm.Model(coords=COORDS) as other:
        law = law_by_hand(row, "channel", None)
        beta = row.distribution("beta", *law, dims=DIMS)
        pm.Normal("y", beta, NOISE, observed=OBSERVED, dims=DIMS)
    model = ours(row, "centered", xdist)
    assert [v.name for v in model.value_vars] == [v.name for v in other.value_vars]
    assert_same_density(Evaluator(model), Evaluator(other))


# (dims of mu, dims of sigma): another order, fewer, none.
SHAPES = [(("channel", "geo"), "geo"), ("geo", "channel"), (None, ("channel", "geo"))]


@any_family
@pytest.mark.parametrize(
    "key", ["noncentered", "informed", pytest.param("array", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("dims", SHAPES, ids=str)
def test_hyperparameters_in_another_order_or_on_fewer_dims(row, key, dims):
    expected = Evaluator(twin(row, key, *dims))
    for xdist in BACKENDS.values():
        model = ours(row, key, xdist, *dims)
        assert model.named_vars_to_dims["beta"] == DIMS
        assert_same_density(Evaluator(model), expected)


@cases()
def test_declared_dims_in_the_declared_order(row, key, xdist):
    for dims in (DIMS, DIMS[::-1]):
        with pm.Model(coords=COORDS) as model:
            prior = row.example(CENTERINGS["centered"] if key == "array" else CENTERINGS[key])
            prior.dims = dims
            beta = prior.create_variable("beta", xdist=xdist)
        assert model.named_vars_to_dims["beta"] == dims
        assert beta is model["beta"]
        assert isinstance(beta.type, XTensorType) == xdist
        if xdist:
            assert beta.type.dims == dims
        assert pm.draw(beta, random_seed=1).shape == tuple(len(COORDS[dim]) for dim in dims)


def hyperparameters(row):
    return [f"beta_{name}" for name in row.example().parameters]


def derived(row):
    return [] if row.scale == "sigma" else ["beta_sigma"]


@cases(TRANSFORMED)
def test_one_free_variable_of_the_priors_own_name(row, key, xdist):
    model = ours(row, key, xdist)
    assert [rv.name for rv in model.free_RVs] == [*hyperparameters(row), "beta"]
    assert [v.name for v in model.deterministics] == derived(row)


@cases({"offset": "offset"})
def test_offset_is_the_textbook_form(row, key, xdist):
    model = ours(row, key, xdist)
    assert [rv.name for rv in model.free_RVs] == [*hyperparameters(row), f"beta{row.offset}"]
    assert [v.name for v in model.deterministics] == [*derived(row), "beta"]


@pytest.mark.parametrize("key", [*TRANSFORMED, "informed"])
@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
def test_density_far_out(key, xdist):
    """Means from 1e-100 to 1e100, coefficients of variation from 1e-5 to 1e5."""
    with pm.Model(coords=COORDS) as model:
        log_mu, log_sigma = pm.Flat("log_mu"), pm.Flat("log_sigma")
        prior = LogNormalExp(pt.exp(log_mu), pt.exp(log_sigma), dims=DIMS, centered=TUNED[key])
        prior.create_variable("beta", xdist=xdist)
    if key == "informed":
        steer(model)
    density = Evaluator(model)
    rng = np.random.default_rng(5)
    for _ in range(POINTS):
        log_mean, log_cv, z = rng.uniform(-230, 230), rng.uniform(-11, 11), rng.normal(size=(3, 2))
        scale = np.sqrt(np.logaddexp(0, 2 * log_cv))
        location = log_mean - scale**2 / 2
        # At the start both flat variables are 0: a mean and a standard deviation of 1.
        start = (-np.log(2) / 2, np.sqrt(np.log(2)))
        center, spread = coordinate_by_hand(key, location, scale, start)
        v = (location + scale * z - center) / spread
        logp, gradient = density(np.r_[log_mean, log_mean + log_cv, v.ravel()])
        expected = stats.norm.logpdf(z) + np.log(spread * np.ones_like(z) / scale)
        # theta - location loses digits where the scale is small beside the location.
        digits = 1e-15 * np.abs(np.r_[location, center.ravel()] if key == "informed" else location)
        assert logp == pytest.approx(expected.sum(), rel=1e-9, abs=digits.max() / scale)
        assert np.isfinite(gradient).all()


def _invalid_model(row, key, xdist, mean, sd):
    """Return a model whose moments are expressions, of which nothing is known at build."""
    with pm.Model(coords=COORDS) as model:
        m = pm.Normal("m", 1.0, 1.0)
        s = pm.Normal("s", 1.0, 1.0)
        prior = row.make(m + 0.0, s * 1.0, dims=DIMS, centered=CENTERINGS[key])
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, NOISE, observed=OBSERVED, dims=DIMS)
    point = model.initial_point()
    point["m"], point["s"] = np.array(mean), np.array(sd)
    return model, point


@cases()
def test_moments_outside_their_support_have_density_zero(row, key, xdist):
    model, point = _invalid_model(row, key, xdist, 1.0, 1.0)
    logp = model.compile_logp()
    assert np.isfinite(logp(point))
    for mean, sd in row.invalid:
        at = {**point, "m": np.array(mean), "s": np.array(sd)}
        assert logp(at) == -np.inf, (mean, sd)


@cases(TRANSFORMED)
def test_moments_outside_their_support_draw_nan(row, key, xdist):
    with pm.Model(coords=COORDS):
        m, s = pm.Data("m", [1.5, 1.5]), pm.Data("s", [0.5, -0.5], dims="channel")
        prior = row.make(m * 1.0, s * 1.0, dims=DIMS, centered=CENTERINGS[key])
        beta = prior.create_variable("beta", xdist=xdist)
        draws = pm.draw(beta, 5, random_seed=1)
    assert np.isfinite(draws[..., 0]).all()
    assert np.isnan(draws[..., 1]).all()


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("key", CENTERINGS)
def test_a_negative_mean_never_draws_its_absolute_value(key, xdist):
    with pm.Model(coords=COORDS):
        m = pm.Data("m", [3.0, -3.0], dims="channel")
        prior = LogNormalExp(m * 1.0, 0.1, dims=DIMS, centered=CENTERINGS[key])
        draws = pm.draw(prior.create_variable("beta", xdist=xdist), 5, random_seed=1)
    assert np.isfinite(draws[..., 0]).all()
    assert not (draws[..., 1] > -np.inf).any()


#: Ops that only move numbers about; a literal like 0.0 or -inf may stand in float32 for a while.
MOVERS = ("ExpandDims", "DimShuffle", "Switch", "Alloc", "XTensorFromTensor", "TensorFromXTensor")


@cases()
def test_float32_never_enters(row, key, xdist):
    by_label = DataArray([0.1, 0.7], dims="channel", coords={"channel": ["x", "y"]})
    for mu, sigma in [(1.5, 0.5), (np.float32(1.5), 2), (np.ones(2, "float32"), by_label)]:
        with pm.Model(coords=COORDS) as model:
            prior = row.make(mu, sigma, dims=DIMS, centered=CENTERINGS[key])
            beta = prior.create_variable("beta", xdist=xdist)
        logp = model.logp()
        assert logp.dtype == beta.dtype == "float64" == pytensor.config.floatX
        # PyMC takes the logarithm of a float32 literal for the density of the offset.
        outputs = [beta] if key == "offset" else [beta, logp]
        computed = [v for v in ancestors(outputs) if v.owner is not None]
        assert len(computed) > 3
        narrow = [v for v in computed if getattr(v.type, "dtype", "") == "float32"]
        assert [v for v in narrow if not str(v.owner.op).startswith(MOVERS)] == []


def test_constants_keep_all_their_digits():
    with pm.Model() as model:
        NormalIdentity(0.1, 1e-9).create_variable("x")
    assert pm.draw(model["x"], random_seed=1) == pytest.approx(0.1, abs=1e-8)
    np.testing.assert_allclose(
        model.compile_logp()({"x": np.array(0.1)}),
        -0.5 * np.log(2 * np.pi) + 9 * np.log(10),
        rtol=1e-14,
    )
