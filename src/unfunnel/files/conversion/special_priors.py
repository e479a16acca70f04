"""pymc-marketing's ``LogNormalPrior`` and ``LaplacePrior`` as priors of ours.

They know the same laws by other parameters: ``LogNormalPrior(mean, std)`` is
``LogNormalExp(mu, sigma)``, and the standard deviation of ``LaplacePrior(mu, b)`` is
``sqrt(2) b`` (Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2,
chapter 24). What else differs is said in the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

from unfunnel.distributions.value_checks import is_number
from unfunnel.errors import listed, nearest
from unfunnel.files.conversion.foreign import (
    Converted,
    Entry,
    Refusal,
    is_labelled,
    is_prior,
    labelled,
)
from unfunnel.files.problems import Path, Problem

_SD_OF_LAPLACE = sqrt(2.0)


def from_log_normal(entry: Entry, path: Path) -> Converted | Refusal:
    """Return ``LogNormalExp(mu, sigma)`` for ``LogNormalPrior(mean, std)``."""
    stated = dict(entry.parameters)
    for alias, name in (("mu", "mean"), ("sigma", "std")):  # as upstream reads them
        if name not in stated and alias in stated:
            stated[name] = stated.pop(alias)
    names = {"mean": "mu", "std": "sigma"}
    problem = _problem(entry, stated, tuple(names), ("std",), path)
    for name in names:
        problem = problem or _not_positive(
            stated.get(name),
            (*path, name),
            "Write the one meant: pymc-marketing squares it, so that its sign is lost.",
        )
    if problem is not None:
        return Refusal(problem)
    remarks = ["the same law, as one LogNormal random variable"]
    if any(is_prior(value) for value in stated.values()):
        remarks.append("the names of its hyperparameters end in _mu and _sigma, not _mean and _std")
    if "mean" not in stated:
        remarks.append("without mu it is a likelihood")
    parameters = {names[key]: _parameter(stated[key]) for key in names if key in stated}
    return Converted("LogNormalExp", parameters, remarks)


def from_laplace(entry: Entry, path: Path) -> Converted | Refusal:
    """Return ``LaplaceIdentity(mu, sigma)`` for ``LaplacePrior(mu, b)``."""
    stated = entry.parameters
    problem = _problem(entry, stated, ("mu", "b"), ("mu", "b"), path)
    problem = problem or _not_positive(stated["b"], (*path, "b"))
    if problem is not None:
        return Refusal(problem)
    remarks = ["sigma is the standard deviation, sqrt(2) b"]
    if is_prior(stated["b"]):
        remarks.append("the name of that hyperparameter ends in _sigma, not _b")
    if entry.options.get("centered", True) is not True:
        remarks.append(
            "pymc-marketing's, non-centered, has one variance for all elements that share b, so "
            "that they are large or small together; here they are independent given mu and sigma, "
            "as there with centered: true"
        )
    sigma = times(_parameter(stated["b"]), _SD_OF_LAPLACE)
    return Converted("LaplaceIdentity", {"mu": _parameter(stated["mu"]), "sigma": sigma}, remarks)


#: By the name of the class.
SPECIAL_PRIORS: dict[str, Callable[[Entry, Path], Converted | Refusal]] = {
    "LogNormalPrior": from_log_normal,
    "LaplacePrior": from_laplace,
}


def _problem(
    entry: Entry,
    stated: Mapping[str, Any],
    known: tuple[str, ...],
    needed: tuple[str, ...],
    path: Path,
) -> Problem | None:
    """Return what is wrong with the keys, the kinds of values and the dims, if anything."""
    extra = [key for key in entry.options if key == "transform"]
    if unknown := [key for key in (*stated, *entry.other, *extra) if key not in known]:
        return Problem(
            (*path, unknown[0]),
            given=f"a key {unknown[0]!r} that {entry.name} does not have",
            expected=f"the keys {listed(known)}",
            remedy=f"Rename or remove it; nothing is ignored.{nearest(unknown[0], known)}",
        )
    if missing := [key for key in needed if key not in stated]:
        return Problem(path, f"{entry.name} without {listed(missing)}", listed(needed))
    for key, value in stated.items():
        if not (is_number(value) or isinstance(value, list | Mapping)):
            found = f"{value!r}, of type {type(value).__name__}"
            return Problem((*path, key), found, "a number, an array or a prior")
        if is_prior(value) and value.get("dims") and not entry.options.get("dims"):
            return Problem(
                path,
                given=f"no dims, while {key} has {value['dims']!r}",
                expected="the dims of the elements",
                remedy="Add dims. Without them pymc-marketing gives each element a deviation of "
                "its own if centered, and one to all if not.",
            )
    return None


def _not_positive(value: Any, path: Path, remedy: str = "") -> Problem | None:
    if all(number > 0 for number in _numbers(value)):
        return None
    return Problem(path, f"{value}", "a positive number", remedy)


def _parameter(value: Any) -> Any:
    return labelled(value) if is_labelled(value) else value


def _numbers(value: Any) -> list[float]:
    """Return the constants in a parameter: all elements of an array, none of a prior."""
    if is_labelled(value):
        return _numbers(value["data"])
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    return [value] if is_number(value) else []


#: How the parameters of a distribution scale with its unit, as powers; those of other forms of it
#: are listed as another set. Only what is stated in full is scaled so: defaults have units, too.
_UNITS: dict[str, tuple[dict[str, int], ...]] = {
    "Exponential": ({"lam": -1}, {"scale": 1}),
    "Gamma": ({"alpha": 0, "beta": -1}, {"mu": 1, "sigma": 1}),
    "HalfCauchy": ({"beta": 1},),
    "HalfNormal": ({"sigma": 1}, {"tau": -2}),
    "HalfStudentT": ({"nu": 0, "sigma": 1},),
    "InverseGamma": ({"alpha": 0, "beta": 1}, {"mu": 1, "sigma": 1}),
    "Uniform": ({"lower": 1, "upper": 1},),
    "Weibull": ({"alpha": 0, "beta": 1},),
    "LogNormalExp": ({"mu": 1, "sigma": 1}, {"mu": 1, "cv": 0}),
    "WeibullExp": ({"mu": 1, "sigma": 1}, {"mu": 1, "cv": 0}),
}


def times(value: Any, factor: float) -> Any:
    """Return a parameter times a number.

    Parameters
    ----------
    value : number, list or dict
        A number, an array, or a prior, whose own parameters are then scaled where that is known to
        be the same; any other becomes ``Scaled``.
    factor : float
        Positive.

    Examples
    --------
    >>> from unfunnel.files.conversion.special_priors import times
    >>> times({"dist": "Gamma", "kwargs": {"alpha": 2, "beta": 3}}, 2.0)
    {'dist': 'Gamma', 'kwargs': {'alpha': 2, 'beta': 1.5}}
    """
    if is_labelled(value):
        return {**value, "data": times(value["data"], factor)}
    if isinstance(value, list):
        return [times(each, factor) for each in value]
    if is_number(value):
        return value * factor
    hyperprior = Entry.read(value)
    if hyperprior is not None and "transform" not in hyperprior.options:
        given = hyperprior.parameters
        for units in _UNITS.get(hyperprior.name, ()):
            if units.keys() == given.keys() and all(_numbers(each) for each in given.values()):
                scaled = {
                    k: times(v, factor ** units[k]) if units[k] else v for k, v in given.items()
                }
                return hyperprior.renamed(hyperprior.name, scaled)
    return {"class": "Scaled", "data": {"dist": value, "factor": factor}}
