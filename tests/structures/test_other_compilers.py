"""Models with site parameters go through whatever vectorizes or compiles their graph elsewhere."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc_extras
import pytensor
import pytensor.tensor as pt
import pytest
from pymc_extras.prior import Prior
from pytensor.graph.replace import vectorize_graph

from unfunnel import LogNormalExp
from unfunnel.tuning.blocks import auto_blocks

TUNED = pytest.mark.parametrize("tuned", [False, True], ids=["untuned", "tuned"])
STRUCTURES = pytest.mark.parametrize("zero_sum", [None, "shop"], ids=["independent", "zero-sum"])
BACKENDS = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])


def build(zero_sum, tuned, xdist=False):
    with pm.Model(coords={"shop": range(4)}) as model:
        scale = Prior("Exponential")
        prior = LogNormalExp(scale, scale, dims="shop", centered="auto", zero_sum=zero_sum)
        beta = prior.create_variable("beta", xdist=xdist)
        data = np.arange(1.0, 5.0)
        pm.Normal("y", beta.values if xdist else beta, 0.3, observed=data, dims="shop")
    if tuned:
        (block,) = auto_blocks(model)
        shape = model.initial_point()[block.value.name].shape
        block.sites.set(np.full(shape, 11.0), np.full(shape, 5.0))
    return model


@TUNED
@STRUCTURES
@pytest.mark.usefixtures("fast_compile")
def test_vectorized(zero_sum, tuned):
    """As loo_moment_match and pathfinder do; value variables with labels cannot be vectorized."""
    model = build(zero_sum, tuned)
    start = model.initial_point()
    batched = [pt.tensor(shape=(None, *v.type.shape), dtype=v.type.dtype) for v in model.value_vars]
    density = vectorize_graph(model.logp(), dict(zip(model.value_vars, batched, strict=True)))
    function = pytensor.function(batched, [density, *pt.grad(density.sum(), batched)])
    points = [np.stack([start[v.name], start[v.name] + 0.1]) for v in model.value_vars]
    one = model.compile_logp()
    expected = [one(start), one({key: x + 0.1 for key, x in start.items()})]
    np.testing.assert_allclose(function(*points)[0], expected, rtol=1e-10)


def pathfinder(model):
    few = {"num_paths": 2, "num_draws": 50, "num_draws_per_path": 50, "random_seed": 1}
    return pymc_extras.fit(method="pathfinder", model=model, **few, progressbar=False)


def numpyro(model):
    pytest.importorskip("numpyro", reason="the extra jax is not installed")
    few = {"draws": 20, "tune": 20, "chains": 1, "random_seed": 1, "progressbar": False}
    return pm.sample(model=model, nuts_sampler="numpyro", **few)


def nutpie_with_jax(model):
    pytest.importorskip("jax", reason="the extra jax is not installed")
    nutpie = pytest.importorskip("nutpie")
    options = {"backend": "jax", "gradient_backend": "pytensor"}
    compiled = nutpie.compile_pymc_model(model, **options)
    return nutpie.sample(compiled, draws=20, tune=20, chains=1, progress_bar=False, seed=1)


@TUNED
@STRUCTURES
@BACKENDS
@pytest.mark.parametrize("sample", [pathfinder, numpyro, nutpie_with_jax])
@pytest.mark.slow
def test_sampled(sample, zero_sum, tuned, xdist):
    if sample is pathfinder and xdist:
        pytest.skip("it vectorizes, which value variables with labels cannot be")
    assert np.isfinite(sample(build(zero_sum, tuned, xdist)).posterior["beta"]).all()
