"""The keys of a prior in a file: which are known, where they belong, what others may mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unfunnel.distributions.rules import LABELLED, ZERO_SUM, Row
from unfunnel.errors import Mistake, listed
from unfunnel.files.decode_values import Node, ValueDecoder
from unfunnel.files.grammar import A_PRIOR, BY_COORD, WRAPPERS, not_in_files, rows
from unfunnel.files.plain_data import DISCRIMINATORS, did_you_mean, suggestion
from unfunnel.files.problems import UNKNOWN_KEY, Path

A_DISTRIBUTION = "a distribution (a mapping with 'dist')"
BY_COORD_KEYS = ("dim", "labels", "members", "default")

#: For parameters beside ``dist``, all of which are one mistake.
_UNDER_KWARGS = "Move it under 'kwargs', or write 'distribution' in place of 'dist'."
_FLAT = "Write the parameters beside it, or 'dist' in place of 'distribution'."
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
    is_beside: bool = False  # whether parameters stand beside the name, not under `kwargs`
    given: dict[str, tuple[Path, Any]] = field(default_factory=dict)  # parameters: path, value
    options: dict[str, Any] = field(default_factory=dict)
    meant: set[str | None] = field(default_factory=set)  # what unknown keys may have meant
    is_complete: bool = True  # whether it can be told which parameters are missing

    def path_of(self, key: str) -> Path:
        """Return where a parameter stands, or belongs."""
        if key in self.given:
            return self.given[key][0]
        return (*self.path, key) if self.is_beside else (*self.path, "kwargs", key)


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
        row: Row | None,
    ) -> Keys:
        """Sort the keys of a prior.

        ``key`` holds its name. With ``both``, parameters may stand under ``kwargs`` and beside it;
        otherwise under ``kwargs`` with ``dist``, and beside ``distribution``.
        """
        flat = key == "distribution"
        nested, beside = both or not flat, both or flat
        found = Keys(path, parameters, is_beside=flat and "kwargs" not in value)
        kwargs = value.get("kwargs") if nested else None
        for name, each in kwargs.items() if isinstance(kwargs, Mapping) else ():
            at = (*path, "kwargs", name)
            if name in parameters:
                found.given[name] = at, each
            else:
                remedy = "Move it out of 'kwargs'." if name in options else ""
                self._unknown(name, at, parameters, parameters, remedy)
                found.meant.add(suggestion(name, parameters))
        misplaced: list[Path] = []
        known = [*(["kwargs"] if nested else ()), *(parameters if beside else ()), *options]
        usual = known
        if row is not None:
            usual = [*(parameters if flat else ["kwargs"]), *options]
        for name, each in value.items():
            at = (*path, name)
            if name == "kwargs" and nested:
                found.is_complete = isinstance(each, Mapping)
                if not found.is_complete:
                    self.kind(at, each, "a mapping")
            elif name in options:
                found.options[name] = each
            elif name in parameters and beside:
                if name in found.given:
                    twice = "it in 'kwargs' and beside it"
                    self.problem(at, twice, f"{name!r} once", "Remove one of the two.")
                found.given.setdefault(name, (at, each))
            elif name in parameters:
                misplaced.append(at)
                found.meant.add(name)
            elif name != key:
                remedy = _NOT_NORMAL if name in ZERO_SUM else _FLAT if name == "kwargs" else ""
                self._unknown(name, at, usual, known, remedy)
                found.meant.add(suggestion(name, parameters))
        if misplaced:
            more = f", and {len(misplaced) - 1} more like it" if len(misplaced) > 1 else ""
            expected = f"one of the keys {listed(usual)}"
            self.problem(misplaced[0], f"{UNKNOWN_KEY}{more}", expected, _UNDER_KWARGS)
        return found

    def _unknown(
        self, key: Any, path: Path, usual: Sequence[str], known: Sequence[str], remedy: str
    ) -> None:
        if not isinstance(key, str):
            self.kind(path, key, "a name that is a string", "Put it in quotes.")
            return
        expected = f"one of the keys {listed(usual)}" if usual else "no key here"
        self.problem(path, UNKNOWN_KEY, expected, remedy or did_you_mean(key, known))

    def report(
        self,
        mistakes: Iterable[Mistake],
        parts: Mapping[str, Node],
        path: Path,
        keys: Keys | None = None,
    ) -> None:
        """Note the mistakes of a prior at ``path``, each at the place of its key."""
        for mistake in mistakes:
            if mistake.key in parts:
                at = parts[mistake.key].inside(mistake)
            elif keys is not None and mistake.key in keys.parameters:
                at = keys.path_of(mistake.key)
            else:
                at = (*path, mistake.key)
            given = f"{mistake.given}{mistake.others}"
            self.problem(at, given, mistake.expected, mistake.remedy)

    # -- priors that are not known

    def unknown_prior(self, value: Mapping[str, Any], path: Path, *, single: bool) -> None:
        """Note the problem of a mapping that should be a prior, and is none that is known."""
        expected = A_DISTRIBUTION if single else A_PRIOR
        for key in ("dist", "distribution"):
            if key in value and isinstance(value[key], Mapping) and value.get("class") in WRAPPERS:
                what = f"the name of a distribution, or the keys of {value['class']} under 'data'"
                self.kind((*path, key), value[key], what, "Move it under 'data'.")
                return
            if key in value:
                self._unknown_name((*path, key), value[key], single)
                return
        if "special_prior" in value:
            name = value["special_prior"]
            known = isinstance(name, str) and name in _SPECIAL
            self.kind((*path, "special_prior"), name, expected, _CONVERT if known else "")
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
