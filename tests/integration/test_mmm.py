"""Priors of a media-mix model: saturation, adstock, and every entry of its configuration."""

import json

import numpy as np
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation
from pymc_marketing.serialization import serialization

from integration import own_free_name
from unfunnel import LogNormalExp

COORDS = {"geo": ("a", "b", "c"), "channel": ("tv", "radio")}


def positive(centered=True, dims=None, sigma=1.0):
    mean = LogNormalExp(2.0, 0.5, dims="channel") if dims and "channel" in dims else 2.0
    return LogNormalExp(mean, sigma, dims=dims, centered=centered)


def logp_at_start(mmm):
    return float(mmm.model.compile_logp()(mmm.model.initial_point()))


def test_saturation_and_adstock(make_mmm, centering):
    """Explicit dims, in either order, are kept; the caller's objects are left as they were."""
    beta = positive(centering, dims=("channel", "geo"))
    alpha = Prior("Beta", alpha=LogNormalExp(2.0, 0.5, centered=False), beta=3, dims="channel")
    texts = repr(beta), repr(alpha)
    mmm = make_mmm(saturation={"beta": beta}, adstock={"alpha": alpha})
    model = mmm.model
    free = {rv.name for rv in model.free_RVs}
    assert {
        "saturation_beta_mu",
        own_free_name("saturation_beta", centering),
        "saturation_lam",
        "adstock_alpha_alpha",
        "adstock_alpha",
    } <= free
    assert model.named_vars_to_dims["saturation_beta"] == ("channel", "geo")
    assert mmm.saturation.function_priors["beta"] == beta
    assert (repr(beta), repr(alpha)) == texts
    assert np.isfinite(logp_at_start(mmm))


def test_missing_dims_are_filled_in_a_copy(make_mmm):
    beta = LogNormalExp(2.0, 1.0, centered=False)
    mmm = make_mmm(saturation={"beta": beta})
    assert beta.dims is None
    filled = mmm.saturation.function_priors["beta"]
    assert type(filled) is LogNormalExp
    assert filled.dims == ("geo", "channel")
    assert filled.centering is False
    assert mmm.model.named_vars_to_dims["saturation_beta"] == ("geo", "channel")
    variable = mmm.model["saturation_beta"]
    assert variable.owner.op.name == "lognormal"


def test_prior_predictive(make_mmm, media_data):
    mmm = make_mmm(saturation={"beta": positive(False, dims=("geo", "channel"))})
    draws = mmm.sample_prior_predictive(*media_data, samples=3, random_seed=1)
    beta = mmm.idata["prior"]["saturation_beta"]
    assert set(beta.dims) == {"chain", "draw", "geo", "channel"}
    assert float(beta.min()) > 0
    assert draws["y"].sizes["geo"] == 3
    assert "saturation_beta_log_offset" not in mmm.idata["prior"]


def configuration(centering):
    return {
        "intercept": LogNormalExp(2.0, 0.5, dims="geo", centered=centering),
        "gamma_control": LogNormalExp(0.5, 0.2, dims=("control",), centered=False),
        "gamma_fourier": LogNormalExp(0.5, 0.2, dims=("geo", "fourier_mode"), centered=centering),
        "likelihood": Prior(
            "Normal",
            sigma=LogNormalExp(2.0, 0.5, dims="geo", centered=centering),
            dims=("date", "geo"),
        ),
    }


# pymc-marketing's yearly seasonality reads DatetimeIndex.dayofyear.
@pytest.mark.filterwarnings("ignore:DatetimeIndex.dayofyear is deprecated")
def test_every_entry_of_the_configuration(make_mmm, centering):
    mmm = make_mmm(
        model_config=configuration(centering), control_columns=["price"], yearly_seasonality=1
    )
    free = {rv.name for rv in mmm.model.free_RVs}
    for name in ("intercept_contribution", "gamma_fourier", "y_sigma"):
        assert own_free_name(name, centering) in free
        assert name in mmm.model.named_vars
    assert "gamma_control" in free
    assert np.isfinite(logp_at_start(mmm))


def test_a_positive_likelihood(make_mmm):
    """Only sigma is given; the model's mean becomes mu."""
    with pytest.warns(UserWarning, match="not a known response-scale likelihood"):
        mmm = make_mmm(
            model_config={
                "likelihood": LogNormalExp(sigma=Prior("HalfNormal"), dims=("date", "geo")),
                "intercept": LogNormalExp(0.5, 0.1),
            }
        )
    assert mmm.model["y"].owner.op.name == "lognormal"
    assert mmm.model.observed_RVs == [mmm.model["y"]]
    assert {"y_sigma", "intercept_contribution"} <= {rv.name for rv in mmm.model.free_RVs}
    assert np.isfinite(logp_at_start(mmm))


def test_saturation_round_trip(centering):
    saturation = LogisticSaturation(
        priors={"beta": positive(centering, dims=("geo", "channel")), "lam": positive()}
    )
    again = serialization.deserialize(json.loads(json.dumps(saturation.to_dict())))
    assert type(again) is LogisticSaturation
    assert again.function_priors == saturation.function_priors
    assert type(again.function_priors["beta"]) is LogNormalExp


def test_priors_of_a_component_alone(centering):
    """``sample_prior`` and ``sample_curve`` of a saturation outside of a model."""
    saturation = LogisticSaturation(priors={"beta": positive(centering, dims=("geo", "channel"))})
    prior = saturation.sample_prior(coords=COORDS, draws=3, random_seed=1)
    assert prior["saturation_beta"].sizes["channel"] == 2
    adstock = GeometricAdstock(
        l_max=2,
        priors={"alpha": Prior("Beta", alpha=positive(centering, dims="geo"), beta=1, dims="geo")},
    )
    draws = adstock.sample_prior(coords=COORDS, draws=3, random_seed=1)
    assert float(draws["adstock_alpha"].max()) < 1


def test_identifier(make_mmm):
    """The same for equal configurations, another if a moment or the centering differs."""

    def identifier(sigma=1.0, centered=False):
        beta = positive(centered, dims=("geo", "channel"), sigma=sigma)
        return make_mmm(saturation={"beta": beta}, build=False).id

    assert identifier() == identifier()
    assert len({identifier(), identifier(sigma=2.0), identifier(centered=0.4)}) == 3


def test_attributes_round_trip(make_mmm, centering):
    from pymc_marketing.mmm import MMM

    mmm = make_mmm(
        saturation={"beta": positive(centering, dims=("geo", "channel"))},
        model_config=configuration(centering),
        control_columns=["price"],
        yearly_seasonality=1,
        build=False,
    )
    attrs = json.loads(json.dumps(mmm.create_idata_attrs()))
    again = MMM(**MMM.attrs_to_init_kwargs(attrs))
    assert again.id == mmm.id
    assert again.model_config == mmm.model_config
    assert type(again.model_config["intercept"]) is LogNormalExp
    assert again.saturation.function_priors["beta"] == mmm.saturation.function_priors["beta"]
    assert type(again.model_config["likelihood"]["sigma"]) is LogNormalExp
