"""``ByCoord``: another prior for each label of a dim."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from pymc_extras.deserialize import deserialize
from pymc_extras.prior import VariableFactory, sample_prior
from xarray import Dataset

from unfunnel.alignment import index_of
from unfunnel.distributions.object_facts import dims_of
from unfunnel.errors import DimsError, LabelError, ParameterTypeError, described, raise_first
from unfunnel.prior import codec, encoding
from unfunnel.prior.by_coord_build import build_by_coord
from unfunnel.prior.checks import member_dims_mistakes
from unfunnel.prior.display import dims_text
from unfunnel.prior.resolve import check_dims

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
        self.dim = dim
        self.members = _by_label(dim, members)
        self.default = default
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
        """Create the variables ``{name}:{label}`` and ``name``, which holds them all, in the model.

        Parameters
        ----------
        name : str
            Name of the whole; members are created in the order of the labels of the model.
        xdist : bool, default False
            Whether to create ``pymc.dims`` variables.

        Returns
        -------
        TensorVariable or XTensorVariable
            The Deterministic ``name``, with the declared dims in the declared order.

        Raises
        ------
        LabelError, DimsError
            If members and labels, or the dims, of prior and model do not match.
        """
        self._check_priors()  # they may have been written to since
        return build_by_coord(self, name, xdist)

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
        """Return a copy with copies of the members."""
        return copy.deepcopy(self)

    def __eq__(self, other: object) -> bool:
        """Equal if dim, dims, default and the members by label are; their order does not count."""
        if type(other) is not type(self):
            return False
        return (self.dim, self.dims, self.members, self.default) == (
            other.dim,
            other.dims,
            other.members,
            other.default,
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
