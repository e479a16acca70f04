"""``unfunnel convert``: priors of other libraries in files, as ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from unfunnel.cli.terminal import PriorsFiles, failures, say, typer

if TYPE_CHECKING:
    from unfunnel.files.problems import Path as ProblemPath


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
    from unfunnel.files.read import format_of, read_file, read_text

    document = read_file(file).checked()

    def tell(path: ProblemPath, message: str) -> None:
        line = document.line(path)
        say(f"{file}{'' if line is None else f':{line}'}: {message}")

    conversion = convert(document.data)
    for note in conversion.notes:
        tell(note.path, str(note))
    for note in conversion.refused:
        tell(note.path, f"not converted: {note}")
    changes, remaining = bool(conversion.notes), False
    text = text_of(conversion.data, format_of(file)) if changes else file.read_text("utf-8")
    if not check:
        typer.echo(text, nl=False)
    for problem in problems_in(read_text(text, format_of(file))) if changes else ():
        if any(problem.path[: len(note.path)] == note.path for note in conversion.notes):
            say(f"{file}, converted: {problem}")
            remaining = True
    return changes, bool(conversion.refused) or remaining
