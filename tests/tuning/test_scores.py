"""Reading blocks off flat draws: scores against derivatives taken by hand."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from models import MEANS, SIZES, mixed

from unfunnel import NormalIdentity
from unfunnel.tuning.compiled import Coordinates
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.scores import Layout, Scores

pytestmark = pytest.mark.usefixtures("fast_compile")

RNG = np.random.default_rng(8)


def flat_evaluation(model, draws):
    """Return log density gradients at flat draws, and the layout."""
    start = model.initial_point()
    layout = Layout.of(model, {v.name: np.shape(start[v.name]) for v in model.value_vars})
    gradient = model.compile_dlogp()
    points = [{name: layout.part(draw, name) for name in layout.slices} for draw in draws]
    return layout, np.stack([gradient(point) for point in points])


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_scores_are_those_of_the_likelihood(xdist):
    model = mixed(xdist=xdist)
    plan = Plan.of(model)
    (block,) = plan.blocks
    draws = 0.5 * RNG.normal(size=(7, len(SIZES) + 2))
    first, other = (Site(*RNG.uniform(0, 30, size=(2, len(SIZES)))) for _ in range(2))
    block.sites.set(*first)
    layout, gradients = flat_evaluation(model, draws)
    scores = Scores(plan, layout)
    evaluated = scores.at(draws, gradients, Coordinates({"phi": first}))
    (at,) = evaluated.blocks
    phi = np.exp(at.theta)
    np.testing.assert_allclose(at.score, SIZES * (MEANS - phi) * phi, rtol=1e-7, atol=1e-7)
    assert at.controls.count == 1  # a quarter of the draws
    # The same points in other coordinates are the same points.
    moved = scores.moved(draws, evaluated, Coordinates({"phi": other}))
    block.sites.set(*other)
    _, gradients = flat_evaluation(model, moved)
    (again,) = scores.at(moved, gradients, Coordinates({"phi": other})).blocks
    np.testing.assert_allclose(again.theta, at.theta, rtol=1e-9)
    np.testing.assert_allclose(again.score, at.score, rtol=1e-6, atol=1e-6)


def test_the_prior_of_children_belongs_to_the_score():
    with pm.Model(coords={"a": range(3), "b": range(2)}) as model:
        upper = NormalIdentity(0.0, pm.HalfNormal("s"), dims="a", centered="auto")
        upper = upper.create_variable("upper")
        pm.Normal("lower", upper[:, None], 0.5, dims=("a", "b"))
    draws = RNG.normal(size=(4, 1 + 3 + 6))
    layout, gradients = flat_evaluation(model, draws)
    scores = Scores(Plan.of(model), layout)
    (at,) = scores.at(draws, gradients, scores.untuned()).blocks
    lower = layout.part(draws, "lower")
    expected = ((lower - at.theta[..., None]) / 0.5**2).sum(axis=-1)
    np.testing.assert_allclose(at.score, expected, rtol=1e-9, atol=1e-9)
