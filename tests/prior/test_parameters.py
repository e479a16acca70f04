"""What may be a parameter, and what bad input gets at construction."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc_extras.prior import Censored, Prior, Scaled
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity, elicit_hierarchy, loads, scales
from unfunnel.errors import (
    DimsError,
    ParameterError,
    ParameterTypeError,
    SupportWarning,
    UnfunnelError,
)


def message(*args, error=ParameterError, prior=LogNormalExp, **kwargs):
    with pytest.raises(error) as caught:
        prior(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    "value", [0, -1, -0.5, np.nan, np.inf, -np.inf, np.float32(-2), np.int64(0)]
)
@pytest.mark.parametrize("name", ["mu", "sigma"])
def test_constants_outside_the_support(name, value):
    text = message(**{"mu": 1.0, "sigma": 1.0, name: value})
    assert text.startswith(f"LogNormalExp: {name}: expected positive and finite numbers")
    assert f"but got {float(value)}." in text
    assert ("complete pooling" in text) == (value == 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_real_mean_must_be_finite(value):
    text = message(value, 1.0, prior=NormalIdentity)
    assert text == f"NormalIdentity: mu: expected finite numbers (the mean), but got {value}."
    NormalIdentity(-3.0, 1.0)
    assert "positive and finite" in message(0.0, -1.0, prior=NormalIdentity)


@pytest.mark.parametrize("make", [list, np.array, lambda x: DataArray(x, dims="geo"), pt.constant])
def test_the_offending_element_is_named(make):
    assert "but got -2.0 at index 1." in message(make([1.0, -2.0, 3.0]), 1.0, dims="geo")


@pytest.mark.parametrize(
    ("mu", "bounds", "hint"),
    [
        (-1.0, {}, True),
        ([-1.0, -0.5], {}, True),
        ([1.0, -0.5], {}, False),  # of either sign
        (float("nan"), {}, False),
        (0.0, {}, False),
        (-1.0, {"lower": 0.5}, False),
        (1.0, {"upper": 0.0}, False),
    ],
)
def test_negative_effects_have_an_upper_bound(mu, bounds, hint):
    assert ("LogNormalExp(mu, sigma, upper=0)" in message(mu, 0.5, **bounds)) is hint


def test_the_offending_element_of_two_dims():
    values = np.ones((2, 3))
    values[1, 2] = np.nan
    assert "but got nan at index (1, 2)." in message(values, 1.0, dims=("geo", "channel"))


def test_shared_data_are_checked():
    with pm.Model():
        text = message(pm.Data("m", [1.0, -1.0]), 1.0, dims="geo")
    assert "but got -1.0 at index 1." in text


def test_missing_parameters():
    assert "expected 'sigma' or 'cv', the standard deviation" in message(1.0)
    assert "expected 'sigma', the standard deviation" in message(1.0, prior=NormalIdentity)
    prior = LogNormalExp(sigma=1.0)
    with pm.Model(), pytest.raises(ParameterError, match=r"expected 'mu', the mean.*Pass mu="):
        prior.create_variable("beta")


@pytest.mark.parametrize(
    ("given", "nearest"), [("sigm", "sigma"), ("Mu", "mu"), ("sigma_", "sigma"), ("sd", None)]
)
def test_unknown_parameters(given, nearest):
    text = message(mu=1.0, sigma=1.0, **{given: 2.0})
    assert "expected the parameters 'mu', 'sigma' and 'cv'" in text
    assert f"an unknown parameter {given!r}" in text
    assert ("Did you mean" in text) == (nearest is not None)
    assert nearest is None or f"Did you mean {nearest!r}?" in text


def test_too_many_and_repeated_arguments():
    assert "at most 2 positional arguments" in message(1.0, 2.0, 3.0)
    assert "one value for 'mu', but got two values" in message(1.0, mu=2.0, sigma=1.0)


@pytest.mark.parametrize("value", ["1e-3", "banana", ["1.0", "2.0"]])
def test_strings(value):
    text = message(1.0, value, error=ParameterTypeError, dims="geo")
    assert "expected a positive number, an array or DataArray of such, or a prior" in text
    assert ("write 1.0e-3" in text) == (value != "banana")
    assert "string" in text


@pytest.mark.parametrize(
    "value", [True, None, Prior, {"a": 1}, 1j, np.array([True]), np.array([object()])]
)
def test_other_kinds(value):
    text = message(1.0, value, error=ParameterTypeError, dims="geo")
    assert text.startswith("LogNormalExp: sigma: expected ")
    assert isinstance(ParameterTypeError("", expected="", given=""), TypeError)


REAL = {
    "Normal": Prior("Normal"),
    "StudentT": Prior("StudentT", nu=4, mu=5, sigma=0.1),
    "Laplace": Prior("Laplace"),
    "Cauchy": Prior("Cauchy"),
    "Gumbel": Prior("Gumbel"),
    "Logistic": Prior("Logistic"),
    "SkewNormal": Prior("SkewNormal"),
    "Uniform": Prior("Uniform", lower=-1, upper=2),
    "TruncatedNormal": Prior("TruncatedNormal", mu=1, sigma=1, lower=-3),
    "NormalIdentity": NormalIdentity(1, 1),
    "Scaled": Scaled(Prior("Normal"), 2.0),
    "Censored": Censored(Prior("Normal"), lower=-1, upper=5),
}


@pytest.mark.parametrize("name", ["mu", "sigma"])
@pytest.mark.parametrize("kind", REAL)
def test_hyperpriors_that_reach_zero(kind, name):
    text = message(**{"mu": 1.0, "sigma": 1.0, name: REAL[kind]})
    assert f"LogNormalExp: {name}: expected a hyperprior with positive support" in text
    assert "which puts mass at or below zero" in text
    assert "Use Gamma(mu=, sigma=), LogNormalExp, Exponential or HalfNormal" in text


POSITIVE = {
    "Gamma": Prior("Gamma", mu=1, sigma=1),
    "Exponential": Prior("Exponential"),
    "HalfNormal": Prior("HalfNormal"),
    "LogNormal": Prior("LogNormal"),
    "InverseGamma": Prior("InverseGamma"),
    "HalfStudentT": Prior("HalfStudentT", nu=3),
    "Weibull": Prior("Weibull", alpha=1, beta=1),
    "Uniform": Prior("Uniform", lower=0, upper=2),
    "default Uniform": Prior("Uniform"),
    "TruncatedNormal": Prior("TruncatedNormal", lower=0),
    "exp": Prior("Normal", transform="exp"),
    "LogNormalExp": LogNormalExp(LogNormalExp(1, 1), 1),
    "Scaled": Scaled(Prior("Gamma", mu=1, sigma=1), 2.0),
    "Censored": Censored(Prior("Normal"), lower=0.5, upper=5),
}


@pytest.mark.parametrize("kind", POSITIVE)
def test_positive_hyperpriors_are_taken_without_a_word(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert LogNormalExp(POSITIVE[kind], POSITIVE[kind]).parameters["mu"] is POSITIVE[kind]


class Unknown:
    """A variable factory of which nothing is known."""

    dims = ("geo",)

    def create_variable(self, name, xdist=False):
        raise NotImplementedError


@pytest.mark.parametrize("factory", [Unknown(), Prior("Normal", transform="abs")])
def test_unknown_support_warns(factory):
    with pytest.warns(SupportWarning, match="LogNormalExp: mu: could not establish that") as caught:
        LogNormalExp(factory, 1.0, dims="geo")
    assert len(caught) == 1
    NormalIdentity(factory, 1.0, dims="geo")


def test_random_variables_are_checked_by_their_distribution():
    with pm.Model():
        normal, gamma = pm.Normal("normal"), pm.Gamma("gamma", 2, 2)
        LogNormalExp(gamma, gamma)
        LogNormalExp(gamma + 1, pt.exp(normal))
        text = message(normal, 1.0)
    assert "the variable normal ~ Normal, which puts mass at or below zero" in text


def test_canonical_form():
    prior = LogNormalExp(np.int64(2), np.float32(0.5))
    assert (type(prior.parameters["mu"]), prior.parameters["sigma"]) == (int, 0.5)
    assert isinstance(LogNormalExp([1, 2], 1, dims="geo").parameters["mu"], np.ndarray)
    assert list(LogNormalExp(sigma=1, mu=2).parameters) == ["mu", "sigma"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.ma.masked_array([1.0, 2.0], [False, True]), "a masked array"),
        ([[1.0], [2.0, 3.0]], "list"),
        (10**400, "too large"),
        (pd.Series([1.0, 2.0], ["a", "b"]), "to_xarray"),
        (Prior("Gamma", mu=1, sigma=1).to_dict(), "pymc_extras.deserialize.deserialize"),
        (Prior, "the class|of type"),
    ],
    ids=["masked", "ragged", "huge", "Series", "dict", "class"],
)
def test_what_looks_like_a_parameter_and_is_none(value, text):
    found = message(1.0, value, error=ParameterTypeError, dims="geo")
    assert found.startswith("LogNormalExp: sigma: expected ")
    assert re.search(text, found)


@pytest.mark.parametrize("value", [-1.0, "1e-3", Prior("Normal"), {"a": 1}])
def test_what_is_written_later_is_checked_when_it_is_used(value):
    prior = LogNormalExp(1.0, 1.0)
    prior.parameters["mu"] = value
    with pm.Model() as model, pytest.raises(ParameterError, match="LogNormalExp: mu: expected"):
        prior.create_variable("beta")
    assert not model.named_vars


@pytest.mark.parametrize(
    ("given", "nearest"), [("dim", "dims"), ("centred", "centered"), ("transfrom", "transform")]
)
def test_misspelt_options(given, nearest):
    assert f"Did you mean {nearest!r}?" in message(1.0, 1.0, **{given: "geo"})


def test_the_warning_points_at_the_caller_and_comes_once():
    with pytest.warns(SupportWarning) as caught:
        prior = LogNormalExp(Prior("Normal", transform="abs"), 1.0, dims="geo")
    assert [record.filename for record in caught] == [__file__]
    with pm.Model(coords={"geo": ["a"]}), warnings.catch_warnings():
        warnings.simplefilter("error")
        prior.create_variable("beta")


def test_messages_hold_no_addresses():
    with pytest.warns(SupportWarning, match="that <Unknown> stays positive") as caught:
        prior = LogNormalExp(Unknown(), 1.0, dims="geo")
    texts = [str(caught[0].message), repr(prior), prior._repr_html_()]
    texts += [message(value, 1.0) for value in (object(), lambda: 1, Unknown, [Unknown()])]
    texts += [message(1.0, 1.0, error=ValueError, centered=Unknown())]
    with pytest.raises(ValueError, match="to_dict") as refused:
        prior.to_dict()
    assert not [text for text in (*texts, str(refused.value)) if "0x" in text]


@pytest.mark.parametrize("name", ["mu", "sigma", "cv", "lower", "upper"])
def test_assigning_a_parameter_is_refused_and_not_ignored(name):
    prior = LogNormalExp(1.0, 0.5)
    with pytest.raises(AttributeError, match=f"{name} cannot be assigned"):
        setattr(prior, name, 3.0)


NO_NAMES = [0, True, 2.5, 1j, object(), np.array("g"), np.float32(1), np.ma.masked, Prior("Normal")]


@pytest.mark.parametrize("value", [*NO_NAMES, pd.Timestamp("2020"), len, [1], ["g", "g"]])
@pytest.mark.parametrize("option", ["dims", "zero_sum"])
def test_what_names_no_dims_is_refused_by_an_error_of_ours(option, value):
    with pytest.raises(DimsError, match=rf"NormalIdentity: {option}: expected unique names"):
        NormalIdentity(0.0, 1.0, **{"dims": "g", option: value})


@pytest.mark.parametrize("value", [*NO_NAMES, np.array(["marginal", "population"]), "Marginal"])
def test_what_is_no_scale_of_deviations_is_refused_by_an_error_of_ours(value):
    with pytest.raises(ParameterError, match="expected 'population' or 'marginal'"):
        NormalIdentity(0.0, 1.0, dims="g", zero_sum="g", zero_sum_scale=value)


@pytest.mark.parametrize("name", ["mu", "sigma", "centered", "lower"])
def test_a_masked_number_is_refused(name):
    with pytest.raises(UnfunnelError, match="a masked array"):
        LogNormalExp(**{"mu": 3.0, "sigma": 1.0, name: np.ma.masked})


BEYOND_FLOATS = {
    "from_quantiles": lambda x: NormalIdentity.from_quantiles(0.1, x),
    "from_median": lambda x: LogNormalExp.from_median(x, sigma=1.0),
    "from_mode": lambda x: LogNormalExp.from_mode(1.0, mu=x),
    "constrain": lambda x: NormalIdentity(Prior("Normal"), 1.0).constrain(0.1, x),
    "elicit": lambda x: elicit_hierarchy(x, sd=1.0),
    "scale": lambda x: scales.exponential(upper=x),
    "parameter": lambda x: LogNormalExp(x, 1.0),
}


@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["large", "negative"])
@pytest.mark.parametrize("ask", BEYOND_FLOATS.values(), ids=BEYOND_FLOATS)
def test_an_integer_beyond_floats_is_refused_by_an_error_of_ours(ask, number):
    with pytest.raises(UnfunnelError):
        ask(number)


@pytest.mark.parametrize("family", [None, "LogNormalExp", Prior, LogNormalExp(1.0, 1.0)])
def test_a_hierarchy_of_no_family_of_ours_is_refused(family):
    with pytest.raises(ParameterTypeError, match="family to be a class of priors"):
        elicit_hierarchy(1.0, sd=1.0, family=family)


@pytest.mark.parametrize("text", [None, b"a: 1", {"a": 1}, 3])
def test_a_text_of_priors_is_a_string(text):
    with pytest.raises(ParameterTypeError, match="text: expected JSON or YAML as a string"):
        loads(text, "yaml")
