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
from math import sqrt
from typing import Any, NamedTuple

from unfunnel.errors import listed
from unfunnel.files.grammar import PRIORS_KEY, is_whole_file
from unfunnel.files.plain import is_labelled, is_number
from unfunnel.files.problems import Path, dotted

# Under which key the name stands.
_NAME_KEYS = ("special_prior", "dist", "distribution", "class")
_OPTIONS = ("dims", "centered", "transform")

#: Name and parameters of the prior that stands for another, and remarks: parts of a sentence.
type Converted = tuple[str, dict[str, Any], list[str]]


@dataclass(frozen=True)
class Note:
    """What is said of one prior: what it was and is, or why it stays."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.text}" if self.path else self.text


@dataclass
class Conversion:
    """New plain data, notes on what was converted, and on what was recognized but stays."""

    data: Any = None
    notes: list[Note] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)


class _RefusedError(Exception):
    """The reason why a prior stays, in one sentence."""


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
    entry = _entry_of(new)
    converter = None if entry is None else _converter_of(entry)
    if entry is None or converter is None:
        return new
    try:
        name, parameters, remarks = converter(entry)
    except _RefusedError as reason:
        conversion.refused.append(Note(path, f"{reason}."))
        return new
    transform = entry.options.get("transform")
    old = entry.name if transform is None else f"{entry.name} under {transform}"
    conversion.notes.append(Note(path, f"{old} is now {name}: {'; '.join(remarks)}."))
    options = {key: each for key, each in entry.options.items() if key != "transform"}
    if entry.is_flat:
        return {"distribution": name, **parameters, **options}
    return {"dist": name, "kwargs": parameters, **options, **entry.other}


class _Entry(NamedTuple):
    """One dictionary that describes a prior, whoever wrote it.

    ``is_flat`` says that the parameters stand beside the name, as in files written by hand.
    """

    name: str
    parameters: dict[str, Any]
    options: dict[str, Any]
    other: dict[str, Any]
    is_flat: bool


def _entry_of(data: Mapping[str, Any]) -> _Entry | None:
    """Read a dictionary; None if it names no prior."""
    key = next((key for key in _NAME_KEYS if isinstance(data.get(key), str)), None)
    if key is None or (key == "class" and "kwargs" not in data):  # {"class": "Scaled", ...}
        return None
    # The registry of pymc-marketing adds its own key, which says nothing more.
    other = {k: v for k, v in data.items() if k not in (key, "__type__")}
    kwargs = other.pop("kwargs", None)
    parameters = dict(kwargs) if isinstance(kwargs, Mapping) else {}
    source = parameters if key == "class" else other
    options = {each: source.pop(each) for each in _OPTIONS if each in source}
    if kwargs is None:
        parameters, other = other, {}
    parameters = {name: _array_form(value) for name, value in parameters.items()}
    return _Entry(data[key].rpartition(".")[2], parameters, options, other, kwargs is None)


def _array_form(value: Any) -> Any:
    """Return an array with dims in our form; that of ``DataArray.to_dict`` holds more."""
    if not isinstance(value, Mapping) or not {"dims", "attrs", "data", "coords"} <= value.keys():
        return value
    given = value["coords"].items()
    coords = {name: coord["data"] for name, coord in given if list(coord["dims"]) == [name]}
    return {
        "class": "DataArray", "data": value["data"], "dims": list(value["dims"]), "coords": coords,
    }  # fmt: skip


def _converter_of(entry: _Entry) -> Callable[[_Entry], Converted] | None:
    """Return what converts a prior; None for one that stays."""
    if entry.name == "Normal" and entry.options.get("transform") == "exp":
        fits = any(entry.parameters.keys() <= {"mu", scale} for scale in ("sigma", "tau"))
        return _from_exponential if fits and not entry.other else None  # else validation says why
    return {"LogNormalPrior": _from_log_normal, "LaplacePrior": _from_laplace}.get(entry.name)


def _from_log_normal(entry: _Entry) -> Converted:
    """Return ``LogNormalExp(mu, sigma)`` for ``LogNormalPrior(mean, std)``."""
    given = dict(entry.parameters)
    for alias, name in (("mu", "mean"), ("sigma", "std")):  # as upstream reads them
        if name not in given and alias in given:
            given[name] = given.pop(alias)
    _check(entry, given, known=("mean", "std"), needed=("std",))
    for name, value in given.items():
        _check_positive(name, value, ": pymc-marketing squares it, so that its sign is lost")
    remarks = ["the same law, as one LogNormal random variable"]
    if any(_is_prior(value) for value in given.values()):
        remarks.append("the names of its hyperparameters end in _mu and _sigma, not _mean and _std")
    if "mean" not in given:
        remarks.append("without mu it is a likelihood")
    ours = {"mean": "mu", "std": "sigma"}
    return "LogNormalExp", {ours[k]: given[k] for k in ours if k in given}, remarks


def _from_laplace(entry: _Entry) -> Converted:
    """Return ``LaplaceIdentity(mu, sigma)`` for ``LaplacePrior(mu, b)``."""
    given = entry.parameters
    _check(entry, given, known=("mu", "b"), needed=("mu", "b"))
    _check_positive("b", given["b"])
    remarks = ["sigma is the standard deviation, sqrt(2) b"]
    if _is_prior(given["b"]):
        remarks.append("the name of that hyperparameter ends in _sigma, not _b")
    if entry.options.get("centered", True) is not True:
        remarks.append(
            "pymc-marketing's, non-centered, has one variance for all elements that share b, so "
            "that they are large or small together; here they are independent given mu and sigma, "
            "as there with centered: true"
        )
    return "LaplaceIdentity", {"mu": given["mu"], "sigma": times(given["b"], sqrt(2.0))}, remarks


def _from_exponential(entry: _Entry) -> Converted:
    """Return ``LogNormalExp(mu, sigma)`` for the exponential of a Normal prior."""
    given = {"mu": 0.0, "sigma": 1.0, **entry.parameters}  # as PyMC has them
    if "tau" in given:
        del given["sigma"]
    if named := [key for key, value in given.items() if _is_prior(value)]:
        raise _RefusedError(
            f"no LogNormalExp has the law of hyperpriors for {listed(named)} on the log scale; to "
            "state the mean and the spread of one element instead, write LogNormalExp(mu, cv) with "
            "hyperpriors in natural units"
        )
    remarks = [
        "the same law, by its mean and standard deviation in natural units",
        "it is one random variable, without a second one whose name ends in _raw",
    ]
    return "LogNormalExp", _lognormal_moments(given), remarks


def _lognormal_moments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return mean and standard deviation as numbers or arrays, written like what is given."""
    import numpy as np

    from unfunnel.families.lognormal import LOGNORMAL_EXP
    from unfunnel.families.ops import NUMPY

    labelled = [value for value in given.values() if is_labelled(value)]
    frame = labelled[0] if labelled else {}
    lists = any(isinstance(value, list) for value in given.values())
    if any({**frame, "data": 0} != {**other, "data": 0} for other in labelled) or (frame and lists):
        raise _RefusedError("mu and sigma are arrays with different dims or coords")
    numbers = {
        key: np.asarray(value["data"] if is_labelled(value) else value, dtype=float)
        for key, value in given.items()
    }
    with np.errstate(all="ignore"):
        scale = numbers["sigma"] if "sigma" in numbers else numbers["tau"] ** -0.5
        moments = LOGNORMAL_EXP.moments(*np.broadcast_arrays(numbers["mu"], scale), NUMPY)
    for name, value in moments.items():
        if not np.all(np.isfinite(value) & (value > 0)):
            raise _RefusedError(f"it has no finite positive mean and sd: {name} = {value}")
    plain = {name: np.asarray(moments[name]).tolist() for name in ("mu", "sigma")}
    return {name: {**frame, "data": each} if frame else each for name, each in plain.items()}


