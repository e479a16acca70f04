"""Write the grammar of files of priors and its JSON Schema: ``python docs/make_schema.py``.

The grammar is what PyMC, pymc-extras, the table of distributions and our families say, as plain
data, so that a file can be checked without importing any of them. The JSON Schema says the same to
editors, as far as a schema can.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from pymc_extras.prior import Prior

from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.distributions.object_facts import row_of
from unfunnel.distributions.rules import Row
from unfunnel.families import FAMILIES
from unfunnel.files.grammar import (
    BY_COORD,
    COMMON_TRANSFORMS,
    PATH,
    PRIORS_KEY,
    SCHEMA_KEY,
    SCHEMA_PATH,
    SCHEMA_URL,
    VERSION,
    VERSION_KEY,
    WRAPPERS,
    rows,
)
from unfunnel.files.values import DATETIME
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval, Parameter
from unfunnel.parameterization.choices import OFFSET, WORDS
from unfunnel.structures.zero_sum_options import SCALES

#: Distributions that a file cannot state, with what to do instead.
NOT_IN_FILES = {
    **dict.fromkeys(
        ("Continuous", "Discrete", "Distribution"), "It is the base of others: name one of them."
    ),
    **dict.fromkeys(
        ("CustomDist", "DensityDist", "EulerMaruyama", "Simulator"),
        "It is made of functions, which a file cannot hold: make this prior in Python.",
    ),
    "Censored": "Write `class: Censored` with the distribution under `data`.",
    "LKJCholeskyCov": "It is made of another distribution, which no Prior can give it: make it in "
    "the model.",
    "Mixture": "It is made of other distributions, which no Prior can give it: use NormalMixture, "
    "or make it in the model.",
    **dict.fromkeys(
        ("MvGaussianRandomWalk", "MvStudentTRandomWalk", "OrderedMultinomial"),
        "A Prior cannot give it its parameters: make it in the model.",
    ),
    "RandomWalk": "It is made of other distributions, which no Prior can give it: use "
    "GaussianRandomWalk, or make it in the model.",
    "Truncated": "It is made of another distribution, which no Prior can give it: use "
    "TruncatedNormal, LogNormalExp with lower= or upper=, or Censored.",
}

#: Parameters that are distributions.
_DISTRIBUTIONS = {"init_dist"}

_INFINITE = (float("-inf"), float("inf"))

type JsonSchema = dict[str, Any]


# -- the grammar


def grammar() -> dict[str, Any]:
    """Return the whole grammar."""
    return {
        "distributions": {
            name: distribution(name) for name in all_distributions() if name not in NOT_IN_FILES
        },
        "not_in_files": NOT_IN_FILES,
        "families": {name: _plain(row_of(family)) for name, family in FAMILIES.items()},
        "transforms": transforms(),
    }


def all_distributions() -> list[str]:
    """Return every name in PyMC that a ``Prior`` accepts."""
    return sorted(
        name
        for name, found in vars(pm).items()
        if isinstance(found, type) and hasattr(found, "dist")
    )


def transforms() -> list[str]:
    """Return every function that pymc-extras finds under the name that ``transform`` gives."""
    names = {name for module in (pt, pm.math) for name in dir(module) if not name.startswith("_")}
    found = {name: getattr(pt, name, getattr(pm.math, name, None)) for name in names}
    return sorted(
        name for name, each in found.items() if callable(each) and not isinstance(each, type)
    )


def distribution(name: str) -> dict[str, Any]:
    """Return what ``Prior(name, ...)`` takes, as pymc-extras reads it from the signature."""
    found: dict[str, Any] = {"parameters": {}}
    known = DISTRIBUTIONS.get(name)
    for key, parameter in inspect.signature(getattr(pm, name).dist).parameters.items():
        if key in ("args", "kwargs") or key in _DISTRIBUTIONS:
            continue
        entry: dict[str, Any] = {}
        if parameter.default is inspect.Parameter.empty:
            entry["required"] = True
        elif parameter.default is not None:
            entry["default"] = parameter.default
        if known is not None and key in known.parameters:
            entry["support"] = _ends(known.parameters[key])
        found["parameters"][key] = entry
    if name in Prior.non_centered_distributions:
        found["non_centered"] = list(Prior.non_centered_distributions[name])
    if known is not None and known.either:
        found["either"] = [list(group) for group in known.either]
    ends = [end[0] for end in (known and known.support) or () if isinstance(end, tuple)]
    if len(ends) == 2:
        found["ends"] = ends
        defaults = [default for _, default in known.support]  # type: ignore[union-attr]  # has ends
        for key, default in zip(ends, defaults, strict=True):
            if default is not None and default not in _INFINITE:
                found["parameters"][key]["default"] = default
    return found


def _plain(row: Row | Parameter) -> dict[str, Any]:
    """Return what a row says beyond what is usual."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        usual = field.default_factory() if callable(field.default_factory) else field.default
        if field.name in ("name", "ours", "is_scale") or value == usual:
            continue
        if field.name == "parameters":
            found["parameters"] = {key: _plain(each) for key, each in value.items()}
        else:
            found[field.name] = _ends(value) if isinstance(value, Interval) else value
    return found


