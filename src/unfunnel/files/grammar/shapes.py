"""Of what shapes are made: mappings with known keys, and places where one of several kinds stands.

Shapes are pydantic's core schemas, the records that its models are compiled to. Where several kinds
of thing may stand, one look at the value tells which is meant (:func:`choice`), so that a mistake
inside is one error, not one for each kind it could have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic_core import CoreSchema
from pydantic_core import core_schema as core

#: Begins the name of a kind in the location of an error, where no key of a file is mistaken for it.
MARK = "\0"


class Kind(NamedTuple):
    """One of the kinds of thing that may stand somewhere.

    Parameters
    ----------
    name : str
        Of the kind.
    test : dict
        The JSON Schema that tells this kind.
    shape : CoreSchema
        What it has to be then.
    """

    name: str
    test: dict[str, Any]
    shape: CoreSchema


def choice(
    place: str,
    kind_of: Callable[[Any], str | bool | None],
    kinds: Iterable[Kind],
    base: dict[str, Any],
    *,
    ref: str | None = None,
) -> CoreSchema:
    """Return the shape of a place where one of several kinds may stand.

    Parameters
    ----------
    place : str
        What may stand here, for messages about anything else.
    kind_of : callable
        Tells the kind of a value; something false if it is none.
    kinds : iterable of Kind
        All of them.
    base : dict
        JSON Schema that refuses what is none.
    ref : str, optional
        Name of the shape.
    """
    kinds = list(kinds)
    return core.tagged_union_schema(
        {MARK + kind.name: kind.shape for kind in kinds},
        lambda value: f"{MARK}{kind_of(value) or ''}",
        custom_error_type=f"{MARK}{place}",
        custom_error_message=place,
        ref=ref,
        metadata={"tests": {MARK + kind.name: kind.test for kind in kinds}, "base": base},
    )


def record(
    fields: Mapping[str, CoreSchema],
    required: Iterable[str] = (),
    *,
    ref: str | None = None,
    **json: Any,
) -> CoreSchema:
    """Return the shape of a mapping with these keys and no others.

    ``json`` is added to its JSON Schema: what holds between keys, which the validator checks in
    :mod:`unfunnel.files.checks.consistency`.
    """
    needed = set(required)
    return core.typed_dict_schema(
        {
            name: core.typed_dict_field(field, required=name in needed)
            for name, field in fields.items()
        },
        strict=True,
        extra_behavior="forbid",
        ref=ref,
        metadata={"json": json},
    )


def reference(name: str) -> CoreSchema:
    """Return a shape by its name."""
    return core.definition_reference_schema(name)
