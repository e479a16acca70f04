"""Finds the hierarchies of a model, whoever wrote it.

A hierarchy is a free variable whose location or scale is itself random. Normal, LogNormal, StudentT
and Laplace variables in PyMC's default coordinate, and those of our priors, can be given the
informed coordinate. Every other one is left alone, and named with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor
from pytensor.xtensor.basic import Rename
from pytensor.xtensor.indexing import Index
from pytensor.xtensor.math import Dot as XDot
from pytensor.xtensor.shape import ExpandDims

from unfunnel import names
from unfunnel.distributions.natural import NaturalRandomVariable
from unfunnel.errors import listed
from unfunnel.families import FAMILIES
from unfunnel.families.links import IDENTITY, LOG, Link
from unfunnel.parameterization.graph_ops import WRAPPERS, core_op, random_node
from unfunnel.parameterization.transforms import LinkTransform, unlabelled
from unfunnel.structures.joint import JointStructure
from unfunnel.structures.transform import StructureTransform
from unfunnel.tuning.arguments import names_of, require_known
from unfunnel.tuning.blocks import is_informed
from unfunnel.tuning.plan import in_words

_LOG = logging.getLogger("unfunnel")

#: Distributions whose last two parameters are location and scale behind the link.
_LOCATION_SCALE: tuple[tuple[type, Link], ...] = (
    (type(pm.Normal.rv_op), IDENTITY),
    (type(pm.LogNormal.rv_op), LOG),
    (type(pm.StudentT.rv_op), IDENTITY),
    (type(pm.Laplace.rv_op), IDENTITY),
)

#: PyMC's default transforms of these, by the link.
_DEFAULT_TRANSFORMS: dict[Link, tuple[type, ...]] = {
    LOG: (LogTransform, DimLogTransform),
    IDENTITY: (type(None),),
}

#: Operations whose first input is selected from, arranged or repeated, or added up.
_ARRANGING = (
    Subtensor, AdvancedSubtensor, Reshape, SpecifyShape, Alloc, Sum, Index, Rename, ExpandDims
)  # fmt: skip


@dataclass(frozen=True)
class Hierarchies:
    """The hierarchies of a model: links of those that can be informed, reasons of those left alone.

    A link leads from the support of the variable to the real line.
    """

    links: dict[str, Link]
    left_alone: dict[str, str]
    free_variables: tuple[str, ...]

    def chosen(self, blocks: str | Sequence[str]) -> dict[str, Link]:
        """Return the links of ``blocks=``; refuse names of others."""
        if blocks == "all":
            return self.links
        chosen = names_of(blocks)
        require_known(chosen, self.links, "all", self.left_alone)
        return {name: self.links[name] for name in chosen}

    @property
    def why_none(self) -> str:
        """Why no hierarchy of the model can be tuned, and what would help."""
        if self.left_alone:
            return (
                f"no hierarchy can be ({in_words(self.left_alone)}). Write it as a centered "
                "Normal, LogNormal, StudentT or Laplace variable, or with a prior of unfunnel"
            )
        return f"none of {listed(self.free_variables)} has a random location or scale"


def find_hierarchies(model: Any) -> Hierarchies:
    """Return the hierarchies of a model, those that are informed already among them."""
    links, left_alone = {}, {}
    for variable in model.free_RVs:
        found: Link | str
        if _is_offset(model, variable):
            found = "already non-centered: it is multiplied by a random scale"
        elif _has_random_parameters(model, variable):
            found = _link_or_reason(model, variable)
        else:
            continue
        if isinstance(found, str):
            left_alone[variable.name] = found
        else:
            links[variable.name] = found
    for name, reason in left_alone.items():
        _LOG.info("%s is left as it is: %s.", name, reason)
    return Hierarchies(links, left_alone, tuple(str(v.name) for v in model.free_RVs))


def _has_random_parameters(model: Any, variable: Any) -> bool:
    above = set(ancestors(variable.owner.inputs if variable.owner is not None else []))
    return any(rv in above for rv in model.free_RVs)


def _link_or_reason(model: Any, variable: Any) -> Link | str:
    """Return the link of a hierarchical variable that can be informed, or why it cannot be."""
    transform = model.rvs_to_transforms[variable]
    inner = unlabelled(transform)
    if isinstance(inner, StructureTransform) and isinstance(inner.structure, JointStructure):
        if is_informed(transform):
            return inner.link
        kind = inner.structure.name
        return f'its elements are drawn together ({kind}); make it with centered="auto"'
    op: Any = core_op(variable.owner)
    if isinstance(op, NaturalRandomVariable):
        link: Link | None = op.family.link
    else:
        link = next((link for law, link in _LOCATION_SCALE if isinstance(op, law)), None)
    if link is None:
        law = op or variable.owner.op
        name = getattr(law, "_print_name", (type(law).__name__,))[0]
        return f"{name} is not a location-scale law that is supported"
    # Those of the library: a link alone, or with a parameterization. Or PyMC's default.
    if isinstance(inner, LinkTransform):
        return link
    if isinstance(transform, _DEFAULT_TRANSFORMS.get(link, ())):
        return link
    return "it has no transform" if transform is None else f"it has the transform {transform.name}"


def _is_offset(model: Any, variable: Any) -> bool:
    """Whether a variable is an offset: multiplied by something random, as in the textbook form."""
    op: Any = core_op(variable.owner)
    # The offset of our own textbook form has parameters that become NaN with those of the prior.
    has_random_parameters = _has_random_parameters(model, variable)
    if isinstance(op, NaturalRandomVariable) or not has_random_parameters:
        links = {family.link.name for family in FAMILIES.values()}
        ours = {names.offset(v.name, link) for v in model.deterministics for link in links}
        if variable.name in ours:
            return True
    on_the_real_line = any(
        isinstance(op, law) and link is IDENTITY for law, link in _LOCATION_SCALE
    )
    if not on_the_real_line or has_random_parameters:
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


def _inputs(variable: Any) -> list[Any]:
    node = random_node(variable.owner)
    return [] if node is None else list(node.inputs)
