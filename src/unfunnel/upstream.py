"""What ``pymc_extras.prior.Prior`` and its consumers expect of a subclass, beyond its methods."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pymc as pm
from pymc_extras.prior import _get_transform

from unfunnel.errors import ParameterError
from unfunnel.families import Family
from unfunnel.graph_ops import GRAPH


@contextmanager
def attribute_errors_surface(name: str) -> Iterator[None]:
    """Turn an AttributeError into a RuntimeError: pymc-marketing reads one as "no prior"."""
    try:
        yield
    except AttributeError as error:
        raise RuntimeError(f"Creating {name!r} failed: {error}") from error


def named_function(name: str, xdist: bool = False) -> Callable[[Any], Any]:
    """Return the function that ``transform=`` names.

    Parameters
    ----------
    name : str
        A registered name, or one of pytensor.tensor and pymc.math (pytensor.xtensor with
        ``xdist``).
    xdist : bool, default False
        For which kind of variable.

    Raises
    ------
    ParameterError
        If it is no string, or names something that is no function.
    UnknownTransformError
        If upstream does not know the name.
    """
    expected = "the name of an elementwise function of pytensor.tensor or pymc.math"
    if not isinstance(name, str):
        raise ParameterError(
            "transform",
            expected=expected,
            given=repr(name),
            remedy="Register your own with pymc_extras.prior.register_tensor_transform.",
        )
    function = _get_transform(name, xdist=xdist)
    if isinstance(function, type) or not callable(function):
        raise ParameterError(
            "transform", expected=expected, given=f"{name!r}, which is no function"
        )
    return function


def distribution_stand_in(family: Family) -> type[Any]:
    """Return what upstream takes for the PyMC distribution: ``dist`` with our signature."""

    def dist(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        rest = bound.arguments.pop("kwargs", {})
        location, scale = family.location_scale(bound.arguments, GRAPH)
        return getattr(pm, family.distribution).dist(location, scale, **rest)

    keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter(name, keyword) for name in family.parameter_names]
        + [inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
    )
    dist.__signature__ = signature  # type: ignore[attr-defined]
    return type(
        family.name, (), {"dist": staticmethod(dist), "__doc__": f"``dist`` of {family.name}."}
    )
