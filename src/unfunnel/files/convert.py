"""Priors of other libraries as ours: plain data in, plain data and notes out.

pymc-marketing knows two of our laws by other parameters: ``LogNormalPrior(mean, std)`` is
``LogNormalExp(mu, sigma)``, and the standard deviation of ``LaplacePrior(mu, b)`` is ``sqrt(2) b``
(Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 24). The
exponential of a Normal with constant ``mu`` and ``sigma`` is a lognormal law; with hyperpriors it
is another model than ``LogNormalExp`` with any hyperpriors, so it is not converted.

Everything else stays as it is. What is recognized but cannot be converted stays, with the reason.
To add a kind, write a function like ``_from_laplace`` and name it in ``_converter_of``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from math import sqrt
from typing import Any

from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.errors import listed, nearest
from unfunnel.files.grammar import PRIORS_KEY, is_whole_file
from unfunnel.files.plain_data import is_number
from unfunnel.files.problems import Path, Problem, RefusedError, dotted

# Under which key the name stands.
_NAME_KEYS = ("special_prior", "dist", "distribution", "class")
_OPTIONS = ("dims", "centered", "transform")

type Keys = tuple[str, ...]
#: Name and parameters of the prior that stands for another, and remarks: parts of a sentence.
type Converted = tuple[str, dict[str, Any], list[str]]


@dataclass(frozen=True)
class Note:
    """One prior that was converted: where it stands, what it was and is, what to know about it."""

    path: Path
    old: str
    new: str
    remarks: list[str]

    def __str__(self) -> str:
        subject = f"{dotted(self.path)}: " if self.path else ""
        return f"{subject}{self.old} is now {self.new}: {'; '.join(self.remarks)}."


@dataclass
class Conversion:
    """New plain data, notes on what was converted, and what was recognized but cannot be."""

    data: Any = None
    notes: list[Note] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)


def convert(data: Any) -> Conversion:
    """Convert priors of other libraries to ours, in a new copy of plain data.

    The data are those of a file, or priors by name or alone; objects with a ``to_dict`` are asked
    for it.
    """
    conversion = Conversion()
    if is_whole_file(data) and PRIORS_KEY in data:
        priors = _walked(data[PRIORS_KEY], (), conversion)
        conversion.data = {**data, PRIORS_KEY: priors}
    else:
        conversion.data = _walked(data, (), conversion)
    return conversion


def _walked(value: Any, path: Path, conversion: Conversion) -> Any:
    """Return a value with everything in it converted, the innermost first."""
    if not isinstance(value, Mapping) and hasattr(value, "to_dict"):
        value = value.to_dict()
    if isinstance(value, list | tuple):
        return [_walked(each, (*path, index), conversion) for index, each in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    new = {key: _walked(each, (*path, key), conversion) for key, each in value.items()}
    entry = Entry.read(new)
    converter = None if entry is None else _converter_of(entry)
    if entry is None or converter is None:
        return new
    try:
        name, parameters, remarks = converter(entry, path)
    except RefusedError as error:
        conversion.refused.append(error.problem)
        return new
    transform = entry.options.get("transform")
    old = entry.name if transform is None else f"{entry.name} under {transform}"
    conversion.notes.append(Note(path, old, name, remarks))
    return entry.written_as(name, parameters)


@dataclass(frozen=True)
class Entry:
    """One dictionary that describes a prior, whoever wrote it.

    ``is_flat`` says that the parameters stand beside the name, as in files written by hand.
    """

    name: str
    parameters: dict[str, Any]
    options: dict[str, Any]
    other: dict[str, Any]
    is_flat: bool

    @classmethod
    def read(cls, data: Any) -> Entry | None:
        """Read a dictionary, or return None if it names no prior."""
        if not isinstance(data, Mapping):
            return None
        key = next((key for key in _NAME_KEYS if isinstance(data.get(key), str)), None)
        if key is None or (key == "class" and "kwargs" not in data):  # {"class": "Scaled", ...}
            return None
        # The registry of pymc-marketing adds its own key, which says nothing more.
        other = {k: v for k, v in data.items() if k not in (key, "__type__")}
        kwargs = other.pop("kwargs", None)
        parameters = dict(kwargs) if isinstance(kwargs, Mapping) else {}
        source = parameters if key == "class" else other
        options = {each: source.pop(each) for each in _OPTIONS if each in source}
        if is_flat := kwargs is None:
            parameters, other = other, {}
        return cls(data[key].rpartition(".")[2], parameters, options, other, is_flat)

    def written_as(self, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the dictionary of another prior with the same dims and centering."""
        options = {key: value for key, value in self.options.items() if key != "transform"}
        if self.is_flat:
            return {"distribution": name, **parameters, **options}
        return {"dist": name, "kwargs": dict(parameters), **options, **self.other}


