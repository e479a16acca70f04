"""What priors of any kind say: the same table, and honest about what is not known."""

import math

import numpy as np
import pytest
import xarray as xr
from pymc_extras.prior import Censored, Prior, Scaled

from unfunnel import ByCoord, LogNormalExp, NormalIdentity
from unfunnel.cli.describe import sampled_variables
from unfunnel.moments.any_prior import known_labels, own_coords
from unfunnel.moments.implied import OTHERS, description

HIERARCHY = LogNormalExp(
    Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5), dims="geo", centered=False
)


def quantities(says, level="element"):
    return set(says.numbers.loc[says.numbers["level"] == level, "quantity"])


def test_priors_of_ours_say_it_themselves():
    found, own = description(HIERARCHY), HIERARCHY.implied()
    assert str(found) == str(own)
    assert found.numbers.equals(own.numbers)


def test_a_known_distribution_is_exact():
    says = description(Prior("HalfNormal", sigma=2.0, dims="geo"))
    assert says.value("mean") == pytest.approx(2 * math.sqrt(2 / math.pi))
    assert set(says.numbers["method"]) == {"exact"}
    assert says.dims == ()


def test_arrays_have_a_row_for_each_label():
    prior = Prior("Normal", mu=np.array([1.0, 2.0]), sigma=1.0, dims=("geo", "channel"))
    says = description(prior, {"channel": ["tv", "radio"]})
    assert says.value("mean", channel="radio") == 2.0
    assert description(prior).value("mean", channel=1) == 2.0


def test_a_hierarchical_normal_has_the_law_of_normal_identity():
    mean, sd = Prior("Normal", mu=1, sigma=3), Prior("HalfNormal", sigma=2)
    prior = Prior("Normal", mu=mean, sigma=sd, dims="geo", centered=False)
    says = description(prior)
    assert says.numbers.equals(NormalIdentity(mean, sd, dims="geo").implied().numbers)
    assert says.value("sd") == pytest.approx(math.sqrt(9 + 4))
    assert says.value("ICC") == pytest.approx(9 / 13)


def test_of_draws_there_are_quantiles_only():
    # its mean is infinite, and that of draws would be a number
    prior = Prior("Normal", mu=0, sigma=Prior("HalfCauchy", beta=1), transform="exp", dims="geo")
    says = description(prior, random_seed=1)
    assert quantities(says) == {"5%", "25%", "50%", "75%", "95%"}
    assert says.value("50%") == pytest.approx(1, abs=0.1)
    assert set(says.numbers.loc[says.numbers["level"] == "element", "method"]) == {"draws"}
    assert says.value("50%", level="sigma") == pytest.approx(1)


def test_a_seed_repeats_the_draws():
    prior = Scaled(Prior("HalfNormal", sigma=1), factor=3.0)
    first, again = (description(prior, random_seed=4).value("50%") for _ in range(2))
    assert first == again == pytest.approx(3 * 0.6745, rel=0.05)


def test_censored_and_zero_sum_priors_are_drawn():
    says = description(Censored(Prior("Normal", mu=0, sigma=1), lower=0.0))
    assert says.value("25%") == 0
    zero_sum = NormalIdentity(1.0, 2.0, dims="geo", zero_sum="geo")
    says = description(zero_sum, {"geo": list("abcdef")}, random_seed=1)
    assert says.value("50%") == pytest.approx(1, abs=0.2)


def test_members_have_their_label():
    prior = ByCoord("channel", {"tv": HIERARCHY, "search": Prior("HalfNormal", sigma=1)}, HIERARCHY)
    says = description(prior)
    assert says.value("mean", channel="tv") == 1.5
    assert says.value("mean", level="mu", channel=OTHERS) == 1.5
    assert says.value("50%", channel="search") == pytest.approx(0.6745, abs=1e-4)
    assert ("tv", "(others)") == tuple(
        dict.fromkeys(says.numbers.loc[says.numbers["level"] == "mu", "channel"])
    )


def test_members_for_other_labels_are_sampled_as_they_say():
    prior = ByCoord(
        "channel", {"tv": Prior("HalfNormal", sigma=1)}, HIERARCHY, dims=("channel", "geo")
    )
    coords = {"channel": ["tv", "radio"], "geo": ["a", "b"]}
    found = {each["name"]: each["coordinate"] for each in sampled_variables(prior, "x", coords)}
    assert found["x:radio"] == "non-centered"
    assert found["x:tv"] == ""


def test_moments_come_first_in_the_table():
    deep = Prior("Gamma", mu=Prior("HalfNormal"), sigma=1)
    assert list(description(deep, random_seed=1).to_dataframe())[:2] == ["mean", "sd"]


def test_a_likelihood_has_no_elements():
    prior = LogNormalExp(sigma=Prior("HalfNormal", sigma=1), dims="date")
    says = description(prior)
    assert set(says.numbers["level"]) == {"sigma"}
    assert sampled_variables(prior, "y", {}) == []


def test_a_flat_prior_says_nothing():
    assert description(Prior("Flat")).numbers.empty
    assert description(LogNormalExp(Prior("HalfFlat"), 1.0)).numbers.empty


def test_deeper_hyperpriors_have_the_names_of_their_variables():
    deep = Prior("Gamma", mu=HIERARCHY, sigma=1.0, dims="geo")
    levels = set(description(deep, random_seed=1).numbers["level"])
    assert levels == {"element", "mu", "mu_mu", "mu_sigma"}
    names = {each["name"] for each in sampled_variables(deep, "x", {})}
    assert names == {"x", "x_mu", "x_mu_mu", "x_mu_sigma"}


def test_what_is_sampled():
    found = {each["name"]: each for each in sampled_variables(HIERARCHY, "beta", {})}
    assert found.keys() == {"beta", "beta_mu", "beta_sigma"}
    beta = found["beta"]
    assert (beta["distribution"], beta["dims"]) == ("LogNormal", ("geo",))
    assert (beta["coordinate"], found["beta_mu"]["coordinate"]) == ("non-centered", "")
    plain = Prior("Normal", mu=Prior("Normal"), sigma=1, dims="geo", centered=False)
    assert {each["name"] for each in sampled_variables(plain, "g", {})} == {"g_offset", "g_mu"}


def test_arrays_with_dims_in_priors_of_upstream():
    mean = xr.DataArray([1.0, 5.0], dims="geo", coords={"geo": ["a", "b"]})
    prior = Prior("Normal", mu=mean, sigma=0.1, dims="geo")
    assert [each["name"] for each in sampled_variables(prior, "x", {})] == ["x"]
    says = description(prior, random_seed=1)
    assert says.value("50%", geo="b") == pytest.approx(5, abs=0.1)


def test_coords():
    member = LogNormalExp(xr.DataArray([1.0], dims="geo", coords={"geo": ["a"]}), 1, dims="geo")
    prior = ByCoord("channel", {"tv": member}, dims=("channel", "geo"))
    assert own_coords(prior) == {"channel": ["tv"], "geo": ["a"]}
    assert own_coords(Scaled(HIERARCHY, 2.0)) == {"geo": ["any"]}
    assert known_labels(Scaled(HIERARCHY, 2.0)) == {}
    zero_sum = NormalIdentity(0.0, 1.0, dims="geo", zero_sum="geo")
    assert own_coords(zero_sum) == {"geo": ["any", "other"]}
    assert known_labels(zero_sum) == {}
