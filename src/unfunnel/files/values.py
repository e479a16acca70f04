"""From plain data to facts of numbers, arrays, labels and dims, with every problem in them.

The lower half of :mod:`unfunnel.files.decode`, which knows what a prior is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from typing import Any

from unfunnel.distributions.rules import (
    ARRAY,
    FLAG,
    LABELLED,
    NUMBER,
    OTHER,
    TEXT,
    UNCHECKED,
    Outside,
    ValueFacts,
)
from unfunnel.errors import Mistake, listed
from unfunnel.files.plain import (
    did_you_mean,
    elements,
    is_date,
    is_labelled,
    is_list,
    is_number,
    misread,
    shape,
    shown,
)
from unfunnel.files.problems import UNKNOWN_KEY, Path, Problem
from unfunnel.intervals import Interval

DATETIME = "datetime64[ns]"
QUOTES = "Put it in quotes."


@dataclass(frozen=True)
class Node:
    """Something that a file describes: what the rules ask of it, and what it is made of."""

    path: Path
    facts: ValueFacts
    data: Any = None  # of a number or an array
    name: str = ""  # the `dist` or `class` of a prior
    parts: Mapping[str, Node] = field(default_factory=dict)  # parameters, or what is wrapped
    options: Mapping[str, Any] = field(default_factory=dict)

    def inside(self, mistake: Mistake) -> Path:
        """Return where in it a mistake is."""
        in_data = self.facts.kind == LABELLED and mistake.inside != ("dims",)
        return (*self.path, *(("data",) if in_data else ()), *mistake.inside)


def refused(path: Path) -> Node:
    """Return the node of something whose problem is noted."""
    return Node(path, ValueFacts(UNCHECKED, ""))


class ValueDecoder:
    """Reads values other than priors, and notes every problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, path: Path, given: str, expected: str, remedy: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(path, given, expected, remedy))

    def kind(self, path: Path, value: Any, expected: str, remedy: str | None = None) -> None:
        """Note that something is of another kind."""
        self.problem(path, shown(value), expected, misread(value) if remedy is None else remedy)

    def report(
        self,
        mistakes: Iterable[Mistake],
        parts: Mapping[str, Node],
        path_of: Callable[[str], Path] = lambda key: (key,),
    ) -> None:
        """Note mistakes, each inside of the part of its key, or else at the path of the key."""
        for each in mistakes:
            part = parts.get(each.key)
            at = path_of(each.key) if part is None else part.inside(each)
            self.problem(at, f"{each.given}{each.others}", each.expected, each.remedy)

    def mapping(
        self, value: Any, path: Path, keys: Sequence[str], missing: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what stands under known keys; note others, and those that are missing."""
        if not isinstance(value, Mapping):
            self.kind(path, value, "a mapping")
            return {}
        for key in value:
            if key not in keys:
                self.unknown_key(key, (*path, key), keys, keys)
        for key, what in missing.items():
            if key not in value:
                self.problem((*path, key), "no value for it", what)
        return {key: each for key, each in value.items() if key in keys}

    def unknown_key(
        self, key: Any, path: Path, usual: Sequence[str], known: Sequence[str], remedy: str = ""
    ) -> None:
        """Note a key that is not known; the ``usual`` ones are named, all are proposed."""
        if not isinstance(key, str):
            self.kind(path, key, "a name that is a string", QUOTES)
            return
        expected = f"one of the keys {listed(usual)}" if usual else "no key here"
        self.problem(path, UNKNOWN_KEY, expected, remedy or did_you_mean(key, known))

    # -- numbers and arrays

    def simple(self, value: Any, path: Path, expected: Callable[[], str]) -> Node:
        """Return the node of a number, an array, a labelled array, a word or a flag.

        ``expected`` says what the elements of an array may be.
        """
        if is_labelled(value) or is_list(value):
            return self.array(value, path, is_number, expected)
        if is_number(value):
            facts = ValueFacts(NUMBER, shown(value), _outside([((), value)]), value=value)
            return Node(path, facts, value)
        kind = FLAG if isinstance(value, bool) else TEXT if isinstance(value, str) else OTHER
        facts = ValueFacts(kind, shown(value), value=value, remedy=misread(value))
        return Node(path, facts, value)

    def array(
        self,
        value: Any,
        path: Path,
        is_element: Callable[[Any], bool],
        expected: Callable[[], str],
    ) -> Node:
        """Return the node of a nested list or of a DataArray."""
        before = len(self.problems)
        given, at, dims = {"data": value}, path, None
        kind, text = (LABELLED, "a DataArray") if is_labelled(value) else (ARRAY, shown(value))
        if kind == LABELLED:
            missing = {"data": "the data", "dims": "the names of the dims of the data"}
            given = self.mapping(value, path, ("class", "data", "dims", "coords"), missing)
            dims = self.list_of_dims(given["dims"], (*path, "dims")) if "dims" in given else None
            at = (*path, "data")
        lengths = None
        if "data" in given:
            lengths = self._lengths(given["data"], at, is_element, expected)
        if lengths is not None and dims is not None and len(lengths) != len(dims):
            what = f"as many dims as the data have axes, {len(lengths)}"
            self.problem((*path, "dims"), f"{len(dims)}", what)
        elif "coords" in given:
            known = dims is not None and lengths is not None
            length_of = dict(zip(dims or (), lengths or (), strict=True)) if known else None
            self._coords(given["coords"], (*path, "coords"), length_of)
        numbers = [(i, each) for i, each in elements(given.get("data")) if is_element(each)]
        built = partial(_built, value) if len(self.problems) == before else None
        facts = ValueFacts(kind, text, _outside(numbers), lengths or (), dims, value=built)
        return Node(path, facts, value)

    def _lengths(
        self, value: Any, path: Path, is_element: Callable[[Any], bool], expected: Callable[[], str]
    ) -> tuple[int, ...] | None:
        """Return the shape of an array, None if it is ragged; note what is wrong with it."""
        bad = [(i, each) for i, each in elements(value) if is_list(each) or not is_element(each)]
        if bad:
            index, first = bad[0]
            more = f", and {len(bad) - 1} more like it" if len(bad) > 1 else ""
            what = "at least one element" if is_list(first) else expected()
            remedy = "" if is_list(first) else misread(first)
            self.problem((*path, *index), f"{shown(first)}{more}", what, remedy)
        lengths = shape(value)
        if lengths is None:
            what = "an array: nested lists of equal length"
            self.problem(path, "lists of unequal length inside it", what)
        return lengths

    # -- dims and labels

    def dims(self, value: Any, path: Path) -> tuple[str, ...] | None:
        """Return the dims of a prior, given as a name or as a list."""
        if isinstance(value, str):
            return (value,) if self.dim(value, path) else None
        if is_list(value):
            return self.list_of_dims(value, path)
        self.kind(path, value, "the name of a dim, or a list of names")
        return None

    def list_of_dims(self, value: Any, path: Path) -> tuple[str, ...] | None:
        """Return dims given as a list; None if there is a problem."""
        if not is_list(value):
            self.kind(path, value, "a list")
            return None
        if not all([self.dim(each, (*path, i)) for i, each in enumerate(value)]):
            return None
        if twice := [dim for i, dim in enumerate(value) if dim in value[:i]]:
            remedy = "Remove one of the two."
            self.problem(path, f"{twice[0]!r} more than once", "each dim once", remedy)
            return None
        return tuple(value)

    def dim(self, value: Any, path: Path) -> str | None:
        """Return the name of a dim; None if there is a problem."""
        if not isinstance(value, str):
            self.kind(path, value, "a string")
        elif not value:
            self.kind(path, value, "a name")
        elif "," in value:  # a list without its brackets, which would be read as one dim
            names = ", ".join(name for name in map(str.strip, value.split(",")) if name)
            self.kind(path, value, "the name of one dim", f"Write [{names}] for several.")
        else:
            return value
        return None

    def labels(self, value: Any, path: Path) -> list[Any] | None:
        """Return labels, given as a list or as dates; None if there is a problem."""
        before = len(self.problems)
        if isinstance(value, Mapping):
            missing = {"dtype": f"the kind of the labels, {DATETIME!r}", "data": "the data"}
            given = self.mapping(value, path, ("dtype", "data"), missing)
            self._dates(given, path)
            found = given.get("data")
        elif is_list(value):
            found = value
            if bad := [i for i, label in enumerate(value) if not _is_label(label)]:
                self.kind((*path, bad[0]), value[bad[0]], "a label: a string or a number")
        else:
            self.kind(path, value, "a list of labels, or dates with their dtype")
            return None
        return list(found) if len(self.problems) == before and found is not None else None

    def _dates(self, given: Mapping[str, Any], path: Path) -> None:
        if given.get("dtype", DATETIME) != DATETIME:
            remedy = did_you_mean(given["dtype"], [DATETIME])
            self.kind((*path, "dtype"), given["dtype"], repr(DATETIME), remedy)
        dates = given.get("data", [])
        if not is_list(dates):
            self.kind((*path, "data"), dates, "a list")
        elif bad := [i for i, date in enumerate(dates) if not is_date(date)]:
            expected = "a date in ISO form, such as '2024-01-31', between 1677 and 2262"
            self.problem((*path, "data", bad[0]), repr(dates[bad[0]]), expected)

    def _coords(self, coords: Any, path: Path, length_of: Mapping[str, int] | None) -> None:
        """Read coords; ``length_of`` is None if the dims of the data are not known."""
        if not isinstance(coords, Mapping):
            self.kind(path, coords, "a mapping")
            return
        for name, value in coords.items():
            at = (*path, name)
            if not isinstance(name, str):
                self.kind(at, name, "a name that is a string", QUOTES)
            elif isinstance(value, Mapping) and "dims" in value:
                self._coord_beside(name, value, at, length_of)
            else:
                labels = self.labels(value, at)
                if length_of is not None and name not in length_of:
                    expected = f"labels of a dim of the data, {listed(length_of)}"
                    self.problem(at, f"labels of {name!r}", expected)
                elif length_of is not None and labels is not None:
                    self._as_many(labels, length_of[name], at, f" along {name!r}")

    def _coord_beside(
        self, name: str, value: Any, path: Path, length_of: Mapping[str, int] | None
    ) -> None:
        """Read a coord that labels no dim itself: an area of each geo, or the year selected."""
        given = self.mapping(value, path, ("dims", "data", "dtype"), {"data": "the data"})
        dims = self.list_of_dims(given["dims"], (*path, "dims"))
        if dims is not None and len(dims) > 1:
            self.kind((*path, "dims"), given["dims"], "at most one dim", "")
            return
        if "data" not in given:
            return
        if "dtype" in given:
            labels = self.labels({key: given[key] for key in ("dtype", "data")}, path)
        else:
            labels = self.labels(given["data"], (*path, "data"))
        if labels is None or dims is None or length_of is None:
            return
        if absent := [dim for dim in dims if dim not in length_of]:
            expected = f"a dim of the data, {listed(length_of)}"
            self.problem((*path, "dims"), repr(absent[0]), expected)
        elif name in length_of and dims != (name,):
            self.problem((*path, "dims"), listed(dims), f"{name!r}, whose labels they are")
        else:
            self._as_many(labels, length_of[dims[0]] if dims else 1, (*path, "data"), "")

    def _as_many(self, labels: list[Any], length: int, path: Path, where: str) -> None:
        if len(labels) != length:
            expected = f"as many labels as the data have{where}, {length}"
            self.problem(path, f"{len(labels)}", expected)


def _is_label(value: Any) -> bool:
    return isinstance(value, str | bool) or (is_number(value) and isfinite(value))


def _outside(
    numbers: Sequence[tuple[tuple[int, ...], Any]],
) -> Callable[[Interval], Outside | None]:
    def outside(interval: Interval) -> Outside | None:
        lower, upper = interval
        bad = [(i, x) for i, x in numbers if not (isfinite(x) and lower < x < upper)]
        if not bad:
            return None
        return Outside(*bad[0], len(bad) - 1, all(x < lower for _, x in numbers))

    return outside


def _built(value: Any) -> Any:
    from unfunnel.prior.codec import decode_value  # imports numpy and xarray: for arrays only

    return decode_value(value, dict)
