"""What the laws are checked on: families x centerings x backends.

A family joins by adding one :class:`Row` to ``ROWS``: a hierarchical example, and the same model
as one would write it by hand, from formulas that are not those of the library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.dims.distributions.transforms import log_transform as dims_log_transform
from pymc.distributions.transforms import log as log_transform
from pymc.util import UNSET
from pymc_extras.prior import Prior
from scipy import stats
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.tuning.blocks import auto_blocks

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")
SHAPE = (3, 2)
OBSERVED = np.array([[0.4, 1.1], [2.0, 0.7], [1.3, 1.9]])
NOISE = 0.3

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Row:
    """One family.

    Parameters
    ----------
    prior : type
        Its class.
    hyperpriors : callable
        Fresh hyperpriors of the example; over "channel" and over nothing.
    by_hand : callable
        The same hyperpriors in PyMC, ``(dims of mu, dims of sigma) -> (mu, sigma)``.
    location_scale : callable
        ``(mu, sigma) -> (location, scale)``, the textbook formulas.
    inverse : callable
        From the real line to the support.
    distribution : callable
        The PyMC distribution with location and scale, named ``name``.
    start : tuple of float
        Location and scale where the hyperpriors are at their starting points.
    constants : tuple of float
        A mean and a standard deviation, for priors without hyperpriors.
    exact : callable
        ``(location, scale) ->`` the scipy distribution of the variable.
    table : tuple
        ``(mean, sd, location, scale)``, computed with 40 digits.
    """

    prior: type
    hyperpriors: Callable[..., dict[str, Any]]
    by_hand: Callable[..., Pair]
    location_scale: Callable[[Any, Any], Pair]
    inverse: Callable[[Any], Any]
    distribution: Any
    start: tuple[float, float]
    constants: tuple[float, float]
    exact: Callable[[float, float], Any]
    table: tuple[tuple[float, float, float, float], ...]

    @property
    def name(self) -> str:
        """The name of the family."""
        return self.prior.__name__

    def example(
        self, centered: Any = True, mu_dims: Any = "channel", sigma_dims: Any = None
    ) -> Any:
        """Return the hierarchical example."""
        hyperpriors = self.hyperpriors(mu_dims, sigma_dims)
        return self.prior(**hyperpriors, dims=DIMS, centered=centered)


def _lognormal_by_hand(mu: Any, sigma: Any) -> Pair:
    return pt.log(mu**2 / pt.sqrt(mu**2 + sigma**2)), pt.sqrt(pt.log(1 + (sigma / mu) ** 2))


ROWS = {
    row.name: row
    for row in (
        Row(
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Exponential", scale=1.0, dims=mu_dims),
                "sigma": Prior("Exponential", scale=0.5, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Exponential("beta_mu", scale=1.0, dims=mu_dims),
                pm.Exponential("beta_sigma", scale=0.5, dims=sigma_dims),
            ),
            location_scale=_lognormal_by_hand,
            inverse=pt.exp,
            distribution=pm.LogNormal,
            start=(-np.log(1.25) / 2, np.sqrt(np.log(1.25))),
            constants=(1.5, 0.5),
            exact=lambda location, scale: stats.lognorm(s=scale, scale=np.exp(location)),
            table=(
                (1.5, 0.5, 0.35278485027925123, 0.32459284597450126),
                (1.0, 1.0, -0.34657359027997265, 0.83255461115769776),
                (0.2, 0.05, -1.6397502233423178, 0.24622067706923974),
                (2.0, 0.01, 0.69313468071619271, 0.00499996875042317),
                (0.5, 3.0, -2.4986061368820575, 1.9002415406058843),
                (100.0, 250.0, 3.6146694515547997, 1.4074805394273071),
                (1.0, 1e-8, -5.0e-17, 1e-8),
                (1e-160, 1e-160, -368.76018846932728, 0.83255461115769776),
                (1e160, 1e150, 368.41361487904731, 1e-10),
                (1e-200, 1.0, -921.03403719761827, 30.348542587702927),
                (2.0, 1e200, -459.13072423768925, 30.325694432881473),
                (1.0, 1e-170, -5e-341, 1e-170),
            ),
        ),
        Row(
            prior=NormalIdentity,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Normal", mu=0.3, sigma=1.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Normal("beta_mu", 0.3, 1.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: (mu, sigma),
            inverse=lambda theta: theta,
            distribution=pm.Normal,
            start=(0.3, 0.7),
            constants=(-0.4, 0.8),
            exact=stats.norm,
            table=((-3.0, 0.25, -3.0, 0.25), (0.0, 7.0, 0.0, 7.0)),
        ),
    )
}

_RNG = np.random.default_rng(20)
_ARRAY = _RNG.uniform(size=SHAPE)
_ROW_WEIGHTS = _RNG.uniform(size=2)
# More labels than the model has, in another order.
_LABELLED = DataArray(
    [_ROW_WEIGHTS[1], 0.99, _ROW_WEIGHTS[0]], dims="channel", coords={"channel": ["y", "z", "x"]}
)

#: What ``centered=`` may be.
CENTERINGS: dict[str, Any] = {
    "centered": True,
    "noncentered": False,
    "weight": 0.37,
    "array": _ARRAY,
    "labelled": _LABELLED,
    "auto": "auto",
    "offset": "offset",
}

#: Also with the steering values of a pilot, which may be anything.
TUNED = {**CENTERINGS, "informed": "auto"}
INFORMATION = np.array([[0.0, 0.3], [2.0, 50.0], [1e4, 1e-9]])
WEIGHTED_LOCATION = np.array([[0.0, -0.2], [5.0, 40.0], [-2e3, 0.3]])

#: The coordinates that leave the variable a random variable of its own name.
TRANSFORMED = {key: value for key, value in CENTERINGS.items() if key != "offset"}

_WEIGHTS = {"weight": 0.37, "array": _ARRAY, "labelled": _ROW_WEIGHTS}

BACKENDS = {"classic": False, "xdist": True}


def coordinate_by_hand(key: str, location: Any, scale: Any, start: tuple[float, float]) -> Pair:
    """Return M and S of ``theta = M + S v``, as the documentation defines them."""
    if key == "centered":
        return 0.0, 1.0
    if key in ("noncentered", "auto", "offset"):
        return location, scale
    if key == "informed":
        q = np.sqrt(1 + INFORMATION * scale**2)
        return location / q**2 + (scale / q) ** 2 * WEIGHTED_LOCATION, scale / q
    weight = _WEIGHTS[key]
    location0, scale0 = start
    ratio = (scale / scale0) ** (1 - weight)
    return location - weight * ratio * (location - location0), scale0 * ratio


def ours(row: Row, key: str, xdist: bool, mu_dims: Any = "channel", sigma_dims: Any = None) -> Any:
    """Return the model with our prior."""
    with pm.Model(coords=COORDS) as model:
        prior = row.example(TUNED[key], mu_dims, sigma_dims)
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, NOISE, observed=OBSERVED, dims=DIMS)
    if key == "informed":
        steer(model)
    if key in ("auto", "informed"):  # their scale transform has tests of its own
        sigma = model["beta_sigma"]
        del model.values_to_rvs[model.rvs_to_values[sigma]]
        log = dims_log_transform if xdist else log_transform
        model.create_value_var(sigma, default_transform=log, transform=UNSET)
    return model


def steer(model: Any) -> None:
    """Set the steering values of the only auto block of a model."""
    (block,) = auto_blocks(model)
    block.steering.set(INFORMATION, WEIGHTED_LOCATION)


def twin(row: Row, key: str, mu_dims: Any = "channel", sigma_dims: Any = None) -> Any:
    """Return the same model written by hand: an affine map of a normal variable."""
    with pm.Model(coords=COORDS) as model:
        location, scale = row.location_scale(*hyperparameters_by_hand(row, mu_dims, sigma_dims))
        center, spread = coordinate_by_hand(key, location, scale, row.start)
        v = pm.Normal("v", (location - center) / spread, scale / spread, dims=DIMS)
        beta = pm.Deterministic("beta", row.inverse(center + spread * v), dims=DIMS)
        pm.Normal("y", beta, NOISE, observed=OBSERVED, dims=DIMS)
    return model


def hyperparameters_by_hand(row: Row, mu_dims: Any, sigma_dims: Any) -> Pair:
    """Create the hyperparameters and give them the axes of the variable, by position."""
    return tuple(
        _axes(variable, dims)
        for variable, dims in zip(
            row.by_hand(mu_dims, sigma_dims), (mu_dims, sigma_dims), strict=True
        )
    )


def _axes(variable: Any, dims: Any) -> Any:
    dims = (dims,) if isinstance(dims, str) else dims
    order = [dims.index(dim) if dims and dim in dims else "x" for dim in DIMS]
    return variable.dimshuffle(*order)


class Evaluator:
    """Log density and gradient of a model at one flat point."""

    def __init__(self, model: Any) -> None:
        self.values = model.value_vars
        self.start = model.initial_point()
        self.function = model.compile_fn(
            [model.logp(), model.dlogp()], inputs=self.values, point_fn=False
        )

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return sum(np.size(x) for x in self.start.values())

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density and its gradient."""
        arguments, at = [], 0
        for value in self.values:
            like = self.start[value.name]
            arguments.append(np.reshape(flat[at : at + np.size(like)], np.shape(like)))
            at += np.size(like)
        logp, gradient = self.function(*arguments)
        return float(logp), np.asarray(gradient)


def cases(centerings: dict[str, Any] = CENTERINGS, backends: dict[str, bool] = BACKENDS) -> Any:
    """Parametrize a test over ``row``, ``key`` of the centering and ``xdist``."""
    return pytest.mark.parametrize(
        ("row", "key", "xdist"),
        [
            pytest.param(row, key, xdist, id=f"{row.name}-{key}-{backend}")
            for row in ROWS.values()
            for key in centerings
            for backend, xdist in backends.items()
        ],
    )


families = pytest.mark.parametrize(
    "row", [pytest.param(row, id=name) for name, row in ROWS.items()]
)
