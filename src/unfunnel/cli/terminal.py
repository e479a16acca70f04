"""What commands do alike: messages on standard error, exit codes, ``--coords``, names of priors.

Nothing here is heavy: ``unfunnel --help`` imports this module.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from unfunnel.errors import (
    DimsError,
    ParameterError,
    UnfunnelError,
    UnsupportedError,
    listed,
    nearest,
)
from unfunnel.optional import require

if TYPE_CHECKING:
    import typer
else:
    typer = require("typer", "cli")

__all__ = ["typer"]

PriorsFile = Annotated[Path, typer.Argument(help="JSON or YAML, by suffix.")]
PriorsFiles = Annotated[list[Path], typer.Argument(help="JSON or YAML, by suffix.")]
Names = Annotated[list[str] | None, typer.Argument(help="These priors only.", show_default=False)]
CoordsFile = Annotated[
    Path | None, typer.Option(help="Labels of dims: geo: [north, south], as JSON or YAML.")
]


class Format(StrEnum):
    """How results are written."""

    text = "text"
    json = "json"


def say(message: str) -> None:
    """Write a message to standard error."""
    typer.echo(message, err=True)


@contextmanager
def failures(closed: int = 0) -> Iterator[None]:
    """End with a message and exit code 1 where the library or the system refuses something.

    ``closed`` is the exit code if nobody reads the output to its end, as behind ``| head``.
    """
    try:
        yield
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # for the flush at exit
        raise typer.Exit(closed) from None
    except (UnfunnelError, OSError) as error:
        say(str(error))
        raise typer.Exit(1) from error


@contextmanager
def making(what: str) -> Iterator[None]:
    """Say which prior it is that PyMC refuses to make, instead of a traceback."""
    try:
        yield
    except UnfunnelError:
        raise
    except Exception as error:  # upstream has classes of its own, without a common one
        given, expected = f"{type(error).__name__}: {error}", "what PyMC can make"
        remedy = "Check dims and parameters."
        raise UnsupportedError(what, expected=expected, given=given, remedy=remedy) from error


@contextmanager
def warnings_as_messages() -> Iterator[None]:
    """Write our warnings to standard error, each once and without the line of code."""
    from unfunnel.errors import MomentWarning, SupportWarning

    seen: set[str] = set()

    def show(message: Any, *_where: Any, **_more: Any) -> None:
        if str(message) not in seen:
            seen.add(str(message))
            say(f"warning: {message}")

    with warnings.catch_warnings():
        for category in (MomentWarning, SupportWarning):
            warnings.simplefilter("always", category)
        warnings.showwarning = show
        yield


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show what takes its time, on standard error and only in a terminal."""
    with require("rich.console", "cli").Console(stderr=True).status(what):
        yield


def load_priors(file: Path, names: Sequence[str] | None) -> dict[str, Any]:
    """Return the priors of a file, those of some names or all, in the order of the file."""
    with busy("Importing PyMC"):
        import pymc_extras.prior  # noqa: F401  # so that it is not load that takes its time

        from unfunnel.files.api import load
    priors = load(file)
    for name in names or ():
        if name not in priors:
            expected, remedy = f"the names {listed(priors)}", nearest(name, priors).strip()
            raise ParameterError(str(file), expected=expected, given=repr(name), remedy=remedy)
    return {name: prior for name, prior in priors.items() if not names or name in names}


def read_coords(path: Path | None) -> dict[str, list[Any]]:
    """Return the labels of each dim, from a mapping of dims to lists in JSON or YAML."""
    if path is None:
        return {}
    from unfunnel.files.read import read_file

    data = read_file(path).checked().data
    wrong = [key for key in data if not _are_labels(data[key])] if isinstance(data, dict) else []
    if isinstance(data, dict) and not wrong:
        return data
    raise DimsError(
        str(path),
        expected="a mapping from dims to lists of different labels, such as geo: [north, south]",
        given=f"{wrong[0]}: {data[wrong[0]]!r}" if wrong else f"a {type(data).__name__}",
    )


def _are_labels(labels: Any) -> bool:
    if not isinstance(labels, list) or not labels:
        return False
    texts_or_numbers = all(isinstance(label, str | int | float) for label in labels)
    return texts_or_numbers and len(set(labels)) == len(labels)
