"""What a prior says, for people to read: a table, a figure, and the numbers behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from io import StringIO
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from unfunnel.errors import ParameterError, listed
from unfunnel.figure_style import BLUE, INK, RED, axes_or_new, without_frame
from unfunnel.moments.laws import Drawn, Law

if TYPE_CHECKING:
    from rich.table import Table

#: The level of the elements themselves.
ELEMENT = "element"

#: The quantity that says how alike elements are: the intraclass correlation.
ICC = "ICC"

#: The columns of the numbers that are no dims.
COLUMNS = ("level", "quantity", "value", "method", "error")

_MOMENTS = ("mean", "sd")

# Letters of a prior with long arrays that stand above the table, and room for all columns: none is
# cut in a narrow terminal.
_TITLE, _WIDTH = 300, 160

_ROUNDING = 1e-13

#: The value, the method by which it was found, and the Monte Carlo error.
Number = dict[str, Any]

_METHODS = {
    "quadrature": "(by quadrature)",
    "draws": "(by draws, with Monte Carlo standard errors)",
}


@dataclass(frozen=True)
class DescribedLaw:
    """A law, and the numbers of it that are shown.

    ``level`` and ``labels`` say where it is: a label of each dim along which that level differs.
    """

    level: str
    labels: dict[str, Any]
    law: Law
    numbers: dict[str, Number]


@dataclass(frozen=True, eq=False)
class Implied:
    """What a prior says about one element and about each hyperparameter; printed, it is a table.

    Attributes
    ----------
    prior : str
        The prior, as a call.
    numbers : DataFrame
        A row for each number: ``level`` (``"element"``, ``"mu"``, ``"sigma"``, ``"mu_mu"``, ...),
        a column for each dim along which laws differ, ``quantity`` (``"mean"``, ``"sd"``, ``"5%"``
        to ``"95%"``, ``"P(< x)"``, ``"ICC"``), ``value`` in natural units, ``method``
        (``"exact"``, ``"quadrature"`` or ``"draws"``) and ``error``: the Monte Carlo standard error
        of draws, otherwise 0.
    laws : list of DescribedLaw
        The law behind each row of numbers, by level and labels.
    """

    prior: str
    numbers: pd.DataFrame
    laws: list[DescribedLaw] = field(repr=False)

    @property
    def dims(self) -> tuple[str, ...]:
        """The dims along which laws differ."""
        return tuple(column for column in self.numbers if column not in COLUMNS)

    def value(self, quantity: str, level: str = ELEMENT, **labels: Any) -> float:
        """Return one number, or raise a ParameterError if there is none, or more than one.

        Parameters
        ----------
        quantity, level : str
            Such as ``"mean"``, ``"sd"``, ``"50%"``, ``"ICC"``, of ``"element"`` or ``"mu"``.
        **labels
            A label of each of :attr:`dims` along which this level differs.
        """
        rows = self.numbers
        for column, wanted in {"level": level, "quantity": quantity, **labels}.items():
            rows = rows[rows[column] == wanted] if column in rows else rows.iloc[:0]
        if len(rows) == 1:
            return float(rows["value"].iloc[0])
        raise ParameterError(
            "implied: value",
            expected=f"a level among {listed(self.numbers['level'].unique())}, a quantity among "
            f"{listed(self.numbers['quantity'].unique())}, and a label of each of the dims "
            f"{listed(self.dims)}",
            given=f"{level!r}, {quantity!r} and {labels}, which {len(rows)} numbers have",
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each level and label, one column for each quantity.

        Levels that do not differ along a dim have the label ``""``.
        """
        return self._wide("value")

    def _wide(self, column: str, **columns: Any) -> pd.DataFrame:
        """Return one column of the numbers, or a new one, as a table: moments come first."""
        numbers = self.numbers.assign(**columns)
        index = ["level", *self.dims]
        order = sorted(numbers["quantity"].unique(), key=lambda name: name not in _MOMENTS)
        wide = numbers.pivot(index=index, columns="quantity", values=column)
        wide.columns.name = None
        return wide.reindex(numbers.set_index(index).index.unique(), columns=order)

    # -- shown

    def __str__(self) -> str:
        from rich.console import Console

        # In Jupyter a console would display what it prints here, and return nothing.
        text = StringIO()
        Console(file=text, width=_WIDTH, color_system=None, force_jupyter=False).print(
            self.__rich__()
        )
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines())

    __repr__ = __str__

    def __rich__(self) -> Table:
        """Return the table that ``rich.print`` shows."""
        table = self.table()
        table.title, table.caption = shorten(self.prior, _TITLE), self.how()
        return table

    def table(self) -> Table:
        """Return the numbers as a table for rich, without title and caption."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD)
        wide = self._texts()
        for name in wide.index.names:
            table.add_column("" if name == "level" else str(name))
        for name in wide.columns:
            table.add_column(str(name), justify="right")
        for key, row in zip(wide.index, wide.to_numpy(), strict=True):
            table.add_row(*(str(x) for x in (key if isinstance(key, tuple) else (key,))), *row)
        return table

    def _repr_html_(self) -> str:
        title, how = escape(shorten(self.prior, _TITLE)), escape(self.how())
        table: str = self._texts().to_html(border=0)
        return table.replace(">", f"><caption><b>{title}</b><br>{how}</caption>", 1)

    def _texts(self) -> pd.DataFrame:
        """Return the table with its numbers as texts; what rounding leaves of 0 is 0."""
        values = self.numbers["value"]
        largest = values.abs().groupby(self.numbers["level"]).transform("max")
        rounded = values.where(~(values.abs() < _ROUNDING * largest), 0.0)
        rest = self.numbers[["method", "error"]].itertuples(index=False)
        texts = [
            f"{value:.4g}" + (f" ±{error:.1g}" if method == "draws" else "")
            for value, (method, error) in zip(rounded, rest, strict=True)
        ]
        return self._wide("text", text=texts).fillna("")

    def how(self) -> str:
        """Say which numbers are not exact, and how they were found."""
        parts = []
        for method, meaning in _METHODS.items():
            rows = self.numbers[self.numbers["method"] == method]
            kinds = []
            for level, of_level in rows.groupby("level", sort=False):
                names = ["quantiles" if "%" in name else name for name in of_level["quantity"]]
                kinds.append(f"{', '.join(dict.fromkeys(names))} of {level}")
            parts += [f"{'; '.join(kinds)} {meaning}"] if kinds else []
        return f"Exact, but for {'; '.join(parts)}." if parts else "All exact."

    def plot(self, ax: Any = None, **labels: Any) -> Any:
        """Plot the densities of one element and of the population mean ``mu``.

        The x axis goes to the 99 % quantile of one element. The bar below holds 90 % of the
        elements and the thick one half.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.
        **labels
            A label of each of :attr:`dims`; the first ones if not given.
        """
        mean = self._law("mu", labels) if "mu" in {law.level for law in self.laws} else None
        return _draw_densities(self._law(ELEMENT, labels), mean, ax)

    def _law(self, level: str, labels: dict[str, Any]) -> Law:
        """Return the first law of a level at these labels, or refuse labels that there are not."""
        for each in self.laws if labels.keys() <= set(self.dims) else ():
            wanted = {dim: label for dim, label in labels.items() if dim in each.labels}
            if each.level == level and wanted.items() <= each.labels.items():
                return each.law
        raise ParameterError(
            "implied: plot", expected=f"labels of the dims {listed(self.dims)}", given=f"{labels}"
        )


# Probabilities at the ends of a bar, its width in points, and what it says.
_BARS = (((0.05, 0.95), 2.5, "90 % of the elements"), ((0.25, 0.75), 7, "half of them"))

# Probabilities of the ends of the x axis.
_ENDS = (0.001, 0.99)

# The most bins of a density, and draws for a law that has no other way to be computed.
_BINS, _DRAWS = 121, 100_000


def _draw_densities(element: Law, mean: Law | None, ax: Any) -> Any:
    """Draw the densities of one element and of the mean, and intervals of one element."""
    ax = axes_or_new(ax, (7, 3.2))
    of_element = element.with_quantiles(_DRAWS, np.random.default_rng(0))
    low, high = map(of_element.quantile, _ENDS)
    # Draws of a law are enough for twice the cube root of them.
    bins = int(2 * len(element.values) ** (1 / 3)) if isinstance(element, Drawn) else _BINS
    edges = np.linspace(low, high, min(bins, _BINS))
    middles = (edges[1:] + edges[:-1]) / 2
    for law, color, label in ((element, BLUE, "one element"), (mean, RED, "the mean, mu")):
        if law is not None:
            found = law.with_quantiles(_DRAWS, np.random.default_rng(0))
            density = np.diff([found.cdf(float(x)) for x in edges]) / np.diff(edges)
            ax.plot(middles, density, color=color, linewidth=2, label=label)
            ax.fill_between(middles, density, color=color, alpha=0.15, linewidth=0)
    for probabilities, width, text in _BARS:
        bar = {"color": INK, "linewidth": width, "solid_capstyle": "butt", "clip_on": False}
        at = [of_element.quantile(p) for p in probabilities]
        ax.plot(at, [0, 0], zorder=3, label=text, **bar)
    ax.set(yticks=[], xlim=(low, high), ylim=(0, None), xlabel="natural units")
    without_frame(ax)
    ax.legend(frameon=False)
    return ax
