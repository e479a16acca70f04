"""``unfunnel sample-prior``: draws from the priors of a file."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from unfunnel.cli.terminal import (
    CoordsFile,
    Names,
    PriorsFile,
    busy,
    failures,
    load_priors,
    making,
    read_coords,
    say,
    typer,
    warnings_as_messages,
)
from unfunnel.errors import DimsError, ParameterError, UnsupportedError, listed
from unfunnel.optional import require


def sample_prior(
    file: PriorsFile,
    names: Names = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A file .nc, .csv or .json; without it, CSV on standard output."),
    ] = None,
    coords: CoordsFile = None,
    draws: Annotated[int, typer.Option(min=1, help="How many.")] = 500,
    seed: Annotated[int | None, typer.Option(help="For the same draws every time.")] = None,
) -> None:
    """Draw from priors, all together, with their hyperparameters.

    CSV and JSON have a row for each draw and a column for each element; NetCDF has the group
    "prior" that ArviZ reads. Numbers and arrays of the file are no variables, and priors without a
    mean are likelihoods: both are left out.

    Exit code 0; 1 if the file is not valid, or a dim has no labels.
    """
    with failures(), warnings_as_messages():
        labels = read_coords(coords)
        priors = load_priors(file, names)
        with busy("Drawing"):
            drawn = _drawn_together(priors, labels, draws, seed)
        _write(drawn, priors, out)


def _drawn_together(
    priors: Mapping[str, Any], coords: Mapping[str, Any], draws: int, seed: int | None
) -> Any:
    """Return a DataTree with the group ``prior``, of all priors in one model."""
    import pymc as pm

    from unfunnel.moments.any_prior import create, is_likelihood, known_labels, own_coords

    factories = {name: p for name, p in priors.items() if hasattr(p, "create_variable")}
    for name in [name for name, prior in factories.items() if is_likelihood(prior)]:
        say(f"{name} is left out: it has no mean, as a likelihood has none.")
        del factories[name]
    if not factories:
        raise ParameterError("sample-prior", expected="a prior", given="none that can be drawn")
    labels: dict[str, Any] = {}
    for prior in factories.values():
        labels |= known_labels(prior)
    labels |= coords
    missing = {
        dim: name for name, p in factories.items() for dim in own_coords(p) if dim not in labels
    }
    if missing:
        line = f"{next(iter(missing))}: [first, second]"
        raise DimsError(
            "sample-prior",
            expected="labels of every dim",
            given=f"none of {listed(missing)}, a dim of {listed(missing.values())}",
            remedy=f"Pass --coords FILE, with a line such as {line} for each.",
        )
    logging.getLogger("pymc").setLevel(logging.WARNING)  # it tells what it samples
    with pm.Model(coords=labels) as model:
        for name, prior in factories.items():
            with making(name):
                create(prior, name)
        with making(listed(factories)):
            # Some hundred draws take less time in Python than compiling them.
            options: Any = {"random_seed": seed, "compile_kwargs": {"mode": "FAST_COMPILE"}}
            return pm.sample_prior_predictive(draws, model=model, **options)


def _write(drawn: Any, names: Iterable[str], out: Path | None) -> None:
    """Write draws as the suffix says, or as CSV to standard output."""
    suffix = ".csv" if out is None else out.suffix.lower()
    if suffix == ".nc":
        require("h5netcdf", "sample")
        drawn.to_netcdf(out, engine="h5netcdf")
    elif suffix == ".csv":
        _table(drawn, names).to_csv(sys.stdout if out is None else out)
    elif suffix == ".json":
        _table(drawn, names).to_json(out, orient="records", indent=1, double_precision=15)
    else:
        expected = "a file name that ends in .nc, .csv or .json"
        raise UnsupportedError(str(out), expected=expected, given=repr(suffix))


def _table(drawn: Any, names: Iterable[str]) -> Any:
    """Return a row for each draw, a column for each element: ``beta[north,tv]``.

    Columns are in the order of the names, each with the hyperparameters of that prior behind it.
    """
    import pandas as pd

    prior = drawn["prior"].to_dataset().isel(chain=0, drop=True)
    columns: dict[str, Any] = {}
    places = {name: place for place, name in enumerate(names)}

    def order(variable: str) -> tuple[int, bool, str]:
        owners = [name for name in places if variable.startswith((f"{name}_", f"{name}:"))]
        owner = variable if variable in places else max(owners, key=len)
        return places[owner], variable != owner, variable

    draws = prior.sizes["draw"]
    for name in sorted(map(str, prior.data_vars), key=order):
        dims = [dim for dim in prior[name].dims if dim != "draw"]
        elements = prior[name].transpose(*dims, "draw").values.reshape(-1, draws)
        labels = product(*(prior[dim].values for dim in dims))
        for at, values in zip(labels, elements, strict=True):
            columns[f"{name}[{','.join(map(str, at))}]" if dims else name] = values
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))
