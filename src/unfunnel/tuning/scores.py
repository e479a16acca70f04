"""Reads blocks off the draws of a sampler: where each is, and which way the data pull it.

A sampler reports flat unconstrained draws and the gradient of the log density at them. For each
block the functions here recover location, scale and the unconstrained variable ``theta``, and split
the gradient into the part that comes from the block's own prior and the rest, the score of the
data. For each location they recover what its own prior says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.graph.replace import clone_replace

from unfunnel.tuning.blocks import Block
from unfunnel.tuning.compiled import Coordinates, adjustable, adjustments
from unfunnel.tuning.estimate import Controls, Draws, Site, controls_of
from unfunnel.tuning.locations import Location, as_tensor
from unfunnel.tuning.plan import Plan


class BlockDraws(NamedTuple):
    """A block at each of several draws: arrays of shape (draws, ...), and what to hold fixed.

    ``theta`` are the coordinates of the block's structure, ``location`` and ``scale`` theirs.
    """

    block: Block
    location: np.ndarray
    scale: np.ndarray
    theta: np.ndarray
    score: np.ndarray
    controls: Controls


class LocationDraws(NamedTuple):
    """A location of blocks at each of several draws: arrays of shape (draws, ...).

    ``values`` are what would be sampled without a coordinate of its own, ``score`` the derivative
    of the logarithm of its prior by them. Means over the draws are ``fixed``, of what else is
    held fixed, and ``slopes``, of the derivatives of the prior means of each block.
    """

    location: Location
    values: np.ndarray
    score: np.ndarray
    fixed: dict[str, np.ndarray]
    slopes: dict[str, np.ndarray]


class Reading(NamedTuple):
    """What draws show of the parts of a plan."""

    blocks: list[BlockDraws]
    locations: list[LocationDraws]


@dataclass(frozen=True)
class Layout:
    """Where each value variable lies in a flat unconstrained draw."""

    slices: dict[str, slice]
    shapes: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, model: Any, shapes: dict[str, tuple[int, ...]]) -> Layout:
        """Lay out the value variables in the order of ``model.free_RVs``, as samplers do."""
        slices, start = {}, 0
        for variable in model.free_RVs:
            name = model.rvs_to_values[variable].name
            size = int(np.prod(shapes[name], dtype=int))
            slices[name] = slice(start, start + size)
            start += size
        return cls(slices, {name: tuple(shapes[name]) for name in slices})

    def part(self, flat: np.ndarray, name: str) -> np.ndarray:
        """Return one variable of flat draws of shape (..., size)."""
        return flat[..., self.slices[name]].reshape((*flat.shape[:-1], *self.shapes[name]))


class Scores:
    """Evaluates the blocks of a plan at flat unconstrained draws laid out in some way."""

    def __init__(self, plan: Plan, layout: Layout) -> None:
        self.plan, self.blocks = plan, plan.blocks
        self.layout = layout
        model = plan.model
        self._values = [model.rvs_to_values[variable] for variable in model.free_RVs]
        self._names = [str(value.name) for value in self._values]
        self._dims = {
            value.name: _axis_names(model, variable, layout.shapes[value.name])
            for variable, value in zip(model.free_RVs, self._values, strict=True)
        }
        # Rounds of a pilot differ in their coordinates, which are inputs here. Densities, and what
        # random variables are replaced in, are asked for at once: each question takes long.
        with adjustable(plan, layout.shapes) as variables:
            tuned: list[Any] = [*plan.blocks, *plan.locations]
            terms = model.logp(vars=[x.variable for x in tuned], sum=False) if tuned else []
            slopes = [
                pt.grad(as_tensor(term).sum(), x.value)
                for term, x in zip(terms, tuned, strict=True)
            ]
            parameters = [x for one in plan.blocks for x in (one.coordinate_location, one.scale)]
            maps = [x for one in variables.locations for x in (one.center, one.spread)]
            means = [x for one in plan.locations for x in (*one.fixed, *one.slopes())]
            graphs = model.replace_rvs_by_values([*parameters, *maps, *means])
            maps = graphs[len(parameters) : len(parameters) + len(maps)]
        self._inputs = list(variables.shared)
        inputs = {shared: shared.type() for shared in variables.shared.values()}

        def function(outputs: list[Any]) -> Any:
            return pytensor.function(
                [*self._values, *inputs.values()],
                clone_replace([as_tensor(x) for x in outputs], inputs),
                on_unused_input="ignore",
                allow_input_downcast=True,  # nutpie's draws are doubles, whatever floatX is
                mode="FAST_COMPILE",
            )

        self._function = function([*slopes, *graphs])
        self._maps = function(maps) if maps else None

    def untuned(self) -> Coordinates:
        """Return sites of zero for every element."""
        zeros = {b.name: np.zeros(self.layout.shapes[b.value.name]) for b in self.blocks}
        return Coordinates({name: Site(zero, zero) for name, zero in zeros.items()})

    def at(self, draws: np.ndarray, gradients: np.ndarray, coordinates: Coordinates) -> Reading:
        """Evaluate every block, and every location, at each draw.

        ``draws`` and ``gradients`` have shape (draws, size): unconstrained draws that were made in
        these coordinates, and the gradient of the log density of the model there.
        """
        columns = iter(self._evaluated(self._function, draws, coordinates))
        slopes_of_blocks = [next(columns) for _block in self.blocks]
        slopes_of_locations = [next(columns) for _location in self.plan.locations]
        sampled = {
            v.name: Draws(self.layout.part(draws, v.name), self._dims[v.name]) for v in self._values
        }
        blocks = []
        for block, prior in zip(self.blocks, slopes_of_blocks, strict=True):
            value = sampled[block.value.name].values
            gradient = self.layout.part(gradients, block.value.name)
            location, scale = (_with_axes(next(columns), value.ndim) for _parameter in range(2))
            informed = block.map(location, scale, coordinates.sites[block.name])
            others = (x for name, x in sampled.items() if name != block.value.name)
            controls = controls_of(sampled[block.value.name], others)
            theta, score = informed.coordinates(value), informed.score(gradient - prior)
            blocks.append(BlockDraws(block, location, scale, theta, score, controls))
        maps = [(next(columns), next(columns)) for _location in self.plan.locations]
        locations = []
        for one, prior, (center, spread) in zip(
            self.plan.locations, slopes_of_locations, maps, strict=True
        ):
            fixed = {str(rv.name): next(columns).mean(axis=0) for rv in one.fixed}
            shapes = {block.name: self.layout.shapes[block.value.name] for block in one.blocks}
            slopes = {
                name: np.broadcast_to(next(columns).mean(axis=0), shape)
                for name, shape in shapes.items()
            }
            values = center + spread * sampled[one.value.name].values
            locations.append(LocationDraws(one, values, prior / spread, fixed, slopes))
        return Reading(blocks, locations)

    def moved(self, draws: np.ndarray, at: Reading, coordinates: Coordinates) -> np.ndarray:
        """Return the same points of the model in other coordinates, of the same stretches."""
        moved = draws.copy()
        for here in at.blocks:
            informed = here.block.map(here.location, here.scale, coordinates.sites[here.block.name])
            flat = informed.sampled(here.theta).reshape(len(draws), -1)
            moved[:, self.layout.slices[here.block.value.name]] = flat
        maps = self._evaluated(self._maps, draws, coordinates) if at.locations else []
        for i, one in enumerate(at.locations):
            center, spread = maps[2 * i : 2 * i + 2]
            flat = ((one.values - center) / spread).reshape(len(draws), -1)
            moved[:, self.layout.slices[one.location.value.name]] = flat
        return moved

    def _evaluated(
        self, function: Any, draws: np.ndarray, coordinates: Coordinates
    ) -> list[np.ndarray]:
        updates = adjustments(self.plan, coordinates, self.layout.shapes)
        values = [updates[name] for name in self._inputs]
        rows = [
            function(*(self.layout.part(draw, name) for name in self._names), *values)
            for draw in draws
        ]
        return [np.stack(column) for column in zip(*rows, strict=True)]


def _axis_names(model: Any, variable: Any, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the dims of a variable; an axis without a name is known by its place and length."""
    named = model.named_vars_to_dims.get(variable.name) or (None,) * len(shape)
    return tuple(
        f"axis {i - len(shape)} of {length}" if dim is None else str(dim)
        for i, (dim, length) in enumerate(zip(named, shape, strict=True))
    )


def _with_axes(draws: np.ndarray, ndim: int) -> np.ndarray:
    """Give draws of a parameter an axis for each axis of the block, from the right."""
    return draws.reshape((len(draws), *(1,) * (ndim - draws.ndim), *draws.shape[1:]))
