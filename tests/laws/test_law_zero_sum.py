"""Laws of zero-sum variables: density, gradients, both backends, draws and moments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.dims.distributions.transforms import log_transform as dims_log_transform
from pymc.distributions.transforms import log as log_transform
from pymc.util import UNSET
from registry import BACKENDS, REPEATED, ROWS, density_and_gradient
from scipy import stats

from unfunnel.families.ops import NUMPY
from unfunnel.structures.zero_sum import extended
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")

LENGTHS = {"geo": 4, "channel": 2, "week": 3}
COORDS = {dim: list(range(length)) for dim, length in LENGTHS.items()}
ROW_NAMES = ("NormalIdentity", "LogNormalExp")
CENTERINGS: dict[str, Any] = {
    "centered": True,
    "noncentered": False,
    "weight": 0.37,
    "auto": "auto",
    "informed": "auto",
}
FACTOR = {"population": lambda n: 1.0, "marginal": lambda n: np.sqrt(n / (n - 1))}


@dataclass(frozen=True)
class Case:
    """Which dims a zero-sum variable has, in which order, and where its parameters vary."""

    dims: tuple[str, ...]
    zero_sum: tuple[str, ...]
    mu_dims: str | None
    sigma_dims: str | None

    @property
    def axes(self) -> tuple[int, ...]:
        return tuple(i for i, dim in enumerate(self.dims) if dim in self.zero_sum)

    @property
    def reduced(self) -> tuple[int, ...]:
        """Shape of what is sampled."""
        return tuple(LENGTHS[dim] - (dim in self.zero_sum) for dim in self.dims)

    def over(self, variable: Any, dims: str | None) -> Any:
        """Give a parameter the axes of the variable, by position."""
        return variable.dimshuffle(*(0 if dim == dims else "x" for dim in self.dims))

    def factor(self, scale: str) -> float:
        return float(np.prod([FACTOR[scale](LENGTHS[dim]) for dim in self.zero_sum]))


CASES = {
    "one": Case(("geo",), ("geo",), None, None),
    "first": Case(("geo", "channel"), ("geo",), "channel", "channel"),
    "last": Case(("channel", "geo"), ("geo",), "channel", "channel"),
    "wide": Case(("geo", "channel"), ("geo",), None, None),
    "both": Case(("geo", "channel"), ("geo", "channel"), None, None),
    "outer": Case(("geo", "channel", "week"), ("week", "geo"), "channel", "channel"),
    "middle": Case(("channel", "geo", "week"), ("geo",), "week", "channel"),
}


#: The link is another matter than the axes: two cases show that they go together.
with_family = pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(name, case, id=f"{name}-{key}")
        for name in ROW_NAMES
        for key, case in CASES.items()
        if name == "NormalIdentity" or key in ("first", "both")
    ],
)


def matrix(case: Case) -> np.ndarray:
    """Return the linear map from sampled coordinates to deviations."""
    size = int(np.prod(case.reduced))
    columns = [extended(e.reshape(case.reduced), case.axes).ravel() for e in np.eye(size)]
    return np.stack(columns, axis=1)


def steering(case: Case) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    shared = tuple(1 if i in case.axes else n for i, n in enumerate(case.reduced))
    information = np.broadcast_to(rng.gamma(1.0, 3.0, size=shared), case.reduced)
    return information, rng.normal(size=case.reduced)


def observed(case: Case) -> np.ndarray:
    rng = np.random.default_rng(4)
    return rng.normal(1.0, 0.5, size=[LENGTHS[dim] for dim in case.dims])


def ours(name: str, case: Case, key: str, scale: str, xdist: bool) -> Any:
    row = ROWS[name]
    with pm.Model(coords=COORDS) as model:
        prior = row.prior(
            **row.hyperpriors(case.mu_dims, case.sigma_dims),
            dims=case.dims,
            centered=CENTERINGS[key],
            zero_sum=case.zero_sum,
            zero_sum_scale=scale,
        )
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, 0.3, observed=observed(case))
    if key == "informed":
        (block,) = auto_blocks(model)
        block.sites.set(*steering(case))
    if CENTERINGS[key] == "auto":  # the scale transform has tests of its own
        sigma = model["beta_sigma"]
        del model.values_to_rvs[model.rvs_to_values[sigma]]
        log = dims_log_transform if xdist else log_transform
        model.create_value_var(sigma, default_transform=log, transform=UNSET)
    return model


def by_hand(name: str, case: Case, key: str, scale: str) -> Any:
    """Return the model from formulas: independent normal coordinates, and a matrix."""
    row = ROWS[name]
    with pm.Model(coords=COORDS) as model:
        mu, sigma = row.by_hand(case.mu_dims, case.sigma_dims)
        mu, sigma = case.over(mu, case.mu_dims), case.over(sigma, case.sigma_dims)
        location, tau = row.location_scale(mu, sigma)
        tau = tau * case.factor(scale)
        center, spread = coordinate(key, tau, case, row.start[1] * case.factor(scale))
        v = pm.Flat("v", shape=case.reduced)
        coordinates = center + spread * v
        pm.Potential("law", pm.logp(pm.Normal.dist(0, tau), coordinates) + pt.log(spread))
        shape = [LENGTHS[dim] for dim in case.dims]
        deviations = (matrix(case) @ coordinates.ravel()).reshape(shape)
        pm.Normal("y", row.inverse(location + deviations), 0.3, observed=observed(case))
    return model


def coordinate(key: str, tau: Any, case: Case, start: float) -> tuple[Any, Any]:
    ones = pt.ones(case.reduced)
    if key == "centered":
        return 0.0, ones
    if key == "weight":
        return 0.0, start * (tau / start) ** (1 - 0.37) * ones
    if key == "informed":
        information, weighted = steering(case)
        q = pt.sqrt(1 + information * tau**2)
        return (tau / q) ** 2 * weighted, tau / q
    return 0.0, tau * ones


def evaluate(model: Any, points: list[list[np.ndarray]]) -> list[tuple[Any, np.ndarray]]:
    function = density_and_gradient(model)
    return [function(*point) for point in points]


def random_points(model: Any, case: Case, number: int = 5) -> list[list[np.ndarray]]:
    """Return points of the hyperparameters and, last, of what is sampled of the variable."""
    rng = np.random.default_rng(31)
    dims = [model.named_vars_to_dims.get(rv.name) or () for rv in model.free_RVs[:-1]]
    shapes = [*([LENGTHS[dim] for dim in each] for each in dims), case.reduced]
    return [[rng.normal(scale=0.7, size=shape) for shape in shapes] for _ in range(number)]


@cache
def evaluated_by_hand(name: str, case: Case, key: str, scale: str) -> Any:
    model = by_hand(name, case, key, scale)
    return evaluate(model, random_points(model, case))


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize(
    "key",
    # A weight and untuned "auto" are between and at those that `make test` runs.
    [pytest.param(k, marks=pytest.mark.slow if k in REPEATED else ()) for k in CENTERINGS],
)
@with_family
def test_every_centering_is_the_model_written_by_hand(name, case, key, xdist):
    scale = "marginal" if name == "LogNormalExp" else "population"
    model = ours(name, case, key, scale, xdist)
    points = random_points(model, case)
    expected = evaluated_by_hand(name, case, key, scale)
    for (logp_a, gradient_a), (logp_b, gradient_b) in zip(
        evaluate(model, points), expected, strict=True
    ):
        assert np.isfinite(logp_b)
        np.testing.assert_allclose(logp_a, logp_b, rtol=1e-9)
        scale = np.abs(gradient_b).max()
        np.testing.assert_allclose(gradient_a, gradient_b, rtol=1e-8, atol=1e-9 * scale)


@pytest.mark.parametrize(
    ("name", "case", "key", "scale"),
    [
        *(
            ("NormalIdentity", "last", key, s)
            for key in ("centered", "noncentered")
            for s in FACTOR
        ),
        ("NormalIdentity", "both", "centered", "marginal"),
        ("NormalIdentity", "outer", "noncentered", "population"),
        ("LogNormalExp", "first", "noncentered", "marginal"),
    ],
)
def test_pymc_zero_sum_normal_is_the_same_model(name, case, key, scale):
    row, case = ROWS[name], CASES[case]
    # PyMC sums over the last axes: the others come first there.
    free = [i for i in range(len(case.dims)) if i not in case.axes]
    order = [*free, *case.axes]
    with pm.Model(coords=COORDS) as by_pymc:
        mu, sigma = row.by_hand(case.mu_dims, case.sigma_dims)
        location, tau = row.location_scale(
            case.over(mu, case.mu_dims), case.over(sigma, case.sigma_dims)
        )
        tau = tau * case.factor(scale)
        deviation = pm.ZeroSumNormal(
            "deviation",
            sigma=tau.transpose(*order) if key == "centered" else 1.0,
            n_zerosum_axes=len(case.axes),
            dims=[case.dims[i] for i in order],
        ).transpose(*np.argsort(order))
        theta = location + (deviation if key == "centered" else tau * deviation)
        pm.Normal("y", row.inverse(theta), 0.3, observed=observed(case))
    model = ours(name, case, key, scale, xdist=False)
    points = random_points(model, case)
    transposed = [[*rest, v.transpose(order)] for *rest, v in points]
    found, expected = evaluate(model, points), evaluate(by_pymc, transposed)
    for (logp, gradient), (logp_pymc, gradient_pymc) in zip(found, expected, strict=True):
        np.testing.assert_allclose(logp, logp_pymc, rtol=1e-9)
        size = int(np.prod(case.reduced))
        back = gradient_pymc[-size:].reshape(points[0][-1].transpose(order).shape)
        back = back.transpose(np.argsort(order)).ravel()
        np.testing.assert_allclose(
            gradient, [*gradient_pymc[:-size], *back], rtol=1e-8, atol=1e-9 * np.abs(gradient).max()
        )


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@with_family
def test_deviations_sum_to_zero_along_the_named_dims_only(name, case, xdist):
    model = ours(name, case, "noncentered", "marginal", xdist)
    row = ROWS[name]
    variables = [model["beta"], model["beta_mu"], model["beta_sigma"]]
    beta, mu, sigma = pm.draw(variables, 3, random_seed=2)
    mu, sigma = (
        np.expand_dims(x, [1 + i for i, dim in enumerate(case.dims) if dim != dims])
        for x, dims in ((mu, case.mu_dims), (sigma, case.sigma_dims))
    )
    location, _ = row.prior.family.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
    deviations = row.prior.family.link.forward(beta, NUMPY) - location
    for axis, dim in enumerate(case.dims, 1):
        sums = np.abs(deviations.sum(axis=axis))
        if dim in case.zero_sum:
            assert sums.max() < 1e-12 * max(1.0, np.abs(location).max())
        else:
            assert sums.min() > 1e-5


#: A dim as long as this has a draw for each of its labels, all of them drawn at once.
DRAWS = 4000


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("scale", FACTOR)
@pytest.mark.parametrize("case", ["one", "outer"])
@pytest.mark.parametrize("name", ROW_NAMES)
def test_an_element_has_the_stated_law_at_the_marginal_scale(name, case, scale, xdist):
    row, case = ROWS[name], CASES[case]
    mu, sigma = row.constants
    options = {"zero_sum": case.zero_sum, "zero_sum_scale": scale}
    with pm.Model(coords=COORDS | {"replicate": range(DRAWS)}):
        prior = row.prior(mu, sigma, dims=("replicate", *case.dims), **options)
        draws = pm.draw(prior.create_variable("beta", xdist=xdist), random_seed=5)
    location, stated = row.prior.family.location_scale({"mu": mu, "sigma": sigma}, NUMPY)
    share = np.prod([1 - 1 / LENGTHS[dim] for dim in case.zero_sum])
    own = stated * (np.sqrt(share) if scale == "population" else 1.0)
    exact = row.exact(location, own)
    elements = draws.reshape(DRAWS, -1)
    worst = min(stats.kstest(x, exact.cdf).pvalue for x in elements.T)
    assert worst > 1e-4
    if scale == "marginal":
        assert elements.mean() == pytest.approx(mu, abs=5 * sigma / np.sqrt(DRAWS))
    theta = row.prior.family.link.forward(draws, NUMPY) - location
    first = theta[(slice(None), *(0 for _ in case.dims))]
    next_along = theta[(slice(None), *(int(dim == case.zero_sum[0]) for dim in case.dims))]
    expected = -1 / (LENGTHS[case.zero_sum[0]] - 1)
    found = np.corrcoef(first, next_along)[0, 1]
    assert found == pytest.approx(expected, abs=5 / np.sqrt(DRAWS))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_variance_of_an_element_is_the_stated_one_exactly(case):
    q = matrix(case)
    np.testing.assert_allclose(q.T @ q, np.eye(q.shape[1]), atol=1e-14)
    variances = case.factor("marginal") ** 2 * np.diag(q @ q.T)
    np.testing.assert_allclose(variances, 1.0, rtol=1e-13)
