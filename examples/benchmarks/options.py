"""Options that the commands of all grids have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Records = Annotated[
    Path | None,
    typer.Option(
        help="A folder, with a file for each fit: what is in it is not run again, what is run "
        "is added. Begin a new one when the code has changed."
    ),
]
Jobs = Annotated[int, typer.Option(min=1, help="Fits at a time, in processes.")]
Dask = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Of a dask scheduler: run the fits there.")
]
Picture = Annotated[Path | None, typer.Option("--figure", help="Draw it to this PNG.")]
