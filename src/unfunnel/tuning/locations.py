"""The locations of blocks: hyperparameters whose coordinate has a width that follows the scale.

What the data say about the elements of a block they say about its location too, the less clearly
the larger the scale is. With ``theta_j ~ Normal(l_j, s**2)`` and sites ``(I_j, b_j)``, integrating
``theta_j`` out leaves a site for ``l_j``, its *message*::

    precision  I_j / (1 + I_j s**2)        precision times mean  b_j / (1 + I_j s**2)

A location ``u`` that has a site ``(I0, b0)`` of its own, from its prior, and meets the data through
``l_j = l_j(u0) + J_j (u - u0)``, to first order around a reference ``u0`` with a typical slope
``J_j``, is then normal given the scale, with::

    precision  P = I0 + sum J_j**2 I_j / (1 + I_j s**2)
    mean       M = u0 + (b0 - I0 u0 + sum J_j (b_j - I_j l_j(u0)) / (1 + I_j s**2)) / P

This is belief propagation on a tree of normal variables (Pearl 1988, "Probabilistic reasoning in
intelligent systems", chapter 7), with the scale left free. Everything but the scales is constant,
so that locations of one block do not depend on each other, and the model stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pytensor
import pytensor.tensor as pt
from pymc.util import get_transformed_name
from pytensor.graph.replace import graph_replace
from pytensor.graph.traversal import ancestors
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.type import XTensorType

from unfunnel.parameterization.carrying import carrying
from unfunnel.parameterization.graph_ops import random_node
from unfunnel.parameterization.location import LocationTransform, before, behind
from unfunnel.parameterization.location_ops import LocationMap
from unfunnel.parameterization.scale import PYTHON, SoftplusTransform
from unfunnel.parameterization.transforms import LabelledTransform, unlabelled
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.estimate import Site

# Of what would be sampled, relative to its size, for slopes.
_STEP = 1e-4


class Message(NamedTuple):
    """What a block says about its location: its site, and how its prior means follow the location.

    All have the shape of what is sampled of the block.
    """

    information: np.ndarray
    weighted_location: np.ndarray
    slope: np.ndarray


class LocationSite(NamedTuple):
    """What a pilot found out about a location.

    ``own`` is the site of its prior, and ``reference`` where it is, both on the scale of what would
    be sampled; ``messages`` are what each block says, ``fixed`` typical values of what else is held
    fixed, by name.
    """

    own: Site
    reference: np.ndarray
    messages: dict[str, Message]
    fixed: dict[str, np.ndarray]


@dataclass(frozen=True)
class Location:
    """A hyperparameter that is the location of blocks, and is used for nothing else.

    ``inner`` is its value transform without the coordinate of a location; ``parameter`` the input
    of the random variable that can carry that coordinate while the model is compiled;
    ``elements`` says for each element of each block which of its own elements it sees;
    ``starts`` are values, at the start, of what is held fixed.
    """

    model: Any
    variable: Any
    value: Any
    inner: Any
    parameter: int
    blocks: tuple[Block, ...]
    elements: tuple[Elements, ...]
    starts: dict[Any, np.ndarray]

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the random variable."""
        return self.starts[self.variable].shape

    @property
    def _transform(self) -> Any:
        """The value transform of the coordinate, of the backend of the variable."""
        transform = LocationTransform(self.inner)
        labelled = isinstance(self.variable.type, XTensorType)
        return LabelledTransform(transform) if labelled else transform

    @property
    def fixed(self) -> list[Any]:
        """The random variables that its coordinate holds fixed, beside itself."""
        return [rv for rv in self.starts if rv is not self.variable]

    @property
    def sampled_name(self) -> str:
        """Name of the value variable in its coordinate: what PyMC expects of the transform."""
        return str(get_transformed_name(self.name, LocationTransform()))

    @property
    def scale_variables(self) -> set[Any]:
        """The free variables that the coordinate depends on."""
        return set().union(*(scale_variables_of(self.model, block) for block in self.blocks))

    @cached_property
    def _start(self) -> np.ndarray:
        """What would be sampled at the start."""
        start: Any = before(self.inner, pt.constant(self.starts[self.variable]))
        return np.asarray(start.eval(mode=PYTHON))

    def off(self, shapes: dict[str, tuple[int, ...]]) -> LocationSite:
        """Return the site with which it is sampled as it was, given the shapes of the blocks."""
        own = Site(np.ones(self.shape), np.zeros(self.shape))
        nothing = {x.name: np.zeros(shapes[x.value.name]) for x in self.blocks}
        fixed = {str(rv.name): self.starts[rv] for rv in self.fixed}
        messages = {name: Message(x, x, x) for name, x in nothing.items()}
        return LocationSite(own, self._start, messages, fixed)

    def updates(self, site: LocationSite) -> dict[str, np.ndarray]:
        """Return the values of the shared variables that :meth:`adjustable` makes, by name."""
        parts: dict[str, Any] = {"own": site.own, **site.messages}
        found = {
            self._shared_name(name, kind): np.ravel(value)
            for name, part in parts.items()
            for kind, value in part._asdict().items()
        }
        found[self._shared_name("reference")] = np.ravel(site.reference)
        for name, value in site.fixed.items():
            found[self._shared_name(name, "reference")] = value
        return {key: np.asarray(value, pytensor.config.floatX) for key, value in found.items()}

    @contextmanager
    def adjustable(self, shapes: dict[str, tuple[int, ...]]) -> Iterator[Adjustable]:
        """Sample it in its coordinate, which is off at first, in what is compiled inside."""
        transforms, node = self.model.rvs_to_transforms, random_node(self.variable.owner)
        former, parameter = transforms[self.variable], node.inputs[self.parameter]  # type: ignore[union-attr]  # drawn
        name = self.value.name
        initial = self.updates(self.off(shapes))
        shared = {n: pytensor.shared(x, n, shape=x.shape) for n, x in initial.items()}
        center, spread = self._center_and_spread(shared, shapes)
        try:
            carrier = carrying(parameter, center, spread)
            node.inputs[self.parameter] = carrier  # type: ignore[union-attr]  # drawn
            transforms[self.variable], self.value.name = self._transform, self.sampled_name
            yield Adjustable(shared, center, spread)
        finally:
            node.inputs[self.parameter] = parameter  # type: ignore[union-attr]  # drawn
            transforms[self.variable], self.value.name = former, name

    def slopes(self) -> list[Any]:
        """Return the slopes of the prior means of each block along what would be sampled.

        They are differences: that is exact enough, and a graph with derivatives is a large one.
        """
        sampled: Any = before(self.inner, as_tensor(self.variable))
        step: Any = _STEP * (1.0 + pt.max(pt.abs(sampled)))
        means = [x.location for x in self.blocks]
        ends: list[Any] = [
            graph_replace(means, {self.variable: self._natural(x)}, strict=False)
            for x in (sampled - step, sampled + step)
        ]
        return [(high - low) / (2.0 * step) for low, high in zip(*ends, strict=True)]

    def _natural(self, sampled: Any) -> Any:
        """Return the random variable that would be sampled as this tensor."""
        return in_place_of(behind(self.inner, sampled), self.variable)

    def _shared_name(self, *path: str) -> str:
        return "_".join((self.name, *path, "")) + "_"

    def _center_and_spread(
        self, shared: dict[str, Any], shapes: dict[str, tuple[int, ...]]
    ) -> tuple[Any, Any]:
        """Return the mean and the standard deviation as functions of the scales."""
        reference = shared[self._shared_name("reference")]
        own, own_weighted = (shared[self._shared_name("own", kind)] for kind in Site._fields)
        fixed = {rv: shared[self._shared_name(rv.name, "reference")] for rv in self.fixed}
        given = {rv: in_place_of(value, rv) for rv, value in fixed.items()}
        given[self.variable] = self._natural(reference.reshape(self.shape))
        rows = []
        for block, elements in zip(self.blocks, self.elements, strict=True):
            shape = shapes[block.value.name]
            message = [shared[self._shared_name(block.name, kind)] for kind in Message._fields]
            # Without copies of the other random variables, which clone_replace would make.
            prior: list[Any] = graph_replace([block.location, block.scale], given, strict=False)
            several = len(self.blocks) > 1
            rows.append(
                [
                    *message,
                    pt.constant(elements.over(shape), dtype="int64"),
                    *(_flat(x, shape, several) for x in prior),
                ]
            )
        columns = [x[0] if len(x) == 1 else pt.concatenate(x) for x in zip(*rows, strict=True)]
        inputs = (*columns, own, own_weighted, reference)
        outputs: list[Any] = LocationMap().make_node(*inputs).outputs
        center, spread = (x.reshape(self.shape) for x in outputs)
        return center, spread


