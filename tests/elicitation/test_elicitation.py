"""Hierarchies from four answers: what was asked is what the prior says, by independent means."""

from __future__ import annotations

import json

import numpy as np
import pymc as pm
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from scipy import stats

from unfunnel import (
    LaplaceIdentity,
    LogNormalExp,
    NormalIdentity,
    ProbitNormal,
    StudentTIdentity,
    WeibullExp,
    elicit_hierarchy,
)
from unfunnel.elicitation.hierarchy import ALIKENESS, SURENESS
from unfunnel.errors import ParameterError, ParameterTypeError


def lognormal_moments(prior, low, high):
    """Return mean, sd and mass between two numbers by the trapezoidal rule over the densities."""
    mean, sd = (prior.parameters["mu"].parameters[key] for key in ("mu", "sigma"))
    v_mu = np.log1p((sd / mean) ** 2)
    mu = stats.lognorm(np.sqrt(v_mu), scale=mean * np.exp(-v_mu / 2))
    sigma_mean, sigma_sd = (prior.parameters["sigma"].parameters[key] for key in ("mu", "sigma"))
    sigma = stats.gamma((sigma_mean / sigma_sd) ** 2, scale=sigma_sd**2 / sigma_mean)
    m = np.linspace(mu.ppf(1e-13), mu.isf(1e-13), 3001)[:, None]
    s = np.linspace(1e-9, sigma.isf(1e-13), 1501)
    v = np.log1p((s / m) ** 2)
    location, scale = np.log(m) - v / 2, np.sqrt(v)
    given = (
        np.exp(location + v / 2),
        np.exp(2 * location + 2 * v),
        stats.norm.cdf((np.log(high) - location) / scale)
        - stats.norm.cdf((np.log(low) - location) / scale),
    )
    first, second, mass = (
        float(np.trapezoid(np.trapezoid(g * mu.pdf(m), m, axis=0) * sigma.pdf(s), s)) for g in given
    )
    return first, np.sqrt(second - first**2), mass


@pytest.mark.parametrize(
    ("typical", "bounds", "alikeness", "sureness", "mass"),
    [
        (1.5, (0.5, 3.0), 0.3, 0.5, 0.9),
        (0.2, (0.05, 0.4), 0.7, 0.25, 0.95),
        (40.0, (10.0, 60.0), "somewhat", "sure", 0.8),
    ],
)
def test_what_was_asked_is_what_the_prior_says(typical, bounds, alikeness, sureness, mass):
    prior = elicit_hierarchy(typical, bounds, alikeness, sureness, mass=mass, dims="geo")
    mean, sd, found = lognormal_moments(prior, *bounds)
    assert mean == pytest.approx(typical, rel=1e-7)
    assert found == pytest.approx(mass, abs=1e-6)
    says = prior.implied()
    assert says.value("mean") == pytest.approx(typical, rel=1e-14)
    assert says.value("sd") == pytest.approx(sd, rel=1e-6)
    icc, cv = ALIKENESS.get(alikeness, alikeness), SURENESS.get(sureness, sureness)
    assert says.value("ICC") == pytest.approx(icc, rel=1e-12)
    assert says.value("sd", "sigma") / says.value("mean", "sigma") == pytest.approx(cv, rel=1e-12)


def test_the_split_of_a_standard_deviation():
    prior = elicit_hierarchy(2, sd=1, alikeness=0.3, sureness=0.5)
    mu, sigma = prior.parameters["mu"].parameters, prior.parameters["sigma"].parameters
    assert mu == pytest.approx({"mu": 2.0, "sigma": 0.5477225575051661}, rel=1e-15)
    assert sigma == pytest.approx(
        {"mu": 0.7483314773547882, "sigma": 0.3741657386773941}, rel=1e-14
    )


def test_answers_without_spread_are_numbers():
    unrelated = elicit_hierarchy(1.5, sd=0.5, alikeness=0, sureness=0)
    assert unrelated == LogNormalExp(1.5, 0.5)
    known = elicit_hierarchy(1.5, sd=0.5, alikeness=0.36, sureness=0, dims="geo")
    assert known == LogNormalExp(LogNormalExp(1.5, 0.3), 0.4, dims="geo")
    spread = elicit_hierarchy(1.5, sd=0.5, alikeness=0, sureness=1)
    assert spread.parameters["mu"] == 1.5
    assert spread.parameters["sigma"].distribution == "Gamma"


def test_words():
    for option, words in {"alikeness": ALIKENESS, "sureness": SURENESS}.items():
        for word, number in words.items():
            said = elicit_hierarchy(1, sd=1, **{option: word})
            assert said == elicit_hierarchy(1, sd=1, **{option: number})
    assert elicit_hierarchy(1, sd=1).implied().value("ICC") == pytest.approx(0.5)


