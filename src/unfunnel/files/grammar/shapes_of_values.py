"""The shapes of numbers, arrays, labels and dims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from unfunnel.files.grammar.shapes import Kind, choice, record, reference
from unfunnel.intervals import POSITIVE, REAL, UNIT, Interval

DATETIME = "datetime64[ns]"
LABELLED = "DataArray"

# A comma in the name of a dim is a list without its brackets, which would be read as one dim.
_NO_COMMA = "^[^,]*$"

_DISCRIMINATORS = ("dist", "distribution")
_A_LABELLED_ARRAY = {
    "type": "object",
    "properties": {"class": {"const": LABELLED}},
    "required": ["class"],
    "not": {"anyOf": [{"required": [key]} for key in _DISCRIMINATORS]},
}


class Numbers(NamedTuple):
    """Numbers inside an interval: the name of the shape of one, and the interval."""

    name: str
    support: Interval

    @property
    def array(self) -> str:
        """Name of the shape of a nested list of them."""
        return f"{self.name}Array"

    @property
    def labelled(self) -> str:
        """Name of the shape of a labelled array of them."""
        return f"{self.name}{LABELLED}"


def numbers(support: Interval) -> Numbers:
    """Return the names of the shapes of numbers inside an interval."""
    named = {REAL: "Number", POSITIVE: "Positive", UNIT: "Share"}
    ends = "To".join(f"{end:g}".replace("-", "Minus").replace(".", "Point") for end in support)
    return Numbers(named.get(support, f"From{ends}"), support)


#: Weights of ``centered``.
WEIGHTS = Numbers("Weight", Interval(0.0, 1.0))


def is_number(value: Any) -> bool:
    """Whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_list(value: Any) -> bool:
    """Whether a value is a list, which in plain data from Python may be a tuple."""
    return isinstance(value, list | tuple)


def is_labelled(value: Any) -> bool:
    """Whether a value describes a labelled array."""
    return (
        isinstance(value, Mapping)
        and value.get("class") == LABELLED
        and not any(key in value for key in _DISCRIMINATORS)
    )


def kind_of_value(value: Any) -> str | None:
    """Tell numbers, arrays, labelled arrays and priors; None for what is none of them."""
    if isinstance(value, Mapping):
        return LABELLED if is_labelled(value) else "prior"
    if is_list(value):
        return "array"
    return "number" if is_number(value) else None


def value_shape(
    place: str, of: Numbers, prior: str | None = None, *, other: tuple[Kind, ...] = (), ref: str
) -> CoreSchema:
    """Return the shape of a place for a number, an array, a labelled array or a prior.

    Parameters
    ----------
    place : str
        For messages.
    of : Numbers
        The numbers.
    prior : str, optional
        Name of the shape of priors that may stand there; None if none may.
    other : tuple of Kind
        What else may stand there: strings and flags.
    ref : str
        Name of the shape.
    """
    kinds = [
        Kind("number", {"type": "number"}, reference(of.name)),
        Kind("array", {"type": "array"}, reference(of.array)),
        Kind(LABELLED, _A_LABELLED_ARRAY, reference(of.labelled)),
        *other,
    ]
    types = ["number", "array", "object"]
    if prior is not None:
        test = {"type": "object", "not": _A_LABELLED_ARRAY}
        kinds.append(Kind("prior", test, reference(prior)))
    base: dict[str, Any] = {"type": types + [str(kind.test["type"]) for kind in other]}
    if prior is None:
        base |= {"if": {"type": "object"}, "then": _A_LABELLED_ARRAY}
    named = {kind.name for kind in kinds}
    by_type = {str: "string", bool: "flag"}

    def kind_of(value: Any) -> str | None:
        kind = by_type.get(type(value)) or kind_of_value(value)
        return kind if kind in named else None

    return choice(place, kind_of, kinds, base, ref=ref)


def number_shapes(of: Numbers, *, closed: bool = False) -> list[CoreSchema]:
    """Return the shapes of a number, a nested list and a labelled array of these numbers."""
    lower, upper = (end if abs(end) < REAL.upper else None for end in of.support)
    ends: dict[str, Any] = {"ge": lower, "le": upper} if closed else {"gt": lower, "lt": upper}
    one = core.float_schema(strict=True, allow_inf_nan=False, ref=of.name, **ends)
    return [one, *array_shapes(of, "number")]


