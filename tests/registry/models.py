"""The example with our prior, and the same model written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.dims.distributions.transforms import log_transform as dims_log_transform
from pymc.distributions.transforms import log as log_transform
from pymc.util import UNSET
from pytensor.compile.mode import get_default_mode

from registry.by_hand import Pair
from registry.row import Hand, Row
from registry.setting import (
    COORDS,
    DIMS,
    INFORMATION,
    NOISE,
    OBSERVED,
    TUNED,
    WEIGHTED_LOCATION,
    WEIGHTS,
)
from unfunnel.distributions.linked import draw_behind_the_link
from unfunnel.tuning.blocks import auto_blocks


def coordinate_by_hand(key: str, location: Any, scale: Any, start: tuple[float, float]) -> Pair:
    """Return M and S of ``theta = M + S v``, as the documentation defines them."""
    if key == "centered":
        return 0.0, 1.0
    if key in ("noncentered", "auto", "offset"):
        return location, scale
    if key == "informed":
        q = np.sqrt(1 + INFORMATION * scale**2)
        return location / q**2 + (scale / q) ** 2 * WEIGHTED_LOCATION, scale / q
    weight = WEIGHTS[key]
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
        sigma = model[f"beta_{row.scale}"]
        if not model.rvs_to_values[sigma].name.endswith("softplus__"):
            return model
        del model.values_to_rvs[model.rvs_to_values[sigma]]
        log = dims_log_transform if xdist else log_transform
        model.create_value_var(sigma, default_transform=log, transform=UNSET)
    return model


def steer(model: Any) -> None:
    """Set the steering values of the only auto block of a model."""
    (block,) = auto_blocks(model)
    block.sites.set(INFORMATION, WEIGHTED_LOCATION)


def twin(row: Row, key: str, mu_dims: Any = "channel", sigma_dims: Any = None) -> Any:
    """Return the same model written by hand: an affine map of a variable of the base law."""
    with pm.Model(coords=COORDS) as model:
        location, scale, *shape = law_by_hand(row, mu_dims, sigma_dims)
        center, spread = coordinate_by_hand(key, location, scale, row.start)
        v = row.base("v", (location - center) / spread, scale / spread, *shape, dims=DIMS)
        beta = pm.Deterministic("beta", row.inverse(center + spread * v), dims=DIMS)
        pm.Normal("y", beta, NOISE, observed=OBSERVED, dims=DIMS)
    return model


def law_by_hand(row: Row, mu_dims: Any, sigma_dims: Any) -> Hand:
    """Create the hyperparameters and return location, scale and shape, as the variable has them."""
    mu, sigma, *shape = row.by_hand(mu_dims, sigma_dims)
    mu, sigma = _axes(mu, mu_dims), _axes(sigma, sigma_dims)
    return *row.location_scale(mu, sigma, *shape), *shape


def _axes(variable: Any, dims: Any) -> Any:
    dims = (dims,) if isinstance(dims, str) else dims
    order = [dims.index(dim) if dims and dim in dims else "x" for dim in DIMS]
    return variable.dimshuffle(*order)


def density_and_gradient(model: Any) -> Any:
    """Compile both from one graph; PyMC derives the density for each variable alone."""
    density = model.logp()
    gradients = pytensor.grad(density, model.continuous_value_vars, disconnected_inputs="warn")
    flat = [pt.as_tensor(each, allow_xtensor_conversion=True).ravel() for each in gradients]
    gradient = pt.concatenate(flat)
    return model.compile_fn([density, gradient], inputs=model.value_vars, point_fn=False)


def replacing_linked() -> Any:
    """Return the mode, with the rewrite by which compiled functions draw what PyMC cannot."""
    return get_default_mode().including("specialize", draw_behind_the_link.__name__)


class Evaluator:
    """Log density and gradient of a model at one flat point."""

    def __init__(self, model: Any) -> None:
        dims = [model.named_vars_to_dims.get(rv.name) or () for rv in model.free_RVs]
        self.shapes = [tuple(len(COORDS[dim]) for dim in each) for each in dims]
        self.size = sum(int(np.prod(shape)) for shape in self.shapes)
        self.function = density_and_gradient(model)

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density and its gradient."""
        arguments, at = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape))
            arguments.append(np.reshape(flat[at : at + size], shape))
            at += size
        logp, gradient = self.function(*arguments)
        return float(logp), np.asarray(gradient)
