"""Models that contain our priors, changed by PyMC's own tools."""

import numpy as np
import pymc as pm
import pytest
from pymc.model.fgraph import clone_model
from pymc.model.transform.conditioning import change_value_transforms, remove_value_transforms
from pymc.model.transform.optimization import freeze_dims_and_data
from pytensor.xtensor import as_xtensor
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}
VALUES = np.array([0.5, 1.0, 4.0])


def built(prior, xdist, name="b", **kwargs):
    with pm.Model(coords=GEO, **kwargs) as model:
        prior.create_variable(name, xdist=xdist)
    return model


def logp_at_start(model, jacobian=True):
    return float(model.compile_logp(jacobian=jacobian)(model.initial_point()))


def own_free_name(centering):
    return "b_log_offset" if is_textbook(centering) else "b"


def test_do_sets_the_variable(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist)
    with model:
        pm.Deterministic("twice", 2 * (model["b"].values if xdist else model["b"]))
    done = pm.do(model, {"b": VALUES})
    np.testing.assert_allclose(pm.draw(done["twice"]), 2 * VALUES)
    assert "b" not in [rv.name for rv in done.free_RVs]
    # The original is left as it was.
    assert own_free_name(centering) in [rv.name for rv in model.free_RVs]


def test_do_on_a_hyperparameter(value_centering, xdist):
    prior = LogNormalExp(LogNormalExp(2.0, 1.0), 1e-6, dims="geo", centered=value_centering)
    done = pm.do(built(prior, xdist), {"b_mu": 7.0})
    np.testing.assert_allclose(np.asarray(pm.draw(done["b"], random_seed=1)), 7.0, rtol=1e-4)
    assert [rv.name for rv in done.free_RVs] == ["b"]
    assert np.isfinite(logp_at_start(done))


def test_observe_conditions_on_the_variable(hierarchical, value_centering, xdist):
    """The density of the hyperparameters given b does not know how b would have been sampled."""
    value = as_xtensor(VALUES, dims=("geo",)) if xdist else VALUES
    observed = pm.observe(built(hierarchical(value_centering), xdist), {"b": value})
    assert [rv.name for rv in observed.free_RVs] == ["b_mu", "b_sigma"]
    assert [rv.name for rv in observed.observed_RVs] == ["b"]
    centered = pm.observe(built(hierarchical(True), xdist), {"b": value})
    # Without Jacobian: "auto" has a coordinate of its own for the scale hyperparameter, too.
    found, expected = logp_at_start(observed, False), logp_at_start(centered, False)
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    assert np.isfinite(found)


def test_the_offset_form_cannot_be_observed(hierarchical, xdist):
    value = as_xtensor(VALUES, dims=("geo",)) if xdist else VALUES
    with pytest.raises(RuntimeError, match="could not be derived"):
        logp_at_start(pm.observe(built(hierarchical("offset"), xdist), {"b": value}))


def test_clone_and_freeze_keep_the_density(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist)
    expected = logp_at_start(model)
    for changed in (clone_model(model), freeze_dims_and_data(model)):
        assert {rv.name for rv in changed.free_RVs} == {rv.name for rv in model.free_RVs}
        assert {v.name for v in changed.value_vars} == {v.name for v in model.value_vars}
        np.testing.assert_allclose(logp_at_start(changed), expected, rtol=1e-8)
        np.testing.assert_array_equal(
            np.asarray(pm.draw(changed["b"], random_seed=3)),
            np.asarray(pm.draw(model["b"], random_seed=3)),
        )


def test_without_value_transforms_every_centering_is_the_same_density(
    hierarchical, value_centering, xdist
):
    plain = remove_value_transforms(built(hierarchical(value_centering), xdist))
    point = {"b_mu": 2.0, "b_sigma": 0.5, "b": VALUES}
    assert {v.name for v in plain.value_vars} == set(point)
    centered = remove_value_transforms(built(hierarchical(True), xdist))
    np.testing.assert_allclose(
        plain.compile_logp()(point), centered.compile_logp()(point), rtol=1e-10
    )


