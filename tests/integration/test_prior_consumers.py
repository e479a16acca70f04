"""Consumers that demand a real ``Prior``: link checks, variance budgets, causal graphs."""

import json

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import scipy.stats
import xarray as xr
from pymc_extras.prior import Prior
from pymc_marketing.mmm.link import IdentityLinkSpec, _check_studentt_mean_exists
from pymc_marketing.r2d2 import R2D2

from integration import assert_finite_logp, built, free_names, own_free_name
from unfunnel import LogNormalExp


def posterior(**draws):
    return xr.Dataset({name: (("chain", "draw"), np.array([x])) for name, x in draws.items()})


def test_degrees_of_freedom_of_a_likelihood(make_mmm, form):
    """The mean of a StudentT exists for nu > 1: upstream looks up the draws of ``y_nu``."""
    nu, sigma = (LogNormalExp(10.0, 3.0, centered=form), LogNormalExp(1.0, 0.5, centered=form))
    likelihood = Prior("StudentT", nu=nu, sigma=sigma, dims=("date", "geo"))
    model = make_mmm(model_config={"likelihood": likelihood}).model
    assert {own_free_name(name, form) for name in ("y_nu", "y_sigma")} <= set(free_names(model))
    assert {"y_nu", "y_sigma"} <= set(model.named_vars)
    _check_studentt_mean_exists(posterior(y_nu=[2.0, 3.0]), likelihood, "y")
    with pytest.raises(ValueError, match="1 of 2 draws are at or below 1"):
        _check_studentt_mean_exists(posterior(y_nu=[0.5, 3.0]), likelihood, "y")


def test_scale_of_a_truncated_likelihood(form):
    likelihood = Prior("TruncatedNormal", lower=0.0, sigma=LogNormalExp(1.0, 0.5, centered=form))
    mu, sigma = np.array([0.5, 2.0]), np.array([1.0, 2.0])
    draws = posterior(mu=mu, y_sigma=sigma)
    offset = IdentityLinkSpec._truncation_offset(draws, likelihood, "y")
    exact = scipy.stats.truncnorm(-mu / sigma, np.inf, loc=mu, scale=sigma).mean() - mu
    np.testing.assert_allclose(offset.values.ravel(), exact, rtol=1e-8)
    with pytest.raises(ValueError, match="y_sigma"):
        IdentityLinkSpec._truncation_offset(draws.drop_vars("y_sigma"), likelihood, "y")


def test_dates_as_labels_of_a_parameter():
    """A weekly mean, labelled by timestamps in another order than the model's."""
    weeks = pd.date_range("2024-01-01", periods=3, freq="7D")
    mean = xr.DataArray([3.0, 2.0, 1.0], dims="date", coords={"date": weeks[::-1]})
    model = built(LogNormalExp(mean, 1e-6, dims="date"), xdist=True, coords={"date": weeks})
    np.testing.assert_allclose(np.asarray(pm.draw(model["b"])), [1.0, 2.0, 3.0], rtol=1e-4)


def test_variance_budget_with_our_total_scale(form):
    budget = R2D2(
        r2=Prior("Beta", alpha=2, beta=2),
        total_sigma=LogNormalExp(1.0, 0.5, centered=form),
        dims={"control": "control"},
    )
    with pm.Model(coords={"control": ["p", "q"]}) as model:
        budget.create_variable("r2d2")
    assert own_free_name("r2d2_total_sigma", form) in free_names(model)
    assert_finite_logp(model)
    again = R2D2.from_dict(json.loads(json.dumps(budget.to_dict())))
    assert again.total_sigma == budget.total_sigma


def test_structural_model_from_a_graph(form):
    pytest.importorskip("networkx")
    from pymc_marketing.mmm.causal import BuildModelFromDAG

    dates = pd.date_range("2024-01-01", periods=4)
    positive = LogNormalExp(1.0, 0.5, centered=form)
    model = BuildModelFromDAG(
        dag="X->Y",
        df=pd.DataFrame({"date": dates, "X": np.arange(4.0), "Y": np.arange(1.0, 5.0)}),
        target="Y",
        dims=("date",),
        coords={"date": list(dates)},
        model_config={
            "intercept": Prior("Normal"),
            "slope": positive,
            "likelihood": Prior("Normal", sigma=positive, dims=("date",)),
        },
    ).build()
    own = {own_free_name(name, form) for name in ("x:y", "y_sigma")}
    assert own <= {name.lower() for name in free_names(model)}
    assert_finite_logp(model)
