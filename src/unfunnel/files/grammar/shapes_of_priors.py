"""The shape of a file of priors, made from the grammar.

For each distribution there is the shape of its parameters, of a prior that states them under
``kwargs`` (``dist: Normal``, the form of ``Prior.to_dict``) and of one that states them beside its
name (``distribution: Normal``, the form of pymc-marketing's YAML). Our own priors may do either
under either name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from pydantic_core import CoreSchema
from pydantic_core import core_schema as core

from unfunnel.files.grammar import between_keys
from unfunnel.files.grammar.between_keys import BESIDE, UNDER
from unfunnel.files.grammar.rules import ParameterRule, Rule, rules
from unfunnel.files.grammar.shapes import Kind, choice, record, reference
from unfunnel.files.grammar.shapes_of_values import (
    WEIGHTS,
    Numbers,
    array_or_labelled,
    array_shapes,
    is_list,
    label_shapes,
    number_shapes,
    numbers,
    value_shape,
)
from unfunnel.files.version import (
    PRIORS_KEY,
    SCHEMA_KEY,
    VERSION,
    VERSION_KEY,
    is_whole_file,
)
from unfunnel.intervals import REAL

CENTERINGS = ("auto", "offset")
ZERO_SUM_SCALES = ("population", "marginal")
BY_COORD = "ByCoord"
#: Ends the name of the shape of a prior that states its parameters beside its name.
FLAT = "_flat"
WRAPPERS = ("Censored", "Scaled", "MaskedPrior")

#: Functions that ``transform`` often names. Others may be registered: any name is allowed.
TRANSFORMS = ("exp", "sigmoid", "softplus", "square", "sqrt", "tanh")

_MASK = Numbers("Mask", REAL)
_FLAG = core.bool_schema(strict=True)
_WORD = core.str_schema(strict=True, min_length=1)


def file_shape() -> CoreSchema:
    """Return the shape of a whole file, or of a bare mapping from names to priors."""
    priors = core.dict_schema(_WORD, reference("Value"), strict=True, ref="Priors")
    envelope = {
        SCHEMA_KEY: core.str_schema(strict=True),
        VERSION_KEY: core.float_schema(
            strict=True, ge=VERSION, le=VERSION, metadata={"json": {"const": VERSION}}
        ),
        PRIORS_KEY: reference("Priors"),
    }
    file = record(envelope, [VERSION_KEY, PRIORS_KEY], ref="File")
    marked = {"anyOf": [{"required": [key]} for key in (VERSION_KEY, SCHEMA_KEY)]}
    document = choice(
        "file",
        _kind_of_document,
        [
            Kind("file", marked, reference("File")),
            Kind("bare", {"not": marked}, reference("Priors")),
        ],
        {"type": "object"},
    )
    return core.definitions_schema(document, [file, priors, *_definitions()])


def _kind_of_document(data: Any) -> str | None:
    """Tell a file with its envelope from a bare mapping."""
    if not isinstance(data, Mapping):
        return None
    return "file" if is_whole_file(data) else "bare"


def kind_of_prior(value: Any) -> str | None:
    """Tell which prior a mapping describes: by ``dist``, else ``distribution``, else ``class``."""
    if not isinstance(value, Mapping):
        return None
    for key, suffix in (("dist", ""), ("distribution", FLAT)):
        if key in value:
            name = value[key]
            known = isinstance(name, str) and (name in rules() or name == BY_COORD)
            return f"{name}{suffix}" if known else None
    name = value.get("class")
    return name if name in WRAPPERS else None


def _definitions() -> Iterable[CoreSchema]:
    supports = {p.support for rule in rules().values() for p in rule.parameters.values()}
    for support in sorted(supports | {REAL}):
        of = numbers(support)
        yield from number_shapes(of)
        for prior in ("Prior", None):
            yield value_shape("parameter", of, prior, ref=_parameter_name(of, prior))
    yield from number_shapes(WEIGHTS, closed=True)
    yield core.bool_schema(strict=True, ref=_MASK.name)
    yield from array_shapes(_MASK, "boolean")
    yield array_or_labelled("mask", _MASK, ref="Masks")
    yield from label_shapes()
    yield value_shape("value", numbers(REAL), "Prior", ref="Value")
    yield _centered()
    yield core.str_schema(
        strict=True, min_length=1, ref="Transform", metadata={"json": {"examples": [*TRANSFORMS]}}
    )
    yield _any_prior("prior", ref="Prior")
    yield _any_prior("distribution", ref="Distribution", only=set(rules()))
    for rule in rules().values():
        yield from _prior(rule)
    yield from _by_coord()
    yield from _wrappers()


def _parameter_name(of: Numbers, prior: str | None) -> str:
    return f"{of.name}Or{prior}" if prior else f"{of.name}Parameter"


def _centered() -> CoreSchema:
    words = Kind("string", {"type": "string"}, core.literal_schema([*CENTERINGS]))
    flags = Kind("flag", {"type": "boolean"}, _FLAG)
    return value_shape("centered", WEIGHTS, other=(words, flags), ref="Centered")


def _any_prior(place: str, *, ref: str, only: set[str] | None = None) -> CoreSchema:
    """Return the shape of a place for a prior; ``only`` of these distributions, if given."""
    named = [*rules(), BY_COORD] if only is None else [name for name in rules() if name in only]
    kinds = [
        Kind(f"{name}{suffix}", _says(key, name), reference(f"{name}{suffix}"))
        for key, suffix in (("dist", ""), ("distribution", FLAT))
        for name in named
    ]
    wrappers = WRAPPERS if only is None else ()
    kinds += [Kind(name, _says("class", name), reference(name)) for name in wrappers]
    known: dict[str, Any] = {key: {"enum": named} for key in ("dist", "distribution")}
    if wrappers:
        known["class"] = {"enum": [*wrappers]}
    allowed = {kind.name for kind in kinds}

    def kind_of(value: Any) -> str | None:
        kind = kind_of_prior(value)
        return kind if kind in allowed else None

    base = {
        "type": "object",
        "properties": known,
        "anyOf": [{"required": [key]} for key in known],
    }
    return choice(place, kind_of, kinds, base, ref=ref)


def _says(key: str, name: str) -> dict[str, Any]:
    return {"type": "object", "properties": {key: {"const": name}}, "required": [key]}


def _shape_of(parameter: ParameterRule) -> CoreSchema:
    if parameter.is_flag:
        return _FLAG
    # Where bounds move the support, which numbers are inside is no question of shape.
    of = numbers(REAL if parameter.within_bounds else parameter.support)
    return reference(_parameter_name(of, None if parameter.numbers_only else "Prior"))


def _prior(rule: Rule) -> Iterable[CoreSchema]:
    """Return the shapes of a distribution's parameters, and of a prior in both forms."""
    fields = {name: _shape_of(parameter) for name, parameter in rule.parameters.items()}
    fields |= dict.fromkeys(rule.bounds, reference("Number"))
    possible: dict[str, CoreSchema] = {
        "dims": reference("Dims"),
        "core_dims": reference("Dims"),
        "centered": reference("Centered") if rule.ours else _FLAG,
        "transform": reference("Transform"),
        "zero_sum": reference("Dims"),
        "zero_sum_scale": core.literal_schema([*ZERO_SUM_SCALES]),
    }
    options = {key: possible[key] for key in rule.options}
    yield record(fields, ref=f"{rule.name}_parameters")
    yield from _both_forms(
        rule.name, fields, options, mixed=rule.ours, said=partial(between_keys.of_prior, rule)
    )


