"""What hierarchies of every family say: bounds, shapes and ratios, by independent means."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior

from unfunnel import (
    LogNormalExp,
    ProbitNormal,
    StudentTIdentity,
    WeibullExp,
)
from unfunnel.errors import UnsupportedError

DRAWS = 40_000


def beta():
    return Prior("Beta", alpha=2, beta=5)


def gamma():
    return Prior("Gamma", mu=0.4, sigma=0.1)


HIERARCHIES = {
    "LogNormalExp": lambda: LogNormalExp(LogNormalExp(1.5, 0.5), cv=gamma()),
    "above": lambda: LogNormalExp(LogNormalExp(2, 0.5, lower=1), cv=gamma(), lower=1),
    "below": lambda: LogNormalExp(LogNormalExp(-2, 0.5, upper=0), cv=gamma(), upper=0),
    "WeibullExp": lambda: WeibullExp(Prior("Gamma", mu=2, sigma=0.5), cv=gamma()),
    "WeibullExp-sigma": lambda: WeibullExp(WeibullExp(2, cv=0.2), gamma()),
    "ProbitNormal": lambda: ProbitNormal(ProbitNormal(0.3, 0.1), spread=beta()),
    "bounds": lambda: ProbitNormal(
        Prior("Uniform", lower=2, upper=4), spread=beta(), lower=2, upper=4
    ),
    "StudentTIdentity": lambda: StudentTIdentity(Prior("Normal", mu=1), gamma(), 5),
    "random-nu": lambda: StudentTIdentity(1, gamma(), LogNormalExp(8, 1, lower=5)),
}


@pytest.mark.slow
@pytest.mark.parametrize("make", HIERARCHIES.values(), ids=list(HIERARCHIES))
def test_implied_is_what_the_model_draws(make):
    says = make().implied(random_seed=1)
    with pm.Model():
        element = make().create_variable("x")
    draws = pm.draw(element, DRAWS, random_seed=2, mode="FAST_COMPILE")
    sd = says.value("sd")
    assert draws.mean() == pytest.approx(says.value("mean"), abs=5 * sd / np.sqrt(DRAWS))
    assert draws.std() == pytest.approx(sd, rel=0.05)
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        below = (draws < says.value(f"{p:.0%}")).mean()
        assert below == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) * 1.2 / DRAWS))


def test_levels_are_called_what_was_stated():
    assert set(HIERARCHIES["bounds"]().implied().numbers["level"]) == {"element", "mu", "spread"}
    assert set(HIERARCHIES["above"]().implied().numbers["level"]) == {"element", "mu", "cv"}
    methods = HIERARCHIES["random-nu"]().implied(draws=2000).numbers
    of_element = methods[methods["level"] == "element"].set_index("quantity")["method"]
    assert (of_element["sd"], of_element["95%"]) == ("exact", "draws")


def test_nu_that_may_be_too_small_is_refused():
    with pytest.warns(UserWarning, match="truncated"):
        prior = StudentTIdentity(0, 1, Prior("Gamma", alpha=2, beta=0.1))
    with pytest.raises(UnsupportedError, match=r"nu: expected a hyperprior with support above 2"):
        prior.implied()
