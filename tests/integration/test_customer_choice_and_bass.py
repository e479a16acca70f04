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

from integration import assert_finite_logp, free_names, own_free_name
from unfunnel import LogNormalExp


def test_multinomial_logit(form):
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
    numbers = np.random.default_rng(3).gamma(2.0, 1.0, size=(8, 4))
    choice.choice_df = pd.DataFrame(numbers, columns=["a_p", "b_p", "c_p", "income"])
    choice.choice_df["mode"] = [*"abcabcab"]
    choice.build_model()
    own = {own_free_name(name, form) for name in config}
    assert own | {"betas_mu"} == set(free_names(choice.model))
    assert_finite_logp(choice.model)


def test_interrupted_time_series(form):
    sigma = LogNormalExp(1.0, 0.5, dims="existing_product", centered=form)
    config = {
        "intercept": LogNormalExp(10.0, 2.0, dims="existing_product", centered=form),
        "likelihood": Prior(
            "TruncatedNormal", lower=0, sigma=sigma, dims=("time", "existing_product")
        ),
    }
    series = MVITS(existing_sales=["x", "y"], model_config=config)
    sales = pd.DataFrame({"x": [9.0, 10.0, 8.0], "y": [11.0, 10.0, 9.0]})
    series.build_model(sales, pd.Series([0.0, 1.0, 2.0]))
    own = {own_free_name(name, form) for name in ("intercept", "y_sigma")}
    assert own <= set(free_names(series.model))
    assert_finite_logp(series.model)


# -- diffusion

COUNTS = np.random.default_rng(4).poisson(20.0, size=(6, 2))
ADOPTION = xr.Dataset(
    {"observed": (("T", "product"), COUNTS)}, coords={"T": np.arange(6), "product": ["u", "v"]}
)


def diffusion(form=True, **config):
    return BassModel(
        model_config={
            "m": LogNormalExp(200.0, 50.0, dims="product", centered=form),
            "p": LogNormalExp(LogNormalExp(0.03, 0.01), 0.01, dims="product", centered=form),
            "q": LogNormalExp(0.4, 0.1, centered=form),
            "likelihood": Prior("Poisson", dims=("T", "product")),
            **config,
        }
    )


def test_bass_diffusion(form):
    bass = diffusion(form)
    bass.build_model(ADOPTION)
    names = [own_free_name(name, form) for name in ("m", "p", "q")]
    assert {*names, "p_mu"} == set(free_names(bass.model))
    assert bass.model.named_vars_to_dims["m"] == ("product",)
    assert_finite_logp(bass.model)
    attrs = json.loads(json.dumps(bass.create_idata_attrs()))
    again = BassModel._model_config_formatting(json.loads(attrs["model_config"]))
    assert again["m"] == bass.model_config["m"]
    assert type(again["p"]["mu"]) is LogNormalExp
    assert BassModel(model_config=again).id == bass.id


def test_bass_with_a_positive_likelihood():
    likelihood = LogNormalExp(
        sigma=Prior("HalfNormal", sigma=5.0), dims=("T", "product"), centered=False
    )
    bass = diffusion(False, likelihood=likelihood)
    bass.build_model(ADOPTION.astype(float))
    [observed] = bass.model.observed_RVs
    assert observed.name == "y"
    assert observed.owner.op.name == "lognormal"
    assert_finite_logp(bass.model)
    assert "mu" not in likelihood.parameters


def test_bass_without_data_refuses_our_likelihood_instead_of_reading_it_on_the_log_scale():
    """Upstream builds a plain Prior of the same distribution name: that name must be unknown."""
    bass = diffusion(likelihood=LogNormalExp(sigma=1.0, dims=("T", "product")))
    with pytest.raises(UnsupportedDistributionError, match="LogNormalExp"):
        bass.build_model(ADOPTION.drop_vars("observed"))


@pytest.mark.parametrize("centered", [True, "auto"])
def test_bass_with_a_censored_market(centered):
    market = LogNormalExp(200.0, 50.0, dims="product", centered=centered)
    bass = diffusion(m=Censored(market, upper=400.0))
    with pytest.warns(UserWarning, match="Support point not defined"):
        bass.build_model(ADOPTION)
        assert_finite_logp(bass.model)
    assert "m" in free_names(bass.model)
