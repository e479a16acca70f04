"""Priors of other libraries as ours: plain data in, plain data and notes out.

A dictionary or a whole file is walked through, and what is recognized is rewritten; everything else
stays as it is. Nothing is reinterpreted without a note, and what cannot be converted stays, with
the reason. ``unfunnel convert`` is this for files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unfunnel.files.conversion.exponentials import from_exponential
from unfunnel.files.conversion.foreign import Converted, Entry, Refusal
from unfunnel.files.conversion.special_priors import SPECIAL_PRIORS
from unfunnel.files.problems import Path, dotted
from unfunnel.files.version import PRIORS_KEY, is_whole_file


@dataclass(frozen=True)
class Note:
    """One prior that was converted.

    Parameters
    ----------
    path : tuple of str and int
        Where it stands.
    old, new : str
        What it was and is.
    remarks : tuple of str
        What to know about it.
    """

    path: Path
    old: str
    new: str
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        subject = f"{dotted(self.path)}: " if self.path else ""
        return f"{subject}{self.old} is now {self.new}: {'; '.join(self.remarks)}."


@dataclass(frozen=True)
class Conversion:
    """What became of a file of priors.

    Parameters
    ----------
    data : object
        The plain data, with all that could be converted.
    notes : list of Note
        What was converted.
    refusals : list of Refusal
        What was recognized and could not be converted.
    """

    data: Any
    notes: list[Note] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def convert(data: Any) -> Conversion:
    """Convert priors of other libraries to ours.

    - ``LogNormalPrior(mean, std)`` of pymc-marketing to ``LogNormalExp(mu, sigma)``;
    - its ``LaplacePrior(mu, b)`` to ``LaplaceIdentity(mu, sigma)``, with ``sigma = sqrt(2) b``;
    - ``Prior("Normal", mu, sigma, transform="exp")`` with constants to ``LogNormalExp``, by its
      moments.

    Parameters
    ----------
    data : object
        Plain data as in a file, or priors, by name or alone; those with a ``to_dict`` are asked
        for it.

    Returns
    -------
    Conversion
        With new data; what was given is not changed.

    Examples
    --------
    >>> from unfunnel.files.conversion.convert import convert
    >>> peer = {"special_prior": "LogNormalPrior", "kwargs": {"mean": 2.0, "std": 0.5}}
    >>> found = convert({"beta": peer})
    >>> found.data
    {'beta': {'dist': 'LogNormalExp', 'kwargs': {'mu': 2.0, 'sigma': 0.5}}}
    >>> print(found.notes[0])
    beta: LogNormalPrior is now LogNormalExp: the same law, as one LogNormal random variable.
    """
    whole = is_whole_file(data) and PRIORS_KEY in data
    conversion = Conversion(None)
    priors = _walked(data[PRIORS_KEY] if whole else data, (), conversion)
    return replace(conversion, data={**data, PRIORS_KEY: priors} if whole else priors)


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
    result = None if entry is None else _converted(entry, path)
    if entry is None or result is None:
        return new
    if isinstance(result, Refusal):
        conversion.refusals.append(result)
        return new
    conversion.notes.append(Note(path, entry.title, result.name, tuple(result.remarks)))
    return entry.renamed(result.name, result.parameters)


def _converted(entry: Entry, path: Path) -> Converted | Refusal | None:
    if entry.name in SPECIAL_PRIORS:
        return SPECIAL_PRIORS[entry.name](entry, path)
    if entry.name == "Normal" and entry.options.get("transform") == "exp":
        return from_exponential(entry, path)
    return None
