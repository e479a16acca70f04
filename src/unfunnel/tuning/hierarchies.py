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
from pytensor.graph.traversal import ancestors, toposort
from pytensor.tensor.basic import Alloc
from pytensor.tensor.einsum import Einsum
from pytensor.tensor.math import Dot, Sum
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor
from pytensor.xtensor.basic import Rename
from pytensor.xtensor.indexing import Index
from pytensor.xtensor.math import Dot as XDot
from pytensor.xtensor.shape import ExpandDims

from unfunnel import names
from unfunnel.distributions.natural import NaturalRandomVariable
from unfunnel.families import FAMILIES
from unfunnel.families.links import IDENTITY, LOG, Link
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.graph_ops import WRAPPERS, core_op, random_node
from unfunnel.parameterization.transforms import LinkTransform, unlabelled
from unfunnel.structures.joint import JointStructure
from unfunnel.structures.transform import StructureTransform

#: Laws whose last two parameters are location and scale of the variable seen through the link.
_LAWS: tuple[tuple[type, Link], ...] = (
    (type(pm.Normal.rv_op), IDENTITY),
    (type(pm.LogNormal.rv_op), LOG),
    (type(pm.StudentT.rv_op), IDENTITY),
    (type(pm.Laplace.rv_op), IDENTITY),
)

#: Operations whose first input is selected from, arranged or repeated, or added up.
_ARRANGING = (
    Subtensor, AdvancedSubtensor, Reshape, SpecifyShape, Alloc, Sum, Index, Rename, ExpandDims
)  # fmt: skip


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
        if _is_offset(model, variable):
            untouched[variable.name] = "already non-centered: it is multiplied by a random scale"
            continue
        if not _has_random_parameters(model, variable):
            continue
        link = _link(model, variable)
        reason = _obstacle(model, variable, link)
        if reason:
            untouched[variable.name] = reason
        elif link is not None:
            links[variable.name] = link
    return Hierarchies(links, untouched)


def _has_random_parameters(model: Any, variable: Any) -> bool:
    above = set(ancestors(variable.owner.inputs if variable.owner is not None else []))
    return any(rv in above for rv in model.free_RVs)


def _link(model: Any, variable: Any) -> Link | None:
    """Return the link of a variable of a supported law; None for any other."""
    transform = unlabelled(model.rvs_to_transforms[variable])
    if _is_joint(transform):
        return transform.link  # type: ignore[no-any-return]  # a transform of ours
    op: Any = core_op(variable.owner)
    if isinstance(op, NaturalRandomVariable):
        return op.family.link
    return next((link for law, link in _LAWS if isinstance(op, law)), None)


def _obstacle(model: Any, variable: Any, link: Link | None) -> str:
    """Why a hierarchical variable cannot be given an informed coordinate; empty if it can."""
    inner = unlabelled(model.rvs_to_transforms[variable])
    if _is_joint(inner):
        if isinstance(inner.parameterization, Informed):
            return ""
        kind = inner.structure.name
        return f'its elements are drawn together ({kind}); make it with centered="auto"'
    if link is None:
        law = core_op(variable.owner) or variable.owner.op
        name = getattr(law, "_print_name", (type(law).__name__,))[0]
        return f"{name} is not a location-scale law that is supported"
    transform = model.rvs_to_transforms[variable]
    # Those of the library: a link alone, or with a coordinate. Or PyMC's default for the law.
    defaults: dict[Link, tuple[type, ...]] = {
        LOG: (LogTransform, DimLogTransform),
        IDENTITY: (type(None),),
    }
    if isinstance(inner, LinkTransform) or isinstance(transform, defaults.get(link, ())):
        return ""
    return "it has no transform" if transform is None else f"it has the transform {transform.name}"


def _is_joint(transform: Any) -> bool:
    return isinstance(transform, StructureTransform) and isinstance(
        transform.structure, JointStructure
    )


def _is_offset(model: Any, variable: Any) -> bool:
    """Whether a variable is an offset: multiplied by something random, as in the textbook form."""
    op: Any = core_op(variable.owner)
    deterministics = {v.name for v in model.deterministics}
    # The offset of our own textbook form has parameters that become NaN with those of the prior.
    ours = isinstance(op, NaturalRandomVariable) or not _has_random_parameters(model, variable)
    if ours and any(
        variable.name == names.offset(name, family.link.name)
        for name in deterministics
        for family in FAMILIES.values()
    ):
        return True
    if op is None or not _is_standard(op) or _has_random_parameters(model, variable):
        return False
    outputs = [*model.deterministics, *model.potentials]
    outputs += [p for rv in model.basic_RVs for p in _inputs(rv)]
    free = set(model.free_RVs) - {variable}
    multiples = {variable}
    for node in toposort(outputs, blockers=model.basic_RVs):
        others = [x for x in node.inputs if x not in multiples]
        if len(others) == len(node.inputs):
            continue
        factor = _is_product(node.op) or (
            _scalar_op(node.op) == "TrueDiv" and others == node.inputs[1:]
        )
        if factor and any(free & set(ancestors([x])) for x in others):
            return True
        if factor or _keeps_multiples(node, others):
            multiples.update(node.outputs)
    return False


def _is_product(op: Any) -> bool:
    """Whether it multiplies its inputs, of either backend."""
    return isinstance(getattr(op, "core_op", op), Dot | XDot | Einsum) or _scalar_op(op) == "Mul"


def _keeps_multiples(node: Apply[Any], others: list[Any]) -> bool:
    """Whether it selects, arranges, or adds up multiples of an offset, and nothing else."""
    if isinstance(node.op, (*WRAPPERS, *_ARRANGING)):
        return node.inputs[0] not in others
    return not others and _scalar_op(node.op) in ("Add", "Sub", "Neg", "Cast")


def _scalar_op(op: Any) -> str:
    return type(getattr(op, "scalar_op", None)).__name__


def _is_standard(op: RandomVariable) -> bool:
    """Whether it is a law on the whole real line, as those of offsets are."""
    return any(isinstance(op, law) and link is IDENTITY for law, link in _LAWS)


def _inputs(variable: Any) -> list[Any]:
    node = random_node(variable.owner)
    return [] if node is None else list(node.inputs)
