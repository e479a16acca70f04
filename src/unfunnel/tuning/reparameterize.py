"""Gives the hierarchies of any model the informed coordinate, on a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymc.model.fgraph import (
    ModelFreeRV,
    fgraph_from_model,
    model_free_rv,
    model_from_fgraph,
)
from pymc.pytensorf import toposort_replace
from pytensor.xtensor.type import XTensorType

from unfunnel import names
from unfunnel.families import Family
from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.graph_ops import core_op, random_node, unwrapped
from unfunnel.parameterization.scale import use_scale_transform
from unfunnel.structures.base import INDEPENDENT
from unfunnel.structures.transform import settled, value_transform
from unfunnel.tuning.arguments import names_of, require_names, whole_model
from unfunnel.tuning.blocks import Plan, is_informed
from unfunnel.tuning.detect import find_hierarchies


def reparameterize(model: Any = None, blocks: str | Sequence[str] = "all") -> Any:
    """Return a copy of a model with its hierarchies in the informed coordinate.

    Works on models written without this library, those of pymc-marketing included. The copy has the
    same variables, under the same names, with the same distributions; only what the sampler sees
    differs. Until it is tuned (:func:`unfunnel.tune`), it is the non-centered form. Blocks that are
    in the informed coordinate already stay in the one they have.

    Parameters
    ----------
    model : pymc.Model, optional
        By default the one on the context stack. It is not changed.
    blocks : "all" or list of str
        Names of the variables, by default every centered Normal, LogNormal, StudentT and Laplace
        variable whose parameters are random.

    Returns
    -------
    pymc.Model
        The copy.

    Raises
    ------
    UnsupportedError
        If there is no such variable.
    ParameterError
        If ``blocks`` names none, or another one; the message says why it cannot be used.
    ParameterTypeError
        If ``model`` is no model, or ``blocks`` no names.

    Examples
    --------
    >>> import pymc as pm, unfunnel
    >>> with pm.Model() as model:
    ...     a = pm.Normal("a", pm.Normal("mu"), pm.HalfNormal("tau"), shape=8)
    >>> sorted(v.name for v in unfunnel.reparameterize(model).value_vars)
    ['a_informed__', 'mu', 'tau_softplus__']
    """
    model = whole_model(model)
    require_names(blocks)
    return informed_copy(model, find_hierarchies(model).chosen(blocks))


def plan_of_any(model: Any, blocks: str | Sequence[str]) -> Plan:
    """Return the plan for blocks of any model, on a copy if some of them are not in place yet."""
    plan = Plan.of(model)
    known = {block.name for block in plan.blocks}
    missing = [name for name in names_of(blocks) if name not in known]
    if blocks == "auto":
        plan.require_blocks()
        return plan
    if not missing:
        return Plan.of(model, blocks)
    hierarchies = find_hierarchies(model)
    if blocks != "all":
        return Plan.of(informed_copy(model, hierarchies.chosen(missing)), blocks)
    if not known or not hierarchies.links.keys() <= known:
        plan = Plan.of(informed_copy(model, hierarchies.chosen("all")))
    return replace(plan, left_alone=hierarchies.left_alone)


def informed_copy(model: Any, links: dict[str, Link]) -> Any:
    """Return a copy of a model with these variables in the informed coordinate, not yet tuned."""
    with settled():
        fgraph, _memo = fgraph_from_model(_without_initial_values(model))
    replacements = []
    for node in fgraph.toposort():
        if isinstance(node.op, ModelFreeRV) and node.op.name in links:
            if not is_informed(node.op.transform):
                new = _informed(node, links[node.op.name])
                replacements.append((node.outputs[0], new))
    toposort_replace(fgraph, tuple(replacements), reverse=True)
    copy = model_from_fgraph(fgraph, mutate_fgraph=True)
    copy.check_bounds = model.check_bounds
    for variable, value in model.rvs_to_initial_values.items():
        if value is not None:
            copy.rvs_to_initial_values[copy[variable.name]] = value
    with copy:
        for name in links:
            for scale in _scales(copy, name):
                use_scale_transform(copy, scale)
    return copy


def _informed(node: Any, link: Link) -> Any:
    """Return a free variable of a model graph in the informed coordinate."""
    variable, name = node.inputs[0], node.op.name
    labelled = isinstance(variable.type, XTensorType)
    transform = value_transform(link, Informed(), INDEPENDENT, labelled)
    value = variable.type(name=f"{name}_{transform.name}__")
    return model_free_rv(variable, value, transform, name, *node.op.dims)


def _without_initial_values(model: Any) -> Any:
    """Return a view of the model that PyMC agrees to convert; it refuses initial values."""
    view = object.__new__(type(model))
    view.__dict__.update(model.__dict__)
    view.rvs_to_initial_values = dict.fromkeys(model.rvs_to_initial_values)
    return view


def _scales(model: Any, name: str) -> list[Any]:
    """Return the free variables that are the scale of a block, or a stated one of ours."""
    node: Any = random_node(model[name].owner)
    *_others, scale = node.inputs
    scale = unwrapped(scale)
    family = getattr(core_op(model[name].owner), "family", None)
    known = family.known_parameters.values() if isinstance(family, Family) else ()
    stated = {names.child(name, parameter.name) for parameter in known if parameter.is_scale}
    return [v for v in model.free_RVs if v is scale or v.name in stated]
