"""pymc-marketing's ``MaskedPrior`` around our priors: combinations that do not exist are zero."""

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.special_priors import MaskedPrior
from xarray import DataArray

from integration import COORDS, assert_finite_logp, built, free_names, own_free_name
from unfunnel import LogNormalExp

DIMS = ("geo", "channel")
MASK = DataArray([[True, False], [True, True], [False, True]], dims=DIMS, coords=COORDS)

# Labelled weights name dims that MaskedPrior replaces by one of its own.
unlabelled = pytest.mark.parametrize("centered", [True, False, 0.4, "offset"])


def masked_draw(prior, xdist):
    before = {key: repr(value) for key, value in vars(prior).items()}
    model = built(MaskedPrior(prior, MASK), xdist)
    assert {key: repr(value) for key, value in vars(prior).items()} == before
    return model, np.asarray(pm.draw(model["b"], random_seed=8))


@unlabelled
def test_zero_where_masked_and_positive_elsewhere(centered, xdist):
    """Hyperpriors with the same dims are masked, too."""
    mean = LogNormalExp(2.0, 0.5, dims=DIMS, centered=False)
    prior = LogNormalExp(mean, Prior("Gamma", mu=1.0, sigma=0.3), dims=DIMS, centered=centered)
    model, draw = masked_draw(prior, xdist)
    assert (draw[~MASK.values] == 0).all()
    assert (draw[MASK.values] > 0).all()
    own = own_free_name("b_active", centered)
    assert free_names(model) == ["b_active_mu", "b_active_sigma", own]
    assert model.dim_lengths["non_null_dims:geo_channel"].eval() == 4
    assert model.initial_point()["b_active_mu_noncentered__"].shape == (4,)
    assert_finite_logp(model)
    # The caller's prior keeps its dims and children.
    assert prior.dims == mean.dims == DIMS
    assert prior["mu"] is mean


@pytest.mark.parametrize("centered", [True, False])
def test_array_parameters_are_masked(centered, xdist):
    means = np.array([[1.0, 20.0], [300.0, 4000.0], [5e4, 6e5]])
    _, draw = masked_draw(LogNormalExp(means, 1e-6, dims=DIMS, centered=centered), xdist)
    np.testing.assert_allclose(draw, np.where(MASK, means, 0.0), rtol=1e-4)


def test_a_masked_likelihood():
    prior = LogNormalExp(sigma=Prior("Gamma", mu=1.0, sigma=0.3), dims=DIMS)
    observed = np.arange(1.0, 7.0).reshape(3, 2)
    with pm.Model(coords=COORDS) as model:
        MaskedPrior(prior, MASK).create_likelihood_variable("y", mu=2.0, observed=observed)
    [active] = model.observed_RVs
    np.testing.assert_array_equal(model.rvs_to_values[active].eval(), observed[MASK.values])
    assert active.owner.op.name == "lognormal"
    assert "mu" not in prior.parameters
    assert_finite_logp(model)


def test_everything_masked():
    model = built(MaskedPrior(LogNormalExp(2.0, 1.0, dims=DIMS), MASK & False))
    assert model.free_RVs == []
    np.testing.assert_array_equal(model["b"].eval(), np.zeros((3, 2)))
