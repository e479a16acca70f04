"""Building the variables of a prior in a model: family, coordinate and backend brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc_extras.prior import MuAlreadyExistsError, UnsupportedDistributionError
from xarray import DataArray

from unfunnel import names
from unfunnel.errors import ParameterError, UnsupportedError
from unfunnel.families import Family, standard_family
from unfunnel.parameterization.choices import Coordinate, coordinate_of, is_auto
from unfunnel.parameterization.graph_ops import GRAPH, positive_or_one
from unfunnel.parameterization.scale_sampling import use_scale_transform
from unfunnel.parameterization.site_parameters import steered
from unfunnel.parameterization.starting_point import reference_point
from unfunnel.prior.backends import Aligned, Backend, backend_for
from unfunnel.prior.by_coord.assemble import variables_of
from unfunnel.prior.resolve import Law, Resolver
from unfunnel.prior.upstream import attribute_errors_surface
from unfunnel.prior.zero_sum_build import build_zero_sum

if TYPE_CHECKING:
    from unfunnel.prior.base import NaturalPrior


def build_variable(prior: NaturalPrior, name: str, xdist: bool) -> Any:
    """Create the variable of a prior; see ``NaturalPrior.create_variable``."""
    backend = backend_for(xdist)
    function = None if prior.transform is None else backend.function(prior.transform)
    own_name = name if function is None else names.raw(name)
    build = build_elements if prior.zero_sum is None else build_zero_sum
    with attribute_errors_surface(own_name):
        variable = build(prior, backend, own_name)
        if is_auto(prior.centering):
            shorten_scale_tails(prior, own_name)
        if function is None:
            return variable
        return backend.apply(name, function, variable, prior.dims)


def build_elements(prior: NaturalPrior, backend: Backend, name: str) -> Any:
    """Create the variable of a prior whose elements are independent given its parameters."""
    resolver = Resolver(backend, name, prior.dims)
    centering = prior.centering
    if isinstance(centering, np.ndarray | DataArray):
        centering = resolver.aligned_weight(centering)
    law = resolver.law(prior.family, prior.parameters)
    if is_auto(centering):
        law = law._replace(scale=steered_scale(name, law, prior.dims))
    if prior.centered:
        variable = backend.random_variable(
            prior.family,
            name,
            law.parameters,
            prior.dims,
            coordinate=choose_coordinate(centering, law),
        )
    else:
        variable = textbook_form(backend, prior.family, name, law, prior.dims)
    return variable


def build_likelihood(prior: NaturalPrior, name: str, mu: Any, observed: Any, xdist: bool) -> Any:
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
        raise MuAlreadyExistsError(prior)
    if prior.transform is not None:
        raise ParameterError(
            name,
            expected="a likelihood without transform=",
            given=f"transform={prior.transform!r}",
            remedy="Transform the data, or choose another family.",
        )
    if prior.zero_sum is not None:
        raise UnsupportedError(
            name,
            expected="a likelihood without zero_sum=",
            given=f"zero_sum={prior.zero_sum.dims}",
            remedy="Deviations of data do not sum to zero; give it to a prior of their mean.",
        )
    backend = backend_for(xdist)
    with attribute_errors_surface(name):
        resolver = Resolver(backend, name, prior.dims, positional=True, keeps_derived=False)
        parameters = {"mu": mu, **prior.parameters}
        law = resolver.law(prior.family, parameters)
        data = backend.observed(observed, prior.dims, name)
        return backend.random_variable(
            prior.family, name, law.parameters, prior.dims, observed=data
        )


def choose_coordinate(centering: Any, law: Law) -> Coordinate | None:
    """Return the coordinate that ``centered=`` asks for; None is the family's link alone.

    Weights are given aligned, with an axis for each dim of the variable.
    """
    if centering is True:
        return None
    return coordinate_of(centering, lambda: reference_point(law.location.tensor, law.scale.tensor))


def steered_scale(name: str, law: Law, dims: tuple[str, ...] | None) -> Aligned:
    """Give the scale the steering values of an informed coordinate, all zero until tuned."""
    model: Any = pm.modelcontext(None)
    axes = dims if dims is not None else law.axes
    scale = steered(law.scale.tensor, model.name_for(name), len(axes))
    return Aligned(scale, law.scale.dims)


def shorten_scale_tails(prior: NaturalPrior, name: str) -> None:
    """Give the scale hyperparameters of a prior the coordinate that suits weak data."""
    model: Any = pm.modelcontext(None)
    for key, value in prior.parameters.items():
        if prior.family.parameter(key).is_scale:
            created = (
                variables_of(value, names.child(name, key), model)
                if hasattr(value, "create_variable")
                else [value]
            )
            for variable in created:
                use_scale_transform(model, variable)


def textbook_form(
    backend: Backend, family: Family, name: str, law: Law, dims: tuple[str, ...] | None
) -> Any:
    """Create the explicit offset and the Deterministic of it that most texts show."""
    # A NaN scale where the parameters are invalid makes draws NaN and the density -inf, as without
    # an offset; the shape comes from all parameters, so that every element has its own offset.
    location, scale = law.location, law.scale
    z = backend.random_variable(
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
