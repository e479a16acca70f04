"""What a prior says, for people to read: a table, a picture, and the numbers behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from io import StringIO
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from unfunnel.errors import ParameterError, listed
from unfunnel.moments.implied_figure import draw
from unfunnel.moments.measures import Measures
from unfunnel.moments.random_parameters import Law

if TYPE_CHECKING:
    from rich.table import Table

#: The level of the elements themselves.
ELEMENT = "element"

#: The quantity that says how alike elements are.
ICC = "ICC"

_FIXED = ("level", "quantity", "value", "method", "error")

_MOMENTS = ("mean", "sd")

# Letters of a prior with long arrays that stand above the table.
_TITLE = 300

# Room for all columns: none is cut in a narrow terminal.
_WIDTH = 160


@dataclass(frozen=True)
class DescribedLaw:
    """A law with where it is: the level, and a label of each dim along which that level differs."""

    level: str
    labels: dict[str, Any]
    law: Law


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
        (``"exact"``, ``"quadrature"`` or ``"draws"``) and ``error``: 0, how far the integral over
        every second node is from it, or the Monte Carlo standard error.
    laws : list of DescribedLaw
        The law behind each row of numbers, by level and labels.

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import LogNormalExp
    >>> prior = LogNormalExp(Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5))
    >>> prior.implied().value("sd")
    0.8660254037844386
    """

    prior: str
    numbers: pd.DataFrame
    laws: list[DescribedLaw] = field(repr=False)

    @property
    def dims(self) -> tuple[str, ...]:
        """The dims along which laws differ."""
        return tuple(column for column in self.numbers if column not in _FIXED)

    def value(self, quantity: str, level: str = ELEMENT, **labels: Any) -> float:
        """Return one number.

        Parameters
        ----------
        quantity : str
            Such as ``"mean"``, ``"sd"``, ``"50%"``, ``"ICC"``.
        level : str, default "element"
            Such as ``"mu"``.
        **labels
            A label of each of :attr:`dims` along which this level differs.

        Raises
        ------
        ParameterError
            If there is no such number, or more than one.
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
        index = ["level", *self.dims]
        found = dict.fromkeys(self.numbers["quantity"])
        order = sorted(found, key=lambda quantity: quantity not in _MOMENTS)  # else as they come
        wide = self.numbers.pivot(index=index, columns="quantity", values="value")
        wide.columns.name = None
        return wide.reindex(self.numbers.set_index(index).index.unique(), columns=order)

    # -- shown
    # ---------------------------------------------------------------------------------------

    def __str__(self) -> str:
        from rich.console import Console

        console = Console(file=StringIO(), width=_WIDTH, color_system=None)
        console.print(self.__rich__())
        shown: str = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO
        return "\n".join(line.rstrip() for line in shown.splitlines())

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
        caption = f"<caption><b>{title}</b><br>{how}</caption>"
        table: str = self._texts().to_html(border=0)
        return table.replace(">", f">{caption}", 1)

    def _texts(self) -> pd.DataFrame:
        index = ["level", *self.dims]
        texts = self.numbers.assign(
            value=[
                f"{_short(value)} ±{error:.1g}" if method == "draws" else _short(value)
                for value, method, error in zip(
                    self.numbers["value"],
                    self.numbers["method"],
                    self.numbers["error"],
                    strict=True,
                )
            ]
        )
        return Implied(self.prior, texts, []).to_dataframe().fillna("").rename_axis(index)

    def how(self) -> str:
        """Say how the numbers were found, and how far off they may be."""
        parts = []
        for method, meaning in _METHODS.items():
            rows = self.numbers[self.numbers["method"] == method]
            if rows.empty:
                continue
            kinds = []
            for level, of_level in rows.groupby("level", sort=False):
                names = ["quantiles" if "%" in name else name for name in of_level["quantity"]]
                kinds.append(f"{', '.join(dict.fromkeys(names))} of {level}")
            parts.append(f"{'; '.join(kinds)} {meaning.format(error=rows['error'].max())}")
        return f"Exact, but for {'; '.join(parts)}." if parts else "All exact."

    # -- plotted
    # -------------------------------------------------------------------------------------

    def plot(self, ax: Any = None, **labels: Any) -> Any:
        """Plot the densities of one element and of the population mean ``mu``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.
        **labels
            A label of each of :attr:`dims`; the first ones if not given.

        Returns
        -------
        Axes
            With natural units on the x axis, to the 99 % quantile of one element. The bar below
            holds 90 % of the elements and the thick one half.
        """
        mean = self._law("mu", labels) if "mu" in {law.level for law in self.laws} else None
        return draw(self._law(ELEMENT, labels), mean, ax)

    def _law(self, level: str, labels: dict[str, Any]) -> Measures:
        """Return the first law of a level at these labels, or refuse labels that there are not."""
        for law in self.laws:
            wanted = {dim: label for dim, label in labels.items() if dim in law.labels}
            known = labels.keys() <= set(self.dims)
            if law.level == level and known and wanted.items() <= law.labels.items():
                return Measures(law.law, _DRAWS, np.random.default_rng(0))
        raise ParameterError(
            "implied: plot",
            expected=f"labels of the dims {listed(self.dims)}",
            given=f"{labels}",
        )


_METHODS = {
    "quadrature": "(by quadrature, to {error:.0e})",
    "draws": "(by draws, with Monte Carlo standard errors)",
}

# Draws for the picture of a law that has no other way to be computed.
_DRAWS = 100_000


def _short(value: float) -> str:
    return "0" if abs(value) < _ROUNDING else f"{value:.4g}"


_ROUNDING = 1e-13
