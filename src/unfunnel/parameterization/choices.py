"""Parameterizations: what ``centered=`` asks for, and what the sampler then sees of a variable.

A parameterization is an affine map ``theta = M + S v`` from the sampled value ``v`` to the
unconstrained variable ``theta ~ base(location, scale)``, with ``M`` and ``S`` functions of its own
location and scale. It changes the geometry and nothing else: the density gains ``log S``, the
random variable stays what it is.

===============  ============================================  =============================
``centered=``    parameterization                              when
===============  ============================================  =============================
``True``         ``M, S = 0, 1``                               every group has much data
``False``        ``M, S = location, scale``                    groups have little data
weight ``w``     between the two, see :class:`Partial`         you know how they differ
``"auto"``       what the data ask for, :class:`Informed`      you would rather not choose
``"offset"``     the textbook form: an explicit offset         a tool needs the offset
===============  ============================================  =============================
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from unfunnel.errors import CenteringError, Mistake

if TYPE_CHECKING:  # the rules of files read the words without numpy
    import numpy as np
    from xarray import DataArray

    from unfunnel.families.ops import Ops

#: What ``centered=`` holds after validation.
type Centering = bool | float | str | np.ndarray | DataArray

OFFSET = "offset"
AUTO = "auto"
WORDS = (AUTO, OFFSET)


class Parameterization:
    """A map from the sampled value to the unconstrained variable."""

    name: ClassVar[str]

    def center_and_spread(
        self, location: Any, scale: Any, ops: Ops, *sites: Any
    ) -> tuple[Any, Any]:
        """Return ``(M, S)`` of ``theta = M + S v``; ``S`` is positive.

        ``sites`` are the site parameters that a pilot found, if there are any.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Centered(Parameterization):
    """The sampler sees ``theta`` itself."""

    name = "centered"

    def center_and_spread(
        self, location: Any, scale: Any, ops: Ops, *sites: Any
    ) -> tuple[Any, Any]:
        return 0.0, 1.0


@dataclass(frozen=True)
class NonCentered(Parameterization):
    """The sampler sees ``(theta - location) / scale``, standardized a priori."""

    name = "noncentered"

    def center_and_spread(
        self, location: Any, scale: Any, ops: Ops, *sites: Any
    ) -> tuple[Any, Any]:
        return location, scale


@dataclass(frozen=True, eq=False)
class Partial(Parameterization):
    """A weight between non-centered (0) and centered (1), elementwise.

    With the ratio ``r = (scale / scale0)**(1 - w)``::

        S = scale0 * r        M = location - w * r * (location - location0)

    This is the family of Gorinova, Moore & Hoffman (2020, ICML, "Automatic reparameterisation of
    probabilistic programs") with the reference point made explicit; without one, the meaning of a
    weight would change with the units of the variable. ``location0`` and ``scale0`` are typical
    values; they shape the parameterization and carry no meaning.
    """

    weight: float | np.ndarray
    location0: float = 0.0
    scale0: float = 1.0

    name = "partial"

    def center_and_spread(
        self, location: Any, scale: Any, ops: Ops, *sites: Any
    ) -> tuple[Any, Any]:
        ratio = ops.exp((1.0 - self.weight) * (ops.log(scale) - math.log(self.scale0)))
        center = location - self.weight * ratio * (location - self.location0)
        return center, self.scale0 * ratio


@dataclass(frozen=True)
class Informed(Parameterization):
    """The parameterization in which the posterior given location and scale is standard normal.

    If the likelihood of an element is Gaussian with information ``I`` and maximum ``x``, its
    posterior given location ``loc`` and scale ``s`` is normal with::

        S = s / q        M = (loc + s**2 b) / q**2        q = sqrt(1 + I s**2),  b = I x

    so that ``v`` is standard normal *for every scale*: no funnel at a small scale, no ridge at a
    large one. The site parameters ``I`` and ``b`` are given as ``sites``; without them, or if both
    are 0, it is non-centered, with a large ``I`` centered. Wrong values cost speed and nothing
    else. It is the conditional moment map of dynamically rescaled HMC (Kleppe 2019, "Dynamically
    rescaled Hamiltonian Monte Carlo for Bayesian hierarchical models", JCGS 28) with constants in
    place of the curvature, so that it stays an affine map.

    No division by the scale occurs, and squares are bounded, so that in double precision everything
    stays finite as the scale goes to zero or to infinity (for an ``I`` of up to 1e248). In single
    precision it is NaN, which is rejected, from 1e19 on.
    """

    name = "informed"

    def center_and_spread(
        self, location: Any, scale: Any, ops: Ops, *sites: Any
    ) -> tuple[Any, Any]:
        if not sites:
            return location, scale
        information, weighted_location = sites
        bounded = ops.minimum(scale, LARGEST_SCALE)
        variance = bounded * bounded
        precision_ratio = 1.0 + information * variance
        # As a deviation, from which the density takes the location off again: where the scale is
        # tiny, the two would not cancel to the last digit, least of all in the gradient.
        deviation = variance / precision_ratio * (weighted_location - information * location)
        return location + deviation, scale / ops.sqrt(precision_ratio)


#: Above this the square of a scale would overflow where it meets a large information.
LARGEST_SCALE = 1e30


def parameterization_of(
    centering: Any, reference_point: Callable[[], tuple[float, float]]
) -> Parameterization:
    """Return the parameterization that a validated ``centered=`` asks for.

    Weights are given aligned, with an axis for each dim of the variable; ``reference_point``
    returns a typical location and scale, where they need one.
    """
    if isinstance(centering, bool):
        return Centered() if centering else NonCentered()
    if is_auto(centering):
        return Informed()
    return Partial(centering, *reference_point())


def is_textbook(centering: object) -> bool:
    """Whether ``centered=`` asks for an explicit offset instead of a value transform."""
    return isinstance(centering, str) and centering == OFFSET


def is_auto(centering: object) -> bool:
    """Whether ``centered=`` leaves the choice to a pilot run."""
    return isinstance(centering, str) and centering == AUTO


def offset_mistake(where: str) -> Mistake:
    """Return the mistake of an explicit offset, which is independent, where elements are not."""
    return Mistake(
        "centered",
        "'offset'",
        f"true, false or 'auto' {where}",
        "centered=False samples the same coordinate as an explicit offset.",
        CenteringError,
    )
