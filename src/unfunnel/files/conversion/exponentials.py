"""``Prior("Normal", transform="exp")`` as ``LogNormalExp``, by its moments.

With constant ``mu`` and ``sigma`` it is a lognormal law, and that is the same law by its mean and
standard deviation. With hyperpriors it is another model than ``LogNormalExp`` with any hyperpriors,
one whose mean is often infinite, so that it is not converted; a prior near it is proposed instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unfunnel.families import LOGNORMAL_EXP
from unfunnel.families.ops import NUMPY
from unfunnel.files.conversion.foreign import (
    Converted,
    Entry,
    Refusal,
    is_labelled,
    is_prior,
    labelled,
)
from unfunnel.files.conversion.log_hierarchies import refusal
from unfunnel.files.problems import Path, Problem


def from_exponential(entry: Entry, path: Path) -> Converted | Refusal | None:
    """Return ``LogNormalExp(mu, sigma)`` for the exponential of a Normal prior.

    Parameters
    ----------
    entry : Entry
        Of a ``Normal`` with ``transform="exp"``.
    path : tuple
        Where it stands.

    Returns
    -------
    Converted, Refusal or None
        None if it is not written as ``Prior`` expects it, which validation says.
    """
    stated = {"mu": 0.0, "sigma": 1.0, **entry.parameters}  # as PyMC has them
    if "tau" in entry.parameters:
        del stated["sigma"]
    if entry.other or stated.keys() not in ({"mu", "sigma"}, {"mu", "tau"}):
        return None
    if any(is_prior(value) for value in stated.values()):
        return refusal(entry, stated, path)
    try:
        mean, sd = _moments(stated)
    except ValueError as error:
        return Refusal(
            Problem(
                path,
                given=str(error),
                expected="mu and sigma of which the mean and the standard deviation are numbers",
            )
        )
    return Converted(
        "LogNormalExp",
        {"mu": mean, "sigma": sd},
        [
            "the same law, by its mean and standard deviation in natural units",
            "it is one random variable, without a second one whose name ends in _raw",
        ],
    )


def _moments(stated: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return mean and standard deviation as numbers or arrays, written like what is given."""
    arrays = [labelled(value) for value in stated.values() if is_labelled(value)]
    frame = arrays[0] if arrays else {}
    if any({**frame, "data": 0} != {**other, "data": 0} for other in arrays):
        raise ValueError("arrays with different dims or coords")
    data = {k: labelled(v)["data"] if is_labelled(v) else v for k, v in stated.items()}
    if arrays and any(isinstance(value, list) for value in stated.values()):
        raise ValueError("an array with dims beside one without")
    numbers = {key: np.asarray(value, dtype=float) for key, value in data.items()}
    with np.errstate(all="ignore"):
        sigma = numbers["sigma"] if "sigma" in numbers else numbers["tau"] ** -0.5
        found = LOGNORMAL_EXP.moments(*np.broadcast_arrays(numbers["mu"], sigma), NUMPY)
    for name, value in found.items():
        if not np.all(np.isfinite(value) & (value > 0)):
            raise ValueError(f"{name} = {value}")
    mean, sd = (np.asarray(found[name]).tolist() for name in ("mu", "sigma"))
    return ({**frame, "data": mean}, {**frame, "data": sd}) if arrays else (mean, sd)