@dataclass(frozen=True)
class Elements:
    """Which element of a location each element of a block sees; None if there is only one.

    ``of`` are places in the flat location, in an array that broadcasts against the block.
    """

    of: np.ndarray | None = None

    def over(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return it for each element of a block of this shape, in one axis."""
        return np.broadcast_to(0 if self.of is None else self.of, shape).ravel()


class Adjustable(NamedTuple):
    """The shared variables of a location, by name, and the coordinate that follows from them."""

    shared: dict[str, Any]
    center: Any
    spread: Any


def scale_variables_of(model: Any, block: Block) -> set[Any]:
    """Return what the coordinate of a location of a block may depend on: what its scale is of."""
    only_of_scale = direct_variables(model, block.scale) - direct_variables(model, block.location)
    return only_of_scale | {
        rv
        for rv in direct_variables(model, block.scale)
        if isinstance(unlabelled(model.rvs_to_transforms[rv]), SoftplusTransform)
    }


def direct_variables(model: Any, x: Any) -> set[Any]:
    """Return the free variables that a graph depends on, not through others."""
    return set(ancestors([x], blockers=model.free_RVs)) & set(model.free_RVs)


def _flat(x: Any, shape: tuple[int, ...], all_elements: bool) -> Any:
    """Return a parameter for each element of a block, or once where it is the same for all."""
    if all(x.type.broadcastable) and not all_elements:
        return x.reshape((1,))
    return pt.broadcast_to(x, shape).ravel()


def as_tensor(x: Any) -> Any:
    """Return a variable of either backend as a tensor."""
    return x.values if isinstance(x.type, XTensorType) else x


def in_place_of(x: Any, variable: Any) -> Any:
    """Return a tensor as one that can stand for a random variable, of either backend."""
    if isinstance(variable.type, XTensorType):
        return as_xtensor(x, dims=variable.type.dims)
    return x
