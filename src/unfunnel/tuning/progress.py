"""The progress of a pilot: one line for all its rounds, in terminals and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class PilotProgress:
    """Says how far a pilot is, on a bar of rich, or nowhere."""

    def __init__(self, most_rounds: int, bar: Progress | None = None) -> None:
        self.bar = bar
        self._most_rounds = most_rounds
        if bar is not None:
            self._task = bar.add_task("Pilot", total=most_rounds, gradients=0)

    def in_round(self, number: int, gradients: int) -> Callable[[Any], None] | None:
        """Begin a round; return what nutpie is to call with the progress of its chains.

        ``gradients`` is how many the rounds before it took.
        """
        if self.bar is None:
            return None
        text = f"Pilot, round {number} of at most {self._most_rounds}"

        def update(chains: Any) -> None:
            done = sum(chain.finished_draws for chain in chains)
            share = done / max(1, sum(chain.total_draws for chain in chains))
            steps = sum(chain.total_num_steps for chain in chains)
            self._update(text, number - 1 + share, gradients + steps)

        self._update(text, number - 1, gradients)
        return update

    def done(self, rounds: int, gradients: int) -> None:
        """Say that it is over; after 0 rounds, that it failed."""
        text = f"Pilot, {rounds} rounds" if rounds else "Pilot failed"
        self._update(text, self._most_rounds if rounds else 0, gradients)

    def _update(self, text: str, completed: float, gradients: int) -> None:
        if self.bar is not None:
            self.bar.update(self._task, description=text, completed=completed, gradients=gradients)


@contextmanager
def pilot_progress(show: bool, most_rounds: int) -> Iterator[PilotProgress]:
    """Show the progress of a pilot for as long as the context lasts, if asked to."""
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
        disable=not can_be_live(console, find_spec("ipywidgets") is not None),
    )
    with bar:
        yield PilotProgress(most_rounds, bar)
    if bar.disable:  # as it stands at its end
        console.print(bar.get_renderable())


def tell(show: bool, line: str) -> None:
    """Print a line where progress is shown, if it is."""
    if show:
        Console().print(line, markup=False, highlight=False)


def can_be_live(console: Console, widgets: bool) -> bool:
    """Whether rich can redraw; without widgets it warns in a notebook, and shows nothing."""
    return widgets or not console.is_jupyter