def times(value: Any, factor: float) -> Any:
    """Return a parameter times a positive number; a prior becomes ``Scaled``."""
    if is_labelled(value):
        return {**value, "data": times(value["data"], factor)}
    if isinstance(value, list):
        return [times(each, factor) for each in value]
    if is_number(value):
        return value * factor
    return {"class": "Scaled", "data": {"dist": value, "factor": factor}}


def _check(
    entry: _Entry, given: Mapping[str, Any], *, known: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    """Refuse what would be lost, and what is read otherwise there."""
    transform = {"transform"} & entry.options.keys()
    if extra := [key for key in (*given, *entry.other, *transform) if key not in known]:
        raise _RefusedError(f"{entry.name} has the keys {listed(known)}, not {listed(extra)}")
    if missing := [key for key in needed if key not in given]:
        raise _RefusedError(f"it is without {listed(missing)}")
    for key, value in given.items():
        if not (is_number(value) or isinstance(value, list | Mapping)):
            raise _RefusedError(f"{key} is {value!r}, of type {type(value).__name__}")
        if _is_prior(value) and value.get("dims") and not entry.options.get("dims"):
            raise _RefusedError(
                f"{key} has dims and it has none: there each element has a deviation of its own if "
                "centered, and one for all if not"
            )


def _check_positive(name: str, value: Any, why: str = "") -> None:
    if not all(number > 0 for number in _numbers(value)):
        raise _RefusedError(f"{name} = {value} is not positive{why}")


def _is_prior(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_labelled(value)


def _numbers(value: Any) -> list[float]:
    """Return the constants in a parameter: all elements of an array, none of a prior."""
    if is_labelled(value):
        return _numbers(value["data"])
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    return [value] if is_number(value) else []
