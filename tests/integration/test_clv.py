"""Customer-lifetime-value models: purchase and dropout parameters that are ours."""

import json

import numpy as np
import pandas as pd
import pytest
from pymc_extras.prior import Prior
from pymc_marketing import clv

from integration import own_free_name
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


def positive(form, mu=2.0):
    return LogNormalExp(mu, 1.0, centered=form)


def assert_built(model, names, form):
    free = {rv.name for rv in model.free_RVs}
    assert {own_free_name(name, form) for name in names} <= free
    assert set(names) <= set(model.named_vars)
    assert np.isfinite(model.compile_logp()(model.initial_point()))


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
    model = kind(model_config=config)
    model.build_model(data)
    assert_built(model.model, names, form)
    assert all(model.model_config[name] is config[name] for name in names)


def test_covariates_write_dims_into_the_coefficient(form):
    """The model assigns ``dims`` to the coefficient prior and calls the scale ``alpha_scale``."""
    coefficient = LogNormalExp(0.2, 0.1, centered=form)
    model = clv.BetaGeoModel(
        model_config={
            "alpha": positive(form),
            "r": positive(form),
            "purchase_coefficient": coefficient,
            "purchase_covariate_cols": ["age"],
        },
    )
    model.build_model(TRANSACTIONS)
    assert_built(model.model, ["alpha_scale", "r", "purchase_coefficient_alpha"], form)
    assert coefficient.dims == ("purchase_covariate",)
    assert model.model.named_vars_to_dims["purchase_coefficient_alpha"] == ("purchase_covariate",)


def test_cohorts(form):
    config = {
        "alpha": LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, dims="cohort", centered=form),
        "beta": LogNormalExp(2.0, 1.0, dims="cohort", centered=form),
    }
    model = clv.ShiftedBetaGeoModel(model_config=config)
    model.build_model(COHORTS)
    assert_built(model.model, ["alpha", "beta"], form)
    assert model.model.named_vars_to_dims["alpha"] == ("cohort",)


def test_cohort_priors_without_the_dim_are_refused():
    config = {"alpha": LogNormalExp(2.0, 1.0), "beta": LogNormalExp(2.0, 1.0, dims="cohort")}
    model = clv.ShiftedBetaGeoModel(model_config=config)
    with pytest.raises(ValueError, match="cohort"):
        model.build_model(COHORTS)


def test_configuration_round_trip_and_identifier(form):
    def make(mu):
        return clv.BetaGeoModel(
            model_config={
                "alpha": positive(form, mu),
                "r": Prior("HalfNormal", sigma=1),
            }
        )

    model = make(2.0)
    attrs = json.loads(json.dumps(model.create_idata_attrs()))
    again = clv.BetaGeoModel._model_config_formatting(json.loads(attrs["model_config"]))
    assert again["alpha"] == model.model_config["alpha"]
    assert type(again["alpha"]) is LogNormalExp
    assert model.id == make(2.0).id != make(3.0).id


def test_fit_save_and_load(tmp_path):
    """A posterior mode, saved and loaded: the priors come back and the model is the same one."""
    config = {name: LogNormalExp(2.0, 1.0, centered=False) for name in ("a", "b", "alpha", "r")}
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
    assert [rv.name for rv in again.model.free_RVs] == [rv.name for rv in model.model.free_RVs]
