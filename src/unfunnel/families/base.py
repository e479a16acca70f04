"""What a family is: a location-scale law seen through a link, stated by its moments.

A family is pure mathematics. To add one, write a module like ``lognormal_exp.py`` (its location,
scale and moments as functions of the natural-scale parameters) and list it in
``families/__init__.py``; the prior, every centering, both backends, the codec and the laws in
``tests/`` read it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from unfunnel.errors import ParameterError, listed, nearest
from unfunnel.families.base_distributions import BaseLaw
from unfunnel.families.links import Link
from unfunnel.families.ops import Ops
from unfunnel.intervals import Interval

#: What every prior takes beside its parameters; a misspelt one looks like an unknown parameter.
OPTIONS = ("dims", "centered", "transform", "zero_sum", "zero_sum_scale")


@dataclass(frozen=True)
class Parameter:
    """One natural-scale parameter of a family.

    Parameters
    ----------
    name : str
        The keyword, and the suffix of the child variable.
    support : Interval
        The values it may take.
    meaning : str
        What it is, in words that fit into an error message.
    is_scale : bool, default False
        Whether it says how far the elements of a hierarchy lie apart. Such a hyperparameter has its
        own coordinate where the parameterization is left to us; see
        ``coordinates.scale_transforms``.
    truncates : bool, default False
        Whether a hyperprior may reach out of the support. What lies outside then has density zero,
        and a warning says so; otherwise such a hyperprior is refused.
    if_below : str, default ""
        What to do instead, in a sentence for the message, if all that is given lies below the
        support.
    """

    name: str
    support: Interval
    meaning: str
    is_scale: bool = False
    truncates: bool = False
    if_below: str = ""


@dataclass(frozen=True)
class Ratio:
    """A parameter that may be given in place of another: that one in units of something.

    Parameters
    ----------
    parameter : Parameter
        What it is called, and the values it may take. Where these end above, so does the parameter
        in whose place it stands.
    of : str
        Name of the parameter in whose place it stands, which is the ratio times the unit.
    unit : callable
        ``(params, ops) -> unit``, a function of the mean ``mu``.
    curvature : float
        The squared unit is a polynomial of degree two in ``mu``; this is the coefficient of
        ``mu**2``.
    """

    parameter: Parameter
    of: str
    unit: Callable[[Mapping[str, Any], Ops], Any]
    curvature: float

    @property
    def name(self) -> str:
        """The keyword."""
        return self.parameter.name

    def expected_squared_unit(self, mean: Any, variance: Any, ops: Ops) -> Any:
        """Return ``E[unit**2]`` for a random ``mu`` with this mean and variance."""
        unit = self.unit({"mu": mean}, ops)
        return unit * unit + self.curvature * variance


@dataclass(frozen=True)
class Counterpart:
    """The parameters under which other libraries know a law.

    Parameters
    ----------
    parameters : callable
        ``(location, scale, ops) -> parameters``, in their order.
    location_scale : callable
        The inverse, ``(*parameters, ops=) -> (location, scale)``.
    """

    parameters: Callable[[Any, Any, Ops], tuple[Any, ...]]
    location_scale: Callable[..., tuple[Any, Any]]


class Bounds(NamedTuple):
    """The bounds that a prior was given, in the units of its variable; None for none."""

    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, eq=False)
class Family:
    """A distribution with a support of its own, stated by natural-scale parameters.

    There is one object for each family and bounds: two are equal if they are the same.

    Parameters
    ----------
    name : str
        Name of the prior class, and the ``"dist"`` of its dictionary form.
    distribution : str
        What the random variable is called where a model is shown. If ``in_pymc``, it is the PyMC
        distribution of this name, with ``(*shape, location, scale)`` as its parameters, ``shape``
        being those of the base law.
    parameters : tuple of Parameter
        In the order of the positional arguments.
    link : Link
        From the support to the real line, on which the law is location-scale.
    base : BaseLaw
        The law of ``(theta - location) / scale``. Its own parameters, if any, are parameters of the
        family under the same names.
    location_scale : callable
        ``(params, ops) -> (location, scale)`` of ``theta``, exact for the given moments.
    moments : callable
        ``(location, scale, ops, *shape) -> {parameter: value}``, the inverse of
        ``location_scale``.
    ratios : tuple of Ratio
        Parameters that may be given in place of others.
    in_pymc : bool, default True
        Whether PyMC and PreliZ have the distribution with location and scale as its parameters;
        otherwise the random variable is our own, the base law behind the link.
    counterpart : Counterpart, optional
        If PreliZ has the distribution with other parameters, these.
    bounds : Bounds
        What the support was given as ``lower=`` and ``upper=``.
    with_bounds : callable, optional
        ``Bounds -> Family``, for families whose support may be moved. Raises a ``ParameterError``
        for bounds that cannot be meant, and returns the same object for the same bounds.
    """

    name: str
    distribution: str
    parameters: tuple[Parameter, ...]
    link: Link
    base: BaseLaw
    location_scale: Callable[[Mapping[str, Any], Ops], tuple[Any, Any]]
    moments: Callable[..., dict[str, Any]]
    ratios: tuple[Ratio, ...] = ()
    in_pymc: bool = True
    counterpart: Counterpart | None = None
    bounds: Bounds = Bounds()  # noqa: RUF009  (immutable)
    with_bounds: Callable[[Bounds], Family] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle by name and bounds: there is one object for each."""
        return (_family_called, (self.name, self.bounds))

    @property
    def bound_names(self) -> tuple[str, ...]:
        """The keywords that move the support."""
        return Bounds._fields if self.with_bounds is not None else ()

    def at(self, **bounds: float | None) -> Family:
        """Return the family on another support; a bound that is not given, or None, is kept."""
        given = {key: value for key, value in bounds.items() if value is not None}
        if self.with_bounds is None or not given:
            return self
        return self.with_bounds(self.bounds._replace(**given))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The keywords, in positional order."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def keywords(self) -> tuple[str, ...]:
        """Everything that a prior of this family takes by keyword."""
        return (*self.known_parameters, *self.bound_names, *OPTIONS)

    @property
    def known_parameters(self) -> dict[str, Parameter]:
        """Every parameter, by keyword: first the usual ones, then those in place of others."""
        ratios = [ratio.parameter for ratio in self.ratios]
        return {parameter.name: parameter for parameter in (*self.parameters, *ratios)}

    def ratio_of(self, name: str, given: Collection[str]) -> Ratio | None:
        """Return the ratio among the given parameters that stands in place of ``name``."""
        found = (r for r in self.ratios if r.of == name and r.name in given)
        return next(found, None)

    def stated(self, params: Mapping[str, Any], ops: Ops) -> dict[str, Any]:
        """Return the usual parameters, those in place of which a ratio is given included."""
        found = dict(params)
        for ratio in self.ratios:
            if ratio.name in found:
                found[ratio.of] = found.pop(ratio.name) * ratio.unit(params, ops)
        return found

    def in_terms_of(
        self, names: Collection[str], params: Mapping[str, Any], ops: Ops
    ) -> dict[str, Any]:
        """Invert :meth:`stated`: return the ratios among ``names`` instead of what they are of."""
        found = dict(params)
        for ratio in self.ratios:
            if ratio.name in names:
                found[ratio.name] = found.pop(ratio.of) / ratio.unit(params, ops)
        return found

    def shape(self, params: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the parameters of the base law, in its order, from those of the family."""
        return tuple(params[name] for name in self.base.shape)

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called ``name``.

        Raises
        ------
        ParameterError
            If the family has no such parameter; the message names the nearest one.
        """
        known = self.known_parameters
        if name in known:
            return known[name]
        raise ParameterError(
            self.name,
            expected=f"the parameters {listed(known)}",
            given=f"an unknown parameter {name!r}",
            remedy=f"Rename or remove it.{nearest(name, self.keywords)}",
        )


def _family_called(name: str, bounds: Bounds) -> Family:
    from unfunnel.families import FAMILIES, STANDARD  # the registry stands above

    return {**STANDARD, **FAMILIES}[name].at(**bounds._asdict())
