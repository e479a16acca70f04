"""The report of a pilot, for people to read and for traces to keep."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from unfunnel.figure_style import axes_or_new
from unfunnel.tuning.pilot import PilotResult
from unfunnel.tuning.plan import Plan

# Centeredness below and above which a whole block has a plain name.
_LOW, _HIGH = 0.2, 0.8


@dataclass(frozen=True, eq=False)
class TuningReport:
    """What was found about each block; printed, it is a table.

    Attributes
    ----------
    values : Dataset
        For each block ``{name}_information`` (in 1/theta**2, theta being the unconstrained
        variable), ``{name}_weighted_location`` (1/theta) and ``{name}_kappa``, the centeredness of
        each element in [0, 1], labelled with the coords of the model; for each scale hyperparameter
        ``{name}_stretch``, the width of its coordinate as a multiple of the one before the pilot
        (:mod:`unfunnel.parameterization.scale`). Attributes: gradients, seconds and rounds of the
        pilot; ``fisher_divergence``, what the coordinates leave to the sampler, by dimension (below
        0.15 sampling is as good as it gets, above 3 it is in trouble); its problem, if any; which
        variables look like part of a hierarchy but were left untouched, with the reason; why
        nothing was tuned, if so; from ``sample`` also the adaptation, and the verdict on the draws:
        its line (``verdict``), ``problems``, ``divergences``, ``worst_rhat``, ``least_ess``, and
        whose they are.

    Examples
    --------
    A report comes from :func:`unfunnel.tune`, and as the group ``/unfunnel`` of what
    :func:`unfunnel.sample` returns.
    """

    values: xr.Dataset

    @property
    def blocks(self) -> list[str]:
        """Names of the blocks."""
        every = map(str, self.values)
        return [name.removesuffix("_kappa") for name in every if name.endswith("_kappa")]

    def kappa(self, block: str) -> xr.DataArray:
        """Return the centeredness of each element of a block."""
        return self.values[f"{block}_kappa"]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each block: dims, elements, quantiles of kappa, what was chosen.

        That is "close to non-centered" or "close to centered" where kappa of all elements is below
        0.2 or above 0.8; else "between", or "by element" where they differ by 0.6 or more.
        """
        rows = []
        for block in self.blocks:
            kappa = self.kappa(block)
            # A dim may have no labels, and a block then no elements.
            known = kappa.values if kappa.size else np.nan
            low, middle, high = np.quantile(known, [0.0, 0.5, 1.0])
            rows.append(
                {
                    "block": block,
                    "dims": ", ".join(str(dim) for dim in kappa.dims),
                    "elements": kappa.size,
                    "kappa min": low,
                    "median": middle,
                    "max": high,
                    "chosen": _chosen(low, high) if kappa.size else "no elements",
                }
            )
        columns = ["block", "dims", "elements", "kappa min", "median", "max", "chosen"]
        return pd.DataFrame(rows, columns=columns).set_index("block")

    def __str__(self) -> str:
        cost = self.values.attrs
        if not self.blocks:
            return f"Nothing was tuned: {cost['untuned']}."
        table = self.to_dataframe().to_string(float_format=lambda x: f"{x:.2f}")
        lines = [table, f"Pilot: {cost['gradients']} gradients, {cost['seconds']:.1f} s."]
        if cost["problem"]:
            lines.append(f"Warning: {cost['problem']}.")
        if cost["untouched"]:
            lines.append(f"Left as they are: {cost['untouched']}.")
        if "verdict" in cost:
            lines.append(f"Draws: {cost['verdict']}")
        return "\n".join(lines)

    __repr__ = __str__

    def plot(self, ax: Any = None) -> Any:
        """Plot the centeredness of every element, one row of points for each block.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.

        Returns
        -------
        Axes
            With kappa on the x axis: 0 is non-centered, 1 centered.
        """
        blocks = self.blocks
        ax = axes_or_new(ax, (7, 1.2 + 0.5 * len(blocks)))
        for row, block in enumerate(blocks):
            kappa = np.sort(self.kappa(block).values.ravel())
            # Spread by rank, so that equal points do not hide one another.
            spread = np.linspace(-0.3, 0.3, kappa.size) if kappa.size > 1 else np.zeros(kappa.size)
            ax.scatter(kappa, row + spread, s=14, alpha=0.6, linewidths=0)
        ax.set(
            xlim=(-0.02, 1.02),
            ylim=(len(blocks) - 0.5, -0.5),
            yticks=range(len(blocks)),
            yticklabels=blocks,
            xlabel="centeredness: 0 non-centered, 1 centered",
        )
        ax.grid(axis="x", alpha=0.3)
        return ax


def report_of(plan: Plan, pilot: PilotResult) -> TuningReport:
    """Label what a pilot found with the coords of the model.

    A dim that is called as a variable of the report, of which xarray would make its labels, is
    ``{dim}_dim`` there, or what follows in this way and is not taken.
    """
    variables: dict[str, xr.DataArray] = {}
    for block in plan.blocks:
        site, structure = pilot.coordinates.sites[block.name], block.structure
        dims, information = structure.labelled(site.information, block.dims)
        _dims, kappa = structure.labelled(pilot.kappa[block.name], block.dims)
        weighted_location = structure.elements(site.weighted_location, 0.0, np)
        variables |= {
            f"{block.name}_information": xr.DataArray(information, dims=dims),
            f"{block.name}_weighted_location": xr.DataArray(weighted_location, dims=block.dims),
            f"{block.name}_kappa": xr.DataArray(kappa, dims=dims),
        }
    for name, log_stretch in pilot.coordinates.log_stretch.items():
        variables[f"{name}_stretch"] = xr.DataArray(np.exp(log_stretch))
    used = dict.fromkeys(str(dim) for variable in variables.values() for dim in variable.dims)
    renamed = {dim: _free(dim, variables.keys() | used.keys() - {dim}) for dim in used}
    variables = {
        name: variable.rename({dim: renamed[str(dim)] for dim in variable.dims})
        for name, variable in variables.items()
    }
    labels = plan.model.coords
    coords = {renamed[dim]: _labels(labels[dim]) for dim in used if labels.get(dim) is not None}
    attributes = {
        "gradients": pilot.gradients,
        "seconds": round(pilot.seconds, 3),
        "rounds": pilot.rounds,
        "fisher_divergence": round(pilot.choice.left, 4) if pilot.choice else float("nan"),
        "problem": pilot.problem or pilot.doubt,
        "untouched": plan.untouched,
        "untuned": plan.why_none,
    }
    return TuningReport(xr.Dataset(variables, coords, attributes))


def _free(name: str, taken: Set[str]) -> str:
    while name in taken:
        name += "_dim"
    return name


def _labels(labels: Any) -> np.ndarray:
    """Return labels as an array of one axis, also if each of them is a tuple."""
    array = np.empty(len(labels), dtype=object)
    array[:] = [str(x) if isinstance(x, tuple) else x for x in labels]
    return np.asarray(array.tolist())


def _chosen(low: float, high: float) -> str:
    if high < _LOW:
        return "close to non-centered"
    if low > _HIGH:
        return "close to centered"
    return "between" if high - low < _HIGH - _LOW else "by element"
