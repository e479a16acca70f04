"""``zero_sum=``: which deviations sum to zero, and what the stated scale is the scale of.

Along a zero-sum dim of ``K`` elements the deviations ``d = theta - location`` of the unconstrained
variable sum to zero. With ``J`` the matrix of ones, their law is the projection of independent
normal deviations::

    d ~ Normal(0, tau**2 (I - J / K))

Two numbers have a claim to be called its scale. The *population* scale is ``tau``: if groups have
independent effects with standard deviation ``tau``, their deviations from their own mean have
exactly this law. The *marginal* scale is the standard deviation of one element,
``tau sqrt(1 - 1 / K)``. Which of them ``sigma`` states is decided here, once, and shown by every
prior. Behind the logarithm only the marginal scale leaves the stated mean and standard deviation of
an element exact, so it is the default there; on the real line it is the population scale, that of
``pm.ZeroSumNormal``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np

from unfunnel.errors import (
    CenteringError,
    DimsError,
    ParameterError,
    UnsupportedError,
    listed,
    nearest,
)
from unfunnel.families import Family
from unfunnel.families.links import IDENTITY
from unfunnel.families.ops import NUMPY

POPULATION = "population"
MARGINAL = "marginal"
_SCALES = (POPULATION, MARGINAL)

#: With one element there is no deviation left.
_FEWEST = 2

# Inside the support of every parameter, positive or a probability: only shapes are looked at.
_ANYWHERE = 0.25


@dataclass(frozen=True)
class ZeroSum:
    """What ``zero_sum=`` and ``zero_sum_scale=`` ask for.

    Parameters
    ----------
    dims : tuple of str
        The dims along which deviations sum to zero.
    scale : {"population", "marginal"}
        What the stated scale is the scale of; see the head of the module.
    """

    dims: tuple[str, ...]
    scale: str

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of a prior that ask for this."""
        return {"zero_sum": list(self.dims), "zero_sum_scale": self.scale}

    def axes(self, dims: tuple[str, ...]) -> tuple[int, ...]:
        """Return the places of the zero-sum dims among ``dims``."""
        return tuple(axis for axis, dim in enumerate(dims) if dim in self.dims)

    def population_per_stated(self, lengths: Iterable[int]) -> float:
        """Return the population scale in units of the stated one.

        Parameters
        ----------
        lengths : iterable of int
            Number of elements along each zero-sum dim.

        Examples
        --------
        >>> from unfunnel.structures.zero_sum_options import ZeroSum
        >>> round(ZeroSum(("geo", "channel"), "marginal").population_per_stated([3, 8]), 8)
        1.30930734
        """
        if self.scale == POPULATION:
            return 1.0
        return prod(sqrt(length / (length - 1)) for length in lengths)


def validate_zero_sum(family: Family, dims: Any, scale: Any) -> ZeroSum | None:
    """Return what ``zero_sum=`` and ``zero_sum_scale=`` ask for; None if for nothing.

    Parameters
    ----------
    family : Family
        Of the prior.
    dims : str, sequence of str or None
        One dim or several.
    scale : {"population", "marginal"} or None
        By default marginal behind a link, population without.

    Raises
    ------
    UnsupportedError
        If the law of the family is not normal: its projection would be of another family.
    DimsError
        If ``dims`` are no unique names.
    ParameterError
        If ``scale`` is something else, or given alone.
    """
    if dims is None:
        if scale is not None:
            raise ParameterError(
                f"{family.name}: zero_sum_scale",
                expected="zero_sum= to say along which dim",
                given=f"zero_sum_scale={scale!r} alone",
            )
        return None
    if family.base.name != "Normal":
        raise UnsupportedError(
            f"{family.name}: zero_sum",
            expected="a family that is normal behind its link",
            given=f"one that is {family.base.name}: what is left of independent deviations when "
            "their mean is taken off has no such law any more",
            remedy="Use NormalIdentity or LogNormalExp.",
        )
    names: tuple[Any, ...] = (dims,) if isinstance(dims, str) else tuple(dims)
    if not names or any(not isinstance(d, str) for d in names) or len(set(names)) != len(names):
        raise DimsError(
            f"{family.name}: zero_sum",
            expected="unique names of dims, at least one",
            given=f"{dims!r}",
        )
    if scale is None:
        scale = POPULATION if family.link is IDENTITY else MARGINAL
    if scale not in _SCALES:
        raise ParameterError(
            f"{family.name}: zero_sum_scale",
            expected=f"one of {_SCALES}",
            given=repr(scale),
            remedy=nearest(str(scale), _SCALES).strip(),
        )
    return ZeroSum(names, scale)


