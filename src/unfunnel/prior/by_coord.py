"""``ByCoord``: another prior for each label of a dim."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytensor.tensor as pt
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior, VariableFactory, sample_prior
from xarray import Dataset

from unfunnel import names
from unfunnel.alignment import SAME_TYPE, index_of, model_index, positions_of
from unfunnel.distributions.object_facts import dims_of
from unfunnel.errors import (
    DimsError,
    LabelError,
    ParameterTypeError,
    described,
    nearest,
    raise_first,
    shown,
)
from unfunnel.prior import codec, encoding
from unfunnel.prior.backends import BACKENDS, dim_lengths
from unfunnel.prior.checks import member_dims_mistakes
from unfunnel.prior.display import dims_text
from unfunnel.prior.parameters import check_dims
from unfunnel.prior.resolve import Resolver, attribute_errors_surface
from unfunnel.structures.base import Aligned

_DICT_REMEDY = (
    "Revive it with pymc_extras.deserialize.deserialize; in YAML write `distribution: ByCoord`, "
    "which revives its members."
)


class ByCoord:
    """A variable whose elements have a prior of their own along one dim, matched by label.

    Each member is a variable of its own, ``{name}:{label}``, sampled in its own coordinate;
    ``{name}`` is a Deterministic that holds them along the dim.

    Parameters
    ----------
    dim : str
        The dim.
    members : mapping of label to Prior, or sequence of pairs
        A prior, or any variable factory, for each label. Their dims are those of the whole without
        ``dim``: all of them if a member has none declared, or a subset, along which it varies.
    default : Prior, optional
        For every label of the model without a member. Each such label has a variable, and
        hyperparameters, of its own.
    dims : str or sequence of str, optional
        Dims of the whole, in order, ``dim`` among them; ``dim`` alone if they are neither given nor
        assigned later. To be given where it is a parameter of a plain ``Prior``.

    Raises
    ------
    ParameterTypeError
        If a member is no prior.
    LabelError
        If there is no member, or a label has two. When a variable is created: if the model lacks
        a label that has a member, or has one without member and there is no default.
    DimsError
        If ``dim`` is not among the dims, or among those of a member.

    See Also
    --------
    LogNormalExp : One prior for all labels, with parameters that may differ.

    Notes
    -----
    It is a ``pymc_extras.prior.VariableFactory`` and no ``Prior``: what asks for a distribution
    with one name and parameters (``Censored``, a non-centered ``Prior``'s parameters, likelihoods,
    R2D2) refuses it. The labels of the dim cannot be changed once a variable was created.

    Examples
    --------
    >>> import pymc as pm
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import ByCoord, LogNormalExp
    >>> prior = ByCoord(
    ...     "channel",
    ...     {"tv": LogNormalExp(1.5, 0.5), "search": Prior("HalfNormal", sigma=1)},
    ...     default=Prior("Exponential", lam=1),
    ... )
    >>> with pm.Model(coords={"channel": ["search", "radio", "tv"]}) as model:
    ...     beta = prior.create_variable("beta")
    >>> [variable.name for variable in model.free_RVs]
    ['beta:search', 'beta:radio', 'beta:tv']
    """

    def __init__(
        self,
        dim: str,
        members: Mapping[Any, Any] | Iterable[tuple[Any, Any]],
        default: Any = None,
        *,
        dims: Any = None,
    ) -> None:
        if not isinstance(dim, str):
            raise DimsError("ByCoord", expected="the name of a dim", given=described(dim))
        self.dim, self.members, self.default = dim, _by_label(dim, members), default
        self._check_priors()
        self.dims = dims

    @property
    def dims(self) -> tuple[str, ...] | None:
        """The dims of the variable, in order; may be assigned."""
        return self._dims

    @dims.setter
    def dims(self, dims: Any) -> None:
        checked = check_dims("ByCoord", dims, {})
        members = [(str(label), dims_of(prior) or ()) for label, prior in self._named_priors()]
        raise_first("ByCoord", member_dims_mistakes(self.dim, checked, members))
        self._dims = checked

    @property
    def priors(self) -> tuple[Any, ...]:
        """The members, and the default if there is one."""
        return tuple(prior for _, prior in self._named_priors())

    def create_variable(self, name: str, xdist: bool = False) -> Any:
        """Create the variables ``{name}:{label}`` in the model, and return ``name``, which has all.

        Parameters
        ----------
        name : str
            Name of the whole; members are created in the order of the labels of the model.
        xdist : bool, default False
            Whether to create ``pymc.dims`` variables.

        Raises
        ------
        LabelError, DimsError
            If members and labels, or the dims, of prior and model do not match.
        """
        self._check_priors()  # they may have been written to since
        backend = BACKENDS[bool(xdist)]
        dims = self.dims or (self.dim,)
        rest = tuple(dim for dim in dims if dim != self.dim)
        with attribute_errors_surface(name):
            resolver = Resolver(backend, name, dims)
            # In the order of the model's labels, so that the order in which members were given does
            # not show in the model.
            chosen = self._by_label_of(resolver.model, name)
            made = {names.member(name, label): prior for label, prior in chosen}
            if len(made) < len(chosen):
                raise LabelError(
                    name,
                    expected="labels that give each member a name of its own",
                    given=shown(label for label, _ in chosen),
                    remedy="Rename those that differ by their type, or by / and |, only.",
                )
            resolver.hold({self.dim: len(chosen)}, f"{name}: members")
            lengths = [resolver.model.dim_lengths[dim] for dim in rest]
            parts = []
            for (label, _), (own_name, prior) in zip(chosen, made.items(), strict=True):
                placed = _with_dims(prior, rest, f"{name}: {label}")
                member = resolver.created(str(label), placed, own_name)
                parts.append(pt.alloc(member.over(rest), *lengths) if rest else member.tensor)
            whole = resolver.tied(pt.stack(parts, axis=dims.index(self.dim)))
            return backend.deterministic(name, Aligned(whole, dims), dims)

    def variables_in(self, model: Any, name: str) -> list[Any]:
        """Return the variables of the members, of one that was created in a model as ``name``."""
        found = []
        for label, prior in self._by_label_of(model, name):
            own = names.member(name, label)
            found += prior.variables_in(model, own) if isinstance(prior, ByCoord) else [model[own]]
        return found

    def create_likelihood_variable(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: data are observed values of one distribution."""
        raise ParameterTypeError(
            "ByCoord",
            expected="a prior for parameters",
            given="a request for a likelihood",
            remedy="Use a Prior as the likelihood; its parameters may be a ByCoord.",
        )

    def sample_prior(
        self, coords: Any = None, name: str = "variable", xdist: bool = False, **options: Any
    ) -> Dataset:
        """Draw the whole and every member, as ``pymc_extras.prior.sample_prior`` does."""
        return sample_prior(self, coords, name, xdist=xdist, **options)

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary form, which JSON and YAML hold."""
        return encoding.by_coord_form(
            self,
            [encoding.encode("ByCoord", member) for member in self.members.values()],
            None if self.default is None else encoding.encode("ByCoord", self.default),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ByCoord:
        """Create the factory that a dictionary describes; unknown keys are refused."""
        return cls(**codec.decode_by_coord(data, deserialize))

    def deepcopy(self) -> ByCoord:
        """Return a copy, members and all."""
        return copy.deepcopy(self)

    def __eq__(self, other: object) -> bool:
        """Equal if dim, dims, default and the members by label are; their order does not count."""
        if type(other) is not type(self):
            return False
        return all(
            getattr(self, key) == getattr(other, key)
            for key in ("dim", "dims", "members", "default")
        )

    __hash__ = None  # type: ignore[assignment]  # mutable, like a Prior

    def __repr__(self) -> str:
        """Return a call that shows the members."""
        members = ", ".join(f"{k!r}: {described(v)}" for k, v in self.members.items())
        parts = [f'"{self.dim}"', f"{{{members}}}"]
        if self.default is not None:
            parts.append(f"default={described(self.default)}")
        if self.dims is not None:
            parts.append(f"dims={dims_text(self.dims)}")
        return f"ByCoord({', '.join(parts)})"

    def _by_label_of(self, model: Any, name: str) -> list[tuple[Any, Any]]:
        """Return the prior of each label of a model, in its order."""
        dim, members, known = self.dim, list(self.members.values()), pd.Index(list(self.members))
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
        if len(without) and self.default is None:
            raise LabelError(
                name,
                expected=f"a member for each label of dim {dim!r}",
                given=f"none for {shown(without)}",
                remedy="Add them, or pass default=.",
            )
        return [
            (label, self.default if position < 0 else members[position])
            for label, position in zip(labels, positions, strict=True)
        ]

    def _named_priors(self) -> list[tuple[Any, Any]]:
        default = [] if self.default is None else [("default", self.default)]
        return [*self.members.items(), *default]

    def _check_priors(self) -> None:
        """Refuse members that are no priors."""
        for label, prior in self._named_priors():
            if isinstance(prior, type) or not isinstance(prior, VariableFactory):
                raise ParameterTypeError(
                    f"ByCoord: {label}",
                    expected="a Prior or another variable factory",
                    given=f"{described(prior)} of type {type(prior).__name__}",
                    remedy=_DICT_REMEDY if isinstance(prior, Mapping) else "",
                )

    def _refuse_arithmetic(self, *_operands: Any, **_options: Any) -> NoReturn:
        raise ParameterTypeError(
            "ByCoord",
            expected="to be used where any variable factory can be",
            given="a place that computes with whatever is no Prior",
            remedy="Parameters of a non-centered Prior are such a place: use LogNormalExp, "
            "NormalIdentity or a centered Prior, or create the variable first.",
        )

    # What computes with it instead of creating its variable is told so.
    __add__ = __radd__ = __mul__ = __rmul__ = __array__ = __float__ = _refuse_arithmetic


def _by_label(dim: str, members: Any) -> dict[Any, Any]:
    """Return members by label."""
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
    labels = index_of(given, "ByCoord: members", dim)
    return dict(zip(labels.tolist(), (prior for _, prior in pairs), strict=True))


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
