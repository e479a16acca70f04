"""Random variables that PyMC lacks: a base law behind a link.

The op draws ``link.inverse(location + scale * z)`` with ``z`` from the base law. It is a random
variable like PyMC's own, so that it can be observed, censored and drawn from. When a function is
compiled it is replaced by the random variable of the base law, which every backend of PyTensor can
draw from, and the inverse link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.distribution import _support_point
from pymc.distributions.shape_utils import maybe_resize
from pymc.distributions.transforms import _default_transform
from pymc.logprob.abstract import _icdf, _logcdf
from pytensor.graph.rewriting.basic import node_rewriter
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.rewriting.basic import register_specialize

from unfunnel.families import BaseLaw, Family
from unfunnel.families.base_distributions import MINIMUM_GUMBEL, NORMAL
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.graph_ops import GRAPH, positive_or_one
from unfunnel.parameterization.transforms import LinkTransform


class LinkedRandomVariable(RandomVariable):
    """The op of a base law behind a link, with location and scale as its parameters.

    There is a subclass for each family, with its name and ``family``.
    """

    signature = "(),()->()"
    dtype = "floatX"
    family: Family

    @classmethod
    def rng_fn(cls, rng: Any, location: Any, scale: Any, size: Any) -> Any:
        """Draw, where nothing is compiled."""
        theta = _THETA[cls.family.base][0](rng, location, scale, size)
        return np.asarray(cls.family.link.inverse(theta, NUMPY))


@register_specialize
@node_rewriter([LinkedRandomVariable])  # type: ignore[untyped-decorator]  # PyTensor has no types
def draw_behind_the_link(fgraph: Any, node: Any) -> list[Any] | None:
    """Replace the op by the random variable of its base law and the inverse link."""
    rng, size, location, scale = node.inputs
    family = node.op.family
    next_rng, theta = _THETA[family.base][1](rng, location, scale, size)
    draws = family.link.inverse(theta, GRAPH)
    wanted = node.outputs[1].type
    if draws.type != wanted:
        draws = pt.specify_shape(draws.astype(wanted.dtype), wanted.shape)
    return [next_rng, draws]


def _normal(rng: Any, location: Any, scale: Any, size: Any) -> Any:
    return rng.normal(location, scale, size)


def _normal_graph(rng: Any, location: Any, scale: Any, size: Any) -> Any:
    return pt.random.normal(location, scale, size=size, rng=rng, return_next_rng=True)


# The logarithm of an exponential variable has the Gumbel law of minima.
def _gumbel(rng: Any, location: Any, scale: Any, size: Any) -> Any:
    location, scale = np.broadcast_arrays(location, scale)
    return location + scale * np.log(rng.exponential(np.ones(location.shape), size))


def _gumbel_graph(rng: Any, location: Any, scale: Any, size: Any) -> Any:
    location, scale = pt.broadcast_arrays(location, scale)
    next_rng, exponential = pt.random.exponential(
        pt.ones_like(location), size=size, rng=rng, return_next_rng=True
    )
    return next_rng, location + scale * pt.log(exponential)


#: How theta is drawn, in numpy and in a graph.
_THETA: dict[BaseLaw, tuple[Callable[..., Any], Callable[..., Any]]] = {
    NORMAL: (_normal, _normal_graph),
    MINIMUM_GUMBEL: (_gumbel, _gumbel_graph),
}


@_support_point.register(LinkedRandomVariable)
def support_point(op: Any, rv: Any, _rng: Any, size: Any, location: Any, scale: Any) -> Any:
    """Return the median of each element, where a sampler starts."""
    theta, _scale = pt.broadcast_arrays(location, scale)
    return maybe_resize(op.family.link.inverse(theta, GRAPH), size)


@_default_transform.register(LinkedRandomVariable)
def default_transform(op: Any, rv: Any) -> LinkTransform | None:
    """Return the link: the variable itself is sampled, on the real line."""
    link = op.family.link
    return None if link is IDENTITY else LinkTransform(link)


@_logcdf.register(LinkedRandomVariable)
def log_cdf(op: Any, value: Any, _rng: Any, size: Any, location: Any, scale: Any) -> Any:
    """Return the logarithm of the distribution function."""
    family = op.family
    lower, upper = family.link.support
    above, below = value > lower, value < upper
    # Outside of the support the link is not defined; its median stands in, and is not chosen.
    inside = pt.switch(above & below, value, family.link.inverse(pt.zeros_like(value), GRAPH))
    z = (family.link.forward(inside, GRAPH) - location) / positive_or_one(scale)
    found = pt.switch(below, family.base.log_cdf(z, GRAPH), 0.0)
    found = pt.switch(above, found, -np.inf)
    return maybe_resize(pt.switch(scale > 0, found, np.nan), size)


@_icdf.register(LinkedRandomVariable)
def quantile(op: Any, value: Any, _rng: Any, size: Any, location: Any, scale: Any) -> Any:
    """Return the quantile at ``value``; NaN outside of [0, 1]."""
    family = op.family
    theta = location + scale * family.base.quantile(value, GRAPH)
    found = family.link.inverse(theta, GRAPH)
    inside = (value >= 0.0) & (value <= 1.0) & (scale > 0)
    return maybe_resize(pt.switch(inside, found, np.nan), size)
