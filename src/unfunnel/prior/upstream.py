"""What ``pymc_extras.prior.Prior`` and its consumers expect of a subclass, beyond its methods."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from pymc_extras.prior import _get_transform

from unfunnel import names
from unfunnel.distributions.natural import distributions
from unfunnel.families import Family
from unfunnel.parameterization.graph_ops import GRAPH, as_float
from unfunnel.prior.checks import transform_mistake

_NO_DEFAULT = inspect.Parameter.empty


def named_function(name: object, xdist: bool = False) -> Callable[[Any], Any]:
    """Return the function that ``transform=`` names, for labelled variables with ``xdist``."""
    function = _get_transform(name, xdist=xdist) if isinstance(name, str) else None
    if isinstance(function, type) or not callable(function):
        raise transform_mistake(repr(name), is_function=isinstance(name, str)).as_error("")
    return function


_VALUE = "number, array, DataArray, tensor or Prior"

_OPTIONS = """\
dims : str or sequence of str, optional
    Dims of the variable.
centered : bool, weight, "auto" or "offset", default True
    The coordinate the sampler works in; see :mod:`unfunnel.parameterization.choices`. It never
    changes the model: whatever is chosen, ``name`` is one random variable. Only ``"offset"``, the
    textbook form, makes it a Deterministic of ``{offset}``. A weight in [0, 1] (number, array or
    labelled DataArray) lies between non-centered (0) and centered (1). ``"auto"`` is what the data
    ask for, found by :func:`unfunnel.sample` or :func:`unfunnel.tune`; until then it is
    non-centered.
transform : str, optional
    Name of a function applied to the variable; the moments are then those of ``{raw}``."""

_ZERO_SUM = """
zero_sum : str or sequence of str, optional
    Dims along which the deviations {behind} from its location sum to zero. The variable is then
    drawn jointly along them. The scale may not vary along them.
zero_sum_scale : {"marginal", "population"}, optional
    With ``zero_sum``, what ``sigma`` is the standard deviation of: of one element, whose stated
    moments are then exact (the default behind a link), or of the population whose elements would
    deviate so from their own mean (the default where there is no link, as in
    ``pm.ZeroSumNormal``)."""


def docstring_of(cls: type[Any]) -> str | None:
    """Return the docstring of a prior class with what is the same for all of them put in."""
    if cls.__doc__ is None:  # python -OO
        return None
    family: Family = cls.family
    options = _OPTIONS + (_ZERO_SUM if family.base.name == "Normal" else "")
    link = family.link.name
    texts = {
        "{value}": _VALUE,
        "{options}": options,
        "{offset}": names.offset("{name}", link),
        "{raw}": names.raw("{name}"),
        "{behind}": "of the variable" if link == "identity" else f"of {link} ``phi``",
    }
    text = inspect.cleandoc(cls.__doc__)
    for mark, shared in texts.items():
        text = text.replace(mark, shared)
    return text


def call_signature(family: Family) -> inspect.Signature:
    """Return the signature that help, editors and the documentation show for a prior class."""
    either, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    bounds = {name: getattr(family.bounds, name) for name in family.bound_names}
    ratios = dict.fromkeys(ratio.name for ratio in family.ratios)
    usual = {"dims": None, "centered": True, "transform": None}
    options = {**ratios, **bounds, **usual, "zero_sum": None, "zero_sum_scale": None}
    return inspect.Signature(
        [inspect.Parameter(name, either) for name in family.parameter_names]
        + [inspect.Parameter(name, keyword, default=value) for name, value in options.items()]
    )


@cache
def distribution_stand_in(family: Family) -> type[Any]:
    """Return what upstream takes for the PyMC distribution: ``dist`` with our signature."""

    def dist(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        rest = bound.arguments.pop("kwargs", {})
        given = {k: as_float(v) for k, v in bound.arguments.items() if v is not None}
        parameters = family.stated(given, GRAPH)
        location, scale = family.location_scale(parameters, GRAPH)
        law: Any = distributions(family).tensor
        return law.dist(*family.shape(parameters), location, scale, **rest)

    keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
    # What may stand in place of others, and these, need not be given.
    optional = {ratio.name for ratio in family.ratios} | {ratio.of for ratio in family.ratios}
    signature = inspect.Signature(
        [
            inspect.Parameter(name, keyword, default=None if name in optional else _NO_DEFAULT)
            for name in family.known_parameters
        ]
        + [inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
    )
    dist.__signature__ = signature  # type: ignore[attr-defined]
    return type(
        family.name, (), {"dist": staticmethod(dist), "__doc__": f"``dist`` of {family.name}."}
    )
