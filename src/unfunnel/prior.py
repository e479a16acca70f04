"""``NaturalPrior``: a family as a drop-in ``pymc_extras.prior.Prior``.

The one place that subclasses upstream. What a prior *is* stands in its family, how it is sampled in
its centering, how it meets a model in the resolver and the backends; this class binds them and
keeps the promises that consumers of ``Prior`` rely on: ``parameters`` and ``dims`` may be written
to and are honoured when a variable is created, creating one never changes the prior, and the
variable that is returned is the registered one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pymc as pm
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from pytensor.graph.basic import Variable

from unfunnel import codec, display, elicit
from unfunnel.build import build_likelihood, build_variable
from unfunnel.centering import Centering, is_textbook, validate_centering
from unfunnel.equality import same_value
from unfunnel.errors import ParameterError
from unfunnel.families import Family
from unfunnel.parameters import bind_arguments, check_parameters
from unfunnel.tensors import check_tensor_support, encode_other
from unfunnel.upstream import call_signature, check_dims, distribution_stand_in, named_function
from unfunnel.zero_sum import ZeroSum, check_zero_sum, require_marginal, validate_zero_sum

#: The prior class of each family, by its name.
CLASSES: dict[str, type[NaturalPrior]] = {}


class NaturalPrior(Prior):
    """A prior stated in natural units; the base class of every prior of the library.

    Subclasses name their :class:`~unfunnel.families.Family` and document its parameters. All
    keyword arguments after the parameters are the same for every family; see :class:`LogNormalExp`.
    """

    family: ClassVar[Family]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class of a family, with the stand-in whose signature upstream reads."""
        super().__init_subclass__(**kwargs)
        if "family" in vars(cls):
            cls.pymc_distribution = distribution_stand_in(cls.family)
            cls.__signature__ = call_signature(cls.family)  # type: ignore[attr-defined]
            CLASSES[cls.family.name] = cls

    def __init__(
        self,
        *args: Any,
        dims: Any = None,
        centered: Any = True,
        transform: str | None = None,
        zero_sum: Any = None,
        zero_sum_scale: str | None = None,
        **parameters: Any,
    ) -> None:
        self.parameters = check_parameters(
            self.family, bind_arguments(self.family, args, parameters)
        )
        for parameter in self.family.parameters:
            if isinstance(value := self.parameters.get(parameter.name), Variable):
                check_tensor_support(f"{self.family.name}: {parameter.name}", parameter, value)
        self.core_dims: tuple[str, ...] = ()
        self.dims = dims
        self.centered = centered
        self.transform = transform
        self.zero_sum: ZeroSum | None = validate_zero_sum(self.family, zero_sum, zero_sum_scale)
        self._check_zero_sum()

    def _check_zero_sum(self) -> None:
        if self.zero_sum is not None:
            textbook = is_textbook(self.centering)
            check_zero_sum(self.family, self.zero_sum, self.dims, self.parameters, textbook)

    # -- what upstream reads and writes
    # --------------------------------------------------------------

    @property
    def distribution(self) -> str:
        """The name of the family; a PyMC name would make consumers build its log-scale twin."""
        return self.family.name

    @distribution.setter
    def distribution(self, distribution: str) -> None:
        raise AttributeError("The distribution of a prior cannot be changed; make another prior.")

    @property  # type: ignore[override]  # stricter than upstream's
    def dims(self) -> tuple[str, ...] | None:
        """The dims of the variable, in order; may be assigned."""
        return self._dims

    @dims.setter
    def dims(self, dims: Any) -> None:
        self._dims = check_dims(self.family.name, dims, self.parameters)

    @property
    def centered(self) -> bool:
        """Whether the variable itself is sampled: True unless ``centered="offset"``.

        Upstream asks this to learn whether there is such a variable. What was asked for is
        :attr:`centering`.
        """
        return not is_textbook(self.centering)

    @centered.setter
    def centered(self, centered: Any) -> None:
        self.centering: Centering = validate_centering(centered, self.family.name)

    @property
    def transform(self) -> str | None:
        """Name of the function applied to the variable; the moments are those of ``{name}_raw``."""
        return self._transform

    @transform.setter
    def transform(self, transform: str | None) -> None:
        if transform is not None:
            named_function(transform)
        self._transform = transform

    # -- building
    # ------------------------------------------------------------------------------------

    def create_variable(self, name: str, xdist: bool = False) -> Any:
        """Create the variable in the model on the context stack.

        Parameters
        ----------
        name : str
            Its name. Hyperpriors become ``{name}_mu``, ``{name}_sigma``.
        xdist : bool, default False
            Whether to create a ``pymc.dims`` variable.

        Returns
        -------
        TensorVariable or XTensorVariable
            The registered variable, with the declared dims in the declared order.

        Raises
        ------
        DimsError, LabelError
            If the model lacks a dim, or an array parameter does not match its coords.
        """
        self._require_all_parameters()
        # They may have been written to since construction, as upstream's consumers do.
        check_parameters(self.family, self.parameters, warn=False)
        check_dims(self.family.name, self.dims, self.parameters)
        self._check_zero_sum()
        return build_variable(self, name, xdist)

    def create_likelihood_variable(
        self, name: str, mu: Any, observed: Any, xdist: bool = False
    ) -> Any:
        """Create an observed variable whose natural-scale mean is ``mu``.

        Parameters
        ----------
        name : str
            Its name.
        mu : tensor_like or xtensor_like
            The mean; it must not have been given to the prior.
        observed : array_like
            The data, in the order of ``dims``; labelled data are matched by label.
        xdist : bool, default False
            Whether to create a ``pymc.dims`` variable.

        Returns
        -------
        TensorVariable or XTensorVariable
            The observed variable.

        Raises
        ------
        MuAlreadyExistsError
            If the prior already has a ``mu``.
        ParameterError
            If there are no data, or the prior has a ``transform``.
        """
        return build_likelihood(self, name, mu, observed, xdist)

    def to_graph(self) -> Any:
        """Return a graphviz graph of the variables that the prior creates.

        Upstream's method fails on array parameters, as it gives every dim the length 1.
        """
        with pm.Model(coords=display.graph_coords(self)) as model:
            self.create_variable("var")
        return pm.model_to_graphviz(model)

    def _require_all_parameters(self) -> None:
        for name in self.family.parameter_names:
            if name not in self.parameters:
                raise ParameterError(
                    self.family.name,
                    expected=f"{name!r}, {self.family.parameter(name).meaning}",
                    given="no value for it",
                    remedy=f"Pass {name}=; only create_likelihood_variable does without.",
                )

    # -- reading
    # -------------------------------------------------------------------------------------

    @property
    def preliz(self) -> Any:
        """The PreliZ distribution of a prior with constant parameters."""
        return elicit.to_preliz(self.family, self._constant_parameters("preliz"))

    def constrain(
        self,
        lower: float,
        upper: float,
        mass: float = 0.95,
        kwargs: dict[str, Any] | None = None,
        *,
        method: str = "equal-tails",
    ) -> Self:
        """Return the prior of the same kind that holds ``mass`` between ``lower`` and ``upper``.

        Parameters
        ----------
        lower, upper : float
            The bounds, inside the support.
        mass : float, default 0.95
            The probability between them.
        kwargs : dict, optional
            Further arguments of ``preliz.maxent``, for ``method="maxent"``.
        method : {"equal-tails", "maxent"}
            Equal tails leave ``(1 - mass) / 2`` on each side, in closed form. Maximum entropy (what
            upstream does) puts most of the rest on one side.

        Returns
        -------
        NaturalPrior
            With new constant parameters; dims and centering are kept.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> LogNormalExp(1, 1).constrain(0.5, 3, mass=0.9)
        LogNormalExp(mu=1.4205693543237294, sigma=0.8348124934635631)
        """
        self._constant_parameters("constrain")
        new = elicit.constrained(self.family, lower, upper, mass, method, kwargs)
        options: dict[str, Any] = {**new, "dims": self.dims, "centered": self.centering}
        if self.zero_sum is not None:
            options |= self.zero_sum.options
        return type(self)(**options)

    def _constant_parameters(self, asked: str) -> dict[str, float]:
        self._require_all_parameters()
        if self.zero_sum is not None:
            require_marginal(self.family, self.zero_sum, asked)
        return elicit.constant_parameters(self.family, self.parameters, self.transform, asked)

    # -- saving, copying, comparing
    # ------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary form, which JSON and YAML hold; see :mod:`unfunnel.codec`.

        Raises
        ------
        UnsupportedError
            If a parameter is a tensor that depends on a random variable: a number in its place
            would freeze it.
        """
        return codec.encode(
            self.family,
            self.parameters,
            dims=self.dims,
            centered=self.centering,
            transform=self.transform,
            zero_sum=self.zero_sum,
            encode_other=lambda value: encode_other(self.family.name, value, self.dims),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NaturalPrior:
        """Create the prior that a dictionary describes.

        Parameters
        ----------
        data : mapping
            The form of :meth:`to_dict`, or the flat form of YAML files. Unknown keys are refused.

        Returns
        -------
        NaturalPrior
            Of the class that ``"dist"`` names.
        """
        family, options = codec.decode(data, deserialize)
        kind = cls if getattr(cls, "family", None) is family else CLASSES[family.name]
        return kind(**options)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy hyperpriors and arrays; variables of a model stay the variables they are."""
        if id(self) in memo:
            return memo[id(self)]  # type: ignore[no-any-return]
        new = copy.copy(self)
        memo[id(self)] = new
        new.parameters = {
            key: value if isinstance(value, Variable) else copy.deepcopy(value, memo)
            for key, value in self.parameters.items()
        }
        new.centering = copy.deepcopy(self.centering)
        return new

    def __eq__(self, other: object) -> bool:
        """Equal if of the same class with equal parameters, dims, centering and other options."""
        if type(other) is not type(self):
            return False
        return (
            self.dims == other.dims
            and self.transform == other.transform
            and self.zero_sum == other.zero_sum
            and same_value(self.centering, other.centering)
            and self.parameters.keys() == other.parameters.keys()
            and all(
                same_value(value, other.parameters[key]) for key, value in self.parameters.items()
            )
        )

    __hash__ = None  # type: ignore[assignment]  # mutable, like upstream's

    def __str__(self) -> str:
        """Return a call that shows the parameters."""
        return display.text(self)

    def __repr__(self) -> str:
        """Return a call that shows the parameters."""
        return display.text(self)

    def _repr_html_(self) -> str:
        return display.html(self)