def _converter_of(entry: Entry) -> Callable[[Entry, Path], Converted] | None:
    """Return what converts a prior; None for one that stays."""
    if entry.name == "Normal" and entry.options.get("transform") == "exp":
        fits = any(entry.parameters.keys() <= {"mu", scale} for scale in ("sigma", "tau"))
        return _from_exponential if fits and not entry.other else None  # else validation says why
    return {"LogNormalPrior": _from_log_normal, "LaplacePrior": _from_laplace}.get(entry.name)


def _from_log_normal(entry: Entry, path: Path) -> Converted:
    """Return ``LogNormalExp(mu, sigma)`` for ``LogNormalPrior(mean, std)``."""
    given = dict(entry.parameters)
    for alias, name in (("mu", "mean"), ("sigma", "std")):  # as upstream reads them
        if name not in given and alias in given:
            given[name] = given.pop(alias)
    _check(entry, given, ("mean", "std"), ("std",), path)
    for name, value in given.items():
        remedy = "Write the one meant: pymc-marketing squares it, so that its sign is lost."
        _check_positive(value, (*path, name), remedy)
    remarks = ["the same law, as one LogNormal random variable"]
    if any(_is_prior(value) for value in given.values()):
        remarks.append("the names of its hyperparameters end in _mu and _sigma, not _mean and _std")
    if "mean" not in given:
        remarks.append("without mu it is a likelihood")
    ours = {"mean": "mu", "std": "sigma"}
    return "LogNormalExp", {ours[k]: _parameter(given[k]) for k in ours if k in given}, remarks


def _from_laplace(entry: Entry, path: Path) -> Converted:
    """Return ``LaplaceIdentity(mu, sigma)`` for ``LaplacePrior(mu, b)``."""
    given = entry.parameters
    _check(entry, given, ("mu", "b"), ("mu", "b"), path)
    _check_positive(given["b"], (*path, "b"))
    remarks = ["sigma is the standard deviation, sqrt(2) b"]
    if _is_prior(given["b"]):
        remarks.append("the name of that hyperparameter ends in _sigma, not _b")
    if entry.options.get("centered", True) is not True:
        remarks.append(
            "pymc-marketing's, non-centered, has one variance for all elements that share b, so "
            "that they are large or small together; here they are independent given mu and sigma, "
            "as there with centered: true"
        )
    sigma = times(_parameter(given["b"]), sqrt(2.0))
    return "LaplaceIdentity", {"mu": _parameter(given["mu"]), "sigma": sigma}, remarks


def _from_exponential(entry: Entry, path: Path) -> Converted:
    """Return ``LogNormalExp(mu, sigma)`` for the exponential of a Normal prior."""
    given = {"mu": 0.0, "sigma": 1.0, **entry.parameters}  # as PyMC has them
    if "tau" in given:
        del given["sigma"]
    if named := [key for key, value in given.items() if _is_prior(value)]:
        raise RefusedError(
            f"hyperpriors for {listed(named)} on the log scale",
            "numbers, of which the mean and the standard deviation follow",
            "To state the mean and the spread of one element instead, write LogNormalExp(mu, cv) "
            "with hyperpriors in natural units.",
            path,
        )
    remarks = [
        "the same law, by its mean and standard deviation in natural units",
        "it is one random variable, without a second one whose name ends in _raw",
    ]
    return "LogNormalExp", _lognormal_moments(given, path), remarks


