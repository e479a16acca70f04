"""Priors of a standard deviation side by side: where they put it, and how often near zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from unfunnel.distributions.object_facts import number_between
from unfunnel.elicitation.laws import Law, law_of
from unfunnel.errors import ParameterError, listed

_BELOW = (0.01, 0.1)
_ABOVE = (1.0,)

# The variables of a comparison that are a column each, or one for each threshold.
_NUMBERS = ("mean", "median", "mode", "probability_below", "probability_above")


@dataclass(frozen=True, eq=False)
class Comparison:
    """What each prior says about a standard deviation; printed, it is a table.

    It prints as text, as HTML in a notebook, and as a ``rich`` table by ``rich.print``.

    Attributes
    ----------
    values : Dataset
        By the dim ``prior``: ``mean`` (infinite for the heaviest tails), ``median``, ``mode`` (0
        where the density falls from zero on, NaN where it is flat), ``probability_below`` the
        thresholds ``below``, ``probability_above`` the thresholds ``above``, and ``interval``, the
        central one, by the ``quantile`` of its ends. In the units of the standard deviation, and
        probabilities.
    laws : dict of str to Law
        The distributions.

    Examples
    --------
    >>> from unfunnel import scales
    >>> found = scales.compare({"narrow": scales.half_normal(0.1), "wide": scales.half_normal(1)})
    >>> found.values["median"].round(3).to_series().to_dict()
    {'narrow': 0.067, 'wide': 0.674}
    """

    values: xr.Dataset
    laws: dict[str, Law]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return the header and the rows of the table, as texts."""
        below, above = self.values["below"].values, self.values["above"].values
        low, high = self.values["quantile"].values
        header = [
            *("prior", "mean", "median", "mode"),
            *(f"P(<{x:g})" for x in below),
            *(f"P(>{x:g})" for x in above),
            f"{100 * (high - low):g}% interval",
        ]
        rows = []
        for label in self.laws:
            row = self.values.sel(prior=label)
            of_names = [np.atleast_1d(row[name].values) for name in _NUMBERS]
            ends = ", ".join(map(_text, row["interval"].values))
            rows.append([label, *map(_text, np.concatenate(of_names)), f"[{ends}]"])
        return header, rows

    def __str__(self) -> str:
        header, rows = self.table()
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = []
        for label, *numbers in (header, *rows):
            cells = map(str.rjust, numbers, widths[1:])
            lines.append("  ".join([label.ljust(widths[0]), *cells]))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        header, rows = self.table()
        with pd.option_context("display.max_colwidth", None):
            return str(pd.DataFrame(rows, columns=header).to_html(border=0, index=False))

    def __rich__(self) -> Any:
        """Return the table that ``rich.print`` shows."""
        from rich import box
        from rich.table import Table

        header, rows = self.table()
        shown = Table(box=box.SIMPLE_HEAD, padding=0)
        label, *numbers, interval = header
        shown.add_column(label, min_width=12, overflow="fold")
        for cell in numbers:
            shown.add_column(cell, justify="right", no_wrap=True)
        shown.add_column(interval, justify="right", min_width=10)
        for row in rows:
            shown.add_row(*row)
        return shown

    def plot(self, ax: Any = None) -> Any:
        """Plot the densities of the logarithm of sigma, one row for each prior.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.

        Returns
        -------
        Axes
            With sigma on a logarithmic x axis: an area is a probability there.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from unfunnel.elicitation.figure import draw  # may need matplotlib

        return draw(self.laws, self.values, ax)


def compare(
    priors: Mapping[str, Any] | Iterable[Any],
    *,
    below: float | Sequence[float] = _BELOW,
    above: float | Sequence[float] = _ABOVE,
    mass: float = 0.95,
) -> Comparison:
    """Compare priors of a standard deviation.

    Parameters
    ----------
    priors : mapping of str to Prior, or sequence of Prior
        Positive priors with constant parameters, of this module or any other; of this library,
        LogNormalExp, WeibullExp and ProbitNormal, also with bounds of their own. The keys of a
        mapping are the labels; else the parameters are.
    below, above : float or sequence of float
        Thresholds: the probabilities of a standard deviation below and above them are shown. The
        defaults suit effects on the log scale, where 0.01 is nothing and 1 is a lot.
    mass : float, default 0.95
        Of the central interval.

    Returns
    -------
    Comparison
        The numbers, to print, to plot, or to read as a Dataset.

    Raises
    ------
    ParameterTypeError
        If something is no prior.
    UnsupportedError
        If a parameter is no number, or the prior has a ``transform``.
    ParameterError
        If there is no prior, two have the same label, one is not positive, or a threshold or the
        mass cannot be meant.

    Notes
    -----
    Distribution functions are scipy's, or PreliZ's for laws that are rarely used for standard
    deviations; those lose their digits far out.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.compare({"PC": scales.pc(1, 0.01), "IG": scales.inverse_gamma(1, 0.2)})
    prior      mean  median  mode   P(<0.01)  P(<0.1)   P(>1)       95% interval
    PC       0.2171  0.1505     0    0.04501    0.369    0.01  [0.005498, 0.801]
    IG     infinite  0.2885   0.1  2.061e-09   0.1353  0.1813     [0.05422, 7.9]
    """
    labelled = _labelled(priors)
    low, high = _thresholds("below", below), _thresholds("above", above)
    mass = number_between("compare", "mass", mass, 0, 1)
    laws = {label: law_of(prior) for label, prior in labelled.items()}
    ends = [(1.0 - mass) / 2.0, (1.0 + mass) / 2.0]
    each = laws.values()
    with np.errstate(all="ignore"):  # at the ends of floats scipy goes by way of infinities
        columns = {
            "mean": ("prior", [f.mean for f in each]),
            "median": ("prior", [f.quantile(0.5) for f in each]),
            "mode": ("prior", [f.mode for f in each]),
            "probability_below": (("prior", "below"), [[f.below(x) for x in low] for f in each]),
            "probability_above": (("prior", "above"), [[f.above(x) for x in high] for f in each]),
            "interval": (("prior", "quantile"), [[f.quantile(p) for p in ends] for f in each]),
        }
    values = xr.Dataset(
        columns, {"prior": list(laws), "below": low, "above": high, "quantile": ends}
    )
    return Comparison(values, laws)


def _thresholds(name: str, given: Any) -> list[float]:
    values = np.atleast_1d(np.asarray(given)).tolist()
    return [number_between("compare", name, value, 0.0) for value in values]


def _labelled(priors: Any) -> dict[str, Any]:
    if isinstance(priors, Mapping):
        labelled = {str(label): prior for label, prior in priors.items()}
    else:
        given = [priors] if hasattr(priors, "create_variable") else list(priors)
        labels = [_label(prior) for prior in given]
        if twice := {label for label in labels if labels.count(label) > 1}:
            raise ParameterError(
                "compare",
                expected="priors that differ",
                given=f"{listed(twice)} more than once",
                remedy="Pass a dictionary to give them labels of your own.",
            )
        labelled = dict(zip(labels, given, strict=True))
    if not labelled:
        raise ParameterError("compare", expected="at least one prior", given="none")
    return labelled


def _label(prior: Any) -> str:
    name = getattr(prior, "distribution", None)
    if not isinstance(name, str):
        return str(prior)  # law_of says what is wrong with it
    stated = {**prior.parameters, **getattr(prior, "bounds", {})}
    texts = [
        f"{key}={value:.6g}" if isinstance(value, float) else f"{key}={value}"
        for key, value in stated.items()
    ]
    return f"{name}({', '.join(texts)})"


def _text(value: float) -> str:
    if np.isnan(value):
        return "none"
    return "infinite" if np.isinf(value) else f"{value:.4g}"
