"""Priors of a media-mix model: saturation, adstock, and every entry of its configuration."""

import json

import pytest
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation
from pymc_marketing.serialization import serialization

from integration import COORDS, assert_finite_logp, free_names, own_free_name
from integration.conftest import CENTERINGS
from unfunnel import LogNormalExp


def positive(centered=True, dims=None, sigma=1.0):
    mean = LogNormalExp(2.0, 0.5, dims="channel") if dims and "channel" in dims else 2.0
    return LogNormalExp(mean, sigma, dims=dims, centered=centered)


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


@pytest.fixture(scope="module", params=CENTERINGS.values(), ids=CENTERINGS.keys())
def everywhere(request, make_mmm):
    """A model with our priors wherever one may stand, not built, and their centering."""
    beta = positive(request.param, dims=("channel", "geo"))
    alpha = Prior("Beta", alpha=LogNormalExp(2.0, 0.5, centered=False), beta=3, dims="channel")
    mmm = make_mmm(
        saturation={"beta": beta},
        adstock={"alpha": alpha},
        model_config=configuration(request.param),
        control_columns=["price"],
        yearly_seasonality=1,
        build=False,
    )
    return mmm, request.param


# pymc-marketing's yearly seasonality reads DatetimeIndex.dayofyear.
@pytest.mark.filterwarnings("ignore:DatetimeIndex.dayofyear is deprecated")
def test_every_place_for_a_prior(everywhere, media_data):
    """Explicit dims, in either order, are kept; the priors are left as they were."""
    mmm, centering = everywhere
    priors = mmm.saturation.function_priors["beta"], mmm.adstock.function_priors["alpha"]
    texts = [repr(prior) for prior in priors]
    mmm.build_model(*media_data)
    free = set(free_names(mmm.model))
    for name in ("saturation_beta", "intercept_contribution", "gamma_fourier", "y_sigma"):
        assert own_free_name(name, centering) in free
        assert name in mmm.model.named_vars
    assert {"saturation_beta_mu", "saturation_lam", "gamma_control"} <= free
    assert {"adstock_alpha_alpha", "adstock_alpha"} <= free
    assert mmm.model.named_vars_to_dims["saturation_beta"] == ("channel", "geo")
    assert [repr(prior) for prior in priors] == texts
    assert_finite_logp(mmm.model)


def test_attributes_round_trip(everywhere):
    mmm, _ = everywhere
    attrs = json.loads(json.dumps(mmm.create_idata_attrs()))
    again = MMM(**MMM.attrs_to_init_kwargs(attrs))
    assert again.id == mmm.id
    assert again.model_config == mmm.model_config
    assert again.saturation.function_priors["beta"] == mmm.saturation.function_priors["beta"]
    assert type(again.model_config["intercept"]) is LogNormalExp
    assert type(again.model_config["likelihood"]["sigma"]) is LogNormalExp


def test_components_alone(centering):
    """``sample_prior`` of a saturation and an adstock outside of a model; their dictionaries."""
    beta = positive(centering, dims=("geo", "channel"))
    saturation = LogisticSaturation(priors={"beta": beta, "lam": positive()})
    prior = saturation.sample_prior(coords=COORDS, draws=3, random_seed=1)
    assert prior["saturation_beta"].sizes["channel"] == 2
    alpha = Prior("Beta", alpha=positive(centering, dims="geo"), beta=1, dims="geo")
    adstock = GeometricAdstock(l_max=2, priors={"alpha": alpha})
    draws = adstock.sample_prior(coords=COORDS, draws=3, random_seed=1)
    assert float(draws["adstock_alpha"].max()) < 1
    again = serialization.deserialize(json.loads(json.dumps(saturation.to_dict())))
    assert type(again) is LogisticSaturation
    assert again.function_priors == saturation.function_priors
    assert type(again.function_priors["beta"]) is LogNormalExp


def test_missing_dims_are_filled_in_a_copy(make_mmm, media_data):
    beta = LogNormalExp(2.0, 1.0, centered=False)
    mmm = make_mmm(saturation={"beta": beta})
    assert beta.dims is None
    filled = mmm.saturation.function_priors["beta"]
    assert type(filled) is LogNormalExp
    assert filled.dims == ("geo", "channel")
    assert filled.centering is False
    assert mmm.model.named_vars_to_dims["saturation_beta"] == ("geo", "channel")
    assert mmm.model["saturation_beta"].owner.op.name == "lognormal"
    # Its prior predictive draws.
    draws = mmm.sample_prior_predictive(*media_data, samples=3, random_seed=1)
    drawn = mmm.idata["prior"]["saturation_beta"]
    assert set(drawn.dims) == {"chain", "draw", "geo", "channel"}
    assert float(drawn.min()) > 0
    assert draws["y"].sizes["geo"] == 3
    assert "saturation_beta_log_offset" not in mmm.idata["prior"]


def test_a_positive_likelihood(make_mmm):
    """Only sigma is given; the model's mean becomes mu."""
    config = {
        "likelihood": LogNormalExp(sigma=Prior("HalfNormal"), dims=("date", "geo")),
        "intercept": LogNormalExp(0.5, 0.1),
    }
    with pytest.warns(UserWarning, match="not a known response-scale likelihood"):
        mmm = make_mmm(model_config=config)
    assert mmm.model["y"].owner.op.name == "lognormal"
    assert mmm.model.observed_RVs == [mmm.model["y"]]
    assert {"y_sigma", "intercept_contribution"} <= set(free_names(mmm.model))
    assert_finite_logp(mmm.model)


def test_identifier(make_mmm):
    """The same for equal configurations, another if a moment or the centering differs."""

    def identifier(sigma=1.0, centered=False):
        beta = positive(centered, dims=("geo", "channel"), sigma=sigma)
        return make_mmm(saturation={"beta": beta}, build=False).id

    assert identifier() == identifier()
    assert len({identifier(), identifier(sigma=2.0), identifier(centered=0.4)}) == 3
