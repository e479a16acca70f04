"""How far the coordinate of a scale hyperparameter is stretched, from what a pilot found.

A scale is sampled through ``a sinh(softplus(v) / k)``; see
:mod:`unfunnel.parameterization.scale`. The width ``a`` is a share of the prior's median, and
after a pilot that of the posterior's. Where the data tell nothing about any element that has the
scale, there is no funnel to flatten, and the logarithm, the limit of a great width, is best.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor
from pytensor.graph.traversal import ancestors
from pytensor.tensor.type import TensorType
from pytensor.xtensor.type import XTensorType

from unfunnel import names
from unfunnel.parameterization.graph_ops import random_node
from unfunnel.parameterization.scale import SoftplusTransform
from unfunnel.parameterization.transforms import DRAWING, labelled_like, unlabelled
from unfunnel.structures.transform import carrying, settled, shared_sites
from unfunnel.tuning.blocks import Block

# Centeredness up to which an element counts as one without data. At 0.01 the logarithm already
# costs a sixth of the efficiency.
_NO_DATA = 0.001

# So wide that all of a prior is in the logarithmic part.
_LOGARITHM = float(np.log(1e4))

# A pilot is short: how far from the prior's median it is believed.
_FURTHEST = float(np.log(30.0))

_TENSORS = (TensorType, XTensorType)


@dataclass(frozen=True)
class Scale:
    """A scale hyperparameter whose coordinate can be stretched.

    Parameters
    ----------
    model : pymc.Model
        Its model.
    variable, value : Variable
        The random variable, and what the sampler sees of it.
    parameter : int
        Which input of the random variable can carry the stretch while a model is compiled.
    blocks : tuple of str
        Names of the blocks to tune that have this scale.
    has_other_uses : bool
        Whether anything else depends on it, such as a block that is not tuned.
    """

    model: Any
    variable: Any
    value: Any
    parameter: int
    blocks: tuple[str, ...]
    has_other_uses: bool

    @property
    def name(self) -> str:
        """Name of the random variable."""
        return str(self.variable.name)

    @property
    def transform(self) -> SoftplusTransform:
        """The value transform that it has now."""
        transform: SoftplusTransform = unlabelled(self.model.rvs_to_transforms[self.variable])
        return transform

    def stretch(self, log_stretch: Any) -> None:
        """Give it a stretch: what is compiled from now on has it.

        Copies of the model have not, nor have submodels, which keep transforms of their own.
        """
        transforms = self.model.rvs_to_transforms
        new = self.transform.stretched(log_stretch)
        transforms[self.variable] = labelled_like(transforms[self.variable], new)

    def log_stretch(self, values: np.ndarray, kappa: dict[str, np.ndarray]) -> float:
        """Return the best stretch.

        Parameters
        ----------
        values : ndarray
            Draws of the value variable, not stretched.
        kappa : dict
            Centeredness of each element, by the name of the block. Of other uses it is not known:
            there may be data.
        """
        without_data = all(kappa[name].max(initial=0.0) <= _NO_DATA for name in self.blocks)
        if without_data and not self.has_other_uses:
            return _LOGARITHM
        if not values.size:
            return 0.0
        log_stretch = self.transform.log_stretch_for(float(np.median(values)))
        return float(np.clip(log_stretch, -_FURTHEST, _FURTHEST))


def scales_of(model: Any, blocks: list[Block]) -> list[Scale]:
    """Return the scale hyperparameters of blocks that are sampled through our own coordinate."""
    above = {block.name: set(ancestors([block.scale])) for block in blocks}
    used = _used_beside(model, blocks)
    found = []
    for variable in model.free_RVs:
        transform = unlabelled(model.rvs_to_transforms.get(variable))
        served = tuple(name for name, variables in above.items() if variable in variables)
        if isinstance(transform, SoftplusTransform) and served:
            parameter = _carrying_input(model, variable)
            if parameter is not None:
                value = model.rvs_to_values[variable]
                scale = Scale(model, variable, value, parameter, served, variable in used)
                found.append(scale)
    return found


def _used_beside(model: Any, blocks: list[Block]) -> set[Any]:
    """Return everything that the rest of a model depends on directly, not through the blocks."""
    tuned = {block.variable for block in blocks}
    rest = [x for rv in model.basic_RVs if rv not in tuned for x in rv.owner.inputs]
    return set(ancestors([*rest, *model.potentials], blockers=tuned))


def _carrying_input(model: Any, variable: Any) -> int | None:
    """Return which input of a random variable can have an operation put around it, if any."""
    node: Any = random_node(variable.owner)
    try:
        parameters = node.op.dist_params(node)
    except (AttributeError, ValueError):  # PyMC does not know which inputs these are
        return None
    able = [
        i
        for i, x in enumerate(node.inputs)
        if isinstance(x.type, _TENSORS)
        and any(x is parameter for parameter in parameters)  # shapes have to stay constants
        and (x in model.basic_RVs or not _draws(x))  # as components of a mixture have to be drawn
    ]
    return able[-1] if able else None


def _draws(x: Any) -> bool:
    node = random_node(x.owner)
    return node is not None and isinstance(node.op, DRAWING)


@contextmanager
def tunable(
    model: Any, blocks: list[Block], shapes: dict[str, tuple[int, ...]]
) -> Iterator[list[tuple[Any, ...]]]:
    """Make all that a pilot may set shared variables, zero at first, in what is compiled inside.

    Parameters
    ----------
    model : pymc.Model
        The model.
    blocks : list of Block
        Its blocks.
    shapes : dict
        The present shape of each variable and value variable, by name.

    Yields
    ------
    list of tuple of SharedVariable
        The site parameters of each block.
    """
    present = [shapes[block.value.name] for block in blocks]
    with (
        shared_sites([block.sites for block in blocks], present) as sources,
        stretchable(scales_of(model, blocks)),
    ):
        yield sources


@contextmanager
def stretchable(scales: list[Scale]) -> Iterator[None]:
    """Make stretches shared variables, zero at first, in what is compiled inside."""
    with settled(), ExitStack() as stack:  # the graph is changed for as long as this lasts
        for scale in scales:
            stack.enter_context(_stretchable(scale))
        yield


@contextmanager
def _stretchable(scale: Scale) -> Iterator[None]:
    """Put a stretch where PyMC wants to find it: among the ancestors of the random variable."""
    node: Any = random_node(scale.variable.owner)
    parameter, before = node.inputs[scale.parameter], scale.transform.log_stretch
    zero = np.zeros((), dtype=pytensor.config.floatX)
    shared: Any = pytensor.shared(zero, names.log_stretch(scale.name), shape=())
    try:
        node.inputs[scale.parameter] = carrying(parameter, shared)
        scale.stretch(shared)
        yield
    finally:
        node.inputs[scale.parameter] = parameter
        scale.stretch(before)
