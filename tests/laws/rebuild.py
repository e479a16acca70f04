"""Run in a new process: rebuild a model in another centering, and predict from a saved trace.

    python rebuild.py FOLDER

The folder holds ``priors.json`` (name to dictionary) and ``posterior.npz``; ``predictions.npz`` is
written to it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import xarray as xr
from pymc_extras.deserialize import deserialize

import unfunnel  # noqa: F401  (registers how its priors are revived)

COORDS = {"geo": ["a", "b", "c"]}
OBSERVED = np.array([[1.0, 2.2, 0.7], [1.4, 2.0, 0.8]])


def build(prior: Any, xdist: bool) -> Any:
    """Return the model with this prior of the group means."""
    with pm.Model(coords=COORDS) as model:
        beta = prior.create_variable("beta", xdist=xdist)
        pm.LogNormal("y", pm.math.log(beta.values if xdist else beta), 0.3, observed=OBSERVED)
    return model


def predict(prior: Any, xdist: bool, posterior: Any) -> dict[str, np.ndarray]:
    """Return posterior predictive draws and log likelihood of a posterior."""
    trace = xr.DataTree.from_dict({"/posterior": posterior})
    with pytensor.config.change_flags(mode="FAST_COMPILE"), build(prior, xdist):
        predictions = pm.sample_posterior_predictive(trace, random_seed=3, progressbar=False)
        pm.compute_log_likelihood(trace, progressbar=False)
    return {
        "y": predictions["posterior_predictive"]["y"].values,
        "log_likelihood": trace["log_likelihood"]["y"].values,
    }


def load(folder: Path) -> Any:
    """Return the saved posterior."""
    with np.load(folder / "posterior.npz") as saved:
        variables = {
            name: (("chain", "draw", *["geo"] * (values.ndim - 2)), values)
            for name, values in saved.items()
        }
    return xr.Dataset(variables, {"geo": COORDS["geo"]})


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    results = {}
    for name, data in json.loads((folder / "priors.json").read_text()).items():
        for xdist in (False, True):
            for what, values in predict(deserialize(data), xdist, load(folder)).items():
                results[f"{name}-{xdist}-{what}"] = values
    np.savez(folder / "predictions.npz", **results)
