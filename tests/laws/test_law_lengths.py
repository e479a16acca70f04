"""The law of densities for dims of one label, and of none, whatever the parameters are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from registry import BACKENDS
from scipy import stats
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.families.ops import NUMPY
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")

DIMS = ("geo", "channel")
LENGTHS = [
    (1, 2),
    (1, 1),
    (0, 2),
    pytest.param((2, 1), marks=pytest.mark.slow),
    pytest.param((1, 0), marks=pytest.mark.slow),
]
CENTERINGS = {"centered": True, "noncentered": False, "weight": 0.37, "informed": "auto"}

#: Dims of the mean and of the scale, and whether each is random, a labelled or a plain constant.
PARAMETERS = [
    (("geo", "labelled"), (None, "plain")),
    (("geo", "labelled"), (None, "labelled")),
    (("channel", "labelled"), ("geo", "labelled")),
    (("geo channel", "labelled"), ("channel", "random")),
    (("geo", "random"), ("geo", "labelled")),
    ((None, "random"), ("channel", "labelled")),
    (("channel", "plain"), (None, "random")),
    (("geo channel", "random"), ("geo", "random")),
]


class Variable:
    """A variable of the model, and the numbers that its density follows from."""

    def __init__(self, number: int, prior: Any, key: str, parameters: Any) -> None:
        self.name, self.key = f"v{number}", key
        rng = np.random.default_rng(number)
        self.given = [self.parameter(rng, *each) for each in parameters]
        self.prior = prior(*self.given, dims=DIMS, centered=CENTERINGS[key])

    @staticmethod
    def parameter(rng: Any, dims: str | None, kind: str) -> Any:
        dims = tuple(dims.split()) if dims else ()
        if kind == "random":
            return Prior("Exponential", lam=1.0, dims=dims or None)
        coords = {dim: list(pm.modelcontext(None).coords[dim]) for dim in dims}
        values = rng.uniform(0.5, 2.0, size=[len(coords[dim]) for dim in dims])
        if not dims:
            return float(values)
        return DataArray(values, coords, dims) if kind == "labelled" else values

    def natural(self, model: Any) -> list[Any]:
        """Return the mean and the scale as graphs or arrays with both dims."""
        found = []
        for name, given in zip(("mu", "sigma"), self.given, strict=True):
            if isinstance(given, Prior):
                (x,) = model.replace_rvs_by_values([model[f"{self.name}_{name}"]])
                x = x.values if hasattr(x.type, "dims") else x
                dims = given.dims or ()
            else:
                x = np.asarray(given)
                dims = getattr(given, "dims", DIMS[len(DIMS) - x.ndim :])
            axes = tuple(slice(None) if dim in dims else None for dim in DIMS)
            found.append(x[axes])
        return found

    def density(self, mean: Any, scale: Any, value: np.ndarray, sites: Any) -> float:
        """Return the log density at a sampled value."""
        mu, sigma = np.broadcast_arrays(mean, scale)
        location, s = self.prior.family.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
        center, spread = location, s
        if self.key == "centered":
            center, spread = 0.0, np.ones_like(s)
        if self.key == "informed":
            information, weighted = sites
            q2 = 1.0 + information * s**2
            center, spread = (location + weighted * s**2) / q2, s / np.sqrt(q2)
        if self.key == "weight":
            transform = self.parameterization
            ratio = (s / transform.scale0) ** (1 - 0.37)
            center = location - 0.37 * ratio * (location - transform.location0)
            spread = transform.scale0 * ratio
        theta = center + spread * value
        return float(np.sum(stats.norm.logpdf(theta, location, s) + np.log(spread)))


@pytest.mark.parametrize(
    "prior",
    [NormalIdentity, pytest.param(LogNormalExp, marks=pytest.mark.slow)],
    ids=lambda x: x.__name__,
)
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
def test_the_density_is_the_formula(prior, lengths, xdist):
    shape = tuple(lengths)
    coords = {d: [f"{d}{i}" for i in range(n)] for d, n in zip(DIMS, shape, strict=True)}
    pairs = [(p, list(CENTERINGS)[i % 4]) for i, p in enumerate(PARAMETERS)]
    with pm.Model(coords=coords) as model:
        variables = [Variable(i, prior, key, p) for i, (p, key) in enumerate(pairs)]
        for variable in variables:
            variable.prior.create_variable(variable.name, xdist=xdist)
    rng = np.random.default_rng(5)
    sites = {
        b.name: (rng.gamma(1.0, 3.0, shape), rng.normal(size=shape)) for b in auto_blocks(model)
    }
    for block in auto_blocks(model):
        block.sites.set(*sites[block.name])
    for variable in variables:
        if variable.key == "weight":
            transform = model.rvs_to_transforms[model[variable.name]]
            transform = getattr(transform, "inner", transform)
            variable.parameterization = transform.parameterization
    start = model.initial_point()  # which maps variables to sampled values
    point = {name: rng.normal(scale=0.5, size=np.shape(x)) for name, x in start.items()}
    densities = model.logp(vars=[model[v.name] for v in variables], sum=False)
    outputs = [density.sum() for density in densities]
    natural = [x for v in variables for x in v.natural(model)]
    graphs = [x for x in natural if hasattr(x, "owner")]
    function = model.compile_fn([*outputs, *graphs], point_fn=True, on_unused_input="ignore")
    found = function(point)
    numbers = iter(found[len(outputs) :])
    natural = iter([next(numbers) if hasattr(x, "owner") else x for x in natural])
    for variable, logp in zip(variables, found, strict=False):
        value = point[model.rvs_to_values[model[variable.name]].name]
        expected = variable.density(next(natural), next(natural), value, sites.get(variable.name))
        np.testing.assert_allclose(
            logp, expected, rtol=1e-8, atol=1e-10, err_msg=str(vars(variable))
        )
