"""Hyperpriors of the same kind have the moments that are asked for."""

from __future__ import annotations

from math import inf, sqrt

import pytest
from hyperpriors import HYPERPRIORS
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp
from unfunnel.distributions.known import LAWS
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.families.lognormal_exp import LOGNORMAL_EXP
from unfunnel.moments.reading import distribution_of, scalar_law
from unfunnel.moments.restating import ONE_NUMBER, TWO_NUMBERS, restated

POSITIVE_MEAN = LOGNORMAL_EXP.parameter("mu")


@pytest.mark.parametrize("name", [*TWO_NUMBERS, *ONE_NUMBER])
def test_restated_moments(name):
    _, numbers = distribution_of(Prior(name, **HYPERPRIORS[name]))
    numbers = tuple(float(x) for x in numbers)
    mean, sd = (0.25, 0.07) if name == "Beta" else (2.5, 0.7)
    law = scalar_law(Prior(name, **LAWS[name].restate(mean, sd, *numbers)))
    assert law.mean == pytest.approx(mean, rel=1e-12)
    if name in TWO_NUMBERS:
        assert law.variance == pytest.approx(sd**2, rel=1e-12)
    else:  # the shape is kept
        before = scalar_law(Prior(name, **HYPERPRIORS[name]))
        assert law.variance / mean**2 == pytest.approx(before.variance / before.mean**2, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "mean", "sd"),
    [("Beta", 0.5, 0.5), ("Beta", 1.2, 0.1), ("Gamma", -1.0, 0.2), ("Beta", inf, inf)],
)
def test_moments_that_no_law_of_the_kind_has(name, mean, sd):
    with pytest.raises(ParameterError, match=rf"mu: expected .*that {name} can have.* mean of"):
        restated("mu", Prior(name, **HYPERPRIORS[name]), mean, sd, POSITIVE_MEAN)


def test_what_is_uniform_from_zero_on_remains_so():
    for mean in (0.1, 0.3, 0.7, 1 / 3):
        law = restated(
            "mu", Prior("Uniform", lower=0, upper=0.6), mean, mean / sqrt(3), POSITIVE_MEAN
        )
        assert law.parameters["lower"] == 0


@pytest.mark.parametrize(
    ("bound", "sign"), [({}, 1), ({"lower": 1}, 1), ({"upper": 0}, -1)], ids=str
)
def test_the_remedy_is_a_hyperprior_that_the_prior_takes(bound, sign):
    inside = {"lower": 1.5} if sign > 0 else {"upper": -1.5}
    mu = Prior("TruncatedNormal", mu=2 * sign, sigma=0.5, **inside)
    with pytest.raises(UnsupportedError) as error:
        LogNormalExp(mu, Prior("Gamma", mu=1, sigma=0.2), **bound).constrain(
            *sorted((2 * sign, 4 * sign))
        )
    suggestion = error.value.remedy.removeprefix("Use ").removesuffix(".").split(", or ")[0]
    offered = eval(suggestion, {"Prior": Prior, "LogNormalExp": LogNormalExp})
    assert LogNormalExp(offered, 1, **bound).parameters["mu"] == offered
