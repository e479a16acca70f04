"""The random variables of our families: PyMC's own, with a density that knows its link.

``LogNormal`` here is PyMC's lognormal, a subclass of its op: it draws, prints, censors and computes
quantiles as that one does. Only its log-density is written anew, for three reasons. It is built
from terms that cancel against a value transform (``log(exp(theta))`` and the Jacobian), so that a
parameterization costs what the same model written by hand costs. It is ``-inf``, never NaN, where
the parameters are invalid. And it is written once for all families::

    log p(phi) = base.log_density(z, *shape) - log(scale) - link.log_slope(theta)

with ``theta = link.forward(phi)`` and ``z = (theta - location) / scale``. An invalid scale is NaN
(``resolve``): draws from it are NaN, loudly.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, cast

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor.tensor as pt
import pytensor.xtensor.random as ptxr
from pymc.dims.distributions.core import DimDistribution
from pymc.distributions.shape_utils import maybe_resize
from pymc.logprob.abstract import _logprob
from pymc.logprob.transform_value import TransformedValue
from pytensor.graph.basic import Constant
from pytensor.tensor.random.op import RandomVariable

from unfunnel.distributions.linked import LinkedRandomVariable
from unfunnel.families import STUDENT_T_IDENTITY, Family
from unfunnel.families.links import IDENTITY, Link
from unfunnel.parameterization.graph_ops import (
    GRAPH,
    WRAPPERS,
    as_float,
    positive_or_one,
    unwrapped,
)
from unfunnel.parameterization.transforms import LabelledTransform, LinkTransform


class NaturalRandomVariable:
    """Marks the ops whose density :func:`log_density` computes; ``family`` says of which law."""

    family: Family

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by family, as the class of the op is made on demand."""
        return (_random_variable, (self.family,))


class _StudentTRV(type(pm.StudentT.rv_op)):  # type: ignore[misc]  # a class known by its instance
    """PyMC's, with draws that are NaN where the scale is: scipy refuses to draw them."""

    @classmethod
    def rng_fn_scipy(cls, rng: Any, nu: Any, mu: Any, sigma: Any, size: Any) -> Any:
        shape = np.broadcast_shapes(*map(np.shape, (nu, mu, sigma))) if size is None else size
        return mu + sigma * rng.standard_t(nu, shape)


#: Ops that stand in for PyMC's.
_OPS: dict[Family, type[Any]] = {STUDENT_T_IDENTITY: _StudentTRV}


class Distributions(NamedTuple):
    """The PyMC distribution of a family, for both kinds of variable."""

    tensor: type[pm.Distribution]
    dims: type[Any]


@cache
def _random_variable(family: Family) -> RandomVariable:
    own: dict[str, Any] = {"family": family}
    if family.in_pymc:
        base = _OPS.get(family) or type(getattr(pm, family.distribution).rv_op)
    else:
        base = LinkedRandomVariable
        printed = family.distribution
        own |= {"name": printed, "_print_name": (printed, rf"\operatorname{{{printed}}}")}
    op = type(f"{family.distribution}RV", (NaturalRandomVariable, base), own)()
    return cast(RandomVariable, op)


@cache
def distributions(family: Family) -> Distributions:
    """Return the classes that create the random variable of a family.

    They are subclasses of ``pm.LogNormal`` and ``pymc.dims.LogNormal``, or whatever the family is,
    and take the parameters of the base law, location and scale by position.
    """
    if family.in_pymc:
        plain, with_dims = getattr(pm, family.distribution), getattr(pmd, family.distribution)
    else:
        plain, with_dims = pm.Continuous, DimDistribution
    op = _random_variable(family)
    own = {"rv_op": op, "dist": _by_position(pm.Distribution)}
    labelled = {"xrv_op": staticmethod(ptxr.as_xrv(op)), "dist": _by_position(DimDistribution)}
    if not family.in_pymc and family.link is not IDENTITY:
        labelled["default_transform"] = LabelledTransform(LinkTransform(family.link))
    return Distributions(
        tensor=type(family.distribution, (plain,), own),
        dims=type(family.distribution, (with_dims,), labelled),
    )


def _by_position(distribution: Any) -> Any:
    """Return ``dist`` that takes the parameters of the op by position; PyMC's has other names."""
    dist = distribution.dist.__func__
    return classmethod(lambda cls, *parameters, **options: dist(cls, parameters, **options))


@_logprob.register(NaturalRandomVariable)
def log_density(  # type: ignore[misc]  # the marker is mixed into ops, and is none itself
    op: Any, values: tuple[Any, ...], *inputs: Any, **kwargs: Any
) -> Any:
    """Log-density of the random variable of a family at ``values``; see the head of the module."""
    family: Family = op.family
    (value,) = values
    _rng, size, *shape, location, scale = inputs
    sigma = positive_or_one(scale)
    theta = made_from(value, family.link)
    inside = None if theta is not None else family.link.support.holds(value)
    if theta is None:
        theta = family.link.forward(value, GRAPH)
    # A summand, not a choice: it has no gradient, and the compiled loop over groups does for the
    # rest what it does without it. What it is added to is finite (`resolve` sees to the location).
    guard = pt.switch(scale > 0, as_float(0.0), as_float(-np.inf))
    density = family.base.log_density((theta - location) / sigma, GRAPH, *shape) + guard
    density = density - pt.log(sigma) - family.link.log_slope(theta, GRAPH)
    if inside is not None:
        density = pt.switch(inside, density, -np.inf)
    return maybe_resize(density, size) if _falls_short(density, size) else density


def _falls_short(density: Any, size: Any) -> bool:
    """Whether the value was smaller than the variable, as in ``pm.logp(phi, 1.0)``.

    Spreading every density over ``size`` would keep its terms from cancelling.
    """
    axes = getattr(size.type, "shape", None) or (0,)
    return density.type.ndim < axes[0] or any(density.type.broadcastable)


# What stands between the density and the expression of a value transform, in either backend.
_AROUND = (TransformedValue, *WRAPPERS)


def made_from(value: Any, link: Link) -> Any:
    """Return ``theta`` where a value is written as ``link.inverse(theta)``, else None.

    It is taken as it is: nothing has to cancel, no digits are lost, and the value is inside.
    """
    if link is IDENTITY:
        return value
    node = value.owner
    if node is not None and isinstance(node.op, _AROUND):
        theta = made_from(node.inputs[0], link)
        # A transformed value stands for its first input; the others change the axes only.
        unchanged = theta is None or isinstance(node.op, TransformedValue)
        return theta if unchanged else node.op(theta)
    return _matched(value, *_pattern(link))


@cache
def _pattern(link: Link) -> tuple[Any, Any]:
    theta = pt.dscalar()
    return link.inverse(theta, GRAPH), theta


def _matched(value: Any, pattern: Any, theta: Any) -> Any:
    """Return what stands in a value where ``theta`` stands in the pattern, else None."""
    if pattern is theta:
        return value
    function = getattr(getattr(value.owner, "op", None), "scalar_op", None)
    if function is None or type(function) is not type(pattern.owner.op.scalar_op):
        return None
    found = None
    for own, other in zip(value.owner.inputs, pattern.owner.inputs, strict=True):
        if isinstance(other, Constant):
            number = unwrapped(own)
            if not isinstance(number, Constant) or np.any(number.data != other.data):
                return None
        elif (found := _matched(own, other, theta)) is None:
            return None
    return found
