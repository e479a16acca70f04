"""What every command does alike: messages on standard error, results on standard output.

Nothing here is heavy: ``unfunnel --help`` imports this module.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from unfunnel.errors import UnfunnelError, UnsupportedError
from unfunnel.optional import require

if TYPE_CHECKING:
    import typer
else:
    typer = require("typer", "cli")

__all__ = [
    "WIDTH",
    "Format",
    "busy",
    "failures",
    "making",
    "say",
    "typer",
    "warnings_as_messages",
]

#: No column is cut, in a narrow terminal or a log either.
WIDTH = 140


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

    Parameters
    ----------
    closed : int, default 0
        The exit code if nobody reads the output to its end, as behind ``| head``.
    """
    try:
        yield
    except BrokenPipeError:  # whatever reads the output has seen enough, as `head` has
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
        raise UnsupportedError(
            what,
            expected="what PyMC can make",
            given=f"{type(error).__name__}: {error}",
            remedy="Check dims and parameters.",
        ) from error


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
    console = require("rich.console", "cli").Console(stderr=True)
    with console.status(what):
        yield
