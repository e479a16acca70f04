"""``unfunnel convert``: priors of other libraries in files, as ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Annotated

from unfunnel.cli.terminal import failures, say, typer

if TYPE_CHECKING:
    from unfunnel.files.conversion.convert import Conversion
    from unfunnel.files.problems import Path as ProblemPath
    from unfunnel.files.problems import Problem
    from unfunnel.files.text.reading import Document


def convert(
    files: Annotated[list[Path], typer.Argument(help="JSON or YAML, by suffix.")],
    write: Annotated[bool, typer.Option("--write", help="Change the files.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with code 1 if a file would change.")
    ] = False,
) -> None:
    """Show how priors of other libraries are written as ours, as a diff.

    LogNormalPrior and LaplacePrior of pymc-marketing, and Normal priors under exp with constant
    parameters, keep their law. Everything else in a file stays as it is, comments included. Nothing
    is written without --write; what to know about each prior is on standard error.

    Exit code 0; 1 if a file cannot be read, a prior cannot be converted, or, with --check, there is
    something to convert.
    """
    outcomes = []
    with failures():
        for file in files:
            outcomes.append(_convert(file, write))
    changed, failed = (any(column) for column in zip(*outcomes, strict=True))
    if failed or (check and changed):
        raise typer.Exit(1)


def _convert(file: Path, write: bool) -> tuple[bool, bool]:
    """Convert a file; return whether it changes, and whether something in it cannot."""
    from unfunnel.files.conversion.convert import convert as conversion_of
    from unfunnel.files.problems import ConfigError
    from unfunnel.files.text.reading import format_of, read_file
    from unfunnel.files.text.rewriting import rewritten

    document = read_file(file)
    if document.problems:
        raise ConfigError(str(file), document.problems)
    found = conversion_of(document.data)
    for note in found.notes:
        say(f"{_place(file, document, note.path)}: {note}")
    _tell_refusals(file, document, found)
    if not found.notes:
        return False, bool(found.refusals)
    text = file.read_text(encoding="utf-8")
    new = rewritten(text, format_of(file), found.data)
    if new.lost_comments:
        say(f"{file}: comments in lines that are taken away are not kept.")
    old_lines, new_lines = (each.splitlines(keepends=True) for each in (text, new.text))
    diff = unified_diff(old_lines, new_lines, str(file), str(file))
    typer.echo("".join(_with_line_ends(diff)), nl=False)
    remaining = _remaining(new.text, file, found)
    for problem in remaining:
        say(f"{file}: {problem}")
    if write:
        line_end = "\r\n" if b"\r\n" in file.read_bytes() else "\n"
        file.write_text(new.text, encoding="utf-8", newline=line_end)
    return True, bool(found.refusals or remaining)


def _tell_refusals(file: Path, document: Document, found: Conversion) -> None:
    """Say what is left as it is, why, and what could stand there."""
    from unfunnel.files.text.writing import to_yaml

    for refusal in found.refusals:
        place = _place(file, document, refusal.problem.path)
        say(f"{place}: not converted: {refusal.problem}")
        if refusal.suggestion is not None:
            say("  A prior near it, which is not the same one:")
            name = next((s for s in reversed(refusal.problem.path) if isinstance(s, str)), "prior")
            say(indent(to_yaml({name: refusal.suggestion}).rstrip("\n"), "    "))


def _remaining(text: str, file: Path, found: Conversion) -> list[Problem]:
    """Return what is wrong with the priors that were converted, as they now are."""
    from unfunnel.files.api import problems_in
    from unfunnel.files.text.reading import format_of, read_text

    converted = [note.path for note in found.notes]
    return [
        problem
        for problem in problems_in(read_text(text, format_of(file), str(file)))
        if any(problem.path[: len(path)] == path for path in converted)
    ]


def _place(file: Path, document: Document, path: ProblemPath) -> str:
    line = document.line(path)
    return str(file) if line is None else f"{file}:{line}"


def _with_line_ends(diff: Iterable[str]) -> Iterator[str]:
    """Mark the lines that have no end, as the last of a file may have none."""
    for line in diff:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
