"""The dictionary of a prior, whoever wrote it: its name, its parameters, and what stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unfunnel.files.problems import Problem

# Under which key the name stands.
_NAME_KEYS = ("special_prior", "dist", "distribution", "class")
_OPTIONS = ("dims", "centered", "transform")
# Written by the registry of pymc-marketing beside everything else; it says nothing more.
_REGISTRY_KEY = "__type__"


@dataclass(frozen=True)
class Refusal:
    """A prior that was recognized and cannot be converted.

    Parameters
    ----------
    problem : Problem
        Where it stands, and why.
    suggestion : dict, optional
        Another prior, not the same one, that could stand there.
    """

    problem: Problem
    suggestion: dict[str, Any] | None = None


@dataclass(frozen=True)
class Converted:
    """The prior that stands for one of another library.

    Parameters
    ----------
    name : str
        Of the family.
    parameters : dict
        In plain data.
    remarks : list of str
        What to know about it, as parts of a sentence.
    """

    name: str
    parameters: dict[str, Any]
    remarks: list[str]


@dataclass(frozen=True)
class Entry:
    """One dictionary that describes a prior.

    Parameters
    ----------
    name : str
        Of the distribution or of the class, without the module.
    parameters : dict
        By keyword.
    options : dict
        ``dims``, ``centered`` and ``transform``, those that are there.
    other : dict
        All other keys.
    is_flat : bool
        Whether the parameters stand beside the name, as in files written by hand.
    """

    name: str
    parameters: dict[str, Any]
    options: dict[str, Any]
    other: dict[str, Any] = field(default_factory=dict)
    is_flat: bool = False

    @classmethod
    def read(cls, data: Any) -> Entry | None:
        """Read a dictionary, or return None if it names no prior."""
        if not isinstance(data, Mapping):
            return None
        key = next((key for key in _NAME_KEYS if isinstance(data.get(key), str)), None)
        if key is None:
            return None
        by_class = key == "class"
        if by_class and "kwargs" not in data:  # {"class": "Scaled", "data": ...}
            return None
        rest = {k: v for k, v in data.items() if k not in (key, _REGISTRY_KEY)}
        name = data[key].rpartition(".")[2]
        nested = rest.pop("kwargs", None)
        is_flat = nested is None
        parameters = dict(nested) if isinstance(nested, Mapping) else {}
        source = parameters if by_class else rest
        options = {each: source.pop(each) for each in _OPTIONS if each in source}
        if is_flat:
            parameters, rest = rest, {}
        return cls(name, parameters, options, rest, is_flat)

    @property
    def title(self) -> str:
        """What it is called in a message."""
        transform = self.options.get("transform")
        return self.name if transform is None else f"{self.name} under {transform}"

    def nested(self) -> Entry:
        """Return the same with the parameters in ``"kwargs"``, the form that upstream reads."""
        return replace(self, is_flat=False)

    def renamed(self, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the dictionary of another prior with the same dims and centering, written alike.

        Parameters
        ----------
        name : str
            Of its distribution.
        parameters : mapping
            Its parameters.
        """
        kept = {key: value for key, value in self.options.items() if key != "transform"}
        return replace(self, name=name, parameters=dict(parameters), options=kept).to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary, in the flat form if it was read from that."""
        if self.is_flat:
            return {"distribution": self.name, **self.parameters, **self.options}
        kwargs = {"kwargs": self.parameters} if self.parameters else {}
        return {"dist": self.name, **kwargs, **self.options, **self.other}


def is_prior(value: Any) -> bool:
    """Whether plain data describe a random variable, and no array."""
    return isinstance(value, Mapping) and not is_labelled(value)


def is_labelled(value: Any) -> bool:
    """Whether plain data are an array with dims, ours or that of ``DataArray.to_dict``."""
    if not isinstance(value, Mapping):
        return False
    return value.get("class") == "DataArray" or {"dims", "attrs", "data", "coords"} <= value.keys()


def labelled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an array with dims in our form; that of ``DataArray.to_dict`` holds more."""
    if value.get("class") == "DataArray":
        return dict(value)
    coords = {
        name: coord["data"]
        for name, coord in value["coords"].items()
        if list(coord["dims"]) == [name]
    }
    data = {"class": "DataArray", "data": value["data"], "dims": list(value["dims"])}
    return {**data, "coords": coords} if coords else data
