"""Customer-lifetime-value models: purchase and dropout parameters that are ours."""

import json

import pandas as pd
import pytest
from pymc_extras.prior import Prior
from pymc_marketing import clv

from integration import assert_finite_logp, free_names, own_free_name
from unfunnel import LogNormalExp

TRANSACTIONS = pd.DataFrame(
    {
        "customer_id": range(6),
        "frequency": [0, 1, 2, 3, 4, 1],
        "recency": [0.0, 4.0, 6.0, 8.0, 9.0, 2.0],
        "T": [10.0] * 6,
        "monetary_value": [0.0, 5.0, 7.0, 6.0, 5.5, 9.0],
        "age": [0.1, -0.3, 0.5, 0.2, -0.8, 0.4],
    }
)

COHORTS = pd.DataFrame(
    {
        "customer_id": range(6),
        "recency": [1, 2, 3, 3, 4, 4],
        "T": [4] * 6,
        "cohort": ["a", "a", "b", "b", "c", "c"],
    }
)


def positive(form, mu=2.0, **kwargs):
    return LogNormalExp(mu, 1.0, centered=form, **kwargs)


def built(kind, data, config, names, form):
    """Build a model and check that these parameters are sampled as they were meant to be."""
    model = kind(model_config=config)
    model.build_model(data)
    assert {own_free_name(name, form) for name in names} <= set(free_names(model.model))
    assert set(names) <= set(model.model.named_vars)
    assert_finite_logp(model.model)
    return model


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (clv.BetaGeoModel, ["a", "b", "alpha", "r"]),
        (clv.ModifiedBetaGeoModel, ["a", "b", "alpha", "r"]),
        (clv.ParetoNBDModel, ["r", "alpha", "s", "beta"]),
        (clv.BetaGeoBetaBinomModel, ["alpha", "beta", "gamma", "delta"]),
        (clv.GammaGammaModel, ["p", "q", "v"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_positive_parameter(kind, names, form):
    data = TRANSACTIONS[TRANSACTIONS.frequency > 0] if kind is clv.GammaGammaModel else TRANSACTIONS
    config = {name: positive(form) for name in names}
    model = built(kind, data, config, names, form)
    assert all(model.model_config[name] is config[name] for name in names)


def test_covariates_write_dims_into_the_coefficient(form):
    """The model assigns ``dims`` to the coefficient prior and calls the scale ``alpha_scale``."""
    coefficient = LogNormalExp(0.2, 0.1, centered=form)
    config = {
        "alpha": positive(form),
        "r": positive(form),
        "purchase_coefficient": coefficient,
        "purchase_covariate_cols": ["age"],
    }
    names = ["alpha_scale", "r", "purchase_coefficient_alpha"]
    model = built(clv.BetaGeoModel, TRANSACTIONS, config, names, form).model
    assert coefficient.dims == ("purchase_covariate",)
    assert model.named_vars_to_dims["purchase_coefficient_alpha"] == ("purchase_covariate",)


def test_cohorts(form):
    config = {
        "alpha": positive(form, LogNormalExp(2.0, 0.5), dims="cohort"),
        "beta": positive(form, dims="cohort"),
    }
    model = built(clv.ShiftedBetaGeoModel, COHORTS, config, ["alpha", "beta"], form).model
    assert model.named_vars_to_dims["alpha"] == ("cohort",)
    without = clv.ShiftedBetaGeoModel(model_config={**config, "alpha": positive(form)})
    with pytest.raises(ValueError, match="cohort"):
        without.build_model(COHORTS)


def test_configuration_round_trip_and_identifier(form):
    def make(mu):
        config = {"alpha": positive(form, mu), "r": Prior("HalfNormal", sigma=1)}
        return clv.BetaGeoModel(model_config=config)

    model = make(2.0)
    attrs = json.loads(json.dumps(model.create_idata_attrs()))
    again = clv.BetaGeoModel._model_config_formatting(json.loads(attrs["model_config"]))
    assert again["alpha"] == model.model_config["alpha"]
    assert type(again["alpha"]) is LogNormalExp
    assert model.id == make(2.0).id != make(3.0).id


def test_fit_save_and_load(tmp_path):
    """A posterior mode, saved and loaded: the priors come back and the model is the same one."""
    config = {name: positive(False) for name in ("a", "b", "alpha", "r")}
    model = clv.BetaGeoModel(model_config=config)
    path = str(tmp_path / "model.nc")
    model.fit(TRANSACTIONS, method="map", progressbar=False)
    model.save(path)
    again = clv.BetaGeoModel.load(path)
    assert again.id == model.id
    assert again.model_config["alpha"] == config["alpha"]
    assert again.model_config["alpha"].centering is False
    found = again.idata["posterior"]
    assert all(float(found[name].squeeze()) > 0 for name in config)
    assert free_names(again.model) == free_names(model.model)
