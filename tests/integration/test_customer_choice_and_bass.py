"""Discrete choice, interrupted time series and diffusion models with our priors."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pymc_extras.prior import Censored, Prior, UnsupportedDistributionError
from pymc_marketing.bass import BassModel
from pymc_marketing.customer_choice import MVITS
from pymc_marketing.customer_choice.mnl_logit import MNLogit

from integration import assert_finite_logp, own_free_name
from unfunnel import LogNormalExp


@pytest.fixture(scope="module")
def choices():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.gamma(2.0, 1.0, size=(8, 4)), columns=["a_p", "b_p", "c_p", "income"])
    frame["mode"] = ["a", "b", "c", "a", "b", "c", "a", "b"]
    return frame


def test_multinomial_logit(choices, form):
    config = {
        "alphas_": LogNormalExp(1.0, 0.5, dims="alts", centered=form),
        "betas": LogNormalExp(LogNormalExp(1.0, 0.2), 0.5, dims="alt_covariates", centered=form),
        "betas_fixed_": LogNormalExp(0.5, 0.2, dims=("alts", "fixed_covariates"), centered=form),
    }
    choice = MNLogit(
        utility_equations=["a ~ a_p | income", "b ~ b_p | income", "c ~ c_p | income"],
        depvar="mode",
        covariates=["p"],
        model_config=config,
    )
    choice.choice_df = choices
    choice.build_model()
    free = {rv.name for rv in choice.model.free_RVs}
    assert {own_free_name(name, form) for name in config} | {"betas_mu"} == free
    assert_finite_logp(choice.model)


def test_interrupted_time_series(form):
    series = MVITS(
        existing_sales=["x", "y"],
        model_config={
            "intercept": LogNormalExp(10.0, 2.0, dims="existing_product", centered=form),
            "likelihood": Prior(
                "TruncatedNormal",
                lower=0,
                sigma=LogNormalExp(1.0, 0.5, dims="existing_product", centered=form),
                dims=("time", "existing_product"),
            ),
        },
    )
    sales = pd.DataFrame({"x": [9.0, 10.0, 8.0], "y": [11.0, 10.0, 9.0]})
    series.build_model(sales, pd.Series([0.0, 1.0, 2.0]))
    free = {rv.name for rv in series.model.free_RVs}
    assert {
        own_free_name("intercept", form),
        own_free_name("y_sigma", form),
    } <= free
    assert_finite_logp(series.model)


def adoption(products=("u", "v")):
    rng = np.random.default_rng(4)
    counts = rng.poisson(20.0, size=(6, len(products)))
    return xr.Dataset(
        {"observed": (("T", "product"), counts)},
        coords={"T": np.arange(6), "product": list(products)},
    )


def diffusion_config(form):
    return {
        "m": LogNormalExp(200.0, 50.0, dims="product", centered=form),
        "p": LogNormalExp(LogNormalExp(0.03, 0.01), 0.01, dims="product", centered=form),
        "q": LogNormalExp(0.4, 0.1, centered=form),
        "likelihood": Prior("Poisson", dims=("T", "product")),
    }


def test_bass_diffusion(form):
    config = diffusion_config(form)
    bass = BassModel(model_config=config)
    bass.build_model(adoption())
    names = [own_free_name(name, form) for name in ("m", "p", "q")]
    assert {*names, "p_mu"} == {rv.name for rv in bass.model.free_RVs}
    assert bass.model.named_vars_to_dims["m"] == ("product",)
    assert_finite_logp(bass.model)
    attrs = json.loads(json.dumps(bass.create_idata_attrs()))
    again = BassModel._model_config_formatting(json.loads(attrs["model_config"]))
    assert again["m"] == config["m"]
    assert type(again["p"]["mu"]) is LogNormalExp
    assert BassModel(model_config=again).id == bass.id


def test_bass_with_a_positive_likelihood():
    data = adoption().astype(float)
    likelihood = LogNormalExp(
        sigma=Prior("HalfNormal", sigma=5.0), dims=("T", "product"), centered=False
    )
    bass = BassModel(model_config={**diffusion_config(False), "likelihood": likelihood})
    bass.build_model(data)
    [observed] = bass.model.observed_RVs
    assert observed.name == "y"
    assert observed.owner.op.name == "lognormal"
    assert_finite_logp(bass.model)
    assert "mu" not in likelihood.parameters


def test_bass_without_data_refuses_our_likelihood_instead_of_reading_it_on_the_log_scale():
    """Upstream builds a plain Prior of the same distribution name: that name must be unknown."""
    likelihood = LogNormalExp(sigma=1.0, dims=("T", "product"))
    bass = BassModel(model_config={**diffusion_config(True), "likelihood": likelihood})
    with pytest.raises(UnsupportedDistributionError, match="LogNormalExp"):
        bass.build_model(adoption().drop_vars("observed"))


@pytest.mark.parametrize("value_centering", [True, "auto"])
def test_bass_with_a_censored_market(value_centering):
    market = Censored(
        LogNormalExp(200.0, 50.0, dims="product", centered=value_centering), upper=400.0
    )
    bass = BassModel(model_config={**diffusion_config(True), "m": market})
    with pytest.warns(UserWarning, match="Support point not defined"):
        bass.build_model(adoption())
        assert_finite_logp(bass.model)
    assert "m" in {rv.name for rv in bass.model.free_RVs}
