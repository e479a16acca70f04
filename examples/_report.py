"""What every example prints and saves: sampler diagnostics, tables, figures.

With ``UNFUNNEL_SHORT`` set, as in the tests, the examples run one seed with short chains, which
shows that they work and no more. ``UNFUNNEL_FIGURES`` is the directory the figures go to;
``docs/_static`` if it is not set.
"""

from __future__ import annotations

import io
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import arviz_stats
import matplotlib as mpl
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from xarray import DataTree

#: Colours of the figures: text, text that matters less, draws, what is wrong (divergences), what
#: is best, and one more for contrast.
INK, MUTED, DRAWS, TROUBLE, BEST = "#22303c", "#5b6b77", "#2f7f93", "#d1495b", "#2f7d4f"
CONTRAST = "#e0a030"

#: Headings of the columns of the diagnostics.
HEADINGS = {
    "divergences": "divergences",
    "rhat": "worst R-hat",
    "ess_bulk": "worst bulk ESS",
    "ess_tail": "worst tail ESS",
    "gradients_per_draw": "gradients/draw",
    "ess_per_kgrad": "ESS/1000 gradients",
}


def short() -> bool:
    """Return whether to run one seed with short chains."""
    return bool(os.environ.get("UNFUNNEL_SHORT"))


def diagnostics(trace: DataTree) -> dict[str, float]:
    """Say how well a model was sampled, worst variable first.

    Parameters
    ----------
    trace : DataTree
        With the groups ``posterior`` (free and deterministic variables) and ``sample_stats`` of
        kept draws, as nutpie returns them.

    Returns
    -------
    dict
        ``divergences``, worst ``rhat``, ``ess_bulk`` and ``ess_tail`` over every element of every
        variable, ``gradients_per_draw``, and ``ess_per_kgrad``: the worst bulk ESS per 1000
        gradient evaluations.
    """
    draws, stats = trace["posterior"].dataset, trace["sample_stats"].dataset
    gradients = float(stats["n_steps"].sum())
    with np.errstate(invalid="ignore"):  # 0/0 where an element never changes
        rhat = _over_all(np.nanmax, arviz_stats.rhat(draws))
    ess_bulk = _over_all(np.nanmin, arviz_stats.ess(draws, method="bulk"))
    return {
        "divergences": int(stats["diverging"].sum()),
        "rhat": rhat,
        "ess_bulk": ess_bulk,
        "ess_tail": _over_all(np.nanmin, arviz_stats.ess(draws, method="tail")),
        "gradients_per_draw": gradients / stats["n_steps"].size,
        "ess_per_kgrad": 1000 * ess_bulk / gradients,
    }


def _over_all(worst: Any, statistic: Any) -> float:
    # An element that never changes (what a channel adds before its first spend) has no R-hat.
    values = np.concatenate([np.ravel(values) for values in statistic.data_vars.values()])
    return float(worst(values))


def median(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each diagnostic over several runs (seeds)."""
    return {key: float(np.median([run[key] for run in runs])) for key in runs[0]}


def table(
    rows: Sequence[Mapping[str, Any]],
    title: str,
    *,
    headings: Mapping[str, str] = HEADINGS,
    formats: Mapping[str, str] | None = None,
    highlighted: int | None = None,
) -> None:
    """Print a table.

    Parameters
    ----------
    rows : sequence of mappings
        One mapping from heading to value for each row, all with the same keys.
    title : str
        Stands above it.
    headings : mapping, optional
        Readable headings of keys; those of :func:`diagnostics`, if none are given.
    formats : mapping, optional
        Format of the numbers of a key. Others are rounded to what they can mean.
    highlighted : int, optional
        Number of a row to print in bold.
    """
    printed = Table(title=title, title_justify="left", header_style="bold", title_style="bold")
    for key, value in rows[0].items():
        is_text = isinstance(value, str)
        printed.add_column(
            headings.get(key, key), justify="left" if is_text else "right", no_wrap=not is_text
        )
    for i, row in enumerate(rows):
        cells = (_shown(key, value, formats or {}) for key, value in row.items())
        printed.add_row(*cells, style="bold" if i == highlighted else None)
    # The width of the table, not of the terminal: in a log or a pipe no column is cut.
    # A width alone is ignored in a dumb terminal, hence the height.
    Console(width=160, height=60, soft_wrap=False).print(printed)


def _shown(key: str, value: Any, formats: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    if key in formats:
        return format(value, formats[key])
    if not np.isfinite(value):
        return str(value)
    if key == "rhat":
        return f"{value:.3f}"
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    return (
        f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    )


def print_versions(*packages: str) -> None:
    """Print the versions that a table was measured with, Python's first."""
    names = packages or ("pymc", "pytensor", "pymc-extras", "nutpie", "unfunnel")
    print(", ".join([f"Python {platform.python_version()}"] + [f"{n} {version(n)}" for n in names]))


def style() -> None:
    """Set the style of the figures."""
    mpl.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": INK,
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "figure.dpi": 110,
            "figure.titlesize": 13,
            "font.size": 10,
            "grid.alpha": 0.25,
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "savefig.bbox": "tight",
            "savefig.dpi": 150,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )


def save_figure(fig: Figure, name: str) -> Path:
    """Save a figure as PNG and say where.

    Parameters
    ----------
    fig : Figure
        A matplotlib figure; of a ``PlotCollection`` pass ``collection.viz["figure"].item()``.
    name : str
        File name without ending.

    Returns
    -------
    Path
        Of the file.
    """
    default = Path(__file__).resolve().parents[1] / "docs" / "_static"
    directory = Path(os.environ.get("UNFUNNEL_FIGURES") or default)
    path = directory / f"{name}.png"
    write_png(fig, path)
    print(f"Figure: {os.path.relpath(path)}")
    return path


def write_png(fig: Figure, path: Path) -> None:
    """Write a figure as PNG with 128 colors, which takes a third of the space."""
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Nothing but pixels, so that the same figure gives the same bytes.
    few_colors = Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few_colors.save(path, format="png", optimize=True)
