"""The members of a ``ByCoord``: what they may be, and how they are kept by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import pandas as pd
from pymc_extras.prior import VariableFactory

from unfunnel.errors import DimsError, LabelError, ParameterTypeError, described, listed
from unfunnel.prior.upstream import check_dims

_DICT_REMEDY = (
    "Revive it with pymc_extras.deserialize.deserialize; in YAML write `distribution: ByCoord`, "
    "which revives its members."
)


def by_label(members: Any) -> dict[Any, Any]:
    """Return members by label.

    Parameters
    ----------
    members : mapping, or sequence of pairs
        Labels and priors.

    Raises
    ------
    ParameterTypeError
        If it is neither.
    LabelError
        If there are none, or a label has two.
    """
    try:
        pairs = list(members.items() if isinstance(members, Mapping) else members)
        given = [label for label, _ in pairs]
    except (TypeError, ValueError, LookupError) as error:
        raise ParameterTypeError(
            "ByCoord", expected="a mapping from labels to priors", given=described(members)
        ) from error
    if not pairs:
        raise LabelError("ByCoord", expected="a member for at least one label", given="none")
    # As an index has them, so that numpy's labels, and dates of any kind, equal those of a model.
    labels = pd.Index(given)
    if not labels.is_unique:
        raise LabelError(
            "ByCoord",
            expected="one member for each label",
            given=f"more than one for {listed(set(map(str, labels[labels.duplicated()])))}",
        )
    return dict(zip(labels.tolist(), (prior for _, prior in pairs), strict=True))


def check_priors(named: Iterable[tuple[Any, Any]]) -> None:
    """Refuse members that are no priors.

    Parameters
    ----------
    named : iterable of pairs
        Labels, for messages, and priors.

    Raises
    ------
    ParameterTypeError
        If one is no variable factory.
    """
    for label, prior in named:
        if isinstance(prior, type) or not isinstance(prior, VariableFactory):
            raise ParameterTypeError(
                f"ByCoord: {label}",
                expected="a Prior or another variable factory",
                given=f"{described(prior)} of type {type(prior).__name__}",
                remedy=_DICT_REMEDY if isinstance(prior, Mapping) else "",
            )


def check_whole_dims(
    dim: str, dims: Any, named: Iterable[tuple[Any, Any]]
) -> tuple[str, ...] | None:
    """Return the dims of the whole as a tuple that holds those of every member.

    Parameters
    ----------
    dim : str
        Whose labels the members belong to.
    dims : str, sequence of str or None
        As the user gave them.
    named : iterable of pairs
        Labels, for messages, and priors.

    Raises
    ------
    DimsError
        If they lack ``dim``, a member has it, or a member has a dim that they lack.
    """
    checked = check_dims("ByCoord", dims, {})
    if checked is not None and dim not in checked:
        raise DimsError(
            "ByCoord: dims",
            expected=f"{dim!r}, whose labels the members belong to, among them",
            given=repr(checked),
            remedy="Use a prior without ByCoord where the variable has no such dim.",
        )
    for label, prior in named:
        own = (prior.dims,) if isinstance(prior.dims, str) else tuple(prior.dims or ())
        if dim in own:
            raise DimsError(
                f"ByCoord: {label}",
                expected=f"a prior without dim {dim!r}: it belongs to one label of it",
                given=f"dims {own}",
                remedy=f"Drop {dim!r} from its dims=.",
            )
        if checked is not None:
            rest = tuple(each for each in checked if each != dim)
            check_dims(f"ByCoord: {label}", rest, {"dims": prior})
    return checked


def refuse_arithmetic(*_operands: Any, **_options: Any) -> NoReturn:
    """Say what is wrong where a ``ByCoord`` is taken for a number."""
    raise ParameterTypeError(
        "ByCoord",
        expected="to be used where any variable factory can be",
        given="a place that computes with whatever is no Prior",
        remedy="Parameters of a non-centered Prior are such a place: use LogNormalExp, "
        "NormalIdentity or a centered Prior, or create the variable first.",
    )
