"""Lift tests on a saturation whose parameters are ours, and priors of the lift likelihood."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from pymc_marketing.mmm import LogisticSaturation
from pymc_marketing.mmm.lift_test import add_lift_measurements_to_likelihood_from_saturation

from integration import COORDS, assert_finite_logp, free_names, logp_at_start
from unfunnel import LogNormalExp

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


def beta(centered=True, dims=("geo", "channel")):
    return LogNormalExp(2.0, 1.0, dims=dims, centered=centered)


def with_lift(prior, likelihood):
    saturation = LogisticSaturation(
        priors={"beta": prior, "lam": LogNormalExp(1.0, 0.5, dims="channel", centered=False)}
    )
    with pm.Model(coords=COORDS) as model:
        saturation._create_distributions()
        add_lift_measurements_to_likelihood_from_saturation(
            LIFT, saturation=saturation, likelihood=likelihood
        )
    return model


def test_gamma_lift(value_centering):
    """Upstream reads the ops of all free variables and accepts positive ones only."""
    prior = beta(value_centering, ("channel", "geo"))
    prior.parameters["mu"] = Prior("Gamma", mu=2.0, sigma=0.5)
    model = with_lift(prior, Prior("Gamma"))
    assert set(free_names(model)) == {"saturation_beta_mu", "saturation_beta", "saturation_lam"}
    observed = {rv.name: rv.owner.op.name for rv in model.observed_RVs}
    assert observed["lift_measurements"] == "gamma"
    assert_finite_logp(model)


def test_gamma_lift_does_not_know_the_centering():
    """Same point on the natural scale, same density of the lift measurements."""
    point = {"saturation_beta": np.full((3, 2), 1.5), "saturation_lam": np.ones(2)}
    densities = []
    for centered in (True, False, 0.4):
        fixed = pm.do(with_lift(beta(centered), Prior("Gamma")), point)
        densities.append(float(fixed.compile_logp(vars=[fixed["lift_measurements"]])({})))
    assert np.isfinite(densities[0])
    np.testing.assert_allclose(densities, densities[0], rtol=1e-10)


@pytest.mark.parametrize("likelihood", [Prior("Normal"), Prior("StudentT", nu=4)], ids=str)
def test_real_valued_lift(centering, likelihood):
    assert_finite_logp(with_lift(beta(centering), likelihood))


def test_our_prior_as_degrees_of_freedom(form):
    nu = LogNormalExp(LogNormalExp(10.0, 1.0), 5.0, centered=form)
    model = with_lift(beta(), Prior("StudentT", nu=nu))
    assert {"lift_measurements_nu_mu", "lift_measurements_nu"} <= set(model.named_vars)
    assert_finite_logp(model)


def test_what_upstream_refuses():
    """The normal offset of the textbook form under a Gamma; ours as the likelihood."""
    with pytest.raises(ValueError, match="saturation_beta_log_offset"):
        with_lift(beta("offset"), Prior("Gamma"))
    with pytest.raises(ValueError, match="sigma"):
        with_lift(beta(), LogNormalExp(2.0, 1.0))


def test_lift_tests_of_a_whole_media_mix_model(make_mmm):
    mmm = make_mmm(saturation={"beta": beta(False)})
    before = logp_at_start(mmm.model)
    mmm.add_lift_test_measurements(LIFT, likelihood=Prior("Gamma"))
    assert "lift_measurements" in [rv.name for rv in mmm.model.observed_RVs]
    assert_finite_logp(mmm.model)
    assert logp_at_start(mmm.model) != before
