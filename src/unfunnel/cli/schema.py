"""``unfunnel schema``: the JSON Schema of a file of priors."""

from __future__ import annotations

import json

from unfunnel.cli.terminal import failures, typer


def schema() -> None:
    """Print the JSON Schema of a file of priors, for editors and other validators.

    Exit code 0.
    """
    with failures():
        from unfunnel.files.grammar.schema import schema as schema_of_files

        typer.echo(json.dumps(schema_of_files(), indent=2, ensure_ascii=False))
