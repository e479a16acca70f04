"""None of the known defects of the priors that ours stand beside, one test each.

The numbers are those of the project's list of defects in pymc-extras 0.15 and pymc-marketing 1.3.
Those without a test here cannot apply:

- D3, D5, D7, D8: zero-sum priors and ``core_dims``; no family has them.
- D31, D32, D36, D38, D39: the registry, ``MaskedPrior`` likelihoods and lift tests of others. That
  our priors work inside them is tested in ``tests/integration``, as are D28, D29, D33, D34, D35
  and D37.
"""

from __future__ import annotations

import copy
import json

import numpy as np
import pymc as pm
import pytest
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior, Scaled, UnknownTransformError, UnsupportedShapeError
from pytensor.tensor.variable import TensorVariable
from pytensor.xtensor.type import XTensorVariable
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity

pytestmark = pytest.mark.usefixtures("fast_compile")

C = {"geo": ["a", "b", "c"], "ch": ["x", "y", "z"]}
XDIST = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
GRID = np.arange(9.0).reshape(3, 3)
#: A dim as long as this has a draw for each of its labels, all of them drawn at once.
REPLICATES = {"replicate": range(4000), **C}


def draw(prior, xdist=False, coords=C):
    with pm.Model(coords=coords):
        return pm.draw(prior.create_variable("v", xdist=xdist), random_seed=1)


@XDIST
def test_d01_arrays_keep_their_orientation(xdist):
    found = draw(NormalIdentity(GRID, 1e-9, dims=("geo", "ch")), xdist)
    np.testing.assert_allclose(found, GRID, atol=1e-6)
    coords = {"geo": ["a", "b"], "ch": ["x", "y", "z"]}
    found = draw(NormalIdentity(GRID[:2], 1e-9, dims=("geo", "ch")), xdist, coords=coords)
    np.testing.assert_allclose(found, GRID[:2], atol=1e-6)


@XDIST
def test_d02_observed_data_keep_their_orientation(xdist):
    with pm.Model(coords={"date": [0, 1, 2], "geo": C["geo"]}) as model:
        prior = NormalIdentity(sigma=1.0, dims=("date", "geo"))
        y = prior.create_likelihood_variable("y", mu=0.0, observed=GRID, xdist=xdist)
    values = model.rvs_to_values[y]
    np.testing.assert_array_equal(getattr(values, "values", values).eval(), GRID)


class Factory:
    """A variable factory that is no ``Prior``."""

    def __init__(self, dims=None):
        self.dims = dims

    def create_variable(self, name, xdist=False):
        return Prior("Exponential", dims=self.dims).create_variable(name, xdist=xdist)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5, "offset"])
@pytest.mark.filterwarnings("ignore::unfunnel.errors.SupportWarning")
def test_d04_any_factory_may_be_a_hyperprior(xdist, centered):
    for mu in (Factory(), Factory("geo"), Scaled(Prior("HalfNormal"), 2.0), LogNormalExp(1, 1)):
        prior = LogNormalExp(mu, Factory(), dims="geo", centered=centered)
        assert draw(prior, xdist).shape == (3,)


@XDIST
def test_d06_arrays_of_noncentered_priors(xdist):
    array = DataArray([1.0, 2.0, 3.0], dims="geo", coords={"geo": C["geo"]})
    for value in (array, array.values, [1.0, 2.0, 3.0], 2.0):
        prior = LogNormalExp(value, 1e-9, dims="geo", centered=False)
        np.testing.assert_allclose(draw(prior, xdist), np.asarray(value) * np.ones(3), rtol=1e-6)


@XDIST
def test_d09_d10_labels_are_read_and_written(xdist):
    array = DataArray([0.0, 10.0, 20.0], dims="geo", coords={"geo": ["a", "b", "c"]})
    prior = NormalIdentity(array, 1e-9, dims="geo")
    back = deserialize(json.loads(json.dumps(prior.to_dict())))
    assert back == prior
    coords = {"geo": ["c", "b", "a"]}
    for each in (prior, back):
        np.testing.assert_allclose(draw(each, xdist, coords=coords), [20, 10, 0], atol=1e-6)


