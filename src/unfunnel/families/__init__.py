"""The registry of families: the one list that priors, codec, deserializer and tests read."""

from __future__ import annotations

from unfunnel.families.base import Bounds, Counterpart, Family, Parameter, Ratio
from unfunnel.families.base_distributions import BaseLaw
from unfunnel.families.laplace_identity import LAPLACE_IDENTITY
from unfunnel.families.links import IDENTITY
from unfunnel.families.lognormal_exp import LOGNORMAL_EXP
from unfunnel.families.normal_identity import NORMAL_IDENTITY
from unfunnel.families.probit_normal import PROBIT_NORMAL
from unfunnel.families.student_t_identity import STUDENT_T_IDENTITY
from unfunnel.families.weibull_exp import MINIMUM_GUMBEL_IDENTITY, WEIBULL_EXP

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        LOGNORMAL_EXP,
        NORMAL_IDENTITY,
        STUDENT_T_IDENTITY,
        LAPLACE_IDENTITY,
        PROBIT_NORMAL,
        WEIBULL_EXP,
    )
}

#: Base laws that are families themselves, without a link; offsets are drawn from them.
STANDARD: dict[str, Family] = {
    family.name: family
    for family in (*FAMILIES.values(), MINIMUM_GUMBEL_IDENTITY)
    if family.link is IDENTITY
}


def stated_bounds(family: Family) -> dict[str, float]:
    """Return the bounds that a prior of this family has to be given, by keyword."""
    usual = FAMILIES[family.name].bounds._asdict()
    return {
        key: value
        for key, value in family.bounds._asdict().items()
        if value is not None and value != usual[key]
    }


def standard_family(base: BaseLaw) -> Family:
    """Return the family that is a base law itself, without a link: the law of offsets."""
    return next(family for family in STANDARD.values() if family.base is base)


__all__ = [
    "FAMILIES",
    "LAPLACE_IDENTITY",
    "LOGNORMAL_EXP",
    "NORMAL_IDENTITY",
    "PROBIT_NORMAL",
    "STANDARD",
    "STUDENT_T_IDENTITY",
    "WEIBULL_EXP",
    "BaseLaw",
    "Bounds",
    "Counterpart",
    "Family",
    "Parameter",
    "Ratio",
    "standard_family",
    "stated_bounds",
]
