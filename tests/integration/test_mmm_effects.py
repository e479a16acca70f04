"""Additive effects and time-varying parts of a media-mix model: build and reload each."""

import json

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytest
from pymc_extras.prior import UnsupportedDistributionError
from pymc_marketing.mmm import HSGP, MMM, HSGPPeriodic, LinearTrend, SoftPlusHSGP, YearlyFourier
from pymc_marketing.mmm.additive_effect import ControlMuEffect, LinearTrendEffect
from pymc_marketing.mmm.data_conversion import to_mmm_dataset
from pymc_marketing.mmm.events import EventEffect, GaussianBasis
from pymc_marketing.serialization import serialization

from integration import GEO, assert_finite_logp, free_names, own_free_name
from unfunnel import LogNormalExp, patch_prior_from_dict


def reloaded(obj):
    return serialization.deserialize(json.loads(json.dumps(serialization.serialize(obj))))


@pytest.fixture
def patched():
    undo = patch_prior_from_dict()
    yield
    undo()


def test_yearly_seasonality(form):
    prior = LogNormalExp(0.5, 0.2, centered=form)
    fourier = YearlyFourier(n_order=2, prior=prior)
    assert prior.dims is None
    assert fourier.prior.dims == ("fourier",)
    assert type(fourier.prior) is LogNormalExp
    draws = fourier.sample_prior(draws=3, random_seed=1)
    assert draws["fourier_beta"].sizes["fourier"] == 4
    assert float(draws["fourier_beta"].min()) > 0
    assert reloaded(fourier).prior == fourier.prior


def test_event_effect(form):
    size = LogNormalExp(LogNormalExp(1.0, 0.2), 0.5, dims="geo", centered=form)
    basis = GaussianBasis(priors={"sigma": LogNormalExp(7.0, 1.0, dims="geo")})
    effect = EventEffect(basis=basis, effect_size=size, dims=("geo",))
    with pm.Model(coords=GEO) as model:
        x = pmd.Data("x", np.arange(3.0), dims="geo")
        pmd.Deterministic("effect", effect.apply(x, name="sale"))
    own = own_free_name("sale_effect_size", form)
    assert {"sale_effect_size_mu", own} <= set(free_names(model))
    assert_finite_logp(model)
    again = reloaded(effect).effect_size
    assert again == size
    assert type(again) is LogNormalExp


def test_linear_trend(form):
    trend = LinearTrend(
        n_changepoints=3,
        include_intercept=True,
        priors={
            "delta": LogNormalExp(0.5, 0.2, dims="changepoint", centered=form),
            "k": LogNormalExp(1.0, 0.2, centered=form),
        },
    )
    draws = trend.sample_prior(draws=3, random_seed=1)
    assert {"delta", "k"} <= set(draws.data_vars)
    assert draws["delta"].sizes["changepoint"] == 3
    assert reloaded(trend).priors == trend.priors


def test_effects_in_a_model(make_mmm, media_data, form):
    """A trend and a control, each with a prior of ours."""
    delta = LogNormalExp(0.1, 0.1, dims=("geo", "changepoint"), centered=form)
    trend = LinearTrend(n_changepoints=2, dims=("geo",), priors={"delta": delta})
    control = LogNormalExp(0.5, 0.2, dims="geo", centered=form)
    data = to_mmm_dataset(
        *media_data,
        date_column="date",
        channel_columns=["tv", "radio"],
        dims=("geo",),
        extra_vars=["price"],
        target_column="y",
    )
    mmm = make_mmm(build=False)
    mmm.add_mu_effect(LinearTrendEffect(trend=trend, prefix="trend"))
    mmm.add_mu_effect(ControlMuEffect(data_vars=["price"], prefix="c", prior=control))
    mmm.build_model(data)
    own = {own_free_name(name, form) for name in ("delta", "c_price_coef")}
    assert own <= set(free_names(mmm.model))
    assert mmm.model.named_vars_to_dims["c_price_coef"] == ("geo",)
    assert_finite_logp(mmm.model)
    first, second = (reloaded(effect) for effect in mmm.mu_effects)
    assert first.trend.priors == trend.priors
    assert second.prior == control
    assert type(second.prior) is LogNormalExp


def hsgp(kind, form):
    scale = LogNormalExp(1.0, 0.3, centered=form)
    extra = {"period": 6.0, "scale": scale} if kind is HSGPPeriodic else {"L": 20.0, "eta": scale}
    ls = LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, centered=form)
    return kind(ls=ls, m=4, dims="time", **extra)


@pytest.mark.parametrize("kind", [HSGP, SoftPlusHSGP, HSGPPeriodic])
def test_gaussian_process(kind, form, patched):
    process = hsgp(kind, form)
    with pm.Model(coords={"time": range(10)}) as model:
        x = pmd.Data("x", np.arange(10.0), dims="time")
        process.register_data(x).create_variable("f", xdist=True)
    prefix = "f_raw" if kind is SoftPlusHSGP else "f"
    scale = "scale" if kind is HSGPPeriodic else "eta"
    assert {own_free_name(f"{prefix}_{scale}", form), f"{prefix}_ls_mu"} <= set(free_names(model))
    assert_finite_logp(model)
    again = kind.from_dict(json.loads(json.dumps(process.to_dict())))
    assert type(again) is kind
    assert again.ls == process.ls
    assert getattr(again, scale) == getattr(process, scale)
    assert type(again.ls) is LogNormalExp


def test_gaussian_process_without_the_patch_names_the_family():
    data = json.loads(json.dumps(hsgp(HSGP, False).to_dict()))
    with pytest.raises(UnsupportedDistributionError, match="LogNormalExp"):
        HSGP.from_dict(data)


def test_time_varying_intercept(make_mmm, patched):
    process = SoftPlusHSGP(
        ls=LogNormalExp(3.0, 1.0, centered=False),
        eta=LogNormalExp(1.0, 0.3),
        m=4,
        L=50.0,
        dims=("date", "geo"),
    )
    intercept = LogNormalExp(2.0, 0.5, dims="geo", centered=False)
    mmm = make_mmm(time_varying_intercept=process, model_config={"intercept": intercept})
    free = {rv.name: rv for rv in mmm.model.free_RVs}
    assert free["intercept_baseline"].owner.op.name == "lognormal"
    assert {"intercept_latent_process_raw_eta", "intercept_latent_process_raw_ls"} <= set(free)
    assert_finite_logp(mmm.model)
    attrs = json.loads(json.dumps(mmm.create_idata_attrs()))
    again = MMM(**MMM.attrs_to_init_kwargs(attrs))
    assert again.time_varying_intercept.ls == mmm.time_varying_intercept.ls
    assert type(again.time_varying_intercept.eta) is LogNormalExp
    assert again.id == mmm.id