def test_d11_random_variables_are_not_written_as_numbers():
    with pm.Model():
        mu = pm.Gamma("mu", 2, 2)
        for value in (mu, mu + 1, pm.Gamma.dist(2, 2)):
            with pytest.raises(NotImplementedError, match="depends on a random variable"):
                LogNormalExp(value, 1).to_dict()


def test_d12_missing_and_unknown_parameters_at_construction():
    for kwargs in ({"mu": 1.0}, {"mu": 1.0, "tau": 1.0}, {"mu": 1.0, "sigma": 1.0, "tau": 1.0}):
        with pytest.raises(ValueError, match=r"LogNormalExp: (sigma: )?expected"):
            LogNormalExp(**kwargs, centered=False)


@pytest.mark.filterwarnings("ignore::unfunnel.errors.SupportWarning")
def test_d13_dims_given_as_a_string():
    LogNormalExp(Factory("geo"), 1, dims="geo")
    with pytest.raises(UnsupportedShapeError, match=r"mu: .*'ch', but got dim 'geo'"):
        LogNormalExp(Factory("geo"), 1, dims="ch")


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.float64, np.int8])
def test_d14_d27_numpy_scalars(kind):
    prior = LogNormalExp(kind(2), kind(1), centered=False)
    assert json.loads(json.dumps(prior.to_dict()))["kwargs"] == {"mu": 2, "sigma": 1}


def test_d15_preliz_refuses_what_it_cannot_show():
    for prior in (LogNormalExp(Prior("HalfNormal"), 1), LogNormalExp(1, 1, transform="exp")):
        with pytest.raises(ValueError, match="LogNormalExp: preliz: expected"):
            _ = prior.preliz


def test_d16_constrain_takes_options():
    options = {"fixed_stat": None}
    with pytest.raises(ValueError, match="constant scalar parameters"):
        LogNormalExp(pm.math.exp(1.0), 1).constrain(1, 2)
    prior = LogNormalExp(1, 1).constrain(1, 2, kwargs=options, method="maxent")
    assert type(prior) is LogNormalExp
    assert options == {"fixed_stat": None}


def test_d17_transforms_are_functions():
    for name in ("Variable", "TensorType", "math", "nonsense", 3):
        with pytest.raises((ValueError, UnknownTransformError)):
            LogNormalExp(1, 1, transform=name)
    for name in ("sigmoid", "invlogit"):  # the second one is not in pytensor.xtensor
        for xdist in (False, True):
            prior = LogNormalExp(1, 1, dims="geo", transform=name)
            assert ((draw(prior, xdist) > 0.5) & (draw(prior, xdist) < 1)).all()


@XDIST
def test_d18_d23_dims_of_a_parameter_must_be_declared(xdist):
    for centered in (True, False, "offset"):
        prior = LogNormalExp(Prior("Gamma", mu=1, sigma=1, dims="ch"), 1.0, centered=centered)
        with pytest.raises(ValueError, match="Declare dims="):
            draw(prior, xdist)


def test_d19_unknown_keys_are_refused_and_nothing_is_mutated():
    with pytest.raises(ValueError, match="'centred'"):
        LogNormalExp.from_dict({**LogNormalExp(1, 1).to_dict(), "centred": False})
    prior = LogNormalExp(1, 1, dims="geo")
    before = dict(vars(prior))
    draw(prior)
    assert vars(prior) == before


@XDIST
def test_d20_everything_works_in_both_backends(xdist):
    prior = LogNormalExp(1.0, 0.5, dims="geo", centered=False)
    kind = XTensorVariable if xdist else TensorVariable
    with pm.Model(coords=C):
        assert isinstance(prior.create_variable("v", xdist=xdist), kind)
    assert prior.sample_prior(coords=C, draws=3, xdist=xdist)["variable"].shape == (1, 3, 3)
    assert copy.deepcopy(prior) == prior.deepcopy() == prior
    assert "0x" not in repr(prior)
    assert prior["mu"] == 1.0
    with pytest.raises(TypeError):
        LogNormalExp("banana", 1)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5, "offset"])
