"""Priors of pymc-marketing, converted, have the densities that they had there."""

import numpy as np
import pymc as pm
import pytest
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from pymc_marketing.special_priors import LaplacePrior, LogNormalPrior

from unfunnel.files.convert import convert

COORDS = {"geo": ["a", "b", "c"]}
MEAN, STD = Prior("Gamma", mu=1.5, sigma=0.5), Prior("HalfNormal", sigma=1.0)


def draws(prior, name="x"):
    with pm.Model(coords=COORDS):
        variable = prior.create_variable(name, xdist=True)
    return pm.draw(variable, 4000, random_seed=3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "theirs",
    [
        LogNormalPrior(mean=1.5, std=0.5, dims=("geo",)),
        LogNormalPrior(mean=MEAN, std=STD, dims=("geo",), centered=False),
        LaplacePrior(mu=0.5, b=2.0, dims=("geo",)),
        LaplacePrior(mu=0.5, b=Prior("HalfNormal", sigma=1.0), dims=("geo",)),
    ],
    ids=["constant", "hierarchy", "laplace", "laplace hierarchy"],
)
def test_the_law_is_the_same(theirs):
    found = convert({"x": theirs})
    assert len(found.notes) == 1
    ours = draws(deserialize(found.data["x"]))
    for a, b in zip(ours.T, draws(theirs).T, strict=True):
        at = np.quantile(b, [0.05, 0.25, 0.5, 0.75, 0.95])
        shares = np.array([np.mean(a < x) for x in at])
        assert shares == pytest.approx([0.05, 0.25, 0.5, 0.75, 0.95], abs=0.04)


@pytest.mark.slow
def test_upstreams_non_centered_laplace_prior_is_what_the_note_says():
    prior = LaplacePrior(mu=0.0, b=1.0, dims=("geo",), centered=False)
    theirs = np.abs(draws(prior))
    ours = np.abs(draws(deserialize(convert({"x": prior}).data["x"])))
    assert np.corrcoef(theirs[:, 0], theirs[:, 1])[0, 1] > 0.1
    assert abs(np.corrcoef(ours[:, 0], ours[:, 1])[0, 1]) < 0.1
