"""Draws from several priors in one model, and how they are written."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pymc as pm

from unfunnel.cli.terminal import making
from unfunnel.errors import DimsError, ParameterError, UnsupportedError, listed
from unfunnel.moments.any_prior import create, is_likelihood, known_labels, own_coords
from unfunnel.optional import require


def draw_together(
    priors: Mapping[str, Any],
    coords: Mapping[str, Any],
    draws: int,
    seed: int | None,
    tell: Callable[[str], None],
) -> Any:
    """Draw from all priors in one model.

    Parameters
    ----------
    priors : mapping
        By name; what is no prior, or has no mean, is left out.
    coords : mapping
        Labels of dims; those of arrays are known already.
    draws : int
        How many.
    seed : int or None
        For them.
    tell : callable
        Takes a message about what is left out.

    Returns
    -------
    DataTree
        With the group ``prior``.

    Raises
    ------
    DimsError
        If there are no labels for a dim.
    ParameterError
        If there is nothing to draw.
    UnsupportedError
        If PyMC refuses a prior: two variables would have one name, say.
    """
    factories = {name: p for name, p in priors.items() if hasattr(p, "create_variable")}
    for name in [name for name, prior in factories.items() if is_likelihood(prior)]:
        tell(f"{name} is left out: it has no mean, as a likelihood has none.")
        del factories[name]
    if not factories:
        raise ParameterError("sample-prior", expected="a prior", given="none that can be drawn")
    known = {d: labels for p in factories.values() for d, labels in known_labels(p).items()}
    labels = {**known, **coords}
    missing = {
        dim: name for name, p in factories.items() for dim in own_coords(p) if dim not in labels
    }
    if missing:
        raise DimsError(
            "sample-prior",
            expected="labels of every dim",
            given=f"none of {listed(missing)}, a dim of {listed(missing.values())}",
            remedy="Pass --coords FILE, with a line such as "
            f"{next(iter(missing))}: [first, second] for each.",
        )
    logging.getLogger("pymc").setLevel(logging.WARNING)  # it tells what it samples
    with pm.Model(coords=labels) as model:
        for name, prior in factories.items():
            with making(name):
                create(prior, name)
        with making(listed(factories)):
            return pm.sample_prior_predictive(
                draws,
                model=model,
                random_seed=seed,
                # Compiled for Python: some hundred draws take less time than compiling them.
                compile_kwargs={"mode": "FAST_COMPILE"},
            )


def write(drawn: Any, names: Iterable[str], out: Path | None) -> None:
    """Write draws as the suffix says, or as CSV to standard output; see :func:`table`.

    Raises
    ------
    UnsupportedError
        For other suffixes than .nc, .csv and .json.
    """
    suffix = ".csv" if out is None else out.suffix.lower()
    if suffix == ".nc":
        require("h5netcdf", "sample")
        drawn.to_netcdf(out, engine="h5netcdf")
    elif suffix == ".csv":
        table(drawn, names).to_csv(sys.stdout if out is None else out)
    elif suffix == ".json":
        table(drawn, names).to_json(out, orient="records", indent=1, double_precision=15)
    else:
        raise UnsupportedError(
            str(out), expected="a file name that ends in .nc, .csv or .json", given=repr(suffix)
        )


def table(drawn: Any, names: Iterable[str]) -> pd.DataFrame:
    """Return a row for each draw, a column for each element: ``beta[north,tv]``.

    Columns are in the order of the names, each with the hyperparameters of that prior behind it.
    """
    prior = drawn["prior"].to_dataset().isel(chain=0, drop=True)
    columns: dict[str, Any] = {}
    places = {name: place for place, name in enumerate(names)}

    def order(variable: str) -> tuple[int, bool, str]:
        owners = [name for name in places if variable.startswith((f"{name}_", f"{name}:"))]
        owner = variable if variable in places else max(owners, key=len)
        return places[owner], variable != owner, variable

    for name in sorted(map(str, prior.data_vars), key=order):
        variable = prior[name]
        dims = [dim for dim in variable.dims if dim != "draw"]
        for place in product(*(range(variable.sizes[dim]) for dim in dims)):
            at = dict(zip(dims, place, strict=True))
            labels = ",".join(str(prior[dim].values[index]) for dim, index in at.items())
            columns[f"{name}[{labels}]" if dims else name] = variable.isel(at).values
    return pd.DataFrame(columns, index=pd.RangeIndex(prior.sizes["draw"], name="draw"))
