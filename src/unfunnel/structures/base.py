"""The protocol of structures: how elements depend on each other, given location and scale.

Three arrays describe a variable ``phi`` of a hierarchy, from what the user sees to what the sampler
sees::

    elements     theta = link.forward(phi)         what location and scale are about
    coordinates  u, independent N(m, s) a priori   theta = structure.elements(u, location)
    sampled      v                                 u = center + spread v, a :class:`Map`

The structure fixes the step between elements and coordinates: for independent elements they are the
same, for effects that sum to zero the coordinates are contrasts. It also makes the step between
coordinates and what is sampled, from a parameterization (:mod:`unfunnel.parameterization.choices`)
and *site parameters*: what the data say about the coordinates, which a pilot finds. Whatever their
values, the model stays what it is.

To add a structure: one file with a subclass of :class:`~unfunnel.structures.joint.JointStructure`
(or of this one, if its elements are independent), and a row in ``STRUCTURES`` of
:mod:`unfunnel.prior.build`. Write ``elements``, ``coordinates`` and ``sampled_shape`` once; ``xp``
is numpy or ``pytensor.tensor``. The pilot, both backends and the laws in ``tests/laws`` read the
rest from there. If what the data say is more than two numbers for each coordinate, such as a matrix
a group, override ``sites``, ``site_shapes`` and ``map``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytensor.tensor as pt

from unfunnel.families import Family
from unfunnel.families.ops import Ops
from unfunnel.parameterization.choices import Centered, Parameterization


@dataclass(frozen=True)
class Aligned:
    """A tensor whose axes are named.

    There is an axis for each of ``dims``, which are some of the prior's dims in their order.
    """

    tensor: Any
    dims: tuple[str, ...] = ()

    def over(self, dims: tuple[str, ...]) -> Any:
        """Return the tensor with an axis of length 1 for each of ``dims`` that it lacks."""
        return pt.expand_dims(
            self.tensor, [i for i, dim in enumerate(dims) if dim not in self.dims]
        )

    def trailing(self, dims: tuple[str, ...]) -> Any:
        """Return the tensor so that it broadcasts from the right against ``dims``."""
        first = min((dims.index(dim) for dim in self.dims), default=len(dims))
        return self.over(dims[first:])

    def keeping(self, axes: list[int]) -> Aligned:
        """Return it with these axes only; the others have length 1."""
        return Aligned(self.tensor.dimshuffle(axes), tuple(self.dims[axis] for axis in axes))


@dataclass(frozen=True)
class Map:
    """An affine map between what is sampled and the coordinates, on arrays or on graphs.

    This one, ``center + spread v``, takes one number at a time.
    """

    center: Any
    spread: Any
    ops: Ops

    def coordinates(self, sampled: Any) -> Any:
        """Return the coordinates."""
        return self.center + self.spread * sampled

    def sampled(self, coordinates: Any) -> Any:
        """Return what is sampled."""
        return (coordinates - self.center) / self.spread

    def score(self, gradient: Any) -> Any:
        """Return the derivative by the coordinates from that by what is sampled."""
        return gradient / self.spread

    def log_slopes(self) -> Any:
        """Return an array whose sum over what is sampled is the log-Jacobian of the map."""
        return self.ops.log(self.spread)


@dataclass(frozen=True)
class Structure:
    """How the elements of a variable depend on each other; the base class of all structures.

    What it says by itself is true of independent elements: they are their own coordinates, each is
    drawn by itself, and a pilot learns the information and the weighted location of each. A
    structure belongs to one variable, and its axes are those of the variable.
    """

    #: The keyword of priors that asks for it, for messages.
    name: ClassVar[str] = "independent"

    #: Names of the site parameters, in the order in which :meth:`map` takes them.
    sites: ClassVar[tuple[str, ...]] = ("information", "weighted_location")

    # -- what is asked of the model before its parameters are known

    @property
    def fixed_lengths(self) -> Mapping[str, int]:
        """Dims that the variable cannot be built without, and which keep these lengths."""
        return {}

    def weight(self, weight: np.ndarray, dims: tuple[str, ...], name: str) -> np.ndarray:
        """Return the weights of ``centered=`` of the coordinates; refuse those they cannot have."""
        return weight

    def fitted(
        self, family: Family, location: Aligned, scale: Aligned, dims: tuple[str, ...]
    ) -> tuple[Structure, Aligned, Aligned]:
        """Return the structure, the location and the scale as its random variable takes them."""
        return self, location, scale

    # -- the random variable

    def op(self, family: Family, ndim: int) -> Any:
        """Return the op that draws all elements at once; None if each is drawn by itself."""
        return None

    # -- elements and coordinates

    def sampled_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the shape of coordinates, and of what is sampled, from that of the elements."""
        return shape

    def coordinates(self, elements: Any, location: Any, xp: Any) -> Any:
        """Return the coordinates of elements."""
        return elements

    def elements(self, coordinates: Any, location: Any, xp: Any) -> Any:
        """Return the elements that have these coordinates."""
        return coordinates

    def coordinate_location(self, location: Any, scale: Any) -> Any:
        """Return the prior mean of the coordinates; it broadcasts against them from the right."""
        return location

    # -- coordinates and what is sampled

    def site_shapes(self, sampled_shape: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        """Return the shape of each site parameter."""
        return (sampled_shape,) * len(self.sites)

    def map(
        self, parameterization: Parameterization, location: Any, scale: Any, sites: Any, ops: Ops
    ) -> Map:
        """Return the map from what is sampled to coordinates of this prior mean and scale.

        ``sites`` are the site parameters; empty, or None, where nothing is known of the data.
        """
        return Map(*parameterization.center_and_spread(location, scale, ops, *(sites or ())), ops)

    # -- the pilot

    @property
    def pooled_axes(self) -> tuple[int, ...]:
        """Axes of what is sampled along which all coordinates have the same information."""
        return ()

    def pooled(self, statistic: np.ndarray) -> np.ndarray:
        """Return what scores say of each coordinate, averaged over those that are to share it."""
        axes = self.pooled_axes
        if not axes:
            return statistic
        return np.broadcast_to(statistic.mean(axis=axes, keepdims=True), statistic.shape)

    def labelled(
        self, statistic: np.ndarray, dims: tuple[str, ...]
    ) -> tuple[tuple[str, ...], np.ndarray]:
        """Return a pooled statistic once for those that share it, with the dims that it keeps."""
        axes = self.pooled_axes
        first = tuple(0 if axis in axes else slice(None) for axis in range(statistic.ndim))
        return tuple(dim for axis, dim in enumerate(dims) if axis not in axes), statistic[first]

    # -- what only the value transform and the density ask

    def needs_transform(self, parameterization: Parameterization) -> bool:
        """Whether what is sampled is something else than the variable behind its link."""
        return not isinstance(parameterization, Centered)

    def parameters(self, location: Any, scale: Any, ndim: int) -> tuple[Any, Any]:
        """Return location and scale of the random variable so that they broadcast against it."""
        return location, scale

    def log_jacobian(self, mapped: Map, elements: Any, sampled: Any, link: Any, ops: Ops) -> Any:
        """Return the log-Jacobian from what is sampled to the variable, as its density has it."""
        return mapped.log_slopes() + link.log_slope(elements, ops)


#: The structure of an ordinary prior.
INDEPENDENT = Structure()