def _ends(interval: Interval) -> list[float | None]:
    """Return the ends, None for infinite ones, which JSON cannot hold."""
    return [None if end in _INFINITE else end for end in interval]


# -- the JSON Schema: shapes of values


def schema() -> JsonSchema:
    """Return the JSON Schema, made from the grammar that was written."""
    marked = {"anyOf": [{"required": [key]} for key in (VERSION_KEY, SCHEMA_KEY)]}
    definitions = dict(_definitions())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        "title": "Priors for unfunnel",
        **_choice([(marked, _ref("File")), ({"not": marked}, _ref("Priors"))], "object"),
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _definitions() -> Iterator[tuple[str, JsonSchema]]:
    envelope = {
        SCHEMA_KEY: {"type": "string"},
        VERSION_KEY: {"const": VERSION},
        PRIORS_KEY: _ref("Priors"),
    }
    yield "File", _record(envelope, [VERSION_KEY, PRIORS_KEY])
    names = {"propertyNames": {"minLength": 1}}
    yield "Priors", {"type": "object", "additionalProperties": _ref("Value"), **names}
    supports = {p.support for row in rows().values() for p in row.parameters.values()} | {REAL}
    for support in sorted(supports):
        name, (lower, upper) = _numbers(support), _ends(support)
        ends = {"exclusiveMinimum": lower, "exclusiveMaximum": upper}
        ends = {key: end for key, end in ends.items() if end is not None}
        yield from _arrays(name, {"type": "number", **ends}, "number")
        for prior in (True, False):
            yield _parameter(name, prior), _value(name, prior=prior)
    yield "Value", _value("Number", prior=True)
    yield from _arrays("Weight", {"type": "number", "minimum": 0, "maximum": 1}, "number")
    yield (
        "Centered",
        _value(
            "Weight",
            others=[
                ({"type": "string"}, {"enum": [*WORDS]}),
                ({"type": "boolean"}, {"type": "boolean"}),
            ],
        ),
    )
    yield from _arrays("Mask", {"type": "boolean"}, "boolean")
    yield "Masks", _array_or_labelled("Mask", ["array", "object"])
    yield from _labels()
    yield "Transform", {"type": "string", "minLength": 1, "examples": [*COMMON_TRANSFORMS]}
    yield from _priors()


def _numbers(support: Interval) -> str:
    named = {REAL: "Number", POSITIVE: "Positive", UNIT: "Share"}
    ends = "To".join(f"{end:g}".replace("-", "Minus").replace(".", "Point") for end in support)
    return named.get(support, f"From{ends}")


def _parameter(numbers: str, prior: bool) -> str:
    return f"{numbers}OrPrior" if prior else f"{numbers}Parameter"


def _ref(name: str) -> JsonSchema:
    return {"$ref": f"#/$defs/{name}"}


