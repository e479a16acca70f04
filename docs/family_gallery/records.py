"""The records of all families, in the order in which they are shown."""

from __future__ import annotations

from family_gallery.bounded import LOGNORMAL_EXP, PROBIT_NORMAL, WEIBULL_EXP
from family_gallery.real import LAPLACE_IDENTITY, NORMAL_IDENTITY, STUDENT_T_IDENTITY
from family_gallery.record import Record

RECORDS: dict[str, Record] = {
    "LogNormalExp": LOGNORMAL_EXP,
    "WeibullExp": WEIBULL_EXP,
    "ProbitNormal": PROBIT_NORMAL,
    "NormalIdentity": NORMAL_IDENTITY,
    "StudentTIdentity": STUDENT_T_IDENTITY,
    "LaplaceIdentity": LAPLACE_IDENTITY,
}