def check_zero_sum(
    family: Family,
    zero_sum: ZeroSum,
    dims: tuple[str, ...] | None,
    parameters: Mapping[str, Any],
    textbook: bool,
) -> None:
    """Refuse what is known to be impossible before there is a model.

    Parameters
    ----------
    family : Family
        Of the prior.
    zero_sum : ZeroSum
        What it asks for.
    dims : tuple of str or None
        Its dims; None if they are not decided yet.
    parameters : mapping
        Its parameters.
    textbook : bool
        Whether an explicit offset is asked for.

    Raises
    ------
    DimsError
        If a zero-sum dim is not one of ``dims``, or the scale varies along it.
    CenteringError
        With ``centered="offset"``.
    """
    if textbook:
        raise CenteringError(
            f"{family.name}: zero_sum",
            expected="centered=False, True or 'auto'",
            given="'offset'",
            remedy="centered=False samples the same coordinate as an explicit offset.",
        )
    missing = [dim for dim in zero_sum.dims if dims is not None and dim not in dims]
    if missing:
        raise DimsError(
            f"{family.name}: zero_sum",
            expected=f"dims among those of the prior, {dims}",
            given=f"{missing[0]!r}",
            remedy=f"Add it to dims=.{nearest(missing[0], dims or ())}",
        )
    own = {name: _dims_of(value) for name, value in parameters.items()}
    for dim in zero_sum.dims:
        shapes = {name: (_FEWEST if dim in found else 1,) for name, found in own.items()}
        if set(shapes) == set(family.parameter_names) and _scale_varies(family, shapes):
            raise varying_scale(family, dim, [name for name, found in own.items() if dim in found])


def varying_scale(family: Family, dim: str, given: Iterable[str] = ()) -> DimsError:
    """Return the error of a scale that varies along a zero-sum dim."""
    names = list(given)
    what = listed(names) if names else "the scale"
    moments = "" if family.link is IDENTITY else " (behind a link it depends on every moment)"
    return DimsError(
        f"{family.name}: zero_sum",
        expected=f"a scale that is the same along {dim!r}, whose deviations sum to zero{moments}",
        given=f"{what} varying along it",
        remedy="Drop the dim there, or take another zero-sum dim: deviations of different scales "
        "that sum to zero are another model than it looks.",
    )


def require_marginal(family: Family, zero_sum: ZeroSum, asked: str) -> None:
    """Refuse to describe one element by a scale that is not its own.

    Raises
    ------
    UnsupportedError
        If the stated scale is the population's: that of one element depends on the number of
        elements.
    """
    if zero_sum.scale != MARGINAL:
        raise UnsupportedError(
            f"{family.name}: {asked}",
            expected='zero_sum_scale="marginal", so that the parameters are those of an element',
            given=f"{zero_sum.scale!r}",
        )


def without_zero_sum(family: Family, asked: str) -> UnsupportedError:
    """Return the error for what says how alike two elements are."""
    return UnsupportedError(
        f"{family.name}: {asked}",
        expected="a prior without zero_sum=: how far elements differ, and how alike they are, "
        "depends on their number if deviations sum to zero",
        given="one with it",
        remedy='Ask the prior without it: with zero_sum_scale="marginal" the mean and the standard '
        "deviation of one element are the same.",
    )


def require_several(owner: str, lengths: Mapping[str, int]) -> None:
    """Refuse a zero-sum dim of one element.

    Raises
    ------
    DimsError
        If a length is below 2.
    """
    for dim, length in lengths.items():
        if length < _FEWEST:
            raise DimsError(
                f"{owner}: zero_sum",
                expected=f"at least two elements along {dim!r}",
                given=f"{length}",
                remedy="One deviation that sums to zero is zero: drop zero_sum=.",
            )


def _dims_of(value: Any) -> tuple[str, ...]:
    dims = getattr(value, "dims", None)
    return (dims,) if isinstance(dims, str) else tuple(dims or ())


def _scale_varies(family: Family, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    with np.errstate(all="ignore"):
        numbers = {name: np.full(shape, _ANYWHERE) for name, shape in shapes.items()}
        _location, scale = family.location_scale(numbers, NUMPY)
    return np.size(scale) > 1
