"""Reads blocks off the draws of a sampler: where each is, and which way the data pull it.

A sampler reports flat unconstrained draws and the gradient of the log density at them. For each
block the functions here recover location, scale and the unconstrained variable ``theta``, and split
the gradient into the part that comes from the block's own prior and the rest, the score of the
data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.graph.replace import clone_replace
from pytensor.xtensor.type import XTensorType

from unfunnel.tuning.blocks import Block, Plan
from unfunnel.tuning.compiled import adjustable
from unfunnel.tuning.estimate import Controls, Draws, Site, controls_of


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
        self.blocks = plan.blocks
        self.layout = layout
        model = plan.model
        self._values = [model.rvs_to_values[variable] for variable in model.free_RVs]
        self._dims = {
            value.name: _axis_names(model, variable, layout.shapes[value.name])
            for variable, value in zip(model.free_RVs, self._values, strict=True)
        }
        outputs = []
        # Rounds of a pilot differ in their site parameters, which are inputs here; scales are not
        # stretched meanwhile, whatever they are in the model.
        with adjustable(plan, layout.shapes) as sites:
            for block in plan.blocks:
                location, scale = model.replace_rvs_by_values(
                    [block.coordinate_location, block.scale]
                )
                prior = model.logp(vars=[block.variable])
                outputs += [location, scale, _unlabelled(pt.grad(prior, block.value))]
        inputs = {shared: shared.type() for own in sites for shared in own}
        self._function = pytensor.function(
            [*self._values, *inputs.values()],
            clone_replace(outputs, inputs),
            on_unused_input="ignore",
            allow_input_downcast=True,  # nutpie's draws are doubles, whatever floatX is
            mode="FAST_COMPILE",
        )

    def untuned(self) -> dict[str, Site]:
        """Return sites of zero for every element."""
        zeros = {b.name: np.zeros(self.layout.shapes[b.value.name]) for b in self.blocks}
        return {name: Site(zero, zero) for name, zero in zeros.items()}

    def at(
        self, draws: np.ndarray, gradients: np.ndarray, sites: dict[str, Site]
    ) -> list[BlockDraws]:
        """Evaluate every block at each draw.

        ``draws`` and ``gradients`` have shape (draws, size): unconstrained draws that were made
        with these sites, and the gradient of the log density of the model there.
        """
        values = [x for block in self.blocks for x in sites[block.name]]
        rows = [
            self._function(*(self.layout.part(draw, v.name) for v in self._values), *values)
            for draw in draws
        ]
        columns = [np.stack(column) for column in zip(*rows, strict=True)]
        sampled = {
            v.name: Draws(self.layout.part(draws, v.name), self._dims[v.name]) for v in self._values
        }
        found = []
        for i, block in enumerate(self.blocks):
            value = sampled[block.value.name].values
            gradient = self.layout.part(gradients, block.value.name)
            location, scale, prior = columns[3 * i : 3 * i + 3]
            location, scale = _with_axes(location, value.ndim), _with_axes(scale, value.ndim)
            informed = block.map(location, scale, sites[block.name])
            others = (x for name, x in sampled.items() if name != block.value.name)
            controls = controls_of(sampled[block.value.name], others)
            theta, score = informed.coordinates(value), informed.score(gradient - prior)
            found.append(BlockDraws(block, location, scale, theta, score, controls))
        return found

    def moved(self, draws: np.ndarray, at: list[BlockDraws], sites: dict[str, Site]) -> np.ndarray:
        """Return the same points of the model in the coordinates of other sites."""
        moved = draws.copy()
        for here in at:
            informed = here.block.map(here.location, here.scale, sites[here.block.name])
            flat = informed.sampled(here.theta).reshape(len(draws), -1)
            moved[:, self.layout.slices[here.block.value.name]] = flat
        return moved


def _axis_names(model: Any, variable: Any, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the dims of a variable; an axis without a name is known by its place and length."""
    named = model.named_vars_to_dims.get(variable.name) or (None,) * len(shape)
    return tuple(
        f"axis {i - len(shape)} of {length}" if dim is None else str(dim)
        for i, (dim, length) in enumerate(zip(named, shape, strict=True))
    )


def _unlabelled(x: Any) -> Any:
    return x.values if isinstance(x.type, XTensorType) else x


def _with_axes(draws: np.ndarray, ndim: int) -> np.ndarray:
    """Give draws of a parameter an axis for each axis of the block, from the right."""
    return draws.reshape((len(draws), *(1,) * (ndim - draws.ndim), *draws.shape[1:]))
