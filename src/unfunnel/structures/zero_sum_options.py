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

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from unfunnel.distributions.rules import Row, ValueFacts
from unfunnel.errors import DimsError, Mistake, UnsupportedError, described, listed, nearest
from unfunnel.parameterization.choices import OFFSET, offset_mistake

if TYPE_CHECKING:
    from unfunnel.families import Family

POPULATION = "population"
MARGINAL = "marginal"
SCALES = (POPULATION, MARGINAL)

#: With one element there is no deviation left.
_FEWEST = 2


@dataclass(frozen=True)
class ZeroSum:
    """What ``zero_sum=`` and ``zero_sum_scale=`` ask for: dims, and what the scale is that of."""

    dims: tuple[str, ...]
    scale: str

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of a prior that ask for this."""
        return {"zero_sum": list(self.dims), "zero_sum_scale": self.scale}

    def population_per_stated(self, lengths: Iterable[int]) -> float:
        """Return the population scale in units of the stated one, by the lengths of the dims.

        Examples
        --------
        >>> from unfunnel.structures.zero_sum_options import ZeroSum
        >>> round(ZeroSum(("geo", "channel"), "marginal").population_per_stated([3, 8]), 8)
        1.30930734
        """
        if self.scale == POPULATION:
            return 1.0
        return prod(sqrt(length / (length - 1)) for length in lengths)


def zero_sum_mistakes(
    row: Row,
    zero_sum: Collection[str] | None,
    scale: str | None,
    dims: tuple[str, ...] | None,
    centered: object,
    facts: Mapping[str, ValueFacts],
) -> Iterator[Mistake]:
    """Return what is wrong with ``zero_sum=`` and ``zero_sum_scale=``, whose kinds are right."""
    is_text = isinstance(scale, str)
    if scale is not None and not (is_text and scale in SCALES):
        yield Mistake(
            "zero_sum_scale",
            f"the string {scale!r}" if is_text else described(scale),
            "'population' or 'marginal'",
            nearest(str(scale), SCALES).strip(),
        )
    if zero_sum is None:
        if scale is not None:
            expected = "'zero_sum' beside it, to say along which dims"
            yield Mistake("zero_sum_scale", "it alone", expected)
        return
    if not row.scale_of:
        yield Mistake(
            "zero_sum",
            f"{row.name}: what is left of independent deviations when their mean is taken off has "
            "no such law any more",
            "a prior that is normal behind its link",
            "Use NormalIdentity or LogNormalExp.",
            UnsupportedError,
        )
        return
    if not zero_sum:
        yield Mistake("zero_sum", "none", "at least one dim", error=DimsError)
    if isinstance(centered, str) and centered == OFFSET:
        yield offset_mistake("where deviations sum to zero")
    for dim in zero_sum:
        if dims is not None and dim not in dims:
            yield Mistake(
                "zero_sum",
                repr(dim),
                f"dims among those of the prior, {' or '.join(map(repr, dims))}",
                f"Add it to the dims, or remove it here.{nearest(dim, dims)}",
                DimsError,
            )
        stated = next((key for key in row.scale_of if key in facts), None)
        scales = () if stated is None else row.scale_of[stated]
        varying = [key for key in scales if key in facts and dim in (facts[key].dims or ())]
        if varying:
            yield varying_scale_mistake(dim, varying, is_linked=len(scales) > 1)


def varying_scale_mistake(dim: str, names: Iterable[str], *, is_linked: bool) -> Mistake:
    """Return the mistake of parameters by which the scale varies along a zero-sum dim."""
    moments = " (behind a link it depends on every moment)" if is_linked else ""
    return Mistake(
        "zero_sum",
        f"{listed(names) if names else 'the scale'} varying along it",
        f"a scale that is the same along {dim!r}, whose deviations sum to zero{moments}",
        "Drop the dim there, or take another zero-sum dim: deviations of different scales "
        "that sum to zero are another model than it looks.",
        DimsError,
    )


def require_marginal(family: Family, zero_sum: ZeroSum, asked: str) -> None:
    """Refuse to describe one element by the population's scale: its own depends on their number."""
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
    """Refuse a zero-sum dim of one element."""
    for dim, length in lengths.items():
        if length < _FEWEST:
            raise DimsError(
                f"{owner}: zero_sum",
                expected=f"at least two elements along {dim!r}",
                given=f"{length}",
                remedy="One deviation that sums to zero is zero: drop zero_sum=.",
            )
