"""Building a ``ByCoord``: the variables of its members, put together along their dim."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytensor.tensor as pt
from pymc_extras.prior import Prior

from unfunnel import names
from unfunnel.alignment import model_labels
from unfunnel.errors import DimsError, LabelError, nearest, shown
from unfunnel.prior.backends import Aligned, backend_for, dim_lengths
from unfunnel.prior.resolve import Resolver
from unfunnel.prior.upstream import attribute_errors_surface, check_dims

if TYPE_CHECKING:
    from unfunnel.prior.by_coord.factory import ByCoord


def build_by_coord(factory: ByCoord, name: str, xdist: bool) -> Any:
    """Create the variables of a ``ByCoord``; see :meth:`unfunnel.ByCoord.create_variable`.

    Members are created in the order of the model's labels, so that the order in which they were
    given does not show in the model.
    """
    backend = backend_for(xdist)
    dims = factory.dims or (factory.dim,)
    rest = tuple(dim for dim in dims if dim != factory.dim)
    with attribute_errors_surface(name):
        resolver = Resolver(backend, name, dims)
        chosen = priors_by_label(factory, name, resolver.model)
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
            member = resolver.created(str(label), with_dims(prior, rest, f"{name}: {label}"), child)
            parts.append(pt.alloc(member.over(rest), *lengths) if rest else member.tensor)
        whole = resolver.tied(pt.stack(parts, axis=dims.index(factory.dim)))
        return backend.deterministic(name, Aligned(whole, dims), dims)


def priors_by_label(factory: ByCoord, name: str, model: Any) -> list[tuple[Any, Any]]:
    """Return the prior of each label of the model, in its order.

    Raises
    ------
    LabelError
        If a label has no prior, or a member no label.
    """
    dim = factory.dim
    members = list(factory.members.values())
    known = pd.Index(list(factory.members))
    labels = model_labels(dim, model.coords, dim_lengths(model, (dim,)), known)
    positions = known.get_indexer(labels)
    absent = known[~known.isin(labels)]
    if len(absent):
        raise LabelError(
            name,
            expected=f"members for labels of dim {dim!r}, which has {shown(labels)} "
            f"({labels.dtype})",
            given=f"members for {shown(absent)} ({known.dtype}), which the model does not have",
            remedy="Labels are compared with their types: 1 and '1' differ."
            + nearest(str(absent[0]), map(str, labels)),
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


def variables_of(factory: Any, name: str, model: Any) -> list[Any]:
    """Return what a factory created under a name: of a ``ByCoord``, what its members did.

    Parameters
    ----------
    factory : ByCoord, Prior or another variable factory
        It has created its variable in ``model``.
    name : str
        Of the variable.
    model : pymc.Model
        The model.
    """
    if not hasattr(factory, "members"):
        return [model[name]]
    return [
        variable
        for label, prior in priors_by_label(factory, name, model)
        for variable in variables_of(prior, names.member(name, label), model)
    ]


def with_dims(prior: Any, rest: tuple[str, ...], subject: str) -> Any:
    """Return the prior with the dims of a member; those that it declares are kept.

    Raises
    ------
    DimsError
        If it declares others, or does not let its dims be set.
    """
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
