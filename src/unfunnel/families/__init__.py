"""The registry of families: the one list that priors, codec, deserializer and tests read."""

from __future__ import annotations

from unfunnel.families.base import BaseLaw, Family, Parameter, Support
from unfunnel.families.lognormal_exp import LOGNORMAL_EXP
from unfunnel.families.normal_identity import NORMAL_IDENTITY

FAMILIES: dict[str, Family] = {family.name: family for family in (LOGNORMAL_EXP, NORMAL_IDENTITY)}

__all__ = [
    "FAMILIES",
    "LOGNORMAL_EXP",
    "NORMAL_IDENTITY",
    "BaseLaw",
    "Family",
    "Parameter",
    "Support",
]
