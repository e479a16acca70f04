"""Builds the variables of a prior in a model, from its family, structure and backend."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc_extras.prior import MuAlreadyExistsError, UnsupportedDistributionError
from xarray import DataArray

from unfunnel import names
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.families import Family, standard_family
from unfunnel.parameterization.choices import (
    is_auto,
    is_textbook,
    offset_mistake,
    parameterization_of,
)
from unfunnel.parameterization.graph_ops import GRAPH, as_float, positive_or_one
from unfunnel.parameterization.scale import reference_point, use_scale_transform
from unfunnel.prior.backends import BACKENDS, Backend, dim_lengths
from unfunnel.prior.resolve import Law, Resolver, attribute_errors_surface
from unfunnel.structures.base import INDEPENDENT, Aligned, Structure
from unfunnel.structures.zero_sum import ZeroSumDeviations

#: The structures, by the option of a prior that asks for each: a function of the value of the
#: option, the dims of the prior (or None), what returns their lengths, and the variable's name.
STRUCTURES: dict[str, Callable[[Any, Any, Callable[[], dict[str, int]], str], Structure]] = {
    "zero_sum": ZeroSumDeviations.asked_for,
}


class Buildable(Protocol):
    """What is asked of a prior, beside the options of structures."""

    family: Family
    parameters: dict[str, Any]
    dims: tuple[str, ...] | None
    centering: Any
    transform: str | None
    distribution: str


def build_variable(prior: Buildable, name: str, xdist: bool) -> Any:
    """Create the variable of a prior; see ``NaturalPrior.create_variable``."""
    backend = BACKENDS[bool(xdist)]
    function = None if prior.transform is None else backend.function(prior.transform)
    own_name = name if function is None else names.raw(name)
    with attribute_errors_surface(own_name):
        variable = build_elements(prior, backend, own_name)
        if is_auto(prior.centering):
            shorten_scale_tails(prior, own_name)
        if function is None:
            return variable
        return backend.registered(name, function(variable), prior.dims)


def build_elements(prior: Buildable, backend: Backend, name: str) -> Any:
    """Create the variable of a prior behind its ``transform=``."""
    family, dims, centering = prior.family, prior.dims, prior.centering
    resolver = Resolver(backend, name, dims)
    structure: Structure = INDEPENDENT
    for option, asked in _structures_asked_for(prior):
        lengths = partial(dim_lengths, resolver.model, dims or ())
        structure = STRUCTURES[option](asked, dims, lengths, name)
    resolver.hold(structure.fixed_lengths, f"{name}: {structure.name}")
    if isinstance(centering, np.ndarray | DataArray):
        centering = structure.weight(resolver.aligned_weight(centering), dims or (), name)
    law = resolver.law(family, prior.parameters)
    if is_textbook(centering):
        if structure is not INDEPENDENT:
            raise offset_mistake(f"beside {structure.name}=").as_error(name)
        return textbook_form(backend, family, name, law, dims)
    structure, location, scale = structure.fitted(family, law.location, law.scale, dims or ())
    mean = as_float(structure.coordinate_location(location.tensor, scale.tensor))
    parameterization = parameterization_of(centering, lambda: reference_point(mean, scale.tensor))
    law = law._replace(location=location, scale=scale)
    return backend.variable(family, name, law.parameters, dims, structure, parameterization)


def build_likelihood(prior: Buildable, name: str, mu: Any, observed: Any, xdist: bool) -> Any:
    """Create an observed variable with mean ``mu``; see ``create_likelihood_variable``."""
    if observed is None:
        raise ParameterError(
            name,
            expected="observed data",
            given="None",
            remedy="Use create_variable for a variable without them.",
        )
    if "mu" not in prior.family.parameter_names:
        raise UnsupportedDistributionError(f"{prior.family.name} has no mean to be given as mu.")
    if "mu" in prior.parameters:
        raise MuAlreadyExistsError(prior)  # type: ignore[arg-type]  # it shows it
    if prior.transform is not None:
        raise ParameterError(
            name,
            expected="a likelihood without transform=",
            given=f"transform={prior.transform!r}",
            remedy="Transform the data, or choose another family.",
        )
    for option, asked in _structures_asked_for(prior):
        raise UnsupportedError(
            name,
            expected=f"a likelihood without {option}=",
            given=f"{option}={asked}",
            remedy="Data are not tied to each other so; give it to a prior of their mean.",
        )
    backend = BACKENDS[bool(xdist)]
    with attribute_errors_surface(name):
        resolver = Resolver(backend, name, prior.dims, likelihood=True)
        law = resolver.law(prior.family, {"mu": mu, **prior.parameters})
        data = backend.observed(observed, prior.dims, name)
        return backend.elementwise(prior.family, name, law.parameters, prior.dims, observed=data)


def _structures_asked_for(prior: Buildable) -> list[tuple[str, Any]]:
    """Return the options of a prior that ask for a structure, with their values."""
    given = {option: getattr(prior, option, None) for option in STRUCTURES}
    return [(option, asked) for option, asked in given.items() if asked is not None]


def shorten_scale_tails(prior: Buildable, name: str) -> None:
    """Give the scale hyperparameters of a prior the value transform that suits weak data."""
    model: Any = pm.modelcontext(None)
    for key, value in prior.parameters.items():
        if prior.family.parameter(key).is_scale:
            own = names.child(name, key)
            if hasattr(value, "variables_in"):  # ByCoord: a variable for each member
                variables = value.variables_in(model, own)
            else:
                variables = [model[own] if hasattr(value, "create_variable") else value]
            for variable in variables:
                use_scale_transform(model, variable)


def textbook_form(
    backend: Backend, family: Family, name: str, law: Law, dims: tuple[str, ...] | None
) -> Any:
    """Create the explicit offset and the Deterministic of it that most texts show."""
    # A NaN scale where the parameters are invalid makes draws NaN and the density -inf, as without
    # an offset; the shape comes from all parameters, so that every element has its own offset.
    location, scale = law.location, law.scale
    z = backend.elementwise(
        standard_family(family.base),
        names.offset(name, family.link.name),
        (
            *law.shape,
            Aligned(pt.zeros_like(location.tensor), location.dims),
            Aligned(GRAPH.where(scale.tensor > 0, 1.0, np.nan), scale.dims),
        ),
        dims,
    )
    axes = dims or law.axes
    theta = location.over(axes) + positive_or_one(scale.over(axes)) * backend.tensor_of(z)
    phi = family.link.inverse(theta, GRAPH)
    return backend.deterministic(name, Aligned(phi, axes), dims)
