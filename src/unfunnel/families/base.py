"""What a family is: a location-scale law seen through a link, stated by its moments.

A family is pure mathematics: see :class:`Family` for what to write to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from unfunnel.errors import ParameterError, listed, nearest
from unfunnel.families.base_distributions import BaseLaw
from unfunnel.families.links import IDENTITY, Link
from unfunnel.families.ops import Ops
from unfunnel.intervals import Parameter

#: What every prior takes beside its parameters; a misspelt one looks like an unknown parameter.
OPTIONS = ("dims", "centered", "transform", "zero_sum", "zero_sum_scale")


@dataclass(frozen=True)
class Ratio:
    """A parameter that may be given in place of another, which is the ratio times a unit.

    ``of`` is the parameter in whose place it stands. ``unit`` is ``(params, ops) -> unit``, a
    function of the mean ``mu``, whose square is a polynomial of degree two in ``mu`` with
    ``curvature`` as the coefficient of ``mu**2``. Where the values of the ratio end above, so do
    those of the parameter in whose place it stands.
    """

    parameter: Parameter
    of: str
    unit: Callable[[Mapping[str, Any], Ops], Any]
    curvature: float

    @property
    def name(self) -> str:
        """The keyword."""
        return self.parameter.name


@dataclass(frozen=True)
class Counterpart:
    """The parameters under which other libraries know a law: of location and scale, and back."""

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

    **To add a family**, write a file beside this one with its mathematics, wrap the object in
    :func:`registered`, and import it in ``families/__init__.py``. The prior, every
    parameterization, both backends, files and the laws in ``tests/`` read it from there. Then add
    its class in ``prior/classes.py``, a row in ``tests/registry/rows.py``, a record in
    ``docs/family_gallery/``, and run ``docs/make_families.py`` and ``docs/make_schema.py``.

    - ``name``: of the prior class, and the ``"dist"`` of its dictionary form.
    - ``parameters``, in positional order, and ``ratios`` that may be given in place of them.
    - ``link``: from the support to the real line, where ``theta`` is location-scale.
    - ``base``: the law of ``(theta - location) / scale``. Its own parameters, if any, are
      parameters of the family under the same names. If it is a new one, it has to have a family
      with the identity link, too, from which offsets are drawn (``of_priors=False``).
    - ``location_scale``: ``(params, ops) -> (location, scale)``, exact for the given moments. A
      root of an equation is a ``NumberFunction``.
    - ``moments``: ``(location, scale, ops, *shape) -> {parameter: value}``, its inverse, ``shape``
      being the parameters of the base law.
    - ``distribution``: what the random variable is called where a model is shown. If ``in_pymc``,
      it is PyMC's of this name, and PreliZ's, with ``(*shape, location, scale)`` as parameters.
      Otherwise it is our own, the base law behind the link: the base law needs a ``log_cdf`` and an
      entry in ``distributions.linked``. If PreliZ has it with other parameters, these are the
      ``counterpart``.
    - ``with_bounds``: ``Bounds -> Family``, if the support may be moved. It raises a
      ``ParameterError`` for bounds that cannot be meant, and returns the same object for the same
      ``bounds``.
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
        """Return the parameter called ``name``, or refuse the name."""
        known = self.known_parameters
        if name in known:
            return known[name]
        raise ParameterError(
            self.name,
            expected=f"the parameters {listed(known)}",
            given=f"an unknown parameter {name!r}",
            remedy=f"Rename or remove it.{nearest(name, self.keywords)}",
        )


#: By name: every family that has priors.
FAMILIES: dict[str, Family] = {}

#: By name: base laws that are families themselves, without a link. Offsets are drawn from them.
STANDARD: dict[str, Family] = {}


def registered(family: Family, of_priors: bool = True) -> Family:
    """List a family, and return it; ``of_priors=False`` for a base law without priors."""
    if of_priors:
        FAMILIES[family.name] = family
    if family.link is IDENTITY:
        STANDARD[family.name] = family
    return family


def standard_family(base: BaseLaw) -> Family:
    """Return the family that is a base law itself, without a link: the law of offsets."""
    return next(family for family in STANDARD.values() if family.base is base)


def stated_bounds(family: Family) -> dict[str, float]:
    """Return the bounds that a prior of this family has to be given, by keyword."""
    usual = FAMILIES[family.name].bounds._asdict()
    return {
        key: value
        for key, value in family.bounds._asdict().items()
        if value is not None and value != usual[key]
    }


def _family_called(name: str, bounds: Bounds) -> Family:
    return {**STANDARD, **FAMILIES}[name].at(**bounds._asdict())
