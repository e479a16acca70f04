"""One family, as the laws need to know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from registry.by_hand import Pair, normal
from registry.setting import DIMS
from unfunnel import LogNormalExp

Hand = tuple[Any, ...]


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
        The same hyperpriors in PyMC, ``(dims of mu, dims of sigma) -> (mu, sigma, *shape)``.
    location_scale : callable
        ``(mu, sigma, *shape) -> (location, scale)``, the textbook formulas.
    inverse : callable
        From the real line to the support.
    distribution : callable
        The PyMC distribution ``(name, location, scale, *shape)``; None if there is none.
    start : tuple of float
        Location and scale where the hyperpriors are at their starting points.
    constants : tuple of float
        A mean and a standard deviation, for priors without hyperpriors.
    exact : callable
        ``(location, scale) ->`` the scipy distribution of the variable.
    table : tuple
        ``(mean, sd, location, scale)``, computed with 40 digits.
    invalid : tuple
        Pairs of a mean and a standard deviation that are not inside their supports.
    offset : str
        What stands behind the name of the variable in the name of its offset.
    base : callable
        The PyMC distribution of the unconstrained variable, ``(name, location, scale, *shape)``.
    options : dict
        What else the prior takes where it is made of numbers: parameters of the base law, bounds.
    label : str
        What the row is called, if there are several of one class.
    scale : str
        The keyword of the second hyperprior: "sigma", or what may be random in its place.
    random_scale : callable
        A hyperprior without dims for it.
    reach : float
        How far from 0 the slope of the inverse link is a double.
    """

    prior: type
    hyperpriors: Callable[..., dict[str, Any]]
    by_hand: Callable[..., Hand]
    location_scale: Callable[..., Pair]
    inverse: Callable[[Any], Any]
    distribution: Any
    start: tuple[float, float]
    constants: tuple[float, float]
    exact: Callable[[float, float], Any]
    table: tuple[tuple[float, float, float, float], ...]
    invalid: tuple[tuple[float, float], ...]
    offset: str = "_offset"
    base: Callable[..., Any] = normal
    options: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    scale: str = "sigma"
    random_scale: Callable[[], Any] = lambda: LogNormalExp(1, 2)
    reach: float = 300.0

    @property
    def name(self) -> str:
        """The name of the family."""
        return self.prior.__name__

    @property
    def key(self) -> str:
        """The name of the row."""
        return self.label or self.name

    @property
    def family(self) -> Any:
        """The family."""
        return self.make(*self.constants).family

    @property
    def shape(self) -> tuple[float, ...]:
        """The parameters of the base law where the prior is made of numbers."""
        return self.family.shape(self.options)

    def make(self, *args: Any, **parameters: Any) -> Any:
        """Return a prior with these parameters."""
        return self.prior(*args, **{**self.options, **parameters})

    def example(
        self, centered: Any = True, mu_dims: Any = "channel", sigma_dims: Any = None
    ) -> Any:
        """Return the hierarchical example."""
        hyperpriors = self.hyperpriors(mu_dims, sigma_dims)
        return self.prior(**hyperpriors, dims=DIMS, centered=centered)
