"""The progress of a pilot: one line for all its rounds, in terminals and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class PilotProgress:
    """Says how far a pilot is.

    Parameters
    ----------
    most_rounds : int
        How many rounds there may be.
    bar : rich Progress, optional
        Where to show it; nowhere if not given.
    """

    def __init__(self, most_rounds: int, bar: Progress | None = None) -> None:
        self._most_rounds = most_rounds
        self._bar = bar
        self._task = bar.add_task("Pilot", total=most_rounds, gradients=0) if bar else None

    def in_round(self, number: int, gradients: int) -> Callable[[Any], None] | None:
        """Begin a round; return what nutpie is to call with the progress of its chains.

        Parameters
        ----------
        number : int
            Of the round, from 1.
        gradients : int
            How many the rounds before it took.
        """
        bar, task = self._bar, self._task
        if bar is None or task is None:
            return None
        text = f"Pilot, round {number} of at most {self._most_rounds}"

        def update(chains: Any) -> None:
            done = sum(chain.finished_draws for chain in chains)
            share = done / max(1, sum(chain.total_draws for chain in chains))
            steps = gradients + sum(chain.total_num_steps for chain in chains)
            bar.update(task, description=text, completed=number - 1 + share, gradients=steps)

        bar.update(task, description=text, completed=number - 1, gradients=gradients)
        return update

    def done(self, rounds: int, gradients: int) -> None:
        """Say that it is over; after 0 rounds, that it failed."""
        if self._bar is None or self._task is None:
            return
        text = f"Pilot, {rounds} rounds" if rounds else "Pilot failed"
        most = self._most_rounds
        self._bar.update(
            self._task, description=text, completed=most if rounds else 0, gradients=gradients
        )


@contextmanager
def pilot_progress(show: bool, most_rounds: int) -> Iterator[PilotProgress]:
    """Show the progress of a pilot for as long as the context lasts.

    Parameters
    ----------
    show : bool
        Whether to show anything.
    most_rounds : int
        How many rounds there may be.
    """
    if not show:
        yield PilotProgress(most_rounds)
        return
    console = Console()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[gradients]} gradients"),
        TimeElapsedColumn(),
        console=console,
        disable=not _can_be_live(console),
    )
    with bar:
        yield PilotProgress(most_rounds, bar)
    if bar.disable:  # as it stands at its end
        console.print(bar.get_renderable())


def tell(show: bool, line: str) -> None:
    """Print a line where progress is shown, if it is."""
    if show:
        Console().print(line, markup=False, highlight=False)


def _can_be_live(console: Console) -> bool:
    """Whether rich can redraw; without ipywidgets it warns in a notebook, and shows nothing."""
    return not console.is_jupyter or find_spec("ipywidgets") is not None