def test_a_value_transform_put_on_afterwards(hierarchical, xdist):
    """A centered model becomes the non-centered one, and back."""
    centered, noncentered = (built(hierarchical(c), xdist) for c in (True, False))
    ours = noncentered.rvs_to_transforms[noncentered["b"]]
    logs = centered.rvs_to_transforms[centered["b"]]
    moved = change_value_transforms(centered, {"b": ours})
    np.testing.assert_allclose(logp_at_start(moved), logp_at_start(noncentered), rtol=1e-8)
    back = change_value_transforms(noncentered, {"b": logs})
    np.testing.assert_allclose(logp_at_start(back), logp_at_start(centered), rtol=1e-8)


def test_a_prefixed_model(hierarchical, centering, xdist):
    model = built(hierarchical(centering), xdist, name="b")
    with pm.Model(coords=GEO) as outer, pm.Model(name="north", model=outer):
        variable = hierarchical(centering).create_variable("b", xdist=xdist)
    assert variable is outer["north::b"]
    assert [rv.name for rv in outer.free_RVs] == [f"north::{rv.name}" for rv in model.free_RVs]
    np.testing.assert_allclose(logp_at_start(outer), logp_at_start(model), rtol=1e-8)


def test_one_prior_twice_in_a_model(hierarchical, centering, xdist):
    prior = hierarchical(centering)
    with pm.Model(coords=GEO) as model:
        prior.create_variable("b", xdist=xdist)
        prior.create_variable("d", xdist=xdist)
    assert {"b", "b_mu", "b_sigma", "d", "d_mu", "d_sigma"} <= set(model.named_vars)
    b, d = (np.asarray(x) for x in pm.draw([model["b"], model["d"]], random_seed=1))
    assert not np.isclose(b, d).any()


def test_graph_of_a_model(hierarchical, centering, xdist):
    pytest.importorskip("graphviz")
    model = built(hierarchical(centering), xdist)
    edges = {
        tuple(line.strip().split(" -> "))
        for line in pm.model_to_graphviz(model).body
        if "->" in line
    }
    own = own_free_name(centering)
    assert ("b_mu", "b") in edges
    assert ("b_sigma", "b") in edges
    assert own == "b" or (own, "b") in edges


def test_graph_of_a_prior(hierarchical, centering):
    pytest.importorskip("graphviz")
    source = hierarchical(centering).to_graph().source
    assert "var_mu" in source
    assert "var_sigma" in source
    assert f"geo ({3 if hasattr(centering, 'dims') else 1})" in source


def test_graph_of_a_prior_with_arrays():
    """Its coords are those of its arrays; upstream's own method fails here."""
    pytest.importorskip("graphviz")
    wide = DataArray(np.ones(4), dims="geo", coords={"geo": ["d", "c", "b", "a"]})
    weights = DataArray(np.full(3, 0.5), dims="geo", coords={"geo": ["a", "b", "c"]})
    inner = LogNormalExp(np.ones(2), 1.0, dims="channel")
    prior = LogNormalExp(inner, wide, dims=("geo", "channel"), centered=weights)
    source = prior.to_graph().source
    assert "geo (3) x channel (2)" in source


@pytest.mark.parametrize("centered", [True, False, 0.4])
def test_maximum_a_posteriori(centered):
    """A starting point for every coordinate, and one optimum on the natural scale."""
    with pm.Model(coords=GEO) as model:
        LogNormalExp(2.0, 1.0, dims="geo", centered=centered).create_variable("b")
        pm.Normal("y", model["b"], 1e-3, observed=VALUES, dims="geo")
        found = pm.find_MAP(progressbar=False)
    np.testing.assert_allclose(found["b"], VALUES, atol=1e-3)
