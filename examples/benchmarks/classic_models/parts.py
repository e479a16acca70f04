"""What all classic models are made of: varying effects in either form, and two sets of priors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pymc as pm


class Form(StrEnum):
    """How the varying effects of a model are written; everything else is the same."""

    CENTERED = "centered"
    NONCENTERED = "noncentered"


class Priors(StrEnum):
    """Priors of what is no varying effect, in units of the response.

    "weak" is what rstanarm sets: normal with 2.5 units for locations and slopes, exponential with a
    mean of one unit for standard deviations. "vague" is what was written before: normal with 100
    units, half-Cauchy with five.
    """

    WEAK = "weak"
    VAGUE = "vague"

    def location(self, name: str, center: float, unit: float, **dims: Any) -> Any:
        """Make an intercept, or one for each element of ``dims``."""
        return pm.Normal(name, center, self._width * unit, **dims)

    def slope(self, name: str, unit: float, x: Any = None, **dims: Any) -> Any:
        """Make the coefficient of ``x``; of an indicator or a standardized one without ``x``."""
        return pm.Normal(name, 0.0, self._width * unit / (1.0 if x is None else np.std(x)), **dims)

    def sd(self, name: str, unit: float, **dims: Any) -> Any:
        """Make a standard deviation."""
        if self is Priors.WEAK:
            return pm.Exponential(name, scale=unit, **dims)
        return pm.HalfCauchy(name, beta=5.0 * unit, **dims)

    def cholesky(self, name: str, units: list[float]) -> Any:
        """Make the Cholesky factor of a covariance matrix: LKJ(2), and standard deviations."""
        scale = np.array(units)
        sds = (
            pm.Exponential.dist(scale=scale)
            if self is Priors.WEAK
            else pm.HalfCauchy.dist(beta=5.0 * scale)
        )
        factor, _correlation, _sds = pm.LKJCholeskyCov(name, eta=2.0, n=len(units), sd_dist=sds)
        return factor

    @property
    def _width(self) -> float:
        return 2.5 if self is Priors.WEAK else 100.0


#: A model from data, priors and a form.
Build = Callable[[Any, Priors, Form], pm.Model]


@dataclass(frozen=True)
class Classic:
    """One model that the field teaches with.

    ``data`` returns its data; with ``small=True``, where that is an option, fewer. ``effects`` are
    its varying effects if they are normal, so that they can be given to VIP. ``formula`` and
    ``family`` are how one would write it in Bambi, if one could.
    """

    name: str
    data: Callable[..., Any]
    build: Build
    effects: tuple[str, ...] = ()
    formula: str = ""
    family: str = "gaussian"


def effects(name: str, location: Any, scale: Any, form: Form, dims: str | tuple[str, ...]) -> Any:
    """Make varying effects: normal, with this location and scale."""
    if form is Form.CENTERED:
        return pm.Normal(name, location, scale, dims=dims)
    offset = pm.Normal(f"{name}_offset", dims=dims)
    return pm.Deterministic(name, location + scale * offset, dims=dims)


def correlated_effects(
    name: str, location: Any, factor: Any, form: Form, dims: tuple[str, str]
) -> Any:
    """Make varying effects of several kinds, a row of them for each group."""
    if form is Form.CENTERED:
        return pm.MvNormal(name, location, chol=factor, dims=dims)
    offset = pm.Normal(f"{name}_offset", dims=dims)
    return pm.Deterministic(name, location + offset @ factor.T, dims=dims)


def random_walk(name: str, start: Any, step: Any, form: Form, dims: str, length: int) -> Any:
    """Make a random walk from a normal start of this standard deviation, in normal steps."""
    if form is Form.CENTERED:
        first = pm.Normal.dist(0.0, start)
        return pm.GaussianRandomWalk(name, sigma=step, init_dist=first, dims=dims)
    offset = pm.Normal(f"{name}_offset", dims=dims)
    scale = pm.math.concatenate([[start], pm.math.ones(length - 1) * step])
    return pm.Deterministic(name, pm.math.cumsum(scale * offset), dims=dims)