def _both_forms(
    name: str,
    fields: Mapping[str, CoreSchema],
    options: Mapping[str, CoreSchema],
    *,
    mixed: bool,
    said: Callable[[tuple[str, ...]], dict[str, Any]],
) -> Iterable[CoreSchema]:
    """Return the shapes of a prior with its parameters under ``kwargs``, and beside its name."""
    at = {UNDER: {"kwargs": reference(f"{name}_parameters")}, BESIDE: fields}
    for key, usual, suffix in (("dist", UNDER, ""), ("distribution", BESIDE, FLAT)):
        places = (BESIDE, UNDER) if mixed else (usual,)
        own = {field: shape for place in places for field, shape in at[place].items()}
        shapes = {key: core.literal_schema([name]), **own, **options}
        yield record(shapes, [key], ref=f"{name}{suffix}", **said(places))


def _by_coord() -> Iterable[CoreSchema]:
    members = choice(
        "members",
        lambda value: "by label" if isinstance(value, Mapping) else is_list(value) and "in order",
        [
            Kind(
                "by label",
                {"type": "object"},
                core.dict_schema(reference("Label"), reference("Prior"), strict=True, min_length=1),
            ),
            Kind("in order", {"type": "array"}, core.list_schema(reference("Prior"), min_length=1)),
        ],
        {"type": ["object", "array"]},
    )
    fields = {
        "dim": reference("Dim"),
        "labels": reference("Labels"),
        "members": members,
        "default": reference("Prior"),
    }
    yield record(fields, ref=f"{BY_COORD}_parameters")
    options = {"dims": reference("Dims")}
    yield from _both_forms(BY_COORD, fields, options, mixed=True, said=between_keys.of_by_coord)


def _wrappers() -> Iterable[CoreSchema]:
    bound = core.float_schema(strict=True)  # infinite where there is none
    censored = {"dist": reference("Distribution"), "lower": bound, "upper": bound}
    scaled = {
        "dist": reference("Prior"),
        "factor": reference(_parameter_name(numbers(REAL), None)),
    }
    masked = {
        "prior": reference("Distribution"),
        "mask": reference("Masks"),
        "mask_dims": reference("ListOfDims"),
        "active_dim": reference("Dim"),
    }
    centered = between_keys.of_censored(name for name, rule in rules().items() if rule.ours)
    for name, data, required in (
        ("Censored", censored, ["dist"]),
        ("Scaled", scaled, scaled),
        ("MaskedPrior", masked, ["prior", "mask"]),
    ):
        json = {"properties": {"dist": centered}} if name == "Censored" else {}
        fields = {
            "class": core.literal_schema([name]),
            "data": record(data, required, allOf=[json]),
        }
        yield record(fields, fields, ref=name)