def _lognormal_moments(given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return mean and standard deviation as numbers or arrays, written like what is given."""
    import numpy as np

    from unfunnel.families.lognormal import LOGNORMAL_EXP
    from unfunnel.families.ops import NUMPY

    expected = "mu and sigma of which the mean and the standard deviation are numbers"
    arrays = [_parameter(value) for value in given.values() if _is_labelled(value)]
    frame = arrays[0] if arrays else {}
    if any({**frame, "data": 0} != {**other, "data": 0} for other in arrays):
        raise RefusedError("arrays with different dims or coords", expected, path=path)
    if arrays and any(isinstance(value, list) for value in given.values()):
        raise RefusedError("an array with dims beside one without", expected, path=path)
    numbers = {
        key: np.asarray(value["data"] if _is_labelled(value) else value, dtype=float)
        for key, value in given.items()
    }
    with np.errstate(all="ignore"):
        scale = numbers["sigma"] if "sigma" in numbers else numbers["tau"] ** -0.5
        moments = LOGNORMAL_EXP.moments(*np.broadcast_arrays(numbers["mu"], scale), NUMPY)
    for name, value in moments.items():
        if not np.all(np.isfinite(value) & (value > 0)):
            raise RefusedError(f"{name} = {value}", expected, path=path)
    lists = {name: np.asarray(moments[name]).tolist() for name in ("mu", "sigma")}
    return {name: {**frame, "data": each} if arrays else each for name, each in lists.items()}


def times(value: Any, factor: float) -> Any:
    """Return a parameter times a positive number.

    The parameters of a prior are scaled where that is known to be the same; where it is not, as for
    defaults, which have units too, the prior becomes ``Scaled``.
    """
    if _is_labelled(value):
        return {**value, "data": times(value["data"], factor)}
    if isinstance(value, list):
        return [times(each, factor) for each in value]
    if is_number(value):
        return value * factor
    prior = Entry.read(value)
    units = None if prior is None or "transform" in prior.options else _units(prior)
    if prior is None or units is None:
        return {"class": "Scaled", "data": {"dist": value, "factor": factor}}
    given = prior.parameters.items()
    scaled = {key: times(each, factor ** units.get(key, 0)) for key, each in given}
    return prior.written_as(prior.name, scaled)


def _units(prior: Entry) -> Mapping[str, int] | None:
    """Return with which powers the parameters of a prior grow with its unit, if all are numbers."""
    given, row = prior.parameters, DISTRIBUTIONS.get(prior.name)
    if not all(_numbers(each) for each in given.values()):
        return None
    if prior.name in ("LogNormalExp", "WeibullExp"):
        return {"mu": 1, "sigma": 1} if given.keys() in ({"mu", "sigma"}, {"mu", "cv"}) else None
    forms = [signature(form).parameters.keys() for form in row.forms] if row else []
    return row.units or None if row and given.keys() in forms else None


def _check(entry: Entry, given: Mapping[str, Any], known: Keys, needed: Keys, path: Path) -> None:
    """Refuse wrong keys, kinds of values and dims."""
    extra = {"transform"} & entry.options.keys()
    for key in (*given, *entry.other, *extra):
        if key not in known:
            what = f"a key {key!r} that {entry.name} does not have"
            remedy = f"Rename or remove it; nothing is ignored.{nearest(key, known)}"
            raise RefusedError(what, f"the keys {listed(known)}", remedy, (*path, key))
    if missing := [key for key in needed if key not in given]:
        raise RefusedError(f"{entry.name} without {listed(missing)}", listed(needed), path=path)
    for key, value in given.items():
        if not (is_number(value) or isinstance(value, list | Mapping)):
            what = f"{value!r}, of type {type(value).__name__}"
            raise RefusedError(what, "a number, an array or a prior", path=(*path, key))
        if _is_prior(value) and value.get("dims") and not entry.options.get("dims"):
            raise RefusedError(
                f"no dims, while {key} has {value['dims']!r}",
                "the dims of the elements",
                "Add dims. Without them pymc-marketing gives each element a deviation of its own "
                "if centered, and one to all if not.",
                path,
            )


def _check_positive(value: Any, path: Path, remedy: str = "") -> None:
    if not all(number > 0 for number in _numbers(value)):
        raise RefusedError(f"{value}", "a positive number", remedy, path)


def _is_labelled(value: Any) -> bool:
    """Whether plain data are an array with dims, ours or that of ``DataArray.to_dict``."""
    if not isinstance(value, Mapping):
        return False
    return value.get("class") == "DataArray" or {"dims", "attrs", "data", "coords"} <= value.keys()


def _is_prior(value: Any) -> bool:
    return isinstance(value, Mapping) and not _is_labelled(value)


def _numbers(value: Any) -> list[float]:
    """Return the constants in a parameter: all elements of an array, none of a prior."""
    if _is_labelled(value):
        return _numbers(value["data"])
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    return [value] if is_number(value) else []


def _parameter(value: Any) -> Any:
    """Return a parameter, an array with dims in our form; that of ``to_dict`` holds more."""
    if not _is_labelled(value) or value.get("class") == "DataArray":
        return value
    given = value["coords"].items()
    coords = {name: coord["data"] for name, coord in given if list(coord["dims"]) == [name]}
    data = {"class": "DataArray", "data": value["data"], "dims": list(value["dims"])}
    return {**data, "coords": coords} if coords else data
