"""At a scale of next to nothing the density and its gradient keep their digits."""

from __future__ import annotations

import numpy as np
import pytest
from models import GROUPS, by_others, mixed

import unfunnel
from unfunnel.tuning.compiled import Coordinates, compile_plan, in_coordinates
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.plan import Plan

SITE = Site(np.geomspace(0.5, 2000.0, GROUPS), np.linspace(-3.0, 500.0, GROUPS))


@pytest.mark.parametrize(
    ("model", "block"),
    [
        pytest.param(mixed, "phi", id="ours"),
        pytest.param(lambda: unfunnel.reparameterize(by_others()), "a", id="by others"),
    ],
)
def test_the_gradient_of_the_location_has_a_limit(model, block):
    """In the left tail of the scale nothing happens any more, and nothing may grow there."""
    plan = Plan.of(model())
    (scale,) = plan.scales
    compiled = in_coordinates(compile_plan(plan), plan, Coordinates({block: SITE}))
    data = [
        compiled.shared_data[compiled.shared_var_keys[x]] for x in compiled.logp_func.get_shared()
    ]
    place = [plan.model.rvs_to_values[v].name for v in plan.model.free_RVs].index(scale.value.name)
    point = np.random.default_rng(3).normal(size=compiled.n_dim)
    found = []
    for value in (-30.0, -45.0, -60.0, -100.0):  # the logarithm of the scale, but for a constant
        point[place] = value
        density, gradient = compiled.logp_func.vm.jit_fn(point, *data)
        found.append([float(density) - value, *gradient])
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-8, atol=1e-8)
