"""Gives the hierarchies of any model the informed coordinate, on a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymc.model.fgraph import fgraph_from_model, model_from_fgraph
from pytensor.xtensor.type import XTensorType

from unfunnel import names
from unfunnel.errors import listed
from unfunnel.families import Family
from unfunnel.families.links import Link
from unfunnel.parameterization.choices import Informed
from unfunnel.parameterization.graph_ops import core_op, random_node, unwrapped
from unfunnel.parameterization.scale import use_scale_transform, use_transform
from unfunnel.structures.base import INDEPENDENT
from unfunnel.structures.transform import settled, value_transform
from unfunnel.tuning.arguments import names_of, require_names, whole_model
from unfunnel.tuning.blocks import is_informed
from unfunnel.tuning.detect import find_hierarchies
from unfunnel.tuning.plan import Plan


def reparameterize(model: Any = None, blocks: str | Sequence[str] = "all") -> Any:
    """Return a copy of a model with its hierarchies in the informed coordinate.

    Works on models written without this library, those of pymc-marketing included. The copy has the
    same variables, under the same names, with the same distributions; only what the sampler sees
    differs. Until it is tuned (:func:`unfunnel.tune`), it is the non-centered form. Blocks that are
    in the informed coordinate already stay in the one they have. Without any hierarchy the copy is
    an equal one.

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


def plan_of_any(model: Any, blocks: str | Sequence[str], *, in_place: bool = False) -> Plan:
    """Return the plan for blocks of any model.

    Those that are not in the informed coordinate yet are brought there, on a copy or in place.
    """
    plan = Plan.of(model)
    known = {block.name for block in plan.blocks}
    chosen = [] if blocks in ("auto", "all") else names_of(blocks)
    missing = [name for name in chosen if name not in known]
    if (blocks == "auto" and known) or (chosen and not missing):
        return Plan.of(model, chosen or None)
    found = find_hierarchies(model)
    if blocks == "auto":
        remedy = f'blocks="all" would tune {listed(found.links)}' if found.links else found.why_none
        return replace(plan, why_none=f'no prior of the model has centered="auto"; {remedy}')
    links = found.chosen("all" if blocks == "all" else missing)
    if not links.keys() <= known:
        change = informed if in_place else informed_copy
        model = change(model, links)
    plan = Plan.of(model, chosen or None)
    if blocks != "all":
        return plan
    return replace(
        plan, left_alone=found.left_alone, why_none="" if plan.blocks else found.why_none
    )


def informed_copy(model: Any, links: dict[str, Link]) -> Any:
    """Return a copy of a model with these variables in the informed coordinate, not yet tuned."""
    with settled():
        fgraph, _memo = fgraph_from_model(_without_initial_values(model))
    copy = model_from_fgraph(fgraph, mutate_fgraph=True)
    copy.check_bounds = model.check_bounds
    for variable, value in model.rvs_to_initial_values.items():
        if value is not None:
            copy.rvs_to_initial_values[copy[variable.name]] = value
    return informed(copy, links)


def informed(model: Any, links: dict[str, Link]) -> Any:
    """Bring these variables of a model into the informed coordinate, not yet tuned; return it."""
    with model:
        for name, link in links.items():
            variable = model[name]
            if not is_informed(model.rvs_to_transforms[variable]):
                labelled = isinstance(variable.type, XTensorType)
                transform = value_transform(link, Informed(), INDEPENDENT, labelled)
                use_transform(model, variable, transform)
            for scale in _scales(model, name):
                use_scale_transform(model, scale)
    return model


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
