"""The keys of a prior in a file: which are known, where they belong, what others may mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unfunnel.distributions.rules import LABELLED, ZERO_SUM
from unfunnel.errors import listed
from unfunnel.files.grammar import A_PRIOR, BY_COORD, WRAPPERS, not_in_files, rows
from unfunnel.files.plain import DISCRIMINATORS, did_you_mean, suggestion
from unfunnel.files.problems import UNKNOWN_KEY, Path
from unfunnel.files.values import ValueDecoder

A_DISTRIBUTION = "a distribution (a mapping with 'dist')"

#: For parameters beside ``dist``, all of which are one mistake.
_UNDER_KWARGS = "Move it under 'kwargs', or write 'distribution' in place of 'dist'."
_BESIDE = "Write the parameters beside it, or 'dist' in place of 'distribution'."
_NOT_NORMAL = (
    "Deviations that sum to zero are for priors that are normal behind their link: use "
    "NormalIdentity or LogNormalExp."
)
_SETTINGS = "Settings that are no priors, such as those of an HSGP, belong in another file."
_SPECIAL = ("LogNormalPrior", "LaplacePrior")
_CONVERT = "It is a prior of pymc-marketing: run `unfunnel convert` on the file."
_CLASSES = (*WRAPPERS, LABELLED)


@dataclass
class Keys:
    """The keys of the prior at a path, sorted into what they are."""

    path: Path
    parameters: Collection[str]
    is_beside: bool  # whether parameters stand beside the name, not under `kwargs`
    given: dict[str, tuple[Path, Any]] = field(default_factory=dict)  # parameters: path, value
    options: dict[str, Any] = field(default_factory=dict)
    meant: set[str | None] = field(default_factory=set)  # what unknown keys may have meant
    is_complete: bool = True  # whether it can be told which parameters are missing

    def path_of(self, key: str) -> Path:
        """Return where a parameter or an option stands, or belongs."""
        if key in self.given:
            return self.given[key][0]
        under = key in self.parameters and not self.is_beside
        return (*self.path, "kwargs", key) if under else (*self.path, key)


class KeysDecoder(ValueDecoder):
    """Sorts the keys of priors, and says what is wrong with those that are not known."""

    def keys(
        self,
        value: Mapping[str, Any],
        path: Path,
        key: str,
        parameters: Sequence[str],
        options: Sequence[str],
        *,
        both: bool,
    ) -> Keys:
        """Sort the keys of a prior.

        ``key`` holds its name. With ``both``, parameters may stand under ``kwargs`` and beside it;
        otherwise under ``kwargs`` with ``dist``, and beside ``distribution``.
        """
        flat = key == "distribution"
        nested, beside = both or not flat, both or flat
        known = [*(["kwargs"] if nested else ()), *(parameters if beside else ()), *options]
        usual = [*(parameters if flat else ["kwargs"]), *options]
        found = Keys(path, parameters, is_beside=flat and "kwargs" not in value)
        if nested and "kwargs" in value:
            found.is_complete = isinstance(value["kwargs"], Mapping)
            if not found.is_complete:
                self.kind((*path, "kwargs"), value["kwargs"], "a mapping")
        misplaced: list[Path] = []
        for at, name, each in _entries(value, path, nested):
            inside = len(at) > len(path) + 1
            if name in parameters and (inside or beside):
                if name in found.given:
                    twice = "it in 'kwargs' and beside it"
                    self.problem(at, twice, f"{name!r} once", "Remove one of the two.")
                found.given.setdefault(name, (at, each))
            elif name in options and not inside:
                found.options[name] = each
            elif name in parameters:
                misplaced.append(at)
                found.meant.add(name)
            elif inside or name != key:
                found.meant.add(suggestion(name, parameters))
                if inside:
                    remedy = "Move it out of 'kwargs'." if name in options else ""
                    self.unknown_key(name, at, parameters, parameters, remedy)
                else:
                    remedy = (
                        _NOT_NORMAL if name in ZERO_SUM else _BESIDE if name == "kwargs" else ""
                    )
                    self.unknown_key(name, at, usual, known, remedy)
        if misplaced:
            more = f", and {len(misplaced) - 1} more like it" if len(misplaced) > 1 else ""
            expected = f"one of the keys {listed(usual)}"
            self.problem(misplaced[0], f"{UNKNOWN_KEY}{more}", expected, _UNDER_KWARGS)
        return found

    # -- priors that are not known

    def unknown_prior(self, value: Mapping[str, Any], path: Path, *, single: bool) -> None:
        """Note the problem of a mapping that should be a prior, and is none that is known."""
        expected = A_DISTRIBUTION if single else A_PRIOR
        key = next((key for key in ("dist", "distribution", "special_prior") if key in value), "")
        at, name = (*path, key), value.get(key)
        if isinstance(name, Mapping) and value.get("class") in WRAPPERS and key != "special_prior":
            what = f"the name of a distribution, or the keys of {value['class']} under 'data'"
            self.kind(at, name, what, "Move it under 'data'.")
        elif key == "special_prior":
            self.kind(at, name, expected, _CONVERT if name in _SPECIAL else "")
        elif key:
            self._unknown_name(at, name, single)
        elif "class" in value:
            self._unknown_class((*path, "class"), value["class"], single)
        elif meant := [key for key in value if suggestion(key, DISCRIMINATORS) is not None]:
            either = listed(DISCRIMINATORS).replace(" and ", " or ")
            remedy = did_you_mean(meant[0], DISCRIMINATORS)
            self.problem((*path, meant[0]), UNKNOWN_KEY, either, remedy)
        else:
            self.kind(path, value, expected, _SETTINGS)

    def _unknown_name(self, path: Path, name: Any, single: bool) -> None:
        expected = "the name of a distribution of PyMC or of a prior of unfunnel"
        remedy = ""
        if isinstance(name, str):
            if name in not_in_files():
                expected, remedy = "a distribution that a file can hold", not_in_files()[name]
            elif name == BY_COORD and single:
                expected = "a single distribution"
            elif name in _SPECIAL:
                remedy = _CONVERT
            elif name in WRAPPERS:
                remedy = f"Write `class: {name}`."
            else:
                remedy = did_you_mean(name, [*rows(), BY_COORD])
        self.kind(path, name, expected, remedy)

    def _unknown_class(self, path: Path, name: Any, single: bool) -> None:
        expected, remedy = f"one of {listed(_CLASSES)}", ""
        if isinstance(name, str):
            last = name.rpartition(".")[2]
            if single and name in _CLASSES:
                expected = "a distribution itself (a mapping with 'dist')"
            elif name == LABELLED:
                expected = A_PRIOR
            elif last in rows() or last == BY_COORD:
                remedy = f"Write `dist: {last}`."
            else:
                remedy = did_you_mean(name, _CLASSES)
        self.kind(path, name, expected, remedy)


def _entries(value: Mapping[str, Any], path: Path, nested: bool) -> Iterator[tuple[Path, Any, Any]]:
    """Give path, key and value of what stands under ``kwargs``, if that may be, and beside it."""
    kwargs = value.get("kwargs") if nested else None
    for name, each in kwargs.items() if isinstance(kwargs, Mapping) else ():
        yield (*path, "kwargs", name), name, each
    for name, each in value.items():
        if name != "kwargs" or not nested:
            yield (*path, name), name, each
