"""A prior for each channel where pymc-marketing takes a prior; who demands one kind says so."""

import json

import numpy as np
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM, LogisticSaturation
from pymc_marketing.r2d2 import R2D2
from pymc_marketing.serialization import serialization
from pymc_marketing.special_priors import MaskedPrior
from xarray import DataArray

from integration import assert_finite_logp, free_names, lines_of, through_json
from unfunnel import ByCoord, LogNormalExp, sample
from unfunnel.errors import DimsError
from unfunnel.tuning.blocks import auto_blocks


def by_channel(dims=None, centered="auto"):
    hierarchical = LogNormalExp(
        Prior("Gamma", mu=2.0, sigma=0.5), Prior("Exponential", lam=2.0), centered=centered
    )
    return ByCoord("channel", {"tv": hierarchical}, default=Prior("HalfNormal"), dims=dims)


@pytest.mark.parametrize("dims", [None, ("geo", "channel"), ("channel", "geo"), "channel"], ids=str)
def test_as_a_saturation_prior(make_mmm, media_data, dims):
    prior = by_channel(dims)
    mmm = make_mmm(saturation={"beta": prior})
    expected = ("geo", "channel") if dims is None else prior.dims
    assert mmm.model.named_vars_to_dims["saturation_beta"] == expected
    assert prior == by_channel(dims)
    members = {"saturation_beta:tv", "saturation_beta:tv_mu", "saturation_beta:radio"}
    assert members <= set(free_names(mmm.model))
    assert [block.name for block in auto_blocks(mmm.model)] == ["saturation_beta:tv"]
    assert_finite_logp(mmm.model)
    mmm.sample_prior_predictive(*media_data, samples=3, random_seed=1)
    whole, member = (mmm.idata["prior"][f"saturation_beta{x}"] for x in ("", ":tv"))
    np.testing.assert_array_equal(whole.sel(channel="tv").values, member.values)


def test_elsewhere_in_the_configuration(make_mmm):
    """``gamma_control`` and the scale of the likelihood, by control and by geo."""
    sigma = ByCoord("geo", {"a": Prior("HalfNormal")}, Prior("Exponential", lam=1.0))
    config = {
        "gamma_control": ByCoord("control", {"price": Prior("Normal", mu=-1, sigma=1)}),
        "likelihood": Prior("Normal", sigma=sigma, dims=("date", "geo")),
        "intercept": ByCoord("geo", {"b": LogNormalExp(1, 1)}, Prior("HalfNormal"), dims="geo"),
    }
    mmm = make_mmm(
        saturation={"beta": by_channel()}, model_config=config, control_columns=["price"]
    )
    members = {"gamma_control:price", "y_sigma:a", "y_sigma:c", "intercept_contribution:b"}
    assert members <= set(free_names(mmm.model))
    assert_finite_logp(mmm.model)
    attrs = json.loads(json.dumps(mmm.create_idata_attrs()))
    again = MMM(**MMM.attrs_to_init_kwargs(attrs))
    assert again.id == mmm.id
    assert again.model_config == mmm.model_config
    assert again.saturation.function_priors["beta"] == mmm.saturation.function_priors["beta"]
    assert type(again.model_config["gamma_control"]) is ByCoord
    assert type(again.model_config["likelihood"]["sigma"]) is ByCoord


def test_saturation_round_trip(make_mmm):
    saturation = LogisticSaturation(priors={"beta": by_channel(("geo", "channel"))})
    again = serialization.deserialize(json.loads(json.dumps(saturation.to_dict())))
    assert again.function_priors == saturation.function_priors
    assert type(again.function_priors["beta"]) is ByCoord
    first, second = (
        make_mmm(saturation={"beta": by_channel(centered=centered)}, build=False).id
        for centered in ("auto", True)
    )
    assert first != second


@pytest.mark.slow
def test_revived_in_a_process_that_only_imports_the_package():
    written = json.dumps(by_channel("channel").to_dict())
    code = (
        "import json, sys, unfunnel\n"
        "from pymc_extras.deserialize import deserialize\n"
        "prior = deserialize(json.loads(sys.argv[1]))\n"
        "print(type(prior).__name__, json.dumps(prior.to_dict()) == sys.argv[1])"
    )
    assert lines_of(code, written, quick=False) == ["ByCoord True"]
    parent = Prior("Gamma", mu=by_channel("channel"), sigma=1.0, dims="channel")
    assert through_json(parent) == parent


def test_who_demands_a_prior(make_mmm):
    factory = by_channel("channel")
    with pytest.raises(TypeError, match="must be a Prior"):
        R2D2(r2=factory, total_sigma=Prior("HalfNormal"), dims={"a": "channel"})
    mask = DataArray([True, False], dims="channel", coords={"channel": ["tv", "radio"]})
    with pytest.raises(DimsError, match="whose labels have the priors"):
        make_mmm(saturation={"beta": MaskedPrior(factory, mask)})


@pytest.mark.slow
def test_sampled_members_are_the_whole(make_mmm):
    mmm = make_mmm(saturation={"beta": by_channel()})
    trace = sample(mmm.model, draws=20, tune=50, chains=1, seed=1, progress_bar=False)
    whole, member = (trace.posterior[f"saturation_beta{x}"] for x in ("", ":tv"))
    np.testing.assert_allclose(whole.sel(channel="tv").values, member.values)
    assert "saturation_beta:tv_kappa" in trace["unfunnel"]