def test_d21_signs_are_not_folded(xdist, centered):
    with pytest.raises(ValueError, match=r"but got -3\.0"):
        LogNormalExp(-3.0, 1.0)
    with pytest.raises(ValueError, match="mass at or below zero"):
        LogNormalExp(Prior("Normal", mu=0, sigma=2), 1.0)
    with pm.Model():
        m = pm.Normal("m", 0, 2)
        v = LogNormalExp(m * 1.0, 0.1, centered=centered).create_variable("v", xdist=xdist)
        means, draws = pm.draw([m, v], 200, random_seed=1)
    assert (means < 0).sum() > 50
    assert not np.isfinite(draws[means < 0]).any()
    assert np.isfinite(draws[means > 0]).all()


@XDIST
@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1e-20, 1e20, 1e160])
def test_d22_no_overflow_of_squares(xdist, scale):
    prior = LogNormalExp(scale, 0.5 * scale, dims="replicate", centered=False)
    found = draw(prior, xdist, REPLICATES) / scale
    assert (found.mean(), found.std()) == pytest.approx((1.0, 0.5), rel=0.06)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5, "offset"])
def test_d23_d24_centering_changes_neither_shape_nor_order(xdist, centered):
    mu = Prior("Gamma", mu=1, sigma=1, dims="ch")
    sigma = Prior("Gamma", mu=1, sigma=1, dims="geo")
    with pm.Model(coords=C) as model:
        prior = LogNormalExp(mu, sigma, dims=("ch", "geo"), centered=centered)
        v = prior.create_variable("v", xdist=xdist)
    assert model.named_vars_to_dims["v"] == ("ch", "geo")
    assert not xdist or v.type.dims == ("ch", "geo")
    sampled = model.free_RVs[-1]
    assert model.named_vars_to_dims[sampled.name] == ("ch", "geo")
    with pytest.raises(UnsupportedShapeError):
        LogNormalExp(mu, 1.0, dims="geo", centered=centered)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5, "offset"])
def test_d25_groups_share_no_scale(xdist, centered):
    for kind in (LogNormalExp, NormalIdentity):
        prior = kind(1.0, 1.0, dims=("replicate", "geo"), centered=centered)
        draws = draw(prior, xdist, REPLICATES)
        z = np.abs(np.log(draws) - np.log(0.5) / 2) if kind is LogNormalExp else np.abs(draws - 1)
        off_diagonal = np.corrcoef(z.T)[np.triu_indices(3, 1)]
        assert np.abs(off_diagonal).max() < 5 / np.sqrt(4000)


def test_d26_equality_of_arrays_lists_and_dims():
    array = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})
    assert LogNormalExp(array, 1, dims="geo") == LogNormalExp(array.copy(), 1, dims=["geo"])
    assert LogNormalExp(array, 1, dims="geo") != LogNormalExp(array + 1, 1, dims="geo")
    assert LogNormalExp(array, 1, dims="geo") != LogNormalExp(array.values, 1, dims="geo")
    prior = LogNormalExp([1.0, 2.0], 1, dims="geo")
    assert prior == LogNormalExp(np.array([1.0, 2.0]), 1, dims="geo")
    assert deserialize(json.loads(json.dumps(prior.to_dict()))) == prior
    assert prior != Prior("LogNormal", mu=1, sigma=1)
    assert (prior == 3) is False


def test_d27_arrays_are_json():
    array = DataArray(np.array([1, 2]), dims="geo", coords={"geo": np.array([10, 20])})
    for value in (array, array.values):
        prior = LogNormalExp(value, 1, dims="geo", centered=array / 40)
        assert deserialize(json.loads(json.dumps(prior.to_dict()))) == prior


def test_d30_nested_in_anything_upstream_it_is_revived():
    ours = LogNormalExp(1.0, 0.5, centered=0.25)
    for outer in (Prior("Gamma", mu=ours, sigma=ours), Scaled(ours, 2.0), NormalIdentity(0, ours)):
        back = deserialize(json.loads(json.dumps(outer.to_dict())))
        assert type(back) is type(outer)
        inner = back.dist if isinstance(back, Scaled) else back.parameters["sigma"]
        assert type(inner) is LogNormalExp
        assert inner == ours
