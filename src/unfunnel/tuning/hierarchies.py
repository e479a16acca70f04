"""Finding the hierarchies of a model, whoever wrote it.

A hierarchy is a free variable whose location or scale is itself random. Of those, the ones of a
location-scale law in PyMC's default coordinate can be given an informed coordinate; every other one
is left as it is, and named with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pymc as pm
from pymc.dims.distributions.transforms import LogTransform as DimLogTransform
from pymc.logprob.transforms import LogTransform
from pytensor.graph.basic import Apply
from pytensor.graph.traversal import ancestors, applys_between
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.basic import TensorFromXTensor, XTensorFromTensor
from pytensor.xtensor.shape import Transpose
from pytensor.xtensor.vectorization import XRV

from unfunnel.links import IDENTITY, LOG, Link
from unfunnel.transforms import CoordinateTransform, DimCoordinateTransform

#: Laws whose last two parameters are location and scale of the variable seen through the link.
_LAWS: tuple[tuple[type, Link], ...] = (
    (type(pm.Normal.rv_op), IDENTITY),
    (type(pm.LogNormal.rv_op), LOG),
    (type(pm.StudentT.rv_op), IDENTITY),
    (type(pm.Laplace.rv_op), IDENTITY),
)

_WRAPPERS = (DimShuffle, TensorFromXTensor, XTensorFromTensor, Transpose)


@dataclass(frozen=True)
class Hierarchies:
    """What was found in a model.

    Parameters
    ----------
    links : dict
        For each variable that can be given an informed coordinate, the link to the real line.
    untouched : dict
        For each variable that looks hierarchical and cannot, the reason.
    """

    links: dict[str, Link]
    untouched: dict[str, str]


def find_hierarchies(model: Any) -> Hierarchies:
    """Return the hierarchies of a model.

    Parameters
    ----------
    model : pymc.Model
        Any model.

    Examples
    --------
    >>> import pymc as pm
    >>> from unfunnel.tuning.hierarchies import find_hierarchies
    >>> with pm.Model() as model:
    ...     tau = pm.HalfNormal("tau")
    ...     a = pm.Normal("a", 0, tau, shape=3)
    ...     z = pm.Normal("z", shape=3)
    ...     b = pm.Deterministic("b", tau * z)
    >>> found = find_hierarchies(model)
    >>> list(found.links), found.untouched
    (['a'], {'z': 'already non-centered: it is multiplied by a random scale'})
    """
    links, untouched = {}, {}
    for variable in model.free_RVs:
        node = variable.owner
        op = core_op(node)
        if op is None or not _has_random_parameters(model, node):
            if _is_scaled(model, variable):
                untouched[variable.name] = (
                    "already non-centered: it is multiplied by a random scale"
                )
            continue
        link = next((link for law, link in _LAWS if isinstance(op, law)), None)
        reason = _obstacle(model, variable, link)
        if reason:
            untouched[variable.name] = reason
        elif link is not None:
            links[variable.name] = link
    return Hierarchies(links, untouched)


def core_op(node: Apply[Any] | None) -> RandomVariable | None:
    """Return the op of a random variable of either backend; None if it is anything else."""
    op = None if node is None else node.op
    if isinstance(op, XRV):
        op = op.core_op
    return op if isinstance(op, RandomVariable) else None


def parameters_of(node: Apply[Any]) -> list[Any]:
    """Return the distribution parameters of a random variable of either backend."""
    return list(node.op.dist_params(node))  # type: ignore[attr-defined]


def _has_random_parameters(model: Any, node: Apply[Any]) -> bool:
    above = set(ancestors(parameters_of(node)))
    return any(rv in above for rv in model.free_RVs)


def _obstacle(model: Any, variable: Any, link: Link | None) -> str:
    """Why a hierarchical variable cannot be given an informed coordinate; empty if it can."""
    if link is None:
        law = core_op(variable.owner)
        return f"{getattr(law, 'name', law)} is not a location-scale law that is supported"
    transform = model.rvs_to_transforms[variable]
    inner = getattr(transform, "inner", transform)
    if isinstance(inner, CoordinateTransform) and isinstance(
        transform, CoordinateTransform | DimCoordinateTransform
    ):
        return ""
    default = (LogTransform, DimLogTransform) if link is LOG else (type(None),)
    return "" if isinstance(transform, default) else f"it has the transform {transform.name}"


def _is_scaled(model: Any, variable: Any) -> bool:
    """Whether a variable without random parameters is multiplied by one: the textbook form."""
    outputs = [*model.deterministics, *model.potentials]
    outputs += [p for rv in model.basic_RVs for p in _inputs(rv)]
    free = set(model.free_RVs) - {variable}
    for node in applys_between([variable], outputs):
        if type(getattr(node.op, "scalar_op", None)).__name__ != "Mul":
            continue
        own = [x for x in node.inputs if unwrapped(x) is variable]
        others = [x for x in node.inputs if unwrapped(x) is not variable]
        if own and any(free & set(ancestors([x])) for x in others):
            return _is_standard(variable)
    return False


def _is_standard(variable: Any) -> bool:
    """Whether it is a law on the whole real line, as offsets are, and no coefficient or scale."""
    op = core_op(variable.owner)
    return any(isinstance(op, law) and link is IDENTITY for law, link in _LAWS)


def _inputs(variable: Any) -> list[Any]:
    return [] if core_op(variable.owner) is None else parameters_of(variable.owner)


def unwrapped(x: Any) -> Any:
    """Return what stands behind conversions and added or exchanged axes."""
    while x.owner is not None and isinstance(x.owner.op, _WRAPPERS):
        x = x.owner.inputs[0]
    return x
