"""``unfunnel convert``: priors of other libraries in files, as ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from unfunnel.cli.terminal import PriorsFiles, failures, say, typer

if TYPE_CHECKING:
    from unfunnel.files.problems import Path as ProblemPath
    from unfunnel.files.read import Document


def convert(
    files: PriorsFiles,
    check: Annotated[
        bool,
        typer.Option("--check", help="Print notes only; exit code 1 if there is one to convert."),
    ] = False,
) -> None:
    """Print a file with the priors of other libraries written as ours.

    LogNormalPrior and LaplacePrior of pymc-marketing, and Normal priors under exp with constant
    parameters, keep their law. Everything else stays as it is, but comments and layout are lost
    where something is converted. What to know about each prior is on standard error.

    Exit code 0; 1 if a file cannot be read, a prior cannot be converted, or, with --check, there is
    something to convert.
    """
    if len(files) > 1 and not check:
        raise typer.BadParameter("one file is printed at a time; --check takes several.")
    with failures():
        outcomes = [_convert(file, check) for file in files]
    if any(failed or (check and changes) for changes, failed in outcomes):
        raise typer.Exit(1)


def _convert(file: Path, check: bool) -> tuple[bool, bool]:
    """Convert a file; return whether it changes, and whether something in it cannot."""
    from unfunnel.files.api import problems_in, text_of
    from unfunnel.files.convert import convert
    from unfunnel.files.problems import ConfigError
    from unfunnel.files.read import format_of, read_file, read_text

    document = read_file(file)
    if document.problems:
        raise ConfigError(str(file), document.problems)
    found = convert(document.data)
    for note in found.notes:
        say(f"{_place(file, document, note.path)}: {note}")
    for problem in found.refused:
        say(f"{_place(file, document, problem.path)}: not converted: {problem}")
    if not found.notes:
        if not check:
            typer.echo(file.read_text(encoding="utf-8"), nl=False)
        return False, bool(found.refused)
    text = text_of(found.data, format_of(file))
    if not check:
        typer.echo(text, nl=False)
    remaining = [
        problem
        for problem in problems_in(read_text(text, format_of(file)))
        if any(problem.path[: len(note.path)] == note.path for note in found.notes)
    ]
    for problem in remaining:
        say(f"{file}, converted: {problem}")
    return True, bool(found.refused or remaining)


def _place(file: Path, document: Document, path: ProblemPath) -> str:
    line = document.line(path)
    return str(file) if line is None else f"{file}:{line}"
