"""The command line. It imports nothing heavy before it knows what to do.

To add a command, write a module with a function like :func:`unfunnel.cli.validate.validate`, and
list it here and on ``docs/cli.md``.
"""

from __future__ import annotations

from typing import Any

from unfunnel.cli.convert import convert
from unfunnel.cli.describe import describe
from unfunnel.cli.sample_prior import sample_prior
from unfunnel.cli.terminal import typer
from unfunnel.cli.validate import schema, validate

# Help and errors without rich, which takes longer to import than all else together.
_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}

app = typer.Typer(name="unfunnel", no_args_is_help=True, add_completion=False, **_PLAIN)

for _command in (validate, describe, sample_prior, convert, schema):
    app.command()(_command)


@app.callback()
def main() -> None:
    """Hierarchical priors for PyMC that sample without funnels."""
