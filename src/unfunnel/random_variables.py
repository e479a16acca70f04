"""The random variables of our families: PyMC's own, with a density that knows its link.

``LogNormal`` here is PyMC's lognormal, a subclass of its op: it draws, prints, censors and computes
quantiles as that one does. Only its log-density is written anew, for three reasons. It is built
from terms that cancel against a value transform (``log(exp(theta))`` and the Jacobian), so that a
parameterization costs what the same model written by hand costs. It is ``-inf``, never NaN, where
the parameters are invalid. And it is written once for all families::

    log p(phi) = base.log_density((theta - location) / scale) - log(scale) - link.log_slope(theta)

with ``theta = link.forward(phi)``. An invalid scale is NaN (``resolve``): draws from it are NaN,
loudly.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, cast

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor.tensor as pt
import pytensor.xtensor.random as ptxr
from pymc.distributions.shape_utils import maybe_resize
from pymc.logprob.abstract import _logprob
from pymc.logprob.transform_value import TransformedValue
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.basic import TensorFromXTensor, XTensorFromTensor
from pytensor.xtensor.shape import Transpose

from unfunnel.families import FAMILIES, Family
from unfunnel.graph_ops import GRAPH, positive_or_one
from unfunnel.links import Link


class NaturalRandomVariable:
    """Marks the ops whose density :func:`log_density` computes; ``family`` says of which law."""

    family: Family

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, as the class of the op is made on demand."""
        return (_random_variable, (self.family.name,))


class Distributions(NamedTuple):
    """The PyMC distribution of a family, for both kinds of variable."""

    tensor: type[pm.Distribution]
    dims: type[Any]


@cache
def _random_variable(family_name: str) -> RandomVariable:
    family = FAMILIES[family_name]
    base = type(getattr(pm, family.distribution).rv_op)
    op = type(f"{family.name}RV", (NaturalRandomVariable, base), {"family": family})()
    return cast(RandomVariable, op)


@cache
def distributions(family_name: str) -> Distributions:
    """Return the classes that create the random variable of a family.

    Parameters
    ----------
    family_name : str
        A key of ``FAMILIES``.

    Returns
    -------
    Distributions
        Subclasses of ``pm.LogNormal`` and ``pymc.dims.LogNormal``, or whatever the family is.
    """
    family = FAMILIES[family_name]
    plain = getattr(pm, family.distribution)
    with_dims = getattr(pmd, family.distribution)
    op = _random_variable(family_name)
    return Distributions(
        tensor=type(family.distribution, (plain,), {"rv_op": op}),
        dims=type(family.distribution, (with_dims,), {"xrv_op": staticmethod(ptxr.as_xrv(op))}),
    )


@_logprob.register(NaturalRandomVariable)
def log_density(  # type: ignore[misc]  # the marker is mixed into ops, and is none itself
    op: Any, values: tuple[Any, ...], *inputs: Any, **kwargs: Any
) -> Any:
    """Log-density of the random variable of a family at ``values``; see the head of the module."""
    family: Family = op.family
    (value,) = values
    _rng, size, *_shape_parameters, location, scale = inputs
    sigma = positive_or_one(scale)
    theta = family.link.forward(value, GRAPH)
    # A choice, not one more summand: where one scale serves all groups, the compiler takes the test
    # out of the loop over them, which is then the loop of the model without it.
    density = (
        pt.switch(scale > 0, family.base.log_density((theta - location) / sigma), -np.inf)
        - pt.log(sigma)
        - family.link.log_slope(theta, GRAPH)
    )
    if not _made_by_inverse(value, family.link):
        if np.isfinite(family.link.lower):
            density = pt.switch(value > family.link.lower, density, -np.inf)
        if np.isfinite(family.link.upper):
            density = pt.switch(value < family.link.upper, density, -np.inf)
    return maybe_resize(density, size) if _falls_short(density, size) else density


def _falls_short(density: Any, size: Any) -> bool:
    """Whether the value was smaller than the variable, as in ``pm.logp(phi, 1.0)``.

    Spreading every density over ``size`` would keep its terms from cancelling.
    """
    axes = getattr(size.type, "shape", None) or (0,)
    return density.type.ndim < axes[0] or any(density.type.broadcastable)


def _made_by_inverse(value: Any, link: Link) -> bool:
    """Whether a value transform made the value by the inverse link: it is in the support."""
    while value.owner is not None and isinstance(value.owner.op, _WRAPPERS):
        value = value.owner.inputs[0]
    made_by = None if value.owner is None else getattr(value.owner.op, "scalar_op", None)
    return made_by is not None and type(made_by) is _inverse_op(link)


@cache
def _inverse_op(link: Link) -> type[Any] | None:
    inverse = link.inverse(pt.dscalar(), GRAPH).owner
    return None if inverse is None else type(getattr(inverse.op, "scalar_op", None))


# What stands between the density and the expression of a value transform, in either backend.
_WRAPPERS = (TransformedValue, TensorFromXTensor, XTensorFromTensor, Transpose, DimShuffle)
