"""Law 7: a trace sampled in one coordinate means the same to a model rebuilt in another one."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pymc as pm
import pytest
import rebuild
import xarray as xr
from xarray import DataArray

from unfunnel import LogNormalExp

CENTERINGS = {
    "centered": True,
    "noncentered": False,
    "array": np.array([0.2, 0.9, 0.5]),
    "auto": "auto",
    "labelled": DataArray([0.7, 0.1, 0.4, 0.0], dims="geo", coords={"geo": ["c", "d", "a", "b"]}),
}


def priors():
    return {
        key: LogNormalExp(
            LogNormalExp(1.5, 0.5), LogNormalExp(0.5, 0.3), dims="geo", centered=value
        )
        for key, value in CENTERINGS.items()
    }


@pytest.fixture(scope="module")
def sampled():
    """Return a posterior as a sampler would leave it, whatever the coordinates it worked in."""
    rng = np.random.default_rng(4)
    shape, means = (2, 60), np.exp(np.log(rebuild.OBSERVED).mean(axis=0))
    draws = {
        "beta_mu": rng.lognormal(0.3, 0.2, shape),
        "beta_sigma": rng.lognormal(-0.7, 0.3, shape),
        "beta": means * rng.lognormal(0.0, 0.2, (*shape, 3)),
    }
    dims = {name: ("chain", "draw", "geo")[: x.ndim] for name, x in draws.items()}
    coords = {"chain": range(2), "draw": range(60), **rebuild.COORDS}
    return xr.Dataset({name: (dims[name], x) for name, x in draws.items()}, coords)


@pytest.fixture(scope="module")
def rebuilt(sampled, tmp_path_factory):
    """Return the predictions of the models rebuilt in a new process."""
    folder = tmp_path_factory.mktemp("rebuilt")
    np.savez(folder / "posterior.npz", **{k: v.values for k, v in sampled.data_vars.items()})
    written = {name: prior.to_dict() for name, prior in priors().items()}
    (folder / "priors.json").write_text(json.dumps(written))
    subprocess.run([sys.executable, rebuild.__file__, folder], check=True, timeout=300)
    with np.load(folder / "predictions.npz") as results:
        return dict(results)


@pytest.fixture(scope="module")
def predicted(sampled):
    """Return the predictions of the model that was sampled."""
    return rebuild.predict(priors()["array"], False, sampled)


@pytest.mark.slow
def test_the_trace_holds_the_variable_itself(sampled):
    """The names and dims of the posterior above are those of one that was sampled."""
    with rebuild.build(priors()["array"], xdist=False):
        trace = pm.sample(
            draws=60,
            tune=200,
            chains=2,
            cores=1,
            random_seed=4,
            nuts_sampler="nutpie",
            progressbar=False,
        )
    found = trace["posterior"].to_dataset()
    assert {name: x.dims for name, x in found.data_vars.items()} == {
        name: x.dims for name, x in sampled.data_vars.items()
    }
    assert list(found["geo"].values) == list(sampled["geo"].values)


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
@pytest.mark.parametrize("key", CENTERINGS)
def test_predictions_of_the_rebuilt_model(predicted, rebuilt, key, xdist):
    for what, values in predicted.items():
        np.testing.assert_allclose(rebuilt[f"{key}-{xdist}-{what}"], values, rtol=1e-12)


def test_data_are_reproduced(predicted):
    """It is the posterior that predicts, and not the prior."""
    assert predicted["y"].shape == (2, 60, *rebuild.OBSERVED.shape)
    error = np.abs(np.median(predicted["y"], axis=(0, 1)) - rebuild.OBSERVED) / rebuild.OBSERVED
    assert error.mean() < 0.3
