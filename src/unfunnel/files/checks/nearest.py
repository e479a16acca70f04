"""The nearest name that is known, for one that is not."""

from __future__ import annotations

from collections.abc import Iterable

from unfunnel.errors import closest

#: What people call the parameters that are `mu` and `sigma` here.
_SYNONYMS = {
    "mean": "mu",
    "loc": "mu",
    "location": "mu",
    "sd": "sigma",
    "std": "sigma",
    "stddev": "sigma",
    "scale": "sigma",
    "rate": "lam",
    "df": "nu",
    "low": "lower",
    "high": "upper",
    "min": "lower",
    "max": "upper",
}


def suggestion(key: object, known: Iterable[str]) -> str | None:
    """Return the known name that a key is, is near to, or is another word for.

    Parameters
    ----------
    key : object
        A key of a file.
    known : iterable of str
        The names that would have been right.

    Returns
    -------
    str or None
        None if there is none.

    Examples
    --------
    >>> from unfunnel.files.checks.nearest import suggestion
    >>> suggestion("sigm", ["mu", "sigma"]), suggestion("std", ["mu", "sigma"])
    ('sigma', 'sigma')
    """
    names = list(known)
    near, other = closest(str(key), names), _SYNONYMS.get(str(key).lower())
    return other if near is None and other in names else near


def did_you_mean(key: object, known: Iterable[str]) -> str:
    """Return the question; empty if no name is near."""
    near = suggestion(key, known)
    return f"Did you mean {near!r}?" if near is not None else ""
