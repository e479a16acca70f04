"""From the shapes that the validator checks to JSON Schema."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from unfunnel.files.grammar.schema import SCHEMA_URL
from unfunnel.files.grammar.shapes_of_priors import file_shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def written_schema() -> dict[str, Any]:
    """Return the JSON Schema as it follows from the shapes; ``docs/make_schema.py`` writes it."""
    body = _Writer(by_alias=True).generate(deepcopy(file_shape()))
    definitions = body.pop("$defs")
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_URL,
        "title": "Priors for unfunnel",
        **body,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


class _Writer(GenerateJsonSchema):
    """Pydantic's writer, with a condition for each kind of thing in place of ``oneOf``."""

    def tagged_union_schema(self, schema: Any) -> JsonSchemaValue:
        """Write a place where one of several kinds of thing may stand."""
        said: dict[str, Any] = deepcopy(schema["metadata"]["base"])
        conditions = [
            {"if": test, "then": self.generate_inner(schema["choices"][kind])}
            for kind, test in schema["metadata"]["tests"].items()
        ]
        return {**said, "allOf": conditions}

    def typed_dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Write a mapping, with what holds between its keys."""
        return {**super().typed_dict_schema(schema), **_said(schema)}

    def list_schema(self, schema: Any) -> JsonSchemaValue:
        """Write a list, with what is said of it beside its elements."""
        return {**super().list_schema(schema), **_said(schema)}

    def str_schema(self, schema: Any) -> JsonSchemaValue:
        """Write a string, with examples."""
        return {**super().str_schema(schema), **_said(schema)}

    def float_schema(self, schema: Any) -> JsonSchemaValue:
        """Write a number; one that is known by itself."""
        return _said(schema) or super().float_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Write no titles: they would repeat the keys."""
        return False

    def get_title_from_name(self, name: str) -> str:
        """Return the name itself."""
        return name


def _said(schema: Any) -> JsonSchemaValue:
    found: JsonSchemaValue = schema.get("metadata", {}).get("json", {})
    return found
