"""Hyperpriors have the tails that were stated, or say why they cannot."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pymc as pm
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp, scales
from unfunnel.elicitation.laws import law_of
from unfunnel.errors import DimsError, ParameterError, ParameterTypeError, UnsupportedError

ONE = {
    "exponential": scales.exponential,
    "half_normal": scales.half_normal,
    "half_student_t": lambda **tail: scales.half_student_t(nu=3, **tail),
    "half_cauchy": lambda **tail: scales.half_student_t(nu=1, **tail),
}
TWO = {
    "lognormal": scales.lognormal,
    "inverse_gamma": scales.inverse_gamma,
    "half_student_t": scales.half_student_t,
}
bounds = st.floats(1e-6, 1e6)
tails = st.floats(1e-9, 0.999)
small = st.floats(1e-6, 0.45)


# A bound is a unit of such a law: few of them say it all.
@pytest.mark.parametrize("name", ONE)
@settings(max_examples=60)
@given(bound=bounds, tail=tails)
def test_one_tail_statement(name, bound, tail):
    upper = law_of(ONE[name](upper=bound, upper_tail=tail))
    assert upper.above(bound) == pytest.approx(tail, rel=1e-10)
    lower = law_of(ONE[name](lower=bound, lower_tail=tail))
    assert lower.below(bound) == pytest.approx(tail, rel=1e-10)


@pytest.mark.parametrize("name", ["lognormal", "inverse_gamma"])
@settings(max_examples=100)
@given(lower=bounds, ratio=st.floats(1.01, 1e4), lower_tail=small, upper_tail=small)
def test_two_tail_statements(name, lower, ratio, lower_tail, upper_tail):
    upper = lower * ratio
    prior = TWO[name](lower=lower, lower_tail=lower_tail, upper=upper, upper_tail=upper_tail)
    law = law_of(prior)
    assert law.below(lower) == pytest.approx(lower_tail, rel=1e-7)
    assert law.above(upper) == pytest.approx(upper_tail, rel=1e-7)


@settings(max_examples=100)
@given(nu=st.floats(0.5, 200), scale=bounds, lower_tail=small, upper_tail=small)
def test_half_t_is_found_again_from_its_tails(nu, scale, lower_tail, upper_tail):
    law = law_of(scales.half_student_t(nu, scale))
    lower, upper = law.quantile(lower_tail), float(law.distribution.isf(upper_tail))
    prior = scales.half_student_t(
        lower=lower, lower_tail=lower_tail, upper=upper, upper_tail=upper_tail
    )
    found = law_of(prior)
    assert found.below(lower) == pytest.approx(lower_tail, rel=1e-7)
    assert found.above(upper) == pytest.approx(upper_tail, rel=1e-7)


def test_reference_values():
    stated = {"lower": 0.1, "lower_tail": 0.01, "upper": 2, "upper_tail": 0.01}
    found = scales.lognormal(**stated).parameters
    assert found == pytest.approx({"mu": -0.80471895621705, "sigma": 0.643870228305631}, rel=1e-13)
    found = scales.inverse_gamma(**stated).parameters
    assert found == pytest.approx({"alpha": 2.93853668, "beta": 0.83017323}, rel=1e-8)
    assert scales.pc(1, 0.01).parameters["lam"] == pytest.approx(4.605170185988091, rel=1e-15)
    assert scales.pc(1).parameters["lam"] == pytest.approx(2.995732273553991, rel=1e-15)
    # One in twenty is the default.
    assert scales.pc(2) == scales.exponential(upper=2, upper_tail=0.05)
    both = {"lower": 0.1, "upper": 2}
    assert scales.lognormal(**both) == scales.lognormal(**both, lower_tail=0.05, upper_tail=0.05)


EACH = {
    "pc": scales.pc(1, 0.01, dims="geo"),
    "exponential": scales.exponential(2, dims="geo"),
    "half_normal": scales.half_normal(upper=2, dims="geo"),
    "half_student_t": scales.half_student_t(3, upper=2, dims="geo"),
    "lognormal": scales.lognormal(lower=0.1, upper=2, dims="geo"),
    "inverse_gamma": scales.inverse_gamma(lower=0.1, upper=2, dims="geo"),
}


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("name", EACH)
def test_they_are_plain_priors(name, xdist):
    prior = EACH[name]
    assert type(prior) is Prior
    assert deserialize(json.loads(json.dumps(prior.to_dict()))) == prior
    with pm.Model(coords={"geo": range(8000)}) as model:
        hierarchy = LogNormalExp(1.0, prior, dims="geo")  # no SupportWarning: known as positive
        hierarchy.create_variable("beta", xdist=xdist)
        plain = prior.create_variable("tau", xdist=xdist)
    assert model.named_vars_to_dims["tau"] == ("geo",)
    draws = pm.draw(plain, random_seed=3)
    law = law_of(prior)
    for p in (0.1, 0.5, 0.9):
        share = (draws < law.quantile(p)).mean()
        assert share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / draws.size))


def refused(call, error=ParameterError):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: scales.half_normal(1.0, upper=2), "either 'sigma' or statements about tails"),
        (lambda: scales.half_student_t(3, 1, upper=2), "either 'sigma' or statements"),
        (lambda: scales.lognormal(sigma=0.5, lower=0.1, upper=2), "'sigma' and 2 of them"),
        (scales.half_normal, "no 'sigma'"),
        (lambda: scales.inverse_gamma(3), "no 'beta'"),
        (lambda: scales.half_student_t(3), "no 'sigma'"),
        (lambda: scales.exponential(lower=0.1, upper=2), "one statement about a tail"),
        (lambda: scales.exponential(lower=0.1, upper=2), "lognormal and inverse_gamma hold two"),
        (lambda: scales.lognormal(upper=2), "two statements, lower= and upper="),
        (lambda: scales.lognormal(upper=2), "1 of them"),
        (lambda: scales.half_student_t(upper=2), "two statements"),
        (lambda: scales.half_normal(-1), "expected sigma to be positive"),
        (lambda: scales.half_student_t(0, upper=2), "expected nu to be positive"),
        (lambda: scales.exponential(upper=1e-320), "expected lam to be positive and finite"),
        (lambda: scales.pc(1e-320), "expected lam to be positive and finite"),
    ],
)
def test_parameters_or_as_many_statements(call, expected):
    assert expected in refused(call)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"upper": 0.0}, "upper to be positive and finite"),
        ({"upper": np.inf}, "upper to be positive and finite"),
        ({"upper": np.nan}, "upper to be positive and finite"),
        ({"lower": -1}, "lower to be positive and finite"),
        ({"upper": 1, "upper_tail": 0.0}, "upper_tail to be in (0, 1)"),
        ({"upper": 1, "upper_tail": 5}, "upper_tail to be in (0, 1)"),
        ({"upper_tail": 0.1}, "upper=, the bound that upper_tail is about"),
        ({"lower": 1, "upper": 0.5}, "lower < upper"),
        (
            {"lower": 1, "lower_tail": 0.5, "upper": 2, "upper_tail": 0.5},
            "probability left between",
        ),
    ],
)
@pytest.mark.parametrize("name", ["half_normal", "lognormal"])
def test_statements_that_cannot_be_meant(name, stated, expected):
    assert f"expected {expected}" in refused(lambda: getattr(scales, name)(**stated))


@pytest.mark.parametrize("value", ["1", True, [1.0], np.ones(2), Prior("HalfNormal")])
def test_numbers_only(value):
    assert "a number" in refused(lambda: scales.half_normal(value), ParameterTypeError)
    assert "upper to be a number" in refused(
        lambda: scales.half_normal(upper=value), ParameterTypeError
    )


@pytest.mark.parametrize("dims", [[1, [2]], 5, ["a", "a"], ("a", None)])
def test_dims_are_names(dims):
    for name, stated in {"pc": {"upper": 1}, "lognormal": {"mu": 0, "sigma": 1}}.items():
        with pytest.raises(DimsError, match=rf"{name}: dims: expected unique names of dims"):
            getattr(scales, name)(**stated, dims=dims)


def test_half_t_cannot_be_narrower_than_the_half_normal():
    narrowest = law_of(scales.half_normal(1))
    ratio = narrowest.quantile(0.95) / narrowest.quantile(0.05)
    text = refused(lambda: scales.half_student_t(lower=1, upper=0.99 * ratio))
    assert f"upper / lower between {ratio:.4g} and" in text
    assert "use lognormal" in text
    scales.half_student_t(lower=1, upper=1.01 * ratio)


extreme = st.floats(5e-324, 1.7e308)
any_tail = st.floats(5e-324, 1 - 1e-16)


def right_or_refused(make, **stated):
    try:
        law = law_of(make(**stated))
    except ParameterError:
        return
    if "lower" in stated:
        assert law.below(stated["lower"]) == pytest.approx(stated["lower_tail"], rel=1e-6, abs=0)
    if "upper" in stated:
        assert law.above(stated["upper"]) == pytest.approx(stated["upper_tail"], rel=1e-6, abs=0)


@pytest.mark.parametrize("name", ONE)
@settings(max_examples=10)
@given(bound=extreme, tail=any_tail)
@example(bound=5e-324, tail=0.05)
@example(bound=1.7e308, tail=0.05)
def test_one_statement_of_any_size(name, bound, tail):
    right_or_refused(ONE[name], lower=bound, lower_tail=tail)
    right_or_refused(ONE[name], upper=bound, upper_tail=tail)


@pytest.mark.parametrize("name", TWO)
@settings(max_examples=10)
@given(bounds=st.tuples(extreme, extreme), tails=st.tuples(any_tail, any_tail))
@example(bounds=(5e-324, 1.7e308), tails=(0.05, 0.05))
@example(bounds=(1.0, 1.0 + 1e-15), tails=(0.05, 0.05))
@example(bounds=(1.0, 4.6568710071773506e167), tails=(5e-324, 5e-324))
def test_two_statements_of_any_size(name, bounds, tails):
    lower, upper = sorted(bounds)
    right_or_refused(TWO[name], lower=lower, lower_tail=tails[0], upper=upper, upper_tail=tails[1])


@pytest.mark.parametrize("name", ["half_normal", "exponential", "half_student_t", "lognormal"])
@settings(max_examples=6)
@given(numbers=st.tuples(extreme, extreme))
def test_parameters_of_any_size_are_compared(name, numbers):
    count = 1 if name in ("half_normal", "exponential") else 2
    with contextlib.suppress(ParameterError, UnsupportedError):
        assert str(scales.compare([getattr(scales, name)(*numbers[:count])]))
