"""Reading a block off the draws of a sampler: where it is, and which way the data pull it.

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

from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.choices import Informed
from unfunnel.structures.base import Map, Structure
from unfunnel.structures.independent import INDEPENDENT
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.estimate import Estimate
from unfunnel.tuning.regressors import Draws, Regressors, regressors
from unfunnel.tuning.scales import tunable

#: The steering values in use, by the name of the block.
SteeringValues = dict[str, Estimate]


class BlockDraws(NamedTuple):
    """A block at each of several draws; every array has shape (draws, ...).

    ``others`` is what the scores may depend on outside the block. ``theta``
    are the coordinates of its structure.
    """

    location: np.ndarray
    scale: np.ndarray
    theta: np.ndarray
    score: np.ndarray
    others: Regressors
    structure: Structure = INDEPENDENT


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


class Geometry:
    """Evaluates blocks at flat unconstrained draws.

    Parameters
    ----------
    model : pymc.Model
        The model.
    blocks : list of Block
        Its blocks.
    layout : Layout
        Of the flat draws.
    """

    def __init__(self, model: Any, blocks: list[Block], layout: Layout) -> None:
        self.blocks = blocks
        self.layout = layout
        self._values = [model.rvs_to_values[variable] for variable in model.free_RVs]
        self._dims = {
            value.name: axis_names(model, variable, layout.shapes[value.name])
            for variable, value in zip(model.free_RVs, self._values, strict=True)
        }
        outputs = []
        # Rounds of a pilot differ in their steering values, which are inputs here; scales are not
        # stretched meanwhile, whatever they are in the model.
        with tunable(model, blocks, layout.shapes) as sources:
            for block in blocks:
                location, scale = model.replace_rvs_by_values(
                    [block.coordinate_location, block.scale]
                )
                prior = model.logp(vars=[block.variable])
                outputs += [location, scale, _plain(pt.grad(prior, block.value))]
        shared = [each for own in sources for each in own]
        sites = [each.type() for each in shared]
        self._function = pytensor.function(
            [*self._values, *sites],
            clone_replace(outputs, dict(zip(shared, sites, strict=True))),
            on_unused_input="ignore",
            allow_input_downcast=True,  # nutpie's draws are doubles, whatever floatX is
            mode="FAST_COMPILE",
        )

    def untuned(self) -> SteeringValues:
        """Return steering values of zero for every element."""
        zeros = {b.name: np.zeros(self.layout.shapes[b.value.name]) for b in self.blocks}
        return {name: Estimate(zero, zero) for name, zero in zeros.items()}

    def at(
        self, draws: np.ndarray, gradients: np.ndarray, steering: SteeringValues
    ) -> dict[str, BlockDraws]:
        """Evaluate every block at each draw.

        Parameters
        ----------
        draws, gradients : ndarray, shape (draws, size)
            Unconstrained draws, and the gradient of the log density of the model there.
        steering : dict
            The steering values that the draws were made with.
        """
        values = [x for block in self.blocks for x in steering[block.name]]
        rows = [
            self._function(*(self.layout.part(draw, v.name) for v in self._values), *values)
            for draw in draws
        ]
        columns = [np.stack(column) for column in zip(*rows, strict=True)]
        sampled = {v.name: self._labelled(draws, v.name) for v in self._values}
        found = {}
        for i, block in enumerate(self.blocks):
            value = self.layout.part(draws, block.value.name)
            gradient = self.layout.part(gradients, block.value.name)
            location, scale, prior = columns[3 * i : 3 * i + 3]
            location, scale = _with_axes(location, value.ndim), _with_axes(scale, value.ndim)
            informed = _informed(block, location, scale, steering[block.name])
            score = informed.score(gradient - prior)
            theta = informed.coordinates(value)
            others = regressors(
                sampled[block.value.name],
                (x for name, x in sampled.items() if name != block.value.name),
            )
            found[block.name] = BlockDraws(location, scale, theta, score, others, block.structure)
        return found

    def moved(
        self, draws: np.ndarray, at: dict[str, BlockDraws], steering: SteeringValues
    ) -> np.ndarray:
        """Return the same points of the model in the coordinates of other steering values."""
        moved = draws.copy()
        for block in self.blocks:
            here = at[block.name]
            informed = _informed(block, here.location, here.scale, steering[block.name])
            flat = informed.sampled(here.theta).reshape(len(draws), -1)
            moved[:, self.layout.slices[block.value.name]] = flat
        return moved

    def _labelled(self, draws: np.ndarray, name: str) -> Draws:
        return Draws(self.layout.part(draws, name), self._dims[name])


def axis_names(model: Any, variable: Any, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the dims of a variable; an axis without a name is known by its place and length."""
    named = model.named_vars_to_dims.get(variable.name) or (None,) * len(shape)
    return tuple(
        f"axis {i - len(shape)} of {length}" if dim is None else str(dim)
        for i, (dim, length) in enumerate(zip(named, shape, strict=True))
    )


def _informed(block: Block, location: Any, scale: Any, steering: Estimate) -> Map:
    return block.structure.map(Informed(), location, scale, steering, NUMPY)


def _plain(x: Any) -> Any:
    return x.values if isinstance(x.type, XTensorType) else x


def _with_axes(draws: np.ndarray, ndim: int) -> np.ndarray:
    """Give draws of a parameter an axis for each axis of the block, from the right."""
    return draws.reshape((len(draws), *(1,) * (ndim - draws.ndim), *draws.shape[1:]))
