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
from itertools import chain
from operator import is_not
from typing import Any, Self

import pymc as pm
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from pytensor.graph.basic import Variable

from unfunnel.distributions.object_facts import family_at
from unfunnel.errors import ParameterError
from unfunnel.families import Family, stated_bounds
from unfunnel.moments.any_prior import own_coords
from unfunnel.moments.methods import MomentMethods
from unfunnel.parameterization.choices import Centering, is_textbook
from unfunnel.prior import codec, display, encoding
from unfunnel.prior.build import build_likelihood, build_variable
from unfunnel.prior.parameters import (
    bind_arguments,
    check_dims,
    check_parameters,
    check_zero_sum,
    same_value,
    validate_centering,
    validate_zero_sum,
)
from unfunnel.prior.upstream import (
    call_signature,
    distribution_stand_in,
    docstring_of,
    named_function,
)
from unfunnel.structures.zero_sum_options import ZeroSum

#: The prior class of each family, by its name.
CLASSES: dict[str, type[NaturalPrior]] = {}


class NaturalPrior(MomentMethods, Prior):
    """A prior stated in natural units; the base class of every prior of the library.

    Subclasses name their :class:`~unfunnel.families.Family` and document its parameters. All
    keyword arguments after the parameters are the same for every family; see :class:`LogNormalExp`.
    """

    #: Of the class, its family on its usual support; of a prior, on its own.
    family: Family

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class of a family."""
        super().__init_subclass__(**kwargs)
        if "family" in vars(cls):
            cls.__doc__ = docstring_of(cls)
            cls.__signature__ = call_signature(cls.family)  # type: ignore[attr-defined]  # read by inspect
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
        bounds = {k: parameters.pop(k) for k in self.family.bound_names if k in parameters}
        self.family = family_at(self.family, bounds)
        self.parameters = check_parameters(
            self.family, bind_arguments(self.family, args, parameters)
        )
        self.core_dims: tuple[str, ...] = ()
        self.dims = dims
        self.centered = centered
        self.transform = transform
        self.zero_sum: ZeroSum | None = validate_zero_sum(self.family, zero_sum, zero_sum_scale)
        check_zero_sum(self)
        self._checked = self._to_be_checked()

    @classmethod
    def of_checked(cls, parameters: Any, bounds: Any, options: Mapping[str, Any]) -> Self:
        """Make a prior of what has passed the rules in a file; its variable is checked as any."""
        prior = cls.__new__(cls)
        centering, zero_sum = options.get("centered", True), options.get("zero_sum")
        if not isinstance(centering, bool | str):
            centering = validate_centering(centering, cls.__name__)
        if zero_sum is not None:
            zero_sum = validate_zero_sum(cls.family, zero_sum, options.get("zero_sum_scale"))
        vars(prior).update(
            family=family_at(cls.family, bounds) if bounds else cls.family,
            parameters=parameters,
            core_dims=(),
            centering=centering,
            zero_sum=zero_sum,
            _dims=options.get("dims"),
            _transform=options.get("transform"),
            _checked=[],
        )
        return prior

    def _to_be_checked(self) -> list[Any]:
        return [self.dims, self.centering, self.zero_sum, *chain(*self.parameters.items())]

    def _check_what_changed(self) -> None:
        """Check again what was written to since construction, as upstream's consumers do."""
        present = self._to_be_checked()
        if len(present) != len(self._checked) or any(map(is_not, present, self._checked)):
            check_parameters(self.family, self.parameters, warn=False)
            check_dims(self.family.name, self.dims, self.parameters)
            check_zero_sum(self)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what looks like another parameter or bound, and would change nothing."""
        family = type(self).family
        if name in (*family.known_parameters, *family.bound_names):
            raise AttributeError(
                f"{family.name}: {name} cannot be assigned. Make another prior, or assign "
                f"prior.parameters[{name!r}] where it is a parameter."
            )
        super().__setattr__(name, value)

    # -- what upstream reads and writes

    @property
    def distribution(self) -> str:
        """The name of the family; a PyMC name would make consumers build its log-scale twin."""
        return self.family.name

    @distribution.setter
    def distribution(self, distribution: str) -> None:
        raise AttributeError("The distribution of a prior cannot be changed; make another prior.")

    @property
    def pymc_distribution(self) -> type[Any]:  # type: ignore[override]  # depends on the bounds
        """What upstream takes for the PyMC distribution: ``dist`` with our signature."""
        return distribution_stand_in(self.family)

    @property
    def bounds(self) -> dict[str, float]:
        """The bounds that the prior was given, by keyword."""
        return stated_bounds(self.family)

    @property  # type: ignore[override]  # stricter than upstream's
    def dims(self) -> tuple[str, ...] | None:
        """The dims of the variable, in order; may be assigned."""
        return self._dims

    @dims.setter
    def dims(self, dims: Any) -> None:
        self._dims = check_dims(self.family.name, dims, self.parameters)

    @property
    def structure_options(self) -> dict[str, Any]:
        """The keyword arguments that say how the elements depend on each other."""
        return {} if self.zero_sum is None else self.zero_sum.options

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

    def create_variable(self, name: str, xdist: bool = False) -> Any:
        """Create the variable in the model on the context stack, and return it.

        Parameters
        ----------
        name : str
            Its name. Hyperpriors become ``{name}_mu``, ``{name}_sigma``.
        xdist : bool, default False
            Whether to create a ``pymc.dims`` variable.

        Raises
        ------
        DimsError, LabelError
            If the model lacks a dim, or an array parameter does not match its coords.
        """
        self._require_all_parameters()
        self._check_what_changed()
        return build_variable(self, name, xdist)

    def create_likelihood_variable(
        self, name: str, mu: Any, observed: Any, xdist: bool = False
    ) -> Any:
        """Create an observed variable whose natural-scale mean is ``mu``, and return it.

        Parameters
        ----------
        name, xdist
            As of :meth:`create_variable`.
        mu : tensor_like or xtensor_like
            The mean; it must not have been given to the prior.
        observed : array_like
            The data, in the order of ``dims``; labelled data are matched by label.

        Raises
        ------
        MuAlreadyExistsError, ParameterError
            If the prior already has a ``mu``, or a ``transform``; if there are no data.
        """
        return build_likelihood(self, name, mu, observed, xdist)

    def to_graph(self) -> Any:
        """Return a graphviz graph of the variables that the prior creates.

        Upstream's method fails on array parameters, as it gives every dim the length 1.
        """
        with pm.Model(coords=own_coords(self)) as model:
            self.create_variable("var")
        return pm.model_to_graphviz(model)

    def _require_all_parameters(self) -> None:
        name = self.family.parameter_names[0]  # the others are there since construction
        if name not in self.parameters:
            raise ParameterError(
                self.family.name,
                expected=f"{name!r}, {self.family.parameter(name).meaning}",
                given="no value for it",
                remedy=f"Pass {name}=; only create_likelihood_variable does without.",
            )

    # -- saving, copying, comparing

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary form, which JSON and YAML hold; see :mod:`unfunnel.prior.encoding`.

        A parameter that is a tensor which depends on a random variable raises UnsupportedError: a
        number in its place would freeze it.
        """
        name = self.family.name
        parameters = {
            key: encoding.encode(name, value, self.dims) for key, value in self.parameters.items()
        }
        return encoding.prior_form(self, {**parameters, **self.bounds})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NaturalPrior:
        """Create the prior of the class that ``"dist"`` names.

        The dictionary has the form of :meth:`to_dict`, or the flat form of YAML files. Unknown keys
        are refused.
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
        new._checked = []  # the copies are checked when they are first used
        return new

    def __eq__(self, other: object) -> bool:
        """Equal if of the same class with equal parameters, bounds, dims and options."""
        if type(other) is not type(self):
            return False
        options = ("family", "dims", "transform", "zero_sum")  # one family for each of its bounds
        return (
            all(getattr(self, name) == getattr(other, name) for name in options)
            and same_value(self.centering, other.centering)
            and self.parameters.keys() == other.parameters.keys()
            and all(same_value(v, other.parameters[key]) for key, v in self.parameters.items())
        )

    __hash__ = None  # type: ignore[assignment]  # mutable, like upstream's

    def __repr__(self) -> str:
        """Return a call that shows the parameters."""
        return display.text(self)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return display.html(self)