def _record(
    fields: Mapping[str, JsonSchema], required: Iterable[str] = (), **said: Any
) -> JsonSchema:
    """Say that a mapping has these keys and no others."""
    found = {"type": "object", "properties": dict(fields), "additionalProperties": False}
    return {**found, **({"required": list(required)} if required else {}), **said}


def _choice(kinds: Iterable[tuple[JsonSchema, JsonSchema]], *types: str) -> JsonSchema:
    """Say what holds for each of several kinds of thing, by the test that tells it."""
    conditions = [{"if": test, "then": shape} for test, shape in kinds]
    return {"type": types[0] if len(types) == 1 else list(types), "allOf": conditions}


_A_LABELLED_ARRAY: JsonSchema = {
    "type": "object",
    "properties": {"class": {"const": "DataArray"}},
    "required": ["class"],
    "not": {"anyOf": [{"required": [key]} for key in ("dist", "distribution")]},
}


def _arrays(name: str, one: JsonSchema, kind: str) -> Iterator[tuple[str, JsonSchema]]:
    """Define an element, a nested list of such and a labelled array of such."""
    lists = ({"type": "array"}, _ref(f"{name}Array"))
    element = _choice([lists, ({"type": kind}, _ref(name))], kind, "array")
    labelled = {
        "class": {"const": "DataArray"},
        "data": element,
        "dims": _ref("ListOfDims"),
        "coords": {"type": "object", "additionalProperties": _ref("Coord")},
    }
    yield name, one
    yield f"{name}Array", {"type": "array", "items": element, "minItems": 1}
    yield f"{name}DataArray", _record(labelled, ["class", "data", "dims"])


def _array_or_labelled(name: str, types: list[str], *kinds: Any) -> JsonSchema:
    found = _choice(
        [
            *kinds,
            ({"type": "array"}, _ref(f"{name}Array")),
            (_A_LABELLED_ARRAY, _ref(f"{name}DataArray")),
        ],
        *types,
    )
    return {**found, "if": {"type": "object"}, "then": _A_LABELLED_ARRAY}


def _value(name: str, *, prior: bool = False, others: Iterable[Any] = ()) -> JsonSchema:
    """Say that there is a number, an array, a labelled array, perhaps a prior, or others."""
    others = list(others)
    types = ["number", "array", "object", *(test["type"] for test, _ in others)]
    found = _array_or_labelled(name, types, ({"type": "number"}, _ref(name)), *others)
    if prior:
        test = {"type": "object", "not": _A_LABELLED_ARRAY}
        found = {"type": found["type"], "allOf": found["allOf"]}
        found["allOf"].append({"if": test, "then": _ref("Prior")})
    return found


def _labels() -> Iterator[tuple[str, JsonSchema]]:
    # A comma in the name of a dim is a list without its brackets, which would be read as one dim.
    yield "Dim", {"type": "string", "minLength": 1, "pattern": "^[^,]*$"}
    yield "ListOfDims", {"type": "array", "items": _ref("Dim"), "uniqueItems": True}
    several = ({"type": "array"}, _ref("ListOfDims"))
    yield "Dims", _choice([({"type": "string"}, _ref("Dim")), several], "string", "array")
    yield "Label", {"type": ["string", "boolean", "number"]}
    a_list = {"type": "array", "items": _ref("Label")}
    texts = {"type": "array", "items": {"type": "string"}}
    dates = _record({"dtype": {"const": DATETIME}, "data": texts}, ["dtype", "data"])
    kinds = [({"type": "object"}, dates), ({"type": "array"}, a_list)]
    yield "Labels", _choice(kinds, "object", "array")
    # What labels no dim itself: an area of each geo, or the year that was selected.
    beside = {
        "dims": {"type": "array", "items": _ref("Dim"), "maxItems": 1},
        "data": {**a_list, "minItems": 1},
        "dtype": {"const": DATETIME},
    }
    named = {"type": "object", "required": ["dims"]}
    coord = [(named, _record(beside, ["dims", "data"])), ({"not": named}, _ref("Labels"))]
    yield "Coord", _choice(coord, "object", "array")


