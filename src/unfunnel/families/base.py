"""What a family is: a location-scale law seen through a link, stated by its moments.

A family is pure mathematics. To add one, write a module like ``lognormal_exp.py`` (its location,
scale and moments as functions of the natural-scale parameters) and list it in
``families/__init__.py``; the prior, every centering, both backends, the codec and the laws in
``tests/`` read it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

from unfunnel.errors import ParameterError, listed, nearest
from unfunnel.links import Link
from unfunnel.ops import Ops

Support = Literal["positive", "real"]

#: What every prior takes beside its parameters; a misspelt one looks like an unknown parameter.
OPTIONS = ("dims", "centered", "transform", "zero_sum", "zero_sum_scale")


@dataclass(frozen=True)
class Parameter:
    """One natural-scale parameter of a family.

    Parameters
    ----------
    name : str
        The keyword, and the suffix of the child variable.
    support : {"positive", "real"}
        The values it may take.
    meaning : str
        What it is, in words that fit into an error message.
    is_scale : bool, default False
        Whether it says how far the elements of a hierarchy lie apart. Such a hyperparameter has its
        own coordinate where the parameterization is left to us; see ``scale_transforms``.
    """

    name: str
    support: Support
    meaning: str
    is_scale: bool = False


@dataclass(frozen=True)
class BaseLaw:
    """A standard distribution on the real line with location 0 and scale 1.

    Parameters
    ----------
    name : str
        Name of the PyMC distribution of ``theta``.
    log_density : callable
        ``z -> log density`` up to nothing: it is normalized.
    quantile : callable
        Inverse distribution function, for numbers.
    """

    name: str
    log_density: Callable[[Any], Any]
    quantile: Callable[[float], float]


_HALF_LOG_TWO_PI = 0.9189385332046727

NORMAL = BaseLaw(
    name="Normal",
    log_density=lambda z: -0.5 * z**2 - _HALF_LOG_TWO_PI,
    quantile=NormalDist().inv_cdf,
)


@dataclass(frozen=True)
class Family:
    """A distribution with a support of its own, stated by natural-scale parameters.

    Parameters
    ----------
    name : str
        Name of the prior class, and the ``"dist"`` of its dictionary form.
    distribution : str
        The PyMC distribution that the random variable is, with ``(location, scale)`` as its
        parameters.
    parameters : tuple of Parameter
        In the order of the positional arguments.
    link : Link
        From the support to the real line, on which the law is location-scale.
    base : BaseLaw
        The law of ``(theta - location) / scale``.
    location_scale : callable
        ``(params, ops) -> (location, scale)`` of ``theta``, exact for the given moments.
    moments : callable
        ``(location, scale, ops) -> {parameter: value}``, the inverse of ``location_scale``.
    """

    name: str
    distribution: str
    parameters: tuple[Parameter, ...]
    link: Link
    base: BaseLaw
    location_scale: Callable[[Mapping[str, Any], Ops], tuple[Any, Any]]
    moments: Callable[[Any, Any, Ops], dict[str, Any]]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The keywords, in positional order."""
        return tuple(parameter.name for parameter in self.parameters)

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called ``name``.

        Raises
        ------
        ParameterError
            If the family has no such parameter; the message names the nearest one.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise ParameterError(
            self.name,
            expected=f"the parameters {listed(self.parameter_names)}",
            given=f"an unknown parameter {name!r}",
            remedy=f"Rename or remove it.{nearest(name, (*self.parameter_names, *OPTIONS))}",
        )
