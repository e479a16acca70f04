"""A hierarchy on the log scale: why it is not converted, and what is near it.

``exp(Normal(mu, sigma))`` under hyperpriors is no ``LogNormalExp`` under any: its mean depends on
``sigma``, and is infinite where the hyperprior of ``sigma`` has a tail no lighter than that of a
normal law of standard deviation 1. Its nearest relative states the spread by ``cv``, which is
``sigma`` up to the second order: the distance of a lognormal law from its mean depends on either
alone. The mean is then that of ``mu``, whatever the tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import exp, expm1, isfinite, sqrt
from typing import Any

import numpy as np

from unfunnel.distributions.value_checks import is_number
from unfunnel.errors import listed
from unfunnel.families import LOGNORMAL_EXP
from unfunnel.files.conversion.foreign import Entry, Refusal, is_labelled, is_prior
from unfunnel.files.conversion.log_moments import Hyperprior, log_scale_moments
from unfunnel.files.problems import Path, Problem
from unfunnel.moments.quantiles import from_interval


def refusal(entry: Entry, stated: Mapping[str, Any], path: Path) -> Refusal:
    """Return why a hierarchy is not converted, with its moments and a prior near it if known.

    Parameters
    ----------
    entry : Entry
        Of the exponential of a ``Normal``.
    stated : mapping
        Its ``mu``, and ``sigma`` or ``tau``, one of them a hyperprior.
    path : tuple
        Where it stands.
    """
    named = listed(key for key, value in stated.items() if is_prior(value))
    found = f"hyperpriors for {named} on the log scale"
    laws = [_laws(value) for key, value in stated.items() if key != "tau"]
    suggestion = None
    remedy = (
        "It is left as it is. To state the mean and the spread of one element instead, write "
        "LogNormalExp(mu, cv) with hyperpriors in natural units."
    )
    if len(laws) == 2 and all(laws):
        moments = [log_scale_moments(*pair) for pair in product(*laws)]
        found += f", with which one element has {_described(*map(max, zip(*moments, strict=True)))}"
        if len(moments) == 1:
            suggestion = _relative(entry, stated, laws[0][0], laws[1][0])
            if not isfinite(laws[1][0].variance):
                remedy += " Give cv a hyperprior with a finite variance, such as HalfNormal."
    else:
        found += "; the mean of one element may well be infinite, which cannot be told here"
    return Refusal(
        Problem(
            path,
            given=found,
            expected="numbers, of which the mean and the standard deviation follow",
            remedy=remedy,
        ),
        suggestion,
    )


def _laws(value: Any) -> list[Hyperprior]:
    """Return the laws of a parameter, one for each element; none if they are not known."""
    if not is_prior(value):
        data = value["data"] if is_labelled(value) else value
        return [Hyperprior("", (float(number),)) for number in np.ravel(data)]
    # PyMC is the one place that knows every way to state the parameters of a distribution.
    import pymc_extras.prior  # noqa: F401  # which teaches the next one its dictionaries
    from pymc_extras.deserialize import DeserializableError, deserialize

    from unfunnel.moments.reading import distribution_of

    entry = Entry.read(value)
    try:
        known = None if entry is None else distribution_of(deserialize(entry.nested().to_dict()))
    except DeserializableError:  # validation says why
        known = None
    if known is None:
        return []
    name, numbers = known
    columns = np.broadcast_arrays(*numbers)
    return [
        Hyperprior(name, row) for row in zip(*(c.ravel().tolist() for c in columns), strict=True)
    ]


def _described(mean: float, sd: float) -> str:
    if not isfinite(mean):
        return "an infinite mean"
    spread = (
        f"the standard deviation {sd:.4g}" if isfinite(sd) else "an infinite standard deviation"
    )
    return f"the mean {mean:.4g} and {spread}"


def _relative(
    entry: Entry, stated: Mapping[str, Any], mu: Hyperprior, sigma: Hyperprior
) -> dict[str, Any]:
    """Return a ``LogNormalExp`` whose elements have the same median where sigma has its own."""
    spread = stated["sigma"]
    cv = sqrt(expm1(spread**2)) if is_number(spread) else float(sigma.at_score(np.asarray(0.0)))
    median_to_mean = sqrt(1.0 + cv**2)
    low, middle, high = (exp(x) * median_to_mean for x in mu.at_score(np.array([-_Z, 0.0, _Z])))
    mean: Any = _rounded(middle)
    if low < high:
        found = from_interval(LOGNORMAL_EXP, low, high, _MASS)
        mean = {"dist": "LogNormalExp", "kwargs": {k: _rounded(v) for k, v in found.items()}}
        dims = stated["mu"].get("dims")
        mean |= {"dims": dims} if dims else {}
    kwargs = {"mu": mean, "cv": _rounded(cv) if is_number(spread) else spread}
    return entry.renamed("LogNormalExp", kwargs)


# Nine tenths of the law of mu lie between these normal scores.
_MASS, _Z = 0.9, 1.6448536269514722


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")
