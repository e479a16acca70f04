"""Priors inside priors: which variables there are, and that they hang together."""

import pymc as pm
import pytest
from pymc_extras.prior import Prior
from pytensor.graph.traversal import ancestors

from integration import assert_finite_logp, own_free_name
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}


def free_names(model):
    return [rv.name for rv in model.free_RVs]


@pytest.mark.parametrize("parent_centered", [True, False], ids=["parent-c", "parent-nc"])
def test_child_of_a_normal_prior(hierarchical, centering, parent_centered, xdist):
    child = hierarchical(centering)
    parent = Prior("Normal", mu=0, sigma=child, dims="geo", centered=parent_centered)
    with pm.Model(coords=GEO) as model:
        parent.create_variable("b", xdist=xdist)
    own = own_free_name("b_sigma", centering)
    expected = {"b_sigma_mu", "b_sigma_sigma", own, "b" if parent_centered else "b_offset"}
    assert set(free_names(model)) == expected
    assert model["b_sigma"] in set(ancestors([model["b"]]))
    assert_finite_logp(model)


@pytest.mark.parametrize("inner_centered", [True, False, "offset"])
def test_a_prior_in_a_prior_in_a_prior(hierarchical, centering, inner_centered, xdist):
    inner = LogNormalExp(Prior("Gamma", mu=1, sigma=0.5), 0.5, dims="geo", centered=inner_centered)
    outer = LogNormalExp(inner, Prior("Exponential", scale=1.0), dims="geo", centered=centering)
    with pm.Model(coords=GEO) as model:
        outer.create_variable("b", xdist=xdist)
    assert free_names(model) == [
        "b_mu_mu",
        own_free_name("b_mu", inner_centered),
        "b_sigma",
        own_free_name("b", centering),
    ]
    assert {model[name] for name in ("b_mu_mu", "b_mu", "b_sigma")} <= set(ancestors([model["b"]]))
    assert_finite_logp(model)


def test_both_moments_may_be_priors_of_the_library(centering, xdist):
    prior = LogNormalExp(
        LogNormalExp(2.0, 0.5, centered=False),
        LogNormalExp(1.0, 0.5),
        dims="geo",
        centered=centering,
    )
    with pm.Model(coords=GEO) as model:
        prior.create_variable("b", xdist=xdist)
    assert free_names(model) == ["b_mu", "b_sigma", own_free_name("b", centering)]
    assert_finite_logp(model)


def test_a_positive_scale_for_a_real_valued_effect(centering, xdist):
    prior = NormalIdentity(
        Prior("Normal"), LogNormalExp(1.0, 0.5, centered=False), dims="geo", centered=centering
    )
    with pm.Model(coords=GEO) as model:
        prior.create_variable("b", xdist=xdist)
    own = "b_offset" if is_textbook(centering) else "b"
    assert free_names(model) == ["b_mu", "b_sigma", own]
    assert_finite_logp(model)