def test_ready_to_use():
    prior = elicit_hierarchy(1.5, (0.5, 3), dims="geo", centered=False)
    assert deserialize(json.loads(json.dumps(prior.to_dict()))) == prior
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        prior.create_variable("beta")
    assert {rv.name for rv in model.free_RVs} == {"beta", "beta_mu", "beta_sigma"}
    assert (prior.dims, prior.centering) == (("geo",), False)
    assert isinstance(prior.parameters["sigma"], Prior)
    # With a transform the answers are about the variable before it.
    transformed = elicit_hierarchy(1.5, (0.5, 3), dims="geo", centered=False, transform="log")
    assert transformed.transform == "log"
    assert transformed.parameters == prior.parameters


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"plausible_range": (2, 3)}, r"typical to lie inside .* typical=1 and \(2, 3\)"),
        ({"plausible_range": (0, 3)}, r"expected 0\.0 < low < high < inf"),
        ({"plausible_range": (0.5, 3), "mass": 90}, r"mass in \(0, 1\)"),
        ({"plausible_range": (0.5, 3), "sd": 1}, "exactly one of plausible_range= and sd="),
        ({}, "exactly one of plausible_range= and sd=, but got none"),
        ({"sd": 0}, "sd to be positive"),
        ({"sd": 1, "typical": -1}, "typical to be positive"),
        ({"sd": 1, "alikeness": 1}, r"alikeness to be a number in \[0, 1\)"),
        ({"sd": 1, "alikeness": -0.1}, r"\[0, 1\).* got -0.1"),
        ({"sd": 1, "alikeness": "alik"}, r"'alike', .*'very different'.*Did you mean 'alike'\?"),
        ({"sd": 1, "sureness": np.nan}, r"sureness to be a number in \[0, inf\)"),
        ({"sd": 1, "sureness": Prior("HalfNormal")}, r"sureness .* got Prior\("),
        ({"sd": 1, "sureness": "suer"}, r"\[0, inf\) or one of 'sure'.*Did you mean 'sure'\?"),
        ({"plausible_range": (1e-300, 1e6), "mass": 0.05}, "Narrow the range"),
        ({"sd": 1, "sigma": 1}, "got sigma="),
        ({"typical": 0.3, "sd": 0.45, "family": ProbitNormal}, "sd below"),
    ],
)
def test_answers_that_cannot_be_meant(options, message):
    with pytest.raises(ParameterError, match=message):
        elicit_hierarchy(**{"typical": 1, **options})


@pytest.mark.parametrize("bounds", [3, (1, 2, 3), "12", {1, 2}])
def test_a_range_is_two_numbers(bounds):
    with pytest.raises(ParameterTypeError, match="two numbers"):
        elicit_hierarchy(1, bounds)


FAMILIES = [
    (LogNormalExp, {}),
    (NormalIdentity, {}),
    (StudentTIdentity, {"nu": 3.0}),
    (LaplaceIdentity, {}),
    (ProbitNormal, {}),
    (WeibullExp, {}),
]
extreme = st.floats(5e-324, 1.7e308)


@pytest.mark.parametrize(("family", "options"), FAMILIES)
@settings(max_examples=6, deadline=None)
@given(typical=extreme, sd=extreme)
@example(typical=5e-324, sd=5e-324)
@example(typical=1e-300, sd=1e-300)
@example(typical=1e160, sd=1e160)
def test_standard_deviations_of_any_size(family, options, typical, sd):
    try:
        says = elicit_hierarchy(typical, sd=sd, family=family, **options).implied()
    except ParameterError:
        return
    assert says.value("mean") == pytest.approx(typical, rel=1e-6, abs=1e-6 * sd)
    assert says.value("sd") == pytest.approx(sd, rel=1e-6)


@pytest.mark.parametrize(("family", "options"), FAMILIES[:4])
@pytest.mark.parametrize(
    ("typical", "bounds"),
    [(1.0, (5e-324, 1.7e308)), (1e200, (1e199, 3e200)), (1.0, (1 - 1e-12, 1 + 1e-12))],
)
def test_ranges_of_any_size(family, options, typical, bounds):
    try:
        prior = elicit_hierarchy(typical, bounds, family=family, **options)
    except ParameterError:
        return
    assert prior.implied().value("mean") == pytest.approx(typical, rel=1e-6)


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize(
    ("typical", "plausible_range", "options"),
    [
        pytest.param(0.3, (0.1, 0.6), {"family": ProbitNormal}, marks=pytest.mark.slow),
        pytest.param(
            3.0,
            (2.2, 3.7),
            {"family": ProbitNormal, "lower": 2, "upper": 4},
            marks=pytest.mark.slow,
        ),
        (3.0, (1.5, 6.0), {"lower": 1}),
        pytest.param(-3.0, (-6.0, -1.0), {"upper": 0}, marks=pytest.mark.slow),
        pytest.param(
            0.0, (-1.5, 2.0), {"family": StudentTIdentity, "nu": 5}, marks=pytest.mark.slow
        ),
        pytest.param(1.0, (0.4, 2.0), {"family": WeibullExp}, marks=pytest.mark.slow),
        (1.0, (0.0, 2.5), {"family": NormalIdentity}),
    ],
)
def test_the_model_draws_what_was_asked(typical, plausible_range, options):
    prior = elicit_hierarchy(typical, plausible_range, 0.4, 0.5, **options)
    says = prior.implied()
    assert says.value("mean") == pytest.approx(typical, rel=1e-14)
    assert says.value("ICC") == pytest.approx(0.4, rel=1e-12)
    name = "spread" if "spread" in prior.parameters else "sigma"
    assert says.value("sd", name) / says.value("mean", name) == pytest.approx(0.5, rel=1e-12)
    for each in (prior, *prior.parameters.values()):  # a replicate is a draw
        if isinstance(each, Prior):
            each.dims = ("replicate",)
    with pm.Model(coords={"replicate": range(40_000)}):
        draws = pm.draw(prior.create_variable("x"), random_seed=3)
    low, high = plausible_range
    assert ((draws > low) & (draws < high)).mean() == pytest.approx(0.9, abs=0.008)
    assert draws.std() == pytest.approx(says.value("sd"), rel=0.05)
