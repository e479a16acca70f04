"""The informed coordinate on copies of models that somebody else wrote."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from models import GROUPS, by_others, mixed
from pymc.model.transform.conditioning import remove_value_transforms

import unfunnel
from unfunnel.errors import ParameterError
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")

RNG = np.random.default_rng(4)


def density_of_variables(model, point):
    """Return the log density in the variables themselves, whatever the sampler's coordinate."""
    plain = remove_value_transforms(model)
    return float(plain.compile_logp()(point))


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_the_copy_is_the_same_model(xdist):
    model = by_others(xdist)
    copy = unfunnel.reparameterize(model)
    assert {v.name for v in copy.value_vars} == {"mu", "tau_softplus__", "a_informed__", "z"}
    assert set(copy.named_vars) == set(model.named_vars)
    assert [tuple(copy.named_vars_to_dims[name]) for name in "abzy"] == [("group",)] * 4
    assert copy["a"].type == model["a"].type
    # And nothing happened to the original.
    assert [v.name for v in model.value_vars] == ["mu", "tau_log__", "a", "z"]
    (block,) = auto_blocks(copy)
    block.sites.set(*RNG.uniform(0, 20, size=(2, GROUPS)))
    model.rvs_to_initial_values = dict.fromkeys(model.rvs_to_initial_values)
    copy.rvs_to_initial_values = dict.fromkeys(copy.rvs_to_initial_values)
    for _ in range(5):
        point = {
            "mu": RNG.normal(),
            "tau": RNG.exponential(),
            "a": RNG.normal(size=GROUPS),
            "z": RNG.normal(size=GROUPS),
        }
        point = {name: np.asarray(value) for name, value in point.items()}
        expected = density_of_variables(model, point)
        assert density_of_variables(copy, point) == pytest.approx(expected, rel=1e-12)


def test_initial_values_are_kept():
    copy = unfunnel.reparameterize(by_others())
    assert copy.rvs_to_initial_values[copy["mu"]] == 0.3
    assert copy.initial_point()["mu"] == 0.3


def test_named_blocks():
    with pm.Model() as model:
        s = pm.HalfNormal("s")
        pm.Normal("a", 0, s, shape=2)
        pm.LogNormal("b", 0, s, shape=2)
        pm.Gamma("c", mu=1, sigma=s, shape=2)
    copy = unfunnel.reparameterize(model, ["b"])
    assert [block.name for block in auto_blocks(copy)] == ["b"]
    with pytest.raises(ParameterError, match=r"names among 'a' and 'b', but got 'bb'\. Did you"):
        unfunnel.reparameterize(model, "bb")
    with pytest.raises(ParameterError, match="'c', which cannot be used: Gamma is not a"):
        unfunnel.reparameterize(model, ["c"])
    with pytest.raises(ParameterError, match=r"names among 'a' and 'b', but got none.*\"all\" is"):
        unfunnel.reparameterize(model, [])


def test_auto_blocks_stay_as_they_are():
    model = mixed("auto")
    (before,) = auto_blocks(model)
    before.sites.set(np.ones(GROUPS), np.ones(GROUPS))
    (after,) = auto_blocks(unfunnel.reparameterize(model))
    np.testing.assert_array_equal(after.sites.values, np.ones((2, GROUPS)))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), None], ids=str)
def test_shapes_without_dims(shape):
    with pm.Model() as model:
        location = pm.Normal("m", shape=(3,) if shape is None else shape[-1:])
        pm.Normal("a", location, pm.HalfNormal("s"), shape=shape)
    copy = unfunnel.reparameterize(model)
    (block,) = auto_blocks(copy)
    shape = (3,) if shape is None else shape
    assert block.value.type.ndim == len(shape)
    block.sites.set(np.full(shape, 3.0), np.full(shape, -2.0))
    assert np.isfinite(copy.compile_logp()(copy.initial_point()))


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=str)
def test_labelled_variables_that_pymc_dims_transposes(order):
    """Hyperparameters over the first dim only: pymc.dims puts the other one in front."""
    with pm.Model(coords={"a": range(2), "b": range(3)}) as model:
        mu, tau = pmd.Normal("mu", 0, 1, dims="a"), pmd.HalfNormal("tau", sigma=1, dims="a")
        pmd.Normal("x", mu=mu, sigma=tau, dims=order)
    copy = unfunnel.reparameterize(model)
    (block,) = auto_blocks(copy)
    assert copy["x"].type.dims == order
    shape = tuple({"a": 2, "b": 3}[dim] for dim in order)
    block.sites.set(*RNG.uniform(0, 20, size=(2, *shape)))
    point = {
        "mu": RNG.normal(size=2),
        "tau": RNG.exponential(size=2),
        "x": RNG.normal(size=shape),
    }
    expected = density_of_variables(model, point)
    assert density_of_variables(copy, point) == pytest.approx(expected, rel=1e-12)
    assert np.isfinite(copy.compile_logp()(copy.initial_point()))


def test_labelled_scales_in_another_order():
    with pm.Model(coords={"g": range(2), "t": range(3)}) as model:
        s = pmd.HalfNormal("s", sigma=1, dims=("t", "g"))
        pmd.Normal("a", mu=pmd.Normal("mu", 0, 1, dims="t"), sigma=s, dims=("g", "t"))
    copy = unfunnel.reparameterize(model)
    (block,) = auto_blocks(copy)
    block.sites.set(*RNG.uniform(0, 20, size=(2, 2, 3)))
    assert np.isfinite(copy.compile_logp()(copy.initial_point()))
    point = {"s": RNG.exponential(size=(3, 2)), "mu": RNG.normal(size=3), "a": np.ones((2, 3))}
    expected = density_of_variables(model, point)
    assert density_of_variables(copy, point) == pytest.approx(expected, rel=1e-12)
