"""Models that contain our priors, changed by PyMC's own tools."""

import numpy as np
import pymc as pm
import pytest
from pymc.model.fgraph import clone_model
from pymc.model.transform.conditioning import change_value_transforms, remove_value_transforms
from pymc.model.transform.optimization import freeze_dims_and_data
from pytensor.xtensor import as_xtensor
from xarray import DataArray

from integration import GEO, assert_finite_logp, built, free_names, logp_at_start, own_free_name
from unfunnel import LogNormalExp

VALUES = np.array([0.5, 1.0, 4.0])


def value_of(xdist):
    return as_xtensor(VALUES, dims=("geo",)) if xdist else VALUES


def test_do_sets_the_variable(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist, coords=GEO)
    with model:
        pm.Deterministic("twice", 2 * (model["b"].values if xdist else model["b"]))
    done = pm.do(model, {"b": VALUES})
    np.testing.assert_allclose(pm.draw(done["twice"]), 2 * VALUES)
    assert "b" not in free_names(done)
    # The original is left as it was.
    assert own_free_name("b", centering) in free_names(model)


def test_do_on_a_hyperparameter(value_centering, xdist):
    prior = LogNormalExp(LogNormalExp(2.0, 1.0), 1e-6, dims="geo", centered=value_centering)
    done = pm.do(built(prior, xdist, coords=GEO), {"b_mu": 7.0})
    np.testing.assert_allclose(np.asarray(pm.draw(done["b"], random_seed=1)), 7.0, rtol=1e-4)
    assert free_names(done) == ["b"]
    assert_finite_logp(done)


def test_observe_conditions_on_the_variable(hierarchical, value_centering, xdist):
    """The density of the hyperparameters given b does not know how b would have been sampled."""
    observed, centered = (
        pm.observe(built(hierarchical(c), xdist, coords=GEO), {"b": value_of(xdist)})
        for c in (value_centering, True)
    )
    assert free_names(observed) == ["b_mu", "b_sigma"]
    assert [rv.name for rv in observed.observed_RVs] == ["b"]
    # Without Jacobian: "auto" has a coordinate of its own for the scale hyperparameter, too.
    found, expected = (logp_at_start(each, jacobian=False) for each in (observed, centered))
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    assert np.isfinite(found)


def test_the_offset_form_cannot_be_observed(hierarchical, xdist):
    model = built(hierarchical("offset"), xdist, coords=GEO)
    with pytest.raises(RuntimeError, match="could not be derived"):
        logp_at_start(pm.observe(model, {"b": value_of(xdist)}))


def test_clone_and_freeze_keep_the_density(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist, coords=GEO)
    expected = logp_at_start(model)
    draw = np.asarray(pm.draw(model["b"], random_seed=3))
    for changed in (clone_model(model), freeze_dims_and_data(model)):
        assert set(free_names(changed)) == set(free_names(model))
        assert {v.name for v in changed.value_vars} == {v.name for v in model.value_vars}
        np.testing.assert_allclose(logp_at_start(changed), expected, rtol=1e-8)
        np.testing.assert_array_equal(np.asarray(pm.draw(changed["b"], random_seed=3)), draw)


def test_value_transforms_taken_off(hierarchical, value_centering, xdist):
    """Without them every centering is the same density."""
    plain, centered = (
        remove_value_transforms(built(hierarchical(c), xdist, coords=GEO))
        for c in (value_centering, True)
    )
    point = {"b_mu": 2.0, "b_sigma": 0.5, "b": VALUES}
    assert {v.name for v in plain.value_vars} == set(point)
    expected = centered.compile_logp()(point)
    np.testing.assert_allclose(plain.compile_logp()(point), expected, rtol=1e-10)


def test_a_value_transform_put_on_afterwards(hierarchical, xdist):
    """A centered model becomes the non-centered one, and back."""
    centered, noncentered = (built(hierarchical(c), xdist, coords=GEO) for c in (True, False))
    ours = noncentered.rvs_to_transforms[noncentered["b"]]
    logs = centered.rvs_to_transforms[centered["b"]]
    moved = change_value_transforms(centered, {"b": ours})
    np.testing.assert_allclose(logp_at_start(moved), logp_at_start(noncentered), rtol=1e-8)
    back = change_value_transforms(noncentered, {"b": logs})
    np.testing.assert_allclose(logp_at_start(back), logp_at_start(centered), rtol=1e-8)


@pytest.mark.parametrize("centering", [False, "auto", "offset"])
def test_a_prefixed_model(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist, coords=GEO)
    with pm.Model(coords=GEO) as outer, pm.Model(name="north", model=outer):
        variable = hierarchical(centering).create_variable("b", xdist=xdist)
    assert variable is outer["north::b"]
    assert free_names(outer) == [f"north::{name}" for name in free_names(model)]
    np.testing.assert_allclose(logp_at_start(outer), logp_at_start(model), rtol=1e-8)


def test_graphs_of_a_model_and_of_a_prior(hierarchical, centering, xdist):
    pytest.importorskip("graphviz")
    model = built(hierarchical(centering), xdist, coords=GEO)
    lines = [line for line in pm.model_to_graphviz(model).body if "->" in line]
    edges = {tuple(line.strip().split(" -> ")) for line in lines}
    own = own_free_name("b", centering)
    assert {("b_mu", "b"), ("b_sigma", "b")} <= edges
    assert own == "b" or (own, "b") in edges
    source = hierarchical(centering).to_graph().source
    assert {"var_mu", "var_sigma"} <= set(source.split())
    assert f"geo ({3 if hasattr(centering, 'dims') else 1})" in source


def test_graph_of_a_prior_with_arrays():
    """Its coords are those of its arrays; upstream's own method fails here."""
    pytest.importorskip("graphviz")
    wide = DataArray(np.ones(4), dims="geo", coords={"geo": ["d", "c", "b", "a"]})
    weights = DataArray(np.full(3, 0.5), dims="geo", coords={"geo": ["a", "b", "c"]})
    inner = LogNormalExp(np.ones(2), 1.0, dims="channel")
    prior = LogNormalExp(inner, wide, dims=("geo", "channel"), centered=weights)
    assert "geo (3) x channel (2)" in prior.to_graph().source


@pytest.mark.parametrize("centered", [True, False, 0.4])
def test_maximum_a_posteriori(centered):
    """A starting point for every coordinate, and one optimum on the natural scale."""
    with built(LogNormalExp(2.0, 1.0, dims="geo", centered=centered), coords=GEO) as model:
        pm.Normal("y", model["b"], 1e-3, observed=VALUES, dims="geo")
        found = pm.find_MAP(progressbar=False)
    np.testing.assert_allclose(found["b"], VALUES, atol=1e-3)
