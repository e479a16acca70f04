"""From what pydantic found to a problem: where it is, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from unfunnel.errors import listed
from unfunnel.files.checks.found import found, misread
from unfunnel.files.checks.nearest import did_you_mean
from unfunnel.files.checks.spots import CENTERED, Spot, spot
from unfunnel.files.checks.unknown import A_PRIOR, unknown_key, unknown_prior
from unfunnel.files.grammar.rules import rules
from unfunnel.files.grammar.shapes import MARK
from unfunnel.files.grammar.shapes_of_priors import BY_COORD, CENTERINGS
from unfunnel.files.problems import Problem
from unfunnel.files.version import PRIORS_KEY, UPGRADE, VERSION, VERSION_KEY

_VERSION = f"the version of the format, {VERSION}"

#: What is said of data so deep, or so circular, that nobody walks through them.
ENDLESS = "a file that is less deep, and does not hold itself"

_BOOLEANS = ("true", "false", "yes", "no", "on", "off")


def problem_of(error: Mapping[str, Any]) -> Problem:
    """Return the problem that an error of pydantic is.

    Parameters
    ----------
    error : mapping
        One of ``ValidationError.errors()``, with the kinds of things marked in its location.
    """
    at, value, kind = spot(error["loc"]), error["input"], error["type"]
    if kind in _SAID:
        return Problem(at.path, found(value), _SAID[kind], remedy_for(value))
    return _WORDED.get(kind, _number)(at, value, error)


def remedy_for(value: Any) -> str:
    """Return what to do about a value of another kind than may stand there."""
    if isinstance(value, str) and (value in rules() or value == BY_COORD):
        return f"Write `dist: {value}` below the name."
    return misread(value)


def _number(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, found(value), at.numbers, remedy_for(value))


def _parameter(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    if isinstance(value, Mapping) and at.parameter is not None:  # where only numbers may stand
        return Problem(at.path, found(value), at.numbers, _NUMBERS_ONLY)
    return _number(at, value, error)


_NUMBERS_ONLY = (
    "Which values are possible depends on the other parameters: use 'spread', which goes with any "
    "mean, for example Beta(alpha=2, beta=5)."
)


def _missing(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, "no value for it", _MISSING[at.key])


_MISSING = {
    VERSION_KEY: _VERSION,
    PRIORS_KEY: "a mapping from names to priors",
    "dist": A_PRIOR,
    "prior": A_PRIOR,
    "factor": "the number to multiply with",
    "mask": "which elements are there, true or false",
    "data": "the data",
    "dims": "the names of the dims of the data",
    "dtype": "the kind of the labels, 'datetime64[ns]'",
}


def _literal(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    if at.key == "centered":
        unquoted = "Booleans of YAML and JSON are unquoted: true and false."
        is_boolean = str(value).lower() in _BOOLEANS
        remedy = unquoted if is_boolean else did_you_mean(value, CENTERINGS)
        return Problem(at.path, found(value), CENTERED, remedy)
    known = [word.strip("'") for word in error["ctx"]["expected"].split(" or ")]
    return Problem(
        at.path, found(value), listed(known).replace(" and ", " or "), did_you_mean(value, known)
    )


def _version(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    newer = error["type"] == "less_than_equal"
    remedy = UPGRADE if newer else ""
    return Problem(at.path, found(value), _VERSION, remedy)


def _number_or_version(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return (_version if at.kind == "file" else _number)(at, value, error)


def _key(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, found(value), "a name that is a string", "Put it in quotes.")


def _string(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    if error["loc"][-1] == "[key]":
        return _key(at, value, error)
    return Problem(at.path, found(value), "a string", remedy_for(value))


def _repeated(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, error["msg"], "each dim once", "Remove one of the two.")


def _commas(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    names = ", ".join(name for name in map(str.strip, value.split(",")) if name)
    return Problem(at.path, found(value), "the name of one dim", f"Write [{names}] for several.")


def _endless(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path[:1], "one that goes on for ever or nearly", ENDLESS)


#: What was expected, where that is all there is to say.
_SAID = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "list_type": "a list",
    "string_too_short": "a name",
    "too_short": "at least one element",
    f"{MARK}file": "a mapping from names to priors",
    f"{MARK}value": "a prior, a number or a list of numbers",
    f"{MARK}centered": CENTERED,
    f"{MARK}dims": "the name of a dim, or a list of names",
    f"{MARK}label": "a label: a string or a number",
    f"{MARK}labels": "a list of labels, or dates with their dtype",
    f"{MARK}mask": "a list of true and false, or a DataArray of them",
    f"{MARK}members": "priors by label, or a list of them as long as 'labels'",
}

_WORDED: dict[str, Callable[[Spot, Any, Mapping[str, Any]], Problem]] = {
    "float_type": _number_or_version,
    "extra_forbidden": lambda at, value, error: unknown_key(at),
    "greater_than_equal": _number_or_version,
    "invalid_key": _key,
    "less_than_equal": _number_or_version,
    "literal_error": _literal,
    "missing": _missing,
    "recursion_depth_exceeded": _endless,
    "recursion_loop": _endless,
    "repeated": _repeated,
    "string_pattern_mismatch": _commas,
    "string_type": _string,
    f"{MARK}parameter": _parameter,
    f"{MARK}prior": lambda at, value, error: unknown_prior(at, value, remedy_for(value)),
    f"{MARK}distribution": lambda at, value, error: unknown_prior(
        at, value, remedy_for(value), single=True
    ),
}