# -- the JSON Schema: shapes of priors

#: The place beside the name of a prior, and the place under ``kwargs``.
_BESIDE, _UNDER = "", "kwargs"


def _priors() -> Iterator[tuple[str, JsonSchema]]:
    yield "Prior", _any_prior([*rows(), BY_COORD], WRAPPERS)
    yield "Distribution", _any_prior([*rows()], ())
    for name, row in rows().items():
        fields = {key: _field(parameter) for key, parameter in row.parameters.items()}
        fields |= dict.fromkeys(row.bounds, _ref("Number"))
        possible = {
            "dims": _ref("Dims"),
            "core_dims": _ref("Dims"),
            "centered": _ref("Centered") if row.ours else {"type": "boolean"},
            "transform": _ref("Transform"),
            "zero_sum": _ref("Dims"),
            "zero_sum_scale": {"enum": [*SCALES]},
        }
        options = {key: possible[key] for key in row.options}
        yield f"{name}_parameters", _record(fields)
        for suffix, key, places in _forms(row.ours):
            said = _between_keys(row, places)
            yield f"{name}{suffix}", _form(name, key, places, fields, options, said)
    yield from _by_coord()
    yield from _wrappers()


def _forms(both: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give the suffix, the key of the name and the places of parameters of either form."""
    for suffix, key, usual in (("", "dist", _UNDER), ("_flat", "distribution", _BESIDE)):
        yield suffix, key, (_BESIDE, _UNDER) if both else (usual,)


def _form(
    name: str,
    key: str,
    places: tuple[str, ...],
    fields: Mapping[str, JsonSchema],
    options: Mapping[str, JsonSchema],
    said: list[JsonSchema],
) -> JsonSchema:
    own = dict(fields) if _BESIDE in places else {}
    if _UNDER in places:
        own["kwargs"] = _ref(f"{name}_parameters")
    shapes = {key: {"const": name}, **own, **options}
    return _record(shapes, [key], **({"allOf": said} if said else {}))


def _field(parameter: Parameter) -> JsonSchema:
    if parameter.is_flag:
        return {"type": "boolean"}
    # Where bounds move the support, which numbers are inside is no question of shape.
    numbers = _numbers(REAL if parameter.within_bounds else parameter.support)
    return _ref(_parameter(numbers, prior=not parameter.limited))


def _any_prior(names: list[str], wrappers: Iterable[str]) -> JsonSchema:
    kinds = [
        (_says(key, name), _ref(f"{name}{suffix}"))
        for suffix, key, _ in _forms(both=False)
        for name in names
    ]
    kinds += [(_says("class", name), _ref(name)) for name in wrappers]
    known: dict[str, Any] = {key: {"enum": names} for key in ("dist", "distribution")}
    if wrappers:
        known["class"] = {"enum": [*wrappers]}
    either = [{"required": [key]} for key in known]
    return {**_choice(kinds, "object"), "properties": known, "anyOf": either}


def _says(key: str, name: str) -> JsonSchema:
    return {"type": "object", "properties": {key: {"const": name}}, "required": [key]}


def _by_coord() -> Iterator[tuple[str, JsonSchema]]:
    prior = _ref("Prior")
    by_label = {"type": "object", "additionalProperties": prior, "minProperties": 1}
    in_order = {"type": "array", "items": prior, "minItems": 1}
    kinds = [({"type": "object"}, by_label), ({"type": "array"}, in_order)]
    members = _choice(kinds, "object", "array")
    fields = {
        "dim": _ref("Dim"), "labels": _ref("Labels"), "members": members, "default": prior,
    }  # fmt: skip
    yield f"{BY_COORD}_parameters", _record(fields)
    for suffix, key, places in _forms(both=True):
        labels = _somewhere("labels", places)
        listed = _somewhere("members", places, {"type": "array"})
        mapped = _somewhere("members", places, {"type": "object"})
        said = [_one_of((name,), places) for name in ("dim", "members")]
        said += [_not_twice(name, places) for name in ("labels", "default")]
        said += [{"if": listed, "then": labels}, {"if": mapped, "then": {"not": labels}}]
        form = _form(BY_COORD, key, places, fields, {"dims": _ref("Dims")}, said)
        yield f"{BY_COORD}{suffix}", form


def _wrappers() -> Iterator[tuple[str, JsonSchema]]:
    ours = [name for name, row in rows().items() if row.ours]
    keys = ("dist", "distribution")
    censored = {
        **_ref("Distribution"),
        "not": {"required": ["transform"]},
        "if": _at(_BESIDE, "centered", {"const": False}),
        "then": {"anyOf": [_at(_BESIDE, key, {"enum": ours}) for key in keys]},
        "properties": {"centered": {"not": {"const": OFFSET}}},
    }
    shapes: dict[str, dict[str, JsonSchema]] = {
        "Censored": {"dist": censored, "lower": {"type": "number"}, "upper": {"type": "number"}},
        "Scaled": {"dist": _ref("Prior"), "factor": _ref("NumberParameter")},
        "MaskedPrior": {
            "prior": _ref("Distribution"),
            "mask": _ref("Masks"),
            "mask_dims": _ref("ListOfDims"),
            "active_dim": _ref("Dim"),
        },
    }
    for name, fields in shapes.items():
        data = _record(fields, WRAPPERS[name][1])
        yield name, _record({"class": {"const": name}, "data": data}, ["class", "data"])


# -- the JSON Schema: what holds between keys; the rules say it with better messages


def _between_keys(row: Row, places: tuple[str, ...]) -> list[JsonSchema]:
    """Return what holds between the keys of a prior whose parameters stand at these places."""
    said = [_one_of(names, places) for names in row.alternatives.values() if names != ("mu",)]
    once = [name for name in row.given if name not in sum(row.alternatives.values(), ())]
    said += [_not_twice(name, places) for name in once if len(places) > 1]
    if not row.ours and row.non_centered is None:
        said.append({"properties": {"centered": {"const": True}}})
    elif not row.ours:
        needed = {"allOf": [_somewhere(name, places) for name in row.non_centered or ()]}
        said.append({"if": _at(_BESIDE, "centered", {"const": False}), "then": needed})
    if row.scale_of:
        then = {"zero_sum": {"minItems": 1}, "centered": {"not": {"const": OFFSET}}}
        said.append(
            {
                "dependentRequired": {"zero_sum_scale": ["zero_sum"]},
                "if": {"required": ["zero_sum"]},
                "then": {"properties": then},
            }
        )
    return said


def _at(place: str, name: str, test: JsonSchema | None = None) -> JsonSchema:
    """Say that a key is there, and stands for something of this kind."""
    found: JsonSchema = {"required": [name]}
    if test:
        found["properties"] = {name: test}
    if place == _BESIDE:
        return found
    return {"properties": {place: {"type": "object", **found}}, "required": [place]}


def _any_of(found: list[JsonSchema], key: str) -> JsonSchema:
    return found[0] if len(found) == 1 else {key: found}


def _somewhere(name: str, places: tuple[str, ...], test: JsonSchema | None = None) -> JsonSchema:
    return _any_of([_at(place, name, test) for place in places], "anyOf")


def _one_of(names: tuple[str, ...], places: tuple[str, ...]) -> JsonSchema:
    """Say that exactly one of the parameters is there, at one place."""
    return _any_of([_at(place, name) for place in reversed(places) for name in names], "oneOf")


def _not_twice(name: str, places: tuple[str, ...]) -> JsonSchema:
    return {"not": {"allOf": [_at(place, name) for place in places]}}


def main() -> None:
    """Write both files."""
    PATH.write_text(json.dumps(grammar(), indent=1) + "\n", encoding="utf-8")
    SCHEMA_PATH.write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
