"""Building a ``ByCoord``: the variables of its members, put together along their dim."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytensor.tensor as pt
from pymc_extras.prior import Prior

from unfunnel import names
from unfunnel.alignment import SAME_TYPE, model_index, positions_of
from unfunnel.errors import DimsError, LabelError, nearest, shown
from unfunnel.prior.backends import BACKENDS, dim_lengths
from unfunnel.prior.resolve import Resolver, attribute_errors_surface, check_dims
from unfunnel.structures.base import Aligned


def build_by_coord(factory: Any, name: str, xdist: bool) -> Any:
    """Create the variables of a ``ByCoord``; see :meth:`unfunnel.ByCoord.create_variable`.

    Members are created in the order of the model's labels, so that the order in which they were
    given does not show in the model.
    """
    backend = BACKENDS[bool(xdist)]
    dims = factory.dims or (factory.dim,)
    rest = tuple(dim for dim in dims if dim != factory.dim)
    with attribute_errors_surface(name):
        resolver = Resolver(backend, name, dims)
        chosen = _priors_by_label(factory, name, resolver.model)
        made = {names.member(name, label): prior for label, prior in chosen}
        if len(made) < len(chosen):
            raise LabelError(
                name,
                expected="labels that give each member a name of its own",
                given=shown(label for label, _ in chosen),
                remedy="Rename those that differ by their type, or by / and |, only.",
            )
        resolver.hold({factory.dim: len(chosen)}, f"{name}: members")
        lengths = [resolver.model.dim_lengths[dim] for dim in rest]
        parts = []
        for (label, _), (child, prior) in zip(chosen, made.items(), strict=True):
            member = resolver.created(
                str(label), _with_dims(prior, rest, f"{name}: {label}"), child
            )
            parts.append(pt.alloc(member.over(rest), *lengths) if rest else member.tensor)
        whole = resolver.tied(pt.stack(parts, axis=dims.index(factory.dim)))
        return backend.deterministic(name, Aligned(whole, dims), dims)


def variables_of(factory: Any, name: str, model: Any) -> list[Any]:
    """Return what a factory created under a name: of a ``ByCoord``, what its members did."""
    if not hasattr(factory, "members"):
        return [model[name]]
    return [
        variable
        for label, prior in _priors_by_label(factory, name, model)
        for variable in variables_of(prior, names.member(name, label), model)
    ]


def _priors_by_label(factory: Any, name: str, model: Any) -> list[tuple[Any, Any]]:
    """Return the prior of each label of the model, in its order."""
    dim = factory.dim
    members = list(factory.members.values())
    known = pd.Index(list(factory.members))
    labels = model_index(dim, model.coords, dim_lengths(model, (dim,)), name)
    positions = positions_of(labels, known)
    absent = known.delete(np.unique(positions[positions >= 0]))
    if len(absent):
        raise LabelError(
            name,
            expected=f"members for labels of dim {dim!r}, which has {shown(labels)} "
            f"({labels.dtype})",
            given=f"members for {shown(absent)} ({known.dtype}), which the model does not have",
            remedy=SAME_TYPE + nearest(str(absent[0]), map(str, labels)),
        )
    without = labels[positions < 0]
    if len(without) and factory.default is None:
        raise LabelError(
            name,
            expected=f"a member for each label of dim {dim!r}",
            given=f"none for {shown(without)}",
            remedy="Add them, or pass default=.",
        )
    return [
        (label, factory.default if position < 0 else members[position])
        for label, position in zip(labels, positions, strict=True)
    ]


def _with_dims(prior: Any, rest: tuple[str, ...], subject: str) -> Any:
    """Return the prior with the dims of a member; those that it declares are kept."""
    if prior.dims is not None or not rest:
        check_dims(subject, rest, {"dims": prior})
        return prior
    # A shallow copy of a Prior keeps the variables of a model among its parameters; of another
    # factory it could share what the setter changes.
    member = copy.copy(prior) if isinstance(prior, Prior) else copy.deepcopy(prior)
    try:
        member.dims = rest
    except AttributeError as error:
        raise DimsError(
            subject,
            expected=f"a prior with declared dims, a subset of {rest}",
            given=f"a {type(prior).__name__} without dims, which cannot be set",
            remedy="Declare dims= of the prior inside it.",
        ) from error
    return member
