"""Reading blocks off flat draws: scores against derivatives taken by hand."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from models import MEANS, SIZES, mixed

from unfunnel import NormalIdentity
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.geometry import Geometry, Layout

pytestmark = pytest.mark.usefixtures("fast_compile")

RNG = np.random.default_rng(8)


def flat_evaluation(model, draws):
    """Return log density gradients at flat draws, and the layout."""
    shapes = {v.name: np.shape(x) for v, x in _starts(model)}
    layout = Layout.of(model, shapes)
    gradient = model.compile_dlogp()
    points = [{name: layout.part(draw, name) for name in layout.slices} for draw in draws]
    return layout, np.stack([gradient(point) for point in points])


def _starts(model):
    start = model.initial_point()
    return [(value, start[value.name]) for value in model.value_vars]


@pytest.mark.parametrize(
    ("xdist", "tuned"),
    [
        pytest.param(False, False, id="classic-untuned", marks=pytest.mark.slow),
        pytest.param(False, True, id="classic-tuned"),
        pytest.param(True, False, id="xdist-untuned", marks=pytest.mark.slow),
        pytest.param(True, True, id="xdist-tuned"),
    ],
)
def test_scores_are_those_of_the_likelihood(xdist, tuned):
    model = mixed(xdist=xdist)
    blocks = auto_blocks(model)
    size = len(SIZES)
    steering = Estimate(*RNG.uniform(0, 30, size=(2, size))) if tuned else None
    if tuned:
        blocks[0].sites.set(*steering)
    draws = 0.5 * RNG.normal(size=(7, size + 2))
    layout, gradients = flat_evaluation(model, draws)
    geometry = Geometry(model, blocks, layout)
    values = {"phi": steering} if tuned else geometry.untuned()
    blocks_at = geometry.at(draws, gradients, values)
    at = blocks_at["phi"]
    phi = np.exp(at.theta)
    np.testing.assert_allclose(at.score, SIZES * (MEANS - phi) * phi, rtol=1e-7, atol=1e-7)
    assert at.others.count == 1  # a quarter of the draws
    # The same points in other coordinates are the same points.
    other = {"phi": Estimate(*RNG.uniform(0, 30, size=(2, size)))}
    moved = geometry.moved(draws, blocks_at, other)
    blocks[0].sites.set(*other["phi"])
    _, gradients = flat_evaluation(model, moved)
    again = geometry.at(moved, gradients, other)["phi"]
    np.testing.assert_allclose(again.theta, at.theta, rtol=1e-9)
    np.testing.assert_allclose(again.score, at.score, rtol=1e-6, atol=1e-6)


def test_the_prior_of_children_belongs_to_the_score():
    with pm.Model(coords={"a": range(3), "b": range(2)}) as model:
        upper = NormalIdentity(0.0, pm.HalfNormal("s"), dims="a", centered="auto")
        upper = upper.create_variable("upper")
        pm.Normal("lower", upper[:, None], 0.5, dims=("a", "b"))
    draws = RNG.normal(size=(4, 1 + 3 + 6))
    layout, gradients = flat_evaluation(model, draws)
    geometry = Geometry(model, auto_blocks(model), layout)
    at = geometry.at(draws, gradients, geometry.untuned())["upper"]
    lower = layout.part(draws, "lower")
    expected = ((lower - at.theta[..., None]) / 0.5**2).sum(axis=-1)
    np.testing.assert_allclose(at.score, expected, rtol=1e-9, atol=1e-9)
