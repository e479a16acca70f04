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
from typing import Any, Self

import pymc as pm
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Prior
from pytensor.graph.basic import Variable

from unfunnel import codec, display, elicit
from unfunnel.build import build_likelihood, build_variable
from unfunnel.centering import Centering, is_textbook, validate_centering
from unfunnel.equality import same_value
from unfunnel.errors import ParameterError
from unfunnel.families import Family, stated_bounds
from unfunnel.ops import NUMPY
from unfunnel.parameters import bind_arguments, check_parameters, family_at
from unfunnel.statements.centres import from_median, from_mode
from unfunnel.statements.constraining import constrained_hierarchy
from unfunnel.statements.implied import implied
from unfunnel.statements.implied_report import Implied
from unfunnel.statements.options import stated_family
from unfunnel.statements.quantiles import from_interval
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

    #: Of the class, its family on its usual support; of a prior, on its own.
    family: Family

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class of a family."""
        super().__init_subclass__(**kwargs)
        if "family" in vars(cls):
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
        bounds = {k: parameters.pop(k) for k in self.family.bound_names if k in parameters}
        self.family = family_at(self.family, bounds)
        self.parameters = check_parameters(
            self.family, bind_arguments(self.family, args, parameters)
        )
        for name, value in self.parameters.items():
            if isinstance(value, Variable):
                parameter = self.family.parameter(name)
                check_tensor_support(f"{self.family.name}: {name}", parameter, value)
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

    @property
    def pymc_distribution(self) -> type[Any]:  # type: ignore[override]
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

    # -- other ways to say it
    # ------------------------------------------------------------------------

    @classmethod
    def from_quantiles(cls, low: float, high: float, mass: float = 0.9, **options: Any) -> Self:
        """Return the prior whose central interval of probability ``mass`` is ``low`` to ``high``.

        Parameters
        ----------
        low, high : float
            Its ``(1 - mass) / 2`` and ``(1 + mass) / 2`` quantiles, in natural units.
        mass : float, default 0.9
            The probability between them.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor. With a ``transform`` the statement is about
            ``{name}_raw``.

        Returns
        -------
        NaturalPrior
            With constant parameters, exact: two quantiles are two linear equations for location
            and scale.

        Raises
        ------
        ParameterError
            If bounds or mass cannot be meant.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> LogNormalExp.from_quantiles(0.5, 3, mass=0.9, dims="geo").dims
        ('geo',)
        """
        subject = f"{cls.family.name}: from_quantiles"
        family, shape = stated_family(subject, cls.family, options)
        return cls(**{**from_interval(family, low, high, mass, shape), **options})

    @classmethod
    def from_median(
        cls, median: float, *, sigma: float | None = None, gsd: float | None = None, **options: Any
    ) -> Self:
        """Return the prior with this median and one measure of spread.

        Parameters
        ----------
        median : float
            In natural units.
        sigma : float, optional
            The standard deviation, in natural units.
        gsd : float, optional
            The geometric standard deviation, a factor above 1, of the distance from the bound;
            lognormal families only.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor.

        Returns
        -------
        NaturalPrior
            With constant parameters.

        Raises
        ------
        ParameterError
            If a number cannot be meant, or not exactly one of ``sigma`` and ``gsd`` is given.
        UnsupportedError
            If the family has no closed form for it; see :mod:`unfunnel.statements.centres`.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> round(LogNormalExp.from_median(2, gsd=1.5).parameters["mu"], 6)
        2.171348
        """
        family, shape = stated_family(f"{cls.family.name}: from_median", cls.family, options)
        found = from_median(family, median, sigma=sigma, gsd=gsd, shape=shape)
        return cls(**{**found, **options})

    @classmethod
    def from_mode(
        cls, mode: float, *, mu: float | None = None, sigma: float | None = None, **options: Any
    ) -> Self:
        """Return the prior with this mode and this mean or standard deviation.

        Parameters
        ----------
        mode : float
            The most likely value, in natural units.
        mu : float, optional
            The mean, further from the bound than the mode; lognormal families only.
        sigma : float, optional
            The standard deviation, in natural units.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor.

        Returns
        -------
        NaturalPrior
            With constant parameters.

        Raises
        ------
        ParameterError
            If a number cannot be meant, or not exactly one of ``mu`` and ``sigma`` is given.
        UnsupportedError
            If the family has no closed form for it; see :mod:`unfunnel.statements.centres`.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> round(LogNormalExp.from_mode(1, sigma=0.5).parameters["mu"], 6)
        1.249546
        """
        family, shape = stated_family(f"{cls.family.name}: from_mode", cls.family, options)
        found = from_mode(family, mode, mu=mu, sigma=sigma, shape=shape)
        return cls(**{**found, **options})

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
        name = self.family.parameter_names[0]  # the others are there since construction
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

        Of a hierarchical prior it is one element, hyperparameters averaged out, that lies between
        the bounds. Kept are the families of the hyperpriors and how the variance divides: the share
        of it that is that of ``mu`` (the intraclass correlation), and the coefficient of variation
        of ``sigma``. New are the mean and the standard deviation of one element, and with them
        those of the hyperpriors.

        Parameters
        ----------
        lower, upper : float
            The bounds, inside the support.
        mass : float, default 0.95
            The probability between them.
        kwargs : dict, optional
            Further arguments of ``preliz.maxent``, for ``method="maxent"``.
        method : {"equal-tails", "maxent"}
            Equal tails leave ``(1 - mass) / 2`` on each side, in closed form for constant
            parameters. Maximum entropy (what upstream does) puts most of the rest on one side; it
            is for constant parameters only.

        Returns
        -------
        NaturalPrior
            Of the same class, with new constant parameters or new hyperpriors; dims and centering
            are kept.

        Raises
        ------
        ParameterError
            If bounds, mass or method cannot be meant.
        UnsupportedError
            If a hyperprior is not known well enough (arrays, tensors, hyperpriors of hyperpriors),
            or cannot be given another mean and standard deviation: ``mu`` needs two numbers, as
            Gamma has and Exponential has not.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> prior = LogNormalExp(1, 1, dims="geo").constrain(0.5, 3, mass=0.9)
        >>> {name: round(value, 6) for name, value in prior.parameters.items()}
        {'mu': 1.420569, 'sigma': 0.834812}

        >>> from pymc_extras.prior import Prior
        >>> mean, sd = Prior("Gamma", mu=1, sigma=0.3), Prior("Exponential", scale=0.3)
        >>> prior = LogNormalExp(mean, sd, dims="geo").constrain(0.5, 3, mass=0.9)
        >>> round(prior.parameters["mu"].parameters["mu"], 2)
        1.64
        """
        self._require_all_parameters()
        if any(hasattr(value, "create_variable") for value in self.parameters.values()):
            return constrained_hierarchy(self, lower, upper, mass, method)  # type: ignore[no-any-return]
        parameters = self._constant_parameters("constrain")
        new = elicit.constrained(self.family, parameters, lower, upper, mass, method, kwargs)
        stated: dict[str, Any] = self.family.in_terms_of(self.parameters, new, NUMPY)
        stated |= self.bounds
        if self.zero_sum is not None:
            stated |= self.zero_sum.options
        return type(self)(**stated, dims=self.dims, centered=self.centering)

    def implied(
        self,
        coords: Mapping[str, Any] | None = None,
        *,
        below: float | None = None,
        draws: int | None = None,
        random_seed: int | None = None,
    ) -> Implied:
        """Return what the prior says about one element and about each hyperparameter.

        Mean and standard deviation of one element, and the correlation (ICC) of two elements with
        the same ``mu``, follow from the moments of the hyperpriors alone, by the law of total
        variance: ``E = E[mu]``, ``Var = Var[mu] + E[sigma**2]``, ``ICC = Var[mu] / Var``. They are
        exact. Quantiles and probabilities are exact for constant parameters, integrals for one or
        two hyperpriors, and otherwise of random draws; of each number it is said which.

        Parameters
        ----------
        coords : mapping, optional
            Labels of the dims along which arrays or tensors differ, as of the model. Arrays with
            labels are matched with them; by default arrays have their own labels, or positions.
        below : float, optional
            Also say how probable it is that an element, and its mean, is below this number.
        draws : int, optional
            How many random draws to take where it comes to draws; 200 000 by default, 10 000 if
            something must be drawn in a model (tensors, hyperpriors of unknown law).
        random_seed : int, optional
            For these.

        Returns
        -------
        Implied
            Prints as a table, with ``numbers``, ``value()``, ``to_dataframe()`` and ``plot()``.

        Warns
        -----
        MomentWarning
            If a hyperprior has no finite mean or variance, and so one element has none.

        Raises
        ------
        UnsupportedError
            If the prior has a ``transform``.
        LabelError, DimsError
            If an array does not match the coords.

        Examples
        --------
        >>> from pymc_extras.prior import Prior
        >>> from unfunnel import LogNormalExp
        >>> prior = LogNormalExp(Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5))
        >>> says = prior.implied(below=1)
        >>> round(says.value("sd"), 4), round(says.value("ICC"), 4), round(says.value("P(< 1)"), 4)
        (0.866, 0.3333, 0.2551)
        """
        self._require_all_parameters()
        return implied(self, coords, below, draws, random_seed)

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
            {**self.parameters, **self.bounds},
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
        """Equal if of the same class with equal parameters, bounds, dims and options."""
        if type(other) is not type(self):
            return False
        return (
            self.family is other.family
            and self.dims == other.dims
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
