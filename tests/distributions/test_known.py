"""The table of distributions agrees with PyMC, scipy and PreliZ."""

from __future__ import annotations

import inspect
from math import inf, isfinite, nan

import numpy as np
import preliz
import pymc as pm
import pytest
from hyperpriors import HYPERPRIORS
from pymc_extras.prior import Prior

from unfunnel.distributions.known import DISTRIBUTIONS, LAWS
from unfunnel.distributions.supports import support_of_distribution
from unfunnel.moments.reading import distribution_of

pytestmark = pytest.mark.usefixtures("fast_compile")

#: Parameters of those without a law, and other forms of those with one.
OTHERS = {
    "AsymmetricLaplace": {"kappa": 2, "mu": 1, "b": 1},
    "ChiSquared": {"nu": 2},
    "ExGaussian": {"mu": 0, "sigma": 1, "nu": 1},
    "Gumbel": {"mu": 0, "beta": 1},
    "Kumaraswamy": {"a": 2, "b": 3},
    "LogitNormal": {},
    "Moyal": {},
    "Rice": {"nu": 1, "sigma": 1},
    "SkewNormal": {},
    "SkewStudentT": {"a": 2, "b": 3},
    "Triangular": {"lower": -1, "c": 0.5, "upper": 3},
    "VonMises": {},
    "Wald": {"mu": 1, "lam": 1},
}
FORMS = [
    *HYPERPRIORS.items(),
    ("Beta", {"alpha": 2, "beta": 3}),
    ("Beta", {"mu": 0.3, "nu": 7}),
    ("Exponential", {"scale": 3.0}),
    ("Exponential", {}),
    ("Gamma", {"alpha": 2, "beta": 0.3}),
    ("HalfNormal", {}),
    ("HalfNormal", {"sigma": 3}),
    ("HalfStudentT", {"nu": 3}),
    ("HalfStudentT", {"nu": 3, "lam": 4}),
    ("InverseGamma", {"alpha": 3}),
    ("LogNormal", {}),
    ("LogNormal", {"tau": 4}),
    ("Normal", {}),
    ("Normal", {"mu": 2, "tau": 4}),
    ("Pareto", {"alpha": 3, "m": 2}),
    ("StudentT", {"nu": 3}),
    ("StudentT", {"nu": 3, "mu": 1, "lam": 4}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mu": 1, "tau": 4, "upper": 3}),
    ("Uniform", {}),
]
laws = pytest.mark.parametrize("name", LAWS)


def law_of(name):
    row = LAWS[name]
    return row.law(*row.numbers(HYPERPRIORS[name]))


def test_each_law_has_an_example():
    assert HYPERPRIORS.keys() == LAWS.keys()


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_names_of_parameters_are_pymcs(name):
    row = DISTRIBUTIONS[name]
    known = inspect.signature(getattr(pm, name).dist).parameters
    mentioned = [*row.parameters, *(key for group in row.either for key in group), *row.units]
    mentioned += [end[0] for end in row.support or () if isinstance(end, tuple)]
    for form in row.forms:
        for key, parameter in inspect.signature(form).parameters.items():
            mentioned.append(key)
            # A parameter that PyMC does not need has a default, or is the mark of this form.
            if known[key].default is inspect.Parameter.empty:
                assert parameter.default is inspect.Parameter.empty
    assert set(mentioned) <= known.keys()


@pytest.mark.parametrize(("name", "parameters"), FORMS, ids=str)
def test_the_numbers_are_those_of_the_random_variable(name, parameters):
    found = distribution_of(Prior(name, **parameters))
    assert found[0] == name
    assert LAWS[name].numbers(parameters) == pytest.approx([float(x) for x in found[1]], rel=1e-12)


def test_parameters_that_fit_no_form_and_numbers_that_no_law_has():
    assert LAWS["Gamma"].numbers({"alpha": 1, "sigma": 1}) is None
    assert LAWS["Normal"].numbers({"sigma": 1, "tau": 1}) is None
    assert LAWS["Normal"].numbers({"sigma": 1, "tau": None}) == (0, 1)
    for name, parameters in (
        ("Gamma", {"mu": -1, "sigma": 0}),
        ("Exponential", {"lam": 0}),
        ("Beta", {"mu": 0.5, "sigma": 3}),
        ("HalfNormal", {"tau": -1}),
        ("StudentT", {"nu": -2}),
    ):
        assert not isfinite(LAWS[name].law(*LAWS[name].numbers(parameters)).mean())


@pytest.mark.parametrize("name", [*LAWS, *OTHERS])
def test_the_support_is_where_the_density_is(name):
    parameters = HYPERPRIORS.get(name) or OTHERS[name]
    lower, upper = support_of_distribution(name, parameters)
    variable = getattr(pm, name).dist(**parameters)
    near = 1e-3
    inside = [max(lower, -5) + near, min(upper, 5) - near]
    assert np.isfinite(pm.logp(variable, np.array(inside)).eval()).all()
    outside = np.array([end for end in (lower - near, upper + near) if isfinite(end)])
    assert (pm.logp(variable, outside).eval() == -inf).all()


@laws
def test_the_law_is_that_of_pymc(name):
    law = law_of(name)
    p = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    points = law.ppf(p)
    density = np.exp(pm.logp(getattr(pm, name).dist(**HYPERPRIORS[name]), points).eval())
    assert law.pdf(points) == pytest.approx(density, rel=1e-6)
    step = 1e-5 * (points[3] - points[1])
    slope = (law.cdf(points + step) - law.cdf(points - step)) / (2 * step)
    assert slope == pytest.approx(density, rel=2e-4)
    assert law.cdf(points) == pytest.approx(p, rel=1e-9)
    assert law.isf(1 - p) == pytest.approx(points, rel=1e-9)


@laws
def test_moments_are_those_of_preliz(name):
    law, other = law_of(name), getattr(preliz, name)(**HYPERPRIORS[name])
    if name in ("Cauchy", "HalfCauchy"):
        assert not isfinite(law.var())
        return
    # PreliZ integrates some numerically.
    assert law.mean() == pytest.approx(float(other.mean()), rel=1e-6)
    assert law.var() == pytest.approx(float(other.var()), rel=1e-5)


@pytest.mark.parametrize("name", ["Exponential", "HalfCauchy", "HalfNormal", "HalfStudentT"])
def test_quantiles_next_to_zero_and_far_out(name):
    law, p = law_of(name), np.array([1e-17, 1e-12, 1e-6])
    np.testing.assert_allclose(law.cdf(law.ppf(p)), p, rtol=1e-9)
    np.testing.assert_allclose(law.sf(law.isf(p)), p, rtol=1e-9)


@laws
def test_the_mode_is_where_the_density_is_highest(name):
    row = LAWS[name]
    law, mode = law_of(name), row.mode(*row.numbers(HYPERPRIORS[name]))
    if name == "Uniform":
        assert np.isnan(mode)
        return
    highest = law.pdf(mode + 1e-9)  # a mode may be an end of the support
    assert highest >= law.pdf(law.ppf(np.linspace(0.001, 0.999, 999))).max() * (1 - 1e-6)


@pytest.mark.parametrize(
    ("alpha", "beta", "mode"),
    [(2, 4, 0.25), (1, 3, 0), (3, 1, 1), (0.5, 1, 0), (0.5, 1.5, 0), (1, 1, nan), (0.5, 0.5, nan)],
)
def test_modes_at_the_ends(alpha, beta, mode):
    assert LAWS["Beta"].mode(alpha, beta) == pytest.approx(mode, nan_ok=True)


@pytest.mark.parametrize("name", [name for name, row in LAWS.items() if row.restate])
def test_another_one_of_this_kind_has_the_moments_that_are_asked_for(name):
    row = LAWS[name]
    before = law_of(name)
    mean, sd = (0.25, 0.07) if name == "Beta" else (2.5, 0.7)
    parameters = row.restate(mean, sd, *row.numbers(HYPERPRIORS[name]))
    law = row.law(*row.numbers(parameters))
    assert law.mean() == pytest.approx(mean, rel=1e-12)
    cv = before.std() / before.mean() if row.has_one_number else sd / mean  # the shape is kept
    assert law.std() == pytest.approx(cv * mean, rel=1e-12)


STATED_IN_FULL = [
    (name, parameters) for name, parameters in FORMS if parameters.keys() & LAWS[name].units
]


@pytest.mark.parametrize(("name", "parameters"), STATED_IN_FULL, ids=str)
def test_units(name, parameters):
    row = LAWS[name]
    scaled = {k: v * 2.0 ** row.units.get(k, 0) for k, v in parameters.items()}
    before, after = (row.law(*row.numbers(x)) for x in (parameters, scaled))
    assert after.ppf([0.1, 0.9]) == pytest.approx(2 * before.ppf([0.1, 0.9]), rel=1e-9)
