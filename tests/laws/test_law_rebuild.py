"""Law 7: a trace sampled in one coordinate means the same to a model rebuilt in another one."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pymc as pm
import pytest
import rebuild
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
    """Return a posterior, sampled in tuned coordinates."""
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
    return trace["posterior"].to_dataset()


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


def test_the_trace_holds_the_variable_itself(sampled):
    assert set(sampled.data_vars) == {"beta_mu", "beta_sigma", "beta"}
    assert sampled["beta"].dims == ("chain", "draw", "geo")
    assert list(sampled["geo"].values) == ["a", "b", "c"]


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
