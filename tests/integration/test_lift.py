"""Lift tests on a saturation whose parameters are ours, and priors of the lift likelihood."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.mmm import LogisticSaturation
from pymc_marketing.mmm.lift_test import add_lift_measurements_to_likelihood_from_saturation

from unfunnel import LogNormalExp

COORDS = {"geo": ["a", "b", "c"], "channel": ["tv", "radio"]}

LIFT = pd.DataFrame(
    {
        "geo": ["a", "c"],
        "channel": ["tv", "radio"],
        "x": [1.0, 2.0],
        "delta_x": [0.5, 0.5],
        "delta_y": [0.2, 0.1],
        "sigma": [0.05, 0.05],
    }
)


def with_lift(beta, likelihood):
    saturation = LogisticSaturation(
        priors={"beta": beta, "lam": LogNormalExp(1.0, 0.5, dims="channel", centered=False)}
    )
    with pm.Model(coords=COORDS) as model:
        saturation._create_distributions()
        add_lift_measurements_to_likelihood_from_saturation(
            LIFT, saturation=saturation, likelihood=likelihood
        )
    return model


@pytest.mark.parametrize("dims", [("geo", "channel"), ("channel", "geo")])
def test_gamma_lift(value_centering, dims):
    """Upstream reads the ops of all free variables and accepts positive ones only."""
    beta = LogNormalExp(Prior("Gamma", mu=2.0, sigma=0.5), 1.0, dims=dims, centered=value_centering)
    model = with_lift(beta, Prior("Gamma"))
    assert {rv.name for rv in model.free_RVs} == {
        "saturation_beta_mu",
        "saturation_beta",
        "saturation_lam",
    }
    assert [rv.owner.op.name for rv in model.observed_RVs if rv.name == "lift_measurements"] == [
        "gamma"
    ]
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_gamma_lift_does_not_know_the_centering():
    """Same point on the natural scale, same density of the lift measurements."""

    def lift_density(centered):
        beta = LogNormalExp(2.0, 1.0, dims=("geo", "channel"), centered=centered)
        model = with_lift(beta, Prior("Gamma"))
        fixed = pm.do(
            model, {"saturation_beta": np.full((3, 2), 1.5), "saturation_lam": np.ones(2)}
        )
        return float(fixed.compile_logp(vars=[fixed["lift_measurements"]])({}))

    densities = [lift_density(centered) for centered in (True, False, 0.4)]
    assert np.isfinite(densities[0])
    np.testing.assert_allclose(densities, densities[0], rtol=1e-10)


def test_gamma_lift_refuses_the_normal_offset_of_the_textbook_form():
    beta = LogNormalExp(2.0, 1.0, dims=("geo", "channel"), centered="offset")
    with pytest.raises(ValueError, match="saturation_beta_log_offset"):
        with_lift(beta, Prior("Gamma"))


@pytest.mark.parametrize("likelihood", [Prior("Normal"), Prior("StudentT", nu=4)], ids=str)
def test_real_valued_lift(centering, likelihood):
    beta = LogNormalExp(2.0, 1.0, dims=("geo", "channel"), centered=centering)
    model = with_lift(beta, likelihood)
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_our_prior_as_degrees_of_freedom(value_centering):
    nu = LogNormalExp(
        LogNormalExp(10.0, 1.0),
        5.0,
        centered=value_centering if not hasattr(value_centering, "dims") else 0.3,
    )
    beta = LogNormalExp(2.0, 1.0, dims=("geo", "channel"))
    model = with_lift(beta, Prior("StudentT", nu=nu))
    assert {"lift_measurements_nu_mu", "lift_measurements_nu"} <= {rv.name for rv in model.free_RVs}
    assert np.isfinite(model.compile_logp()(model.initial_point()))


def test_ours_is_no_lift_likelihood():
    beta = LogNormalExp(2.0, 1.0, dims=("geo", "channel"))
    with pytest.raises(ValueError, match="sigma"):
        with_lift(beta, LogNormalExp(2.0, 1.0))


def test_lift_tests_of_a_whole_media_mix_model(make_mmm):
    mmm = make_mmm(
        saturation={"beta": LogNormalExp(2.0, 1.0, dims=("geo", "channel"), centered=False)}
    )
    before = float(mmm.model.compile_logp()(mmm.model.initial_point()))
    mmm.add_lift_test_measurements(LIFT, likelihood=Prior("Gamma"))
    after = float(mmm.model.compile_logp()(mmm.model.initial_point()))
    assert "lift_measurements" in [rv.name for rv in mmm.model.observed_RVs]
    assert np.isfinite(after)
    assert after != before
