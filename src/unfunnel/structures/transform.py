"""The value transform of a variable with a structure, and the site parameters that it holds.

Site parameters are what a pilot found the data to say about each coordinate of a variable. They are
constants of the value transform, which is immutable: tuning a model gives its variable another
transform, and copies that were made of the model keep theirs. While a pilot runs they have to
change without compiling again; :func:`shared_sites` makes them shared variables meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pymc.logprob.utils import CheckParameterValue
from pytensor.compile.sharedvalue import SharedVariable

from unfunnel.families.links import Link
from unfunnel.parameterization.carrying import carrying
from unfunnel.parameterization.choices import Parameterization
from unfunnel.parameterization.graph_ops import GRAPH, as_float, positive_or_one, random_node
from unfunnel.parameterization.transforms import (
    LabelledTransform,
    LinkTransform,
    Node,
    labelled_like,
    location_and_scale,
    unlabelled,
)
from unfunnel.structures.base import Structure

_SHARING = RLock()


class StructureTransform(LinkTransform):
    """From what is sampled to the variable, by its structure, parameterization and link.

    ``sites`` are the site parameters of the structure: arrays, or shared variables while a pilot
    runs; none where nothing is known of the data.
    """

    def __init__(
        self,
        link: Link,
        parameterization: Parameterization,
        structure: Structure,
        sites: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(link)
        self.parameterization = parameterization
        self.structure = structure
        self.sites = sites
        self.name = parameterization.name

    def with_sites(self, *sites: Any) -> StructureTransform:
        """Return the same transform with these site parameters."""
        return StructureTransform(self.link, self.parameterization, self.structure, sites)

    def parameters(self, inputs: tuple[Node, ...], dims: tuple[str, ...] | None) -> tuple[Any, ...]:
        return location_and_scale(inputs, dims)

    def to_variable(self, value: Any, *parameters: Any) -> Any:
        elements, _mapped = self._elements(value, *parameters)
        return self.link.inverse(elements, GRAPH)

    def to_sampled(self, value: Any, *parameters: Any) -> Any:
        elements = self.link.forward(value, GRAPH)
        given_location, given_scale = parameters
        location, scale = self.structure.parameters(given_location, given_scale, value.ndim)
        coordinates = self.structure.coordinates(elements, location, pt)
        return self._map(coordinates, location, scale).sampled(coordinates)

    def log_slope(self, value: Any, *parameters: Any) -> Any:
        elements, mapped = self._elements(value, *parameters)
        return self.structure.log_jacobian(mapped, elements, value, self.link, GRAPH)

    def _elements(self, value: Any, location: Any, scale: Any) -> tuple[Any, Any]:
        location, scale = self.structure.parameters(location, scale, value.ndim)
        mapped = self._map(value, location, scale)
        return self.structure.elements(mapped.coordinates(value), location, pt), mapped

    def _map(self, value: Any, location: Any, scale: Any) -> Any:
        """Return the map of a value, which has the shape of what is sampled."""
        structure, scale = self.structure, positive_or_one(scale)
        mean = structure.coordinate_location(location, scale)
        sites = self._fitting(value) if self.sites else ()
        return structure.map(self.parameterization, mean, scale, sites, GRAPH)

    def _fitting(self, value: Any) -> tuple[Any, ...]:
        """Return the site parameters; refuse them for another shape than they were found for."""
        if isinstance(self.sites[0], SharedVariable):  # made to fit
            return self.sites
        sites = [np.asarray(x, dtype=pytensor.config.floatX) for x in self.sites]
        known = tuple(-1 if n is None else n for n in value.type.shape)
        tuned = sites[-1].shape[: value.ndim]
        message = (
            f"{self.name}: the variable was tuned with the shape {tuned} and has another one now. "
            "Tune it again, with unfunnel.tune or unfunnel.sample."
        )
        if any(n not in (-1, m) for n, m in zip(known, tuned, strict=True)):
            raise ValueError(message)
        unknown = [axis for axis, n in enumerate(known) if n == -1]
        conditions = [pt.eq(value.shape[axis], tuned[axis]) for axis in unknown]
        check = CheckParameterValue(message)
        return tuple(check(as_float(x), *conditions) if conditions else as_float(x) for x in sites)


def value_transform(
    link: Link, parameterization: Parameterization, structure: Structure, labelled: bool
) -> Any:
    """Return the value transform of a variable of either backend."""
    transform = StructureTransform(link, parameterization, structure)
    return LabelledTransform(transform) if labelled else transform


@dataclass(frozen=True)
class SiteParameters:
    """The site parameters of one variable of a model, as they are set now."""

    model: Any
    variable: Any

    @property
    def transform(self) -> StructureTransform:
        """The value transform that the variable has in the model."""
        transform: StructureTransform = unlabelled(self.model.rvs_to_transforms[self.variable])
        return transform

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the shared variables that :func:`shared_sites` makes."""
        kinds = self.transform.structure.sites
        return tuple(f"{self.variable.name}_{kind}__" for kind in kinds)

    @property
    def values(self) -> tuple[np.ndarray, ...]:
        """The values; none if the variable is not tuned."""
        return self.transform.sites

    def set(self, *values: Any) -> None:
        """Change the values, to none if none are given: of what is compiled from now on.

        Copies of the model keep theirs.
        """
        arrays = tuple(np.array(value, dtype=pytensor.config.floatX) for value in values)
        with settled():
            self._replace(*arrays)

    def _replace(self, *sites: Any) -> None:
        transforms = self.model.rvs_to_transforms
        new = self.transform.with_sites(*sites)
        transforms[self.variable] = labelled_like(transforms[self.variable], new)


def settled() -> Any:
    """Return a context in which no other thread has site parameters shared."""
    return _SHARING


@contextmanager
def shared_sites(
    sites: list[SiteParameters], shapes: list[tuple[int, ...]]
) -> Iterator[list[tuple[Any, ...]]]:
    """Make site parameters shared variables, zero at first, in what is compiled inside.

    ``shapes`` are the present ones of what is sampled of each variable, which they keep in what is
    compiled. Yields the shared variables of each variable.
    """
    with _SHARING:  # the graph of the model is changed for as long as this lasts
        before = [(each, each.values, random_node(each.variable.owner)) for each in sites]
        scales = [node.inputs[-1] for _each, _values, node in before]  # type: ignore[union-attr]  # drawn
        try:
            shared = []
            for (each, _values, node), shape in zip(before, shapes, strict=True):
                kinds = zip(each.names, each.transform.structure.site_shapes(shape), strict=True)
                own = tuple(
                    pytensor.shared(np.zeros(n, pytensor.config.floatX), name, shape=n)
                    for name, n in kinds
                )
                node.inputs[-1] = carrying(node.inputs[-1], *own)  # type: ignore[union-attr]  # drawn
                each._replace(*own)
                shared.append(own)
            yield shared
        finally:
            for (each, values, node), scale in zip(before, scales, strict=True):
                node.inputs[-1] = scale  # type: ignore[union-attr]  # drawn
                each._replace(*values)
