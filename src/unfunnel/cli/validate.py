"""``unfunnel validate`` and ``unfunnel schema``: what a file of priors may hold, without PyMC."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

from unfunnel.cli.terminal import Format, PriorsFiles, failures, say, typer


def validate(
    files: PriorsFiles,
    format: Annotated[
        Format, typer.Option(help="A line for each file and problem, or one JSON array.")
    ] = Format.text,
) -> None:
    """Check files of priors, and name every mistake with its line, its path and what to do.

    Exit code 0 if all are valid, 1 if one is not, 2 for a wrong command.
    """
    with failures():
        reports = [_report(file) for file in files]
    invalid = [report for report in reports if report["problems"]]
    with failures(closed=1 if invalid else 0):
        if format is Format.json:
            typer.echo(json.dumps(reports, indent=2, ensure_ascii=False))
        else:
            typer.echo("\n".join(line for report in reports for line in _lines(report)))
    if invalid:
        if len(files) > 1:
            say(f"{len(invalid)} of {len(files)} files are not valid.")
        raise typer.Exit(1)


def _report(file: Path) -> dict[str, Any]:
    """Return what is said of one file, as plain data."""
    from unfunnel.errors import ParameterError
    from unfunnel.files.api import problems_in
    from unfunnel.files.grammar import priors_of
    from unfunnel.files.problems import ConfigError, Problem
    from unfunnel.files.read import read_file

    names: list[str] = []
    try:
        document = read_file(file)
        problems = problems_in(document)
        priors = priors_of(document.data)
        names = list(priors) if isinstance(priors, dict) else []
    except ConfigError as error:
        problems = list(error.problems)
    except ParameterError as error:  # a suffix that is neither
        problems = [Problem((), str(error.given), error.expected)]
    except OSError as error:
        problems = [Problem((), error.strerror or str(error), "a file that can be read")]
    shown = [
        {**asdict(each), "where": each.where, "message": str(replace(each, line=None))}
        for each in problems
    ]
    return {"file": str(file), "valid": not problems, "priors": names, "problems": shown}


def _lines(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that a terminal, and an editor that looks for ``file:line``, shows."""
    if report["valid"]:
        count = len(report["priors"])
        yield f"{report['file']}: valid, {count} {'prior' if count == 1 else 'priors'}"
    for each in report["problems"]:
        line = "" if each["line"] is None else f":{each['line']}"
        yield f"{report['file']}{line}: {each['message']}"


def schema() -> None:
    """Print the JSON Schema of a file of priors, for editors and other validators.

    Exit code 0.
    """
    with failures():
        from unfunnel.files.grammar import schema as schema_of_files

        typer.echo(json.dumps(schema_of_files(), indent=2, ensure_ascii=False))
