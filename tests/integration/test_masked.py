"""pymc-marketing's ``MaskedPrior`` around our priors: combinations that do not exist are zero."""

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.special_priors import MaskedPrior
from xarray import DataArray

from unfunnel import LogNormalExp

COORDS = {"geo": ["a", "b", "c"], "channel": ["tv", "radio"]}
MASK = DataArray(
    [[True, False], [True, True], [False, True]], dims=("geo", "channel"), coords=COORDS
)

# Labelled weights name dims that MaskedPrior replaces by one of its own.
unlabelled = pytest.mark.parametrize("centered", [True, False, 0.4, "offset"])


def masked_draw(prior, xdist):
    before = {key: repr(value) for key, value in vars(prior).items()}
    with pm.Model(coords=COORDS) as model:
        variable = MaskedPrior(prior, MASK).create_variable("m", xdist=xdist)
    assert {key: repr(value) for key, value in vars(prior).items()} == before
    return model, np.asarray(pm.draw(variable, random_seed=8))


@unlabelled
def test_zero_where_masked_and_positive_elsewhere(centered, xdist):
    prior = LogNormalExp(
        Prior("Gamma", mu=2.0, sigma=0.5), 1.0, dims=("geo", "channel"), centered=centered
    )
    model, draw = masked_draw(prior, xdist)
    assert (draw[~MASK.values] == 0).all()
    assert (draw[MASK.values] > 0).all()
    own = "m_active_log_offset" if centered == "offset" else "m_active"
    assert [rv.name for rv in model.free_RVs] == ["m_active_mu", own]
    assert model.dim_lengths["non_null_dims:geo_channel"].eval() == 4
    assert np.isfinite(model.compile_logp()(model.initial_point()))


@unlabelled
def test_a_child_with_the_same_dims_is_masked_too(centered, xdist):
    dims = ("geo", "channel")
    child = LogNormalExp(2.0, 0.5, dims=dims, centered=False)
    model, draw = masked_draw(LogNormalExp(child, 1.0, dims=dims, centered=centered), xdist)
    assert model.initial_point()["m_active_mu_noncentered__"].shape == (4,)
    assert ((draw > 0) == MASK.values).all()


@pytest.mark.parametrize("centered", [True, False])
def test_array_parameters_are_masked(centered, xdist):
    means = np.array([[1.0, 20.0], [300.0, 4000.0], [5e4, 6e5]])
    prior = LogNormalExp(means, 1e-6, dims=("geo", "channel"), centered=centered)
    _, draw = masked_draw(prior, xdist)
    np.testing.assert_allclose(draw, np.where(MASK, means, 0.0), rtol=1e-4)


def test_the_callers_prior_keeps_its_dims_and_children(xdist):
    child = LogNormalExp(2.0, 0.5, dims=("geo", "channel"))
    prior = LogNormalExp(child, 1.0, dims=("geo", "channel"))
    masked_draw(prior, xdist)
    assert prior.dims == child.dims == ("geo", "channel")
    assert prior["mu"] is child


def test_a_masked_likelihood():
    prior = LogNormalExp(sigma=Prior("Gamma", mu=1.0, sigma=0.3), dims=("geo", "channel"))
    observed = np.arange(1.0, 7.0).reshape(3, 2)
    with pm.Model(coords=COORDS) as model:
        MaskedPrior(prior, MASK).create_likelihood_variable("y", mu=2.0, observed=observed)
    [active] = model.observed_RVs
    np.testing.assert_array_equal(model.rvs_to_values[active].eval(), observed[MASK.values])
    assert active.owner.op.name == "lognormal"
    assert "mu" not in prior.parameters
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_everything_masked():
    prior = LogNormalExp(2.0, 1.0, dims=("geo", "channel"))
    with pm.Model(coords=COORDS) as model:
        variable = MaskedPrior(prior, MASK & False).create_variable("m")
    assert model.free_RVs == []
    np.testing.assert_array_equal(variable.eval(), np.zeros((3, 2)))
