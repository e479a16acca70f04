"""Keys, distributions and classes that are not known, each with what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.checks.found import found
from unfunnel.files.checks.nearest import did_you_mean, suggestion
from unfunnel.files.checks.spots import Spot
from unfunnel.files.grammar.rules import ZERO_SUM, not_in_files, rules
from unfunnel.files.grammar.shapes_of_priors import BY_COORD, FLAT, WRAPPERS
from unfunnel.files.grammar.shapes_of_values import LABELLED
from unfunnel.files.problems import UNKNOWN_KEY, Path, Problem
from unfunnel.files.version import PRIORS_KEY, SCHEMA_KEY, VERSION_KEY

A_PRIOR = "a prior (a mapping with 'dist')"

#: For parameters beside ``dist``, all of which are one mistake.
UNDER_KWARGS = "Move it under 'kwargs', or write 'distribution' in place of 'dist'."

_NOT_NORMAL = (
    "Deviations that sum to zero are for priors that are normal behind their link: use "
    "NormalIdentity or LogNormalExp."
)

_SPECIAL = ("LogNormalPrior", "LaplacePrior")
_CONVERT = "It is a prior of pymc-marketing: run `unfunnel convert` on the file."
_DISCRIMINATORS = ("dist", "distribution", "class")
_CLASSES = (*WRAPPERS, LABELLED)

_BY_COORD_KEYS = ["dim", "labels", "members", "default"]
_WRAPPED = ["class", "data"]

#: The keys of what is no distribution, by its kind and the key inside it.
_KEYS = {
    ("file", ""): [SCHEMA_KEY, VERSION_KEY, PRIORS_KEY],
    (BY_COORD, ""): ["kwargs", *_BY_COORD_KEYS, "dims"],
    (BY_COORD, "kwargs"): _BY_COORD_KEYS,
    (LABELLED, ""): [*_WRAPPED, "dims", "coords"],
    ("dates", ""): ["dtype", "data"],
    ("beside", ""): ["dims", "data", "dtype"],
    **{(name, ""): _WRAPPED for name in WRAPPERS},
    ("Censored", "data"): ["dist", "lower", "upper"],
    ("Scaled", "data"): ["dist", "factor"],
    ("MaskedPrior", "data"): ["prior", "mask", "mask_dims", "active_dim"],
}


def unknown_key(at: Spot) -> Problem:
    """Return the problem of a key that is not known, with where it belongs."""
    key = str(at.path[-1])
    shown, known, elsewhere = _keys_at(at, key)
    return Problem(
        at.path,
        UNKNOWN_KEY,
        f"one of the keys {listed(shown)}" if shown else "no key here",
        elsewhere or did_you_mean(key, known),
    )


def _keys_at(at: Spot, key: str) -> tuple[list[str], list[str], str]:
    """Return the usual keys, all keys, and what to do about a key that belongs elsewhere."""
    name, flat, rule = at.kind.removesuffix(FLAT), at.kind.endswith(FLAT), at.rule
    if rule is None or name != rule.name:
        known = _KEYS[name, at.inside]
        return known, known, ""
    options = list(rule.options)
    if at.inside == "kwargs":
        given = list(rule.given)
        return given, given, "Move it out of 'kwargs'." if key in options else ""
    usual = [*(rule.given if flat else ["kwargs"]), *options]
    if key in ZERO_SUM and not rule.zero_sum:
        return usual, usual, _NOT_NORMAL
    if rule.ours:
        return usual, ["kwargs", *rule.given, *options], ""
    if flat:
        beside = "Write the parameters beside it, or 'dist' in place of 'distribution'."
        return usual, usual, beside if key == "kwargs" else ""
    return usual, usual, UNDER_KWARGS if key in rule.given else ""


def unknown_prior(at: Spot, value: Any, remedy: str, *, single: bool = False) -> Problem:
    """Return the problem of something that should be a prior, and is none that is known.

    Parameters
    ----------
    at : Spot
        Where it is.
    value : object
        What stands there.
    remedy : str
        What to do if it is no mapping.
    single : bool, default False
        Whether only a distribution may stand there.
    """
    expected = "a distribution (a mapping with 'dist')" if single else A_PRIOR
    if not isinstance(value, Mapping):
        return Problem(at.path, found(value), expected, remedy)
    for key in ("dist", "distribution"):
        if key in value and isinstance(value[key], Mapping) and value.get("class") in WRAPPERS:
            what = f"the name of a distribution, or the keys of {value['class']} under 'data'"
            return Problem((*at.path, key), found(value[key]), what, "Move it under 'data'.")
        if key in value:
            return _unknown_name((*at.path, key), value[key], single)
    if "special_prior" in value:
        name = value["special_prior"]
        known = isinstance(name, str) and name in _SPECIAL
        path = (*at.path, "special_prior")
        return Problem(path, found(name), expected, _CONVERT if known else "")
    if "class" in value:
        return _unknown_class((*at.path, "class"), value["class"], single)
    if at.path == (PRIORS_KEY,):
        return Problem(at.path, "the priors of a file", expected, "Write `unfunnel: 1` above it.")
    for key in value:
        if suggestion(key, _DISCRIMINATORS) is not None:
            return Problem(
                (*at.path, key),
                UNKNOWN_KEY,
                listed(_DISCRIMINATORS).replace(" and ", " or "),
                did_you_mean(key, _DISCRIMINATORS),
            )
    return Problem(
        at.path,
        found(value),
        expected,
        "Settings that are no priors, such as those of an HSGP, belong in another file.",
    )


def _unknown_name(path: Path, name: Any, single: bool) -> Problem:
    expected = "the name of a distribution of PyMC or of a prior of unfunnel"
    if not isinstance(name, str):
        return Problem(path, found(name), expected)
    if name in not_in_files():
        return Problem(
            path, found(name), "a distribution that a file can hold", not_in_files()[name]
        )
    if name == BY_COORD and single:
        return Problem(path, found(name), "a single distribution")
    if name in _SPECIAL:
        return Problem(path, found(name), expected, _CONVERT)
    if name in WRAPPERS:
        return Problem(path, found(name), expected, f"Write `class: {name}`.")
    return Problem(path, found(name), expected, did_you_mean(name, [*rules(), BY_COORD]))


def _unknown_class(path: Path, name: Any, single: bool) -> Problem:
    expected = f"one of {listed(_CLASSES)}"
    if not isinstance(name, str):
        return Problem(path, found(name), expected)
    if single and name in _CLASSES:
        return Problem(path, found(name), "a distribution itself (a mapping with 'dist')")
    if name == LABELLED:
        return Problem(path, found(name), A_PRIOR)
    last = name.rpartition(".")[2]
    is_prior = last in rules() or last == BY_COORD
    remedy = f"Write `dist: {last}`." if is_prior else did_you_mean(name, _CLASSES)
    return Problem(path, found(name), expected, remedy)
