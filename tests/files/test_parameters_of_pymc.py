"""What the grammar says of the parameters of PyMC's distributions is what PyMC says of them."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc.logprob.utils import ParameterValueError

from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.files.decode import problems_of
from unfunnel.files.grammar import rows as rules
from unfunnel.intervals import POSITIVE

pytestmark = pytest.mark.usefixtures("fast_compile")

#: What PyMC needs beside a parameter: something valid of the same parameterization.
BESIDE = {
    ("AsymmetricLaplace", "*"): {"kappa": 1.5, "b": 1.5, "mu": 0.5},
    ("Beta", "sigma"): {"mu": 0.5},
    ("Beta", "nu"): {"mu": 0.5},
    ("Beta", "*"): {"alpha": 1.5, "beta": 1.5},
    ("DirichletMultinomial", "*"): {"n": 2},
    ("DiscreteWeibull", "*"): {"q": 0.5},
    ("HurdleGamma", "alpha"): {"psi": 0.5, "beta": 1.5},
    ("HurdleGamma", "beta"): {"psi": 0.5, "alpha": 1.5},
    ("HurdleGamma", "mu"): {"psi": 0.5, "sigma": 1.5},
    ("HurdleGamma", "sigma"): {"psi": 0.5, "mu": 1.5},
    ("HurdleNegativeBinomial", "mu"): {"psi": 0.5, "alpha": 1.5},
    ("HurdleNegativeBinomial", "alpha"): {"psi": 0.5, "mu": 1.5},
    ("HurdleNegativeBinomial", "n"): {"psi": 0.5, "p": 0.5},
    ("LKJCorr", "*"): {"n": 3},
    ("MvStudentT", "*"): {"mu": [0.0, 0.0], "scale": [[1.0, 0.0], [0.0, 1.0]]},
    ("NegativeBinomial", "alpha"): {"mu": 1.5},
    ("NegativeBinomial", "n"): {"p": 0.5},
    ("Rice", "*"): {"nu": 1.5},
    ("StickBreakingWeights", "*"): {"K": 2},
    ("Wald", "lam"): {"mu": 1.5},
    ("Wald", "phi"): {"mu": 1.5},
    ("Wald", "mu"): {"lam": 1.5},
    ("ZeroInflatedNegativeBinomial", "alpha"): {"psi": 0.5, "mu": 1.5},
    ("ZeroInflatedNegativeBinomial", "n"): {"psi": 0.5, "p": 0.5},
    ("ZeroSumNormal", "*"): {"shape": (3,)},
    **{
        (name, key): {other: 1.5}
        for name in ("Gamma", "InverseGamma")
        for key, other in (("alpha", "beta"), ("beta", "alpha"), ("mu", "sigma"), ("sigma", "mu"))
    },
}
#: Values of variables that are not one number.
VALUES = {
    "Dirichlet": [0.25, 0.75],
    "DirichletMultinomial": [1, 1],
    "LKJCorr": np.eye(3),
    "MvStudentT": [0.5, 0.5],
    "StickBreakingWeights": [0.25, 0.25, 0.5],
    "ZeroSumNormal": [-1.0, 0.0, 1.0],
}
VECTORS = {"Dirichlet", "DirichletMultinomial"}

POSITIVES = [
    (name, key)
    for name, row in DISTRIBUTIONS.items()
    for key, support in row.parameters.items()
    if support == POSITIVE
]


def log_density(name, key, number):
    beside = dict(BESIDE.get((name, key), BESIDE.get((name, "*"), {})))
    for other, rule in rules()[name].parameters.items():
        if rule.required and other != key:
            beside.setdefault(other, 0.5 if other == "psi" else 1.5)
    value = [1.5, number] if name in VECTORS else number
    law = getattr(pm, name).dist(**{**beside, key: value})
    return pm.logp(law, np.asarray(VALUES.get(name, 1))).eval()


def is_a_law(name, key, number):
    try:
        return np.isfinite(log_density(name, key, number)).all()
    except (ParameterValueError, ValueError, ZeroDivisionError):
        return False


@pytest.mark.parametrize(("name", "key"), POSITIVES)
def test_pymc_takes_positive_numbers_only(name, key):
    log_density(name, key, 0.25 if (name, key) == ("Beta", "sigma") else 1.5)
    assert rules()[name].parameters[key].support == POSITIVE
    if (name, key) == ("Beta", "sigma"):  # of which PyMC looks at the square
        assert log_density(name, key, -0.25) == log_density(name, key, 0.25)
        return
    assert not is_a_law(name, key, -1.0)
    assert not is_a_law(name, key, 0.0)


@pytest.mark.parametrize("number", [-1, 0, [1.0, -1.0]])
def test_a_number_that_no_such_distribution_has_is_refused(number):
    prior = {"dist": "HalfNormal", "kwargs": {"sigma": number}, "dims": ["geo"]}
    (problem,) = problems_of({"beta": prior})
    assert problem.path[:3] == ("beta", "kwargs", "sigma")
    assert "positive and finite numbers" in problem.expected


def test_what_may_be_of_either_sign_stays_so():
    skewed = {"dist": "SkewNormal", "kwargs": {"alpha": -2, "mu": -1, "sigma": 1}}
    place = {"dist": "Cauchy", "kwargs": {"alpha": -1, "beta": 1}}
    hyper = {"dist": "Normal", "kwargs": {"sigma": {"dist": "Normal"}}}
    assert problems_of({"a": skewed, "b": place, "c": hyper}) == []


@pytest.mark.parametrize("name", [name for name, row in DISTRIBUTIONS.items() if row.either])
def test_what_is_said_twice_is_refused_as_pymc_refuses_it_or_passes_over_it(name):
    first, second = DISTRIBUTIONS[name].either
    required = {key: 1.5 for key, rule in rules()[name].parameters.items() if rule.required}
    found = []
    for number in (0.25, 0.75):
        kwargs = {**required, **dict.fromkeys(first, 1.5), second[0]: number}
        (problem,) = problems_of({"beta": {"dist": name, "kwargs": kwargs}})
        assert problem.where == f"beta.kwargs.{second[0]}"
        if "psi" in kwargs:
            kwargs["psi"] = 0.5
        try:
            found.append(pm.logp(getattr(pm, name).dist(**kwargs), 0.5).eval())
        except ValueError:
            return
    assert found[0] == found[1]
