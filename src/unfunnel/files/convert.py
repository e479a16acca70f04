"""Priors of other libraries as ours: plain data in, plain data and notes out.

A dictionary or a whole file is walked through, and what is recognized is rewritten; everything else
stays as it is. Nothing is reinterpreted without a note, and what cannot be converted stays, with
the reason. ``unfunnel convert`` is this for files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unfunnel.files.convert_priors import Entry, RefusedError, converter_of
from unfunnel.files.problems import Path, Problem, dotted
from unfunnel.files.version import PRIORS_KEY, is_whole_file


@dataclass(frozen=True)
class Note:
    """One prior that was converted: where it stands, what it was and is, what to know about it."""

    path: Path
    old: str
    new: str
    remarks: tuple[str, ...]

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

    - ``LogNormalPrior(mean, std)`` of pymc-marketing to ``LogNormalExp(mu, sigma)``;
    - its ``LaplacePrior(mu, b)`` to ``LaplaceIdentity(mu, sigma)``, with ``sigma = sqrt(2) b``;
    - ``Prior("Normal", mu, sigma, transform="exp")`` with constants to ``LogNormalExp``, by its
      moments.

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
    converter = None if entry is None else converter_of(entry)
    if entry is None or converter is None:
        return new
    try:
        converted = converter(entry, path)
    except RefusedError as error:
        conversion.refused.append(error.problem)
        return new
    conversion.notes.append(Note(path, entry.title, converted.name, tuple(converted.remarks)))
    return entry.written_as(converted.name, converted.parameters)