def array_shapes(of: Numbers, json_type: str) -> list[CoreSchema]:
    """Return the shapes of a nested list and of a labelled array of elements of a known shape."""

    def element() -> CoreSchema:
        return choice(
            "element",
            lambda value: "array" if is_list(value) else "one",
            [
                Kind("array", {"type": "array"}, reference(of.array)),
                Kind("one", {"type": json_type}, reference(of.name)),
            ],
            {"type": [json_type, "array"]},
        )

    array = core.list_schema(element(), min_length=1, ref=of.array)
    fields = {
        "class": core.literal_schema([LABELLED]),
        "data": element(),
        "dims": reference("ListOfDims"),
        "coords": core.dict_schema(core.str_schema(strict=True), reference("Coord"), strict=True),
    }
    return [array, record(fields, ["class", "data", "dims"], ref=of.labelled)]


def array_or_labelled(place: str, of: Numbers, *, ref: str) -> CoreSchema:
    """Return the shape of a place where a nested list or a labelled array has to stand."""
    return choice(
        place,
        lambda value: "array" if is_list(value) else LABELLED if is_labelled(value) else None,
        [
            Kind("array", {"type": "array"}, reference(of.array)),
            Kind(LABELLED, _A_LABELLED_ARRAY, reference(of.labelled)),
        ],
        {"type": ["array", "object"], "if": {"type": "object"}, "then": _A_LABELLED_ARRAY},
        ref=ref,
    )


def _each_once(names: list[str]) -> list[str]:
    for name in names:
        if names.count(name) > 1:
            raise PydanticCustomError(
                "repeated",
                "{name} more than once",
                {"name": repr(name)},
            )
    return names


def label_shapes() -> list[CoreSchema]:
    """Return the shapes of dims and of labels."""
    dim = core.str_schema(strict=True, min_length=1, pattern=_NO_COMMA, ref="Dim")
    names = core.list_schema(reference("Dim"), metadata={"json": {"uniqueItems": True}})
    dims = core.no_info_after_validator_function(_each_once, names, ref="ListOfDims")
    one_or_several = choice(
        "dims",
        lambda value: "one" if isinstance(value, str) else is_list(value) and "several",
        [
            Kind("one", {"type": "string"}, reference("Dim")),
            Kind("several", {"type": "array"}, reference("ListOfDims")),
        ],
        {"type": ["string", "array"]},
        ref="Dims",
    )
    label = choice(
        "label",
        lambda value: (
            "string"
            if isinstance(value, str)
            else "flag"
            if isinstance(value, bool)
            else "number"
            if is_number(value)
            else None
        ),
        [
            Kind("string", {"type": "string"}, core.str_schema(strict=True)),
            Kind("flag", {"type": "boolean"}, core.bool_schema(strict=True)),
            Kind("number", {"type": "number"}, reference("Number")),
        ],
        {"type": ["string", "boolean", "number"]},
        ref="Label",
    )
    dates = {
        "dtype": core.literal_schema([DATETIME]),
        "data": core.list_schema(core.str_schema(strict=True)),
    }
    labels = choice(
        "labels",
        lambda value: "dates" if isinstance(value, Mapping) else is_list(value) and "list",
        [
            Kind("dates", {"type": "object"}, record(dates, dates)),
            Kind("list", {"type": "array"}, core.list_schema(reference("Label"))),
        ],
        {"type": ["object", "array"]},
        ref="Labels",
    )
    beside = {
        "dims": core.list_schema(reference("Dim"), max_length=1),
        "data": core.list_schema(reference("Label"), min_length=1),
        "dtype": core.literal_schema([DATETIME]),
    }
    # What labels no dim itself: an area of each geo, or the year that was selected.
    named = {"type": "object", "required": ["dims"]}
    coord = choice(
        "labels",
        lambda value: "beside" if isinstance(value, Mapping) and "dims" in value else "of a dim",
        [
            Kind("beside", named, record(beside, ["dims", "data"])),
            Kind("of a dim", {"not": named}, reference("Labels")),
        ],
        {"type": ["object", "array"]},
        ref="Coord",
    )
    return [dim, dims, one_or_several, label, labels, coord]
