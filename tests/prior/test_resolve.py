"""Parameters become tensors with axes: by position without dims, by name with them."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor
import pytest
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity, ProbitNormal, WeibullExp
from unfunnel.errors import DimsError
from unfunnel.parameterization.transforms import unlabelled
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
SQUARE = {"geo": ["a", "b"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")


def draw(variable):
    return pm.draw(variable, random_seed=1)


def test_axes_without_names_stay_where_they_are_in_likelihoods():
    with pm.Model() as model:
        prior = NormalIdentity(sigma=[[1e-3], [1e6]])
        y = prior.create_likelihood_variable("y", mu=np.zeros((2, 2)), observed=np.zeros((2, 2)))
    assert model["y"] is y
    assert (np.abs(draw(y)) > 1).tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize("prior", [NormalIdentity, LogNormalExp])
@pytest.mark.parametrize("centered", [True, False, 0.5, "offset"])
def test_a_column_and_a_row_make_a_table(prior, centered):
    with pm.Model() as model:
        mu = np.array([[1.0], [2.0], [3.0]])
        prior(mu, [[1e-6, 1e-7, 1e-8]], centered=centered).create_variable("beta")
    np.testing.assert_allclose(draw(model["beta"]), np.repeat(mu, 3, axis=1), atol=1e-4)
    assert np.isfinite(model.compile_logp()(model.initial_point()))


@pytest.mark.parametrize("prior", [NormalIdentity, LogNormalExp])
@pytest.mark.parametrize(
    ("mu", "sigma"), [([1.0, 2.0, 3.0], 0.5), (1.0, [0.5, 1.0, 2.0]), ([1.0, 2.0, 3.0], [0.5] * 3)]
)
def test_every_element_has_its_own_offset(prior, mu, sigma):
    with pm.Model() as model:
        prior(mu, sigma, centered="offset").create_variable("beta")
    (offset,) = model.free_RVs
    assert offset.name.endswith("_offset")
    assert len(set(draw(offset))) == 3
    assert draw(model["beta"]).shape == (3,)


@XDIST
@pytest.mark.parametrize(
    "make",
    [
        lambda: pm.Data("m", [1.0, 2.0], dims="geo"),
        lambda: pm.Normal("m", [1.0, 2.0], 1e-9, dims="geo"),
    ],
    ids=["data", "variable"],
)
def test_variables_of_an_outer_model_keep_their_dims(xdist, make):
    with pm.Model(coords=SQUARE) as model:
        m = make()
        with pm.Model(name="s"):
            NormalIdentity(m, 1e-9, dims=DIMS).create_variable("beta", xdist=xdist)
    np.testing.assert_allclose(draw(model["s::beta"]), [[1, 1], [2, 2]], atol=1e-6)


@XDIST
def test_the_reference_point_sees_hyperparameters_of_an_outer_model(xdist):
    def reference(beta, model):
        found = unlabelled(model.rvs_to_transforms[beta]).parameterization
        return found.location0, found.scale0

    with pm.Model() as model:
        mu = pm.Gamma("mu", 400, 100)
        beta = LogNormalExp(mu, 1.0, centered=0.5).create_variable("beta", xdist=xdist)
        with pm.Model(name="s"):
            inner = LogNormalExp(mu, 1.0, centered=0.5).create_variable("beta", xdist=xdist)
    found = reference(inner, model)
    assert found == reference(beta, model)
    assert found[0] == pytest.approx(np.log(4), abs=0.05)


@XDIST
@pytest.mark.parametrize("weights", [np.array([0.1, 0.9]), DataArray([0.1, 0.9], dims="geo")])
def test_weights_without_dims(xdist, weights):
    with (
        pm.Model(coords=SQUARE),
        pytest.raises(DimsError, match="beta: centered: expected dims= to be declared"),
    ):
        LogNormalExp(1.0, 1.0, centered=weights).create_variable("beta", xdist=xdist)


@XDIST
def test_weights_in_single_precision(xdist):
    with (
        pytensor.config.change_flags(floatX="float32"),
        pm.Model(coords={"geo": ["a", "b"]}) as model,
    ):
        prior = LogNormalExp([1, 2], LogNormalExp(1, 1), dims="geo", centered=[0.1, 0.9])
        prior.create_variable("beta", xdist=xdist)
        point = model.initial_point()
        density = model.compile_logp()(point)
    assert point["beta_partial__"].dtype == density.dtype == np.float32
    assert np.isfinite(density)


@pytest.mark.parametrize(
    ("prior", "mean", "sd"),
    [(ProbitNormal, 0.4, 1e-40), (LogNormalExp, np.inf, 0.5), (WeibullExp, np.inf, 0.5)],
)
@pytest.mark.parametrize("centered", [True, "auto"])
def test_no_density_where_numbers_end(prior, mean, sd, centered):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        m, s = pm.Flat("m"), pm.Flat("s")
        prior(m * 1.0, s * 1.0, dims="geo", centered=centered).create_variable("beta")
    for block in auto_blocks(model):
        block.sites.set(np.array([3.0, 0.0]), np.array([2.0, 0.0]))
    value = model.rvs_to_values[model["beta"]].name
    point = {"m": np.array(mean), "s": np.array(sd), value: np.full(2, 0.3)}
    assert model.compile_logp()(point) == -np.inf
