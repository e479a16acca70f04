"""From what pydantic found to a problem: where it is, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from unfunnel.config.found import found, read_as_string
from unfunnel.config.grammar import ParameterRule, Rule, not_in_files, rules
from unfunnel.config.keys import did_you_mean, suggestion
from unfunnel.config.problems import Path, Problem
from unfunnel.config.shapes import MARK
from unfunnel.config.shapes_of_priors import BY_COORD, FLAT, WRAPPERS
from unfunnel.errors import listed
from unfunnel.intervals import REAL, Interval

_A_PRIOR = "a prior (a mapping with 'dist')"
_CENTERED = "true, false, a weight in [0, 1] (number, list or DataArray), 'auto' or 'offset'"
_CONVERT = "Run `unfunnel convert` on the file."
_SPECIAL = ("LogNormalPrior", "LaplacePrior")
_DISCRIMINATORS = ("dist", "distribution", "class")


@dataclass(frozen=True)
class Spot:
    """Where in a file something is.

    Parameters
    ----------
    path : tuple
        The keys that lead there, as problems have it.
    rule : Rule or None
        The prior around it, None if there is none, or it is no distribution.
    parameter : ParameterRule or None
        The parameter of that prior it belongs to.
    key : str
        The last name on the way, without the indices of arrays; empty at the top.
    """

    path: Path
    rule: Rule | None = None
    parameter: ParameterRule | None = None
    key: str = ""


def spot(location: tuple[str | int, ...]) -> Spot:
    """Return the spot of an error, from its location with the kinds marked in it."""
    path: list[str | int] = []
    rule: Rule | None = None
    parameter: ParameterRule | None = None
    key = ""
    in_file = False
    for step in location:
        if isinstance(step, str) and step.startswith(MARK):
            kind = step.removeprefix(MARK)
            in_file = in_file or kind == "file"
            name = kind.removesuffix(FLAT)
            if name in rules() or name == BY_COORD or name in WRAPPERS:
                rule, parameter = rules().get(name), None
            continue
        if isinstance(step, str):
            key = step
            if rule is not None and parameter is None:
                parameter = rule.parameters.get(step)
        path.append(step)
    if in_file and path[0] == "priors" and len(path) > 1:
        path = path[1:]
    return Spot(tuple(path), rule, parameter, key)


def problem_of(error: Mapping[str, Any]) -> Problem:
    """Return the problem that an error of pydantic is."""
    at, value = spot(error["loc"]), error["input"]
    kind = error["type"]
    if kind in _WORDINGS:
        return _WORDINGS[kind](at, value, error)
    return Problem(at.path, found(value), expected_at(at))


def expected_at(at: Spot) -> str:
    """Return what may stand at a spot that holds numbers."""
    if at.key == "centered":
        return _CENTERED
    if at.parameter is not None:
        return expected_of(at.parameter)
    return "a number or a list of numbers"


def expected_of(parameter: ParameterRule) -> str:
    """Return what a parameter may be."""
    if parameter.is_flag:
        return "true or false"
    one = f"a {_adjective(parameter.support)}number{_ends(parameter.support)}"
    if parameter.within_bounds:
        one = "a number"
    prior = "" if parameter.numbers_only else ", or a prior"
    meaning = f" ({parameter.meaning})" if parameter.meaning else ""
    return f"{one}, a list or DataArray of such{prior}{meaning}"


def _adjective(support: Interval) -> str:
    return "positive " if support == Interval(0.0) else ""


def _ends(support: Interval) -> str:
    if support in (REAL, Interval(0.0)):
        return ""
    return support.numbers.removeprefix("finite numbers")


def _unknown_key(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    key = str(at.path[-1])
    known, elsewhere = _keys_at(error["loc"], key)
    return Problem(
        at.path,
        "an unknown key",
        f"one of the keys {listed(known)}" if known else "no key here",
        elsewhere or did_you_mean(key, known),
    )


def _keys_at(location: tuple[str | int, ...], key: str) -> tuple[list[str], str]:
    """Return the keys that are known where one is not, and where that one belongs, if it does."""
    kinds = [str(step).removeprefix(MARK) for step in location if _is_mark(step)]
    inside = location[-2] if len(location) > 1 else ""
    kind = kinds[-1] if kinds else ""
    name, flat = kind.removesuffix(FLAT), kind.endswith(FLAT)
    rule = rules().get(name)
    if rule is None:
        return _OTHER_KEYS.get((name, "" if _is_mark(inside) else inside), []), ""
    options = ["dims", "centered", "transform"]
    options += ["zero_sum", "zero_sum_scale"] if rule.zero_sum else []
    options += [] if rule.ours else ["core_dims"]
    if inside == "kwargs":
        beside = "Move it out of 'kwargs'." if key in options else ""
        return list(rule.given), beside
    if rule.ours:
        return [*rule.given, "kwargs", *options], ""
    if flat:
        under = "Write the parameters beside it, or 'dist' in place of 'distribution'."
        return [*rule.given, *options], under if key == "kwargs" else ""
    under = "Move it under 'kwargs', or write 'distribution' in place of 'dist'."
    return ["kwargs", *options], under if key in rule.given else ""


def _is_mark(step: Any) -> bool:
    return isinstance(step, str) and step.startswith(MARK)


_BY_COORD_KEYS = ["dim", "labels", "members", "default"]
_DATA = ["class", "data"]
_OTHER_KEYS: dict[tuple[str, Any], list[str]] = {
    ("file", ""): ["$schema", "unfunnel", "priors"],
    (BY_COORD, ""): ["kwargs", *_BY_COORD_KEYS, "dims"],
    (BY_COORD, "kwargs"): _BY_COORD_KEYS,
    ("DataArray", ""): [*_DATA, "dims", "coords"],
    ("dates", ""): ["dtype", "data"],
    ("beside", ""): ["dims", "data", "dtype"],
    **{(name, ""): _DATA for name in WRAPPERS},
    ("Censored", "data"): ["dist", "lower", "upper"],
    ("Scaled", "data"): ["dist", "factor"],
    ("MaskedPrior", "data"): ["prior", "mask", "mask_dims", "active_dim"],
}


def _no_value(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, "no value for it", _MISSING.get(at.key, "a value"))


_MISSING = {
    "unfunnel": "the version of the format, 1",
    "priors": "a mapping from names to priors",
    "dist": _A_PRIOR,
    "prior": _A_PRIOR,
    "data": "what it is made of",
    "dims": "the names of the dims of the data",
}


def _value(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(
        at.path, found(value), "a prior, a number or a list of numbers", _kind_remedy(value)
    )


def _parameter(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    remedy = _kind_remedy(value)
    if isinstance(value, Mapping):  # where only numbers may stand
        remedy = _NUMBERS_ONLY if at.parameter is not None else ""
    return Problem(at.path, found(value), expected_at(at), remedy)


_NUMBERS_ONLY = (
    "Which values are possible depends on the other parameters: use 'spread', which goes with any "
    "mean, for example Beta(alpha=2, beta=5)."
)


def _number(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    return Problem(at.path, found(value), _one_of(expected_at(at), at), _kind_remedy(value))


def _one_of(expected: str, at: Spot) -> str:
    return expected if not isinstance(at.path[-1], int) else f"every element to be {expected}"


def _kind_remedy(value: Any) -> str:
    if isinstance(value, str):
        if value in rules() or value == BY_COORD:
            return f"Write `dist: {value}` on a line of its own below the name."
        return read_as_string(value)
    if value is None:
        return "Give it a value or remove the key."
    return ""


def _prior(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    only = error["type"] == f"{MARK}distribution"
    expected = "a distribution (a mapping with 'dist')" if only else _A_PRIOR
    if not isinstance(value, Mapping):
        return Problem(at.path, found(value), expected, _kind_remedy(value))
    for key in ("dist", "distribution"):
        if key in value:
            return _unknown_distribution((*at.path, key), value[key], only)
    if "special_prior" in value:
        ours = value["special_prior"] in _SPECIAL
        return Problem(
            (*at.path, "special_prior"),
            found(value["special_prior"]),
            expected,
            f"It is a prior of pymc-marketing. {_CONVERT}" if ours else "",
        )
    if "class" in value:
        return _unknown_class((*at.path, "class"), value["class"], only)
    remedy = "Settings that are no priors, such as those of an HSGP, stay in the model's own file."
    for key in value:
        if suggestion(key, _DISCRIMINATORS):
            near = did_you_mean(key, _DISCRIMINATORS)
            return Problem((*at.path, str(key)), "an unknown key", "'dist' or 'class'", near)
    return Problem(at.path, found(value), expected, remedy)


def _unknown_distribution(path: Path, name: Any, only: bool) -> Problem:
    expected = "the name of a distribution of PyMC or of a prior of unfunnel"
    if not isinstance(name, str):
        return Problem(path, found(name), expected)
    if name in not_in_files():
        return Problem(
            path, found(name), "a distribution that a file can hold", not_in_files()[name]
        )
    if name == BY_COORD and only:
        return Problem(path, found(name), "a single distribution")
    if name in _SPECIAL:
        return Problem(path, found(name), expected, f"It is a prior of pymc-marketing. {_CONVERT}")
    return Problem(path, found(name), expected, did_you_mean(name, [*rules(), BY_COORD]))


def _unknown_class(path: Path, name: Any, only: bool) -> Problem:
    if only and name in WRAPPERS:
        return Problem(path, found(name), "a distribution itself (a mapping with 'dist')")
    expected = listed((*WRAPPERS, "DataArray"))
    if not isinstance(name, str):
        return Problem(path, found(name), f"one of {expected}")
    last = name.rpartition(".")[2]
    if last in rules() or last == BY_COORD:
        return Problem(path, found(name), f"one of {expected}", f"Write `dist: {last}`.")
    return Problem(
        path, found(name), f"one of {expected}", did_you_mean(name, [*WRAPPERS, "DataArray"])
    )


def _said(expected: str, remedy: str = "") -> Callable[[Spot, Any, Mapping[str, Any]], Problem]:
    def wording(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
        return Problem(at.path, found(value), expected, remedy or _kind_remedy(value))

    return wording


def _literal(at: Spot, value: Any, error: Mapping[str, Any]) -> Problem:
    if at.path == ("unfunnel",):
        return Problem(
            at.path,
            found(value),
            "the version of the format, 1",
            "Upgrade unfunnel to read a newer file."
            if isinstance(value, int | float) and value > 1
            else "",
        )
    if at.key == "centered":
        remedy = (
            "Booleans of YAML and JSON are unquoted: true and false."
            if str(value).lower() in ("true", "false", "yes", "no")
            else did_you_mean(value, ("auto", "offset"))
        )
        return Problem(at.path, found(value), _CENTERED, remedy)
    known = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    return Problem(at.path, found(value), listed(known), did_you_mean(str(value), known))


_WORDINGS: dict[str, Callable[[Spot, Any, Mapping[str, Any]], Problem]] = {
    "extra_forbidden": _unknown_key,
    "missing": _no_value,
    "literal_error": _literal,
    "float_type": _number,
    "greater_than": _number,
    "less_than": _number,
    "greater_than_equal": _number,
    "less_than_equal": _number,
    "finite_number": _number,
    "bool_type": _said("true or false"),
    "bool_parsing": _said("true or false"),
    "string_type": _said("a string"),
    "string_too_short": _said("a name"),
    "too_short": _said("at least one element"),
    "dict_type": _said("a mapping"),
    "list_type": _said("a list"),
    "repeated": lambda at, value, error: Problem(
        at.path, error["msg"], "each dim once", "Remove one of the two."
    ),
    "recursion_loop": _said("a file that is less deep and does not hold itself"),
    f"{MARK}file": _said("a mapping from names to priors"),
    f"{MARK}value": _value,
    f"{MARK}parameter": _parameter,
    f"{MARK}prior": _prior,
    f"{MARK}distribution": _prior,
    f"{MARK}centered": _said(_CENTERED),
    f"{MARK}element": _number,
    f"{MARK}dims": _said("the name of a dim, or a list of names"),
    f"{MARK}label": _said("a label: a string or a number"),
    f"{MARK}labels": _said("a list of labels, or dates with their dtype"),
    f"{MARK}mask": _said("a list of true and false, or a DataArray of them"),
    f"{MARK}members": _said("priors by label, or a list of them as long as 'labels'"),
}
