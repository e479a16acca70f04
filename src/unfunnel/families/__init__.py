"""Families: laws stated by their natural-scale moments, each a file of mathematics."""

from __future__ import annotations

# In the order in which documentation lists them; each registers itself.
# isort: off
from unfunnel.families.lognormal import LOGNORMAL_EXP
from unfunnel.families.real_line import LAPLACE_IDENTITY, NORMAL_IDENTITY, STUDENT_T_IDENTITY
from unfunnel.families.probit_normal import PROBIT_NORMAL
from unfunnel.families.weibull import WEIBULL_EXP
# isort: on

from unfunnel.families.base import (
    FAMILIES,
    STANDARD,
    Bounds,
    Counterpart,
    Family,
    Ratio,
    standard_family,
    stated_bounds,
)
from unfunnel.families.base_distributions import BaseLaw
from unfunnel.intervals import Parameter

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
