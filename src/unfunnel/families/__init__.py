"""The registry of families: the one list that priors, codec, deserializer and tests read."""

from __future__ import annotations

from unfunnel.families.base import BaseLaw, Family, Parameter, Support
from unfunnel.families.lognormal_exp import LOGNORMAL_EXP
from unfunnel.families.normal_identity import NORMAL_IDENTITY
from unfunnel.links import IDENTITY

FAMILIES: dict[str, Family] = {family.name: family for family in (LOGNORMAL_EXP, NORMAL_IDENTITY)}


def standard_family(base: BaseLaw) -> Family:
    """Return the family that is a base law itself, without a link: the law of offsets."""
    return next(f for f in FAMILIES.values() if f.base is base and f.link is IDENTITY)


__all__ = [
    "FAMILIES",
    "LOGNORMAL_EXP",
    "NORMAL_IDENTITY",
    "BaseLaw",
    "Family",
    "Parameter",
    "Support",
    "standard_family",
]
