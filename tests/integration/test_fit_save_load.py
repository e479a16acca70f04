"""A media-mix model, saved by one process and loaded by another that knows nothing of unfunnel."""

import json
import os
import tomllib
from pathlib import Path

import numpy as np
import pytensor
import pytest
import xarray as xr
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM

from integration import lines_of, logp_at_start
from unfunnel import LogNormalExp

CONFIGURED = ("saturation_beta", "saturation_lam", "intercept_contribution", "y_sigma")

LOADED = """
import json, sys
from importlib.metadata import entry_points
from pymc_marketing.mmm import MMM
assert "unfunnel" not in sys.modules
# As in an environment that installed this package, whatever is installed in this one.
names = {each.name for each in entry_points(group="xarray.backends")}
assert "unfunnel" in names, names
mmm = MMM.load(sys.argv[1])
beta = mmm.saturation.function_priors["beta"]
model = mmm.model
predicted = mmm.sample_posterior_predictive(mmm.X, random_seed=7, progressbar=False)
print(json.dumps({
    "id": mmm.id,
    "class": [type(beta).__module__, type(beta).__name__],
    "dims": beta.dims,
    "centering": beta.centering,
    "nested": type(beta["mu"]).__name__,
    "intercept": repr(mmm.model_config["intercept"]),
    "free": sorted(rv.name for rv in model.free_RVs),
    "logp": float(model.compile_logp()(model.initial_point())),
    "predicted": [float(x) for x in predicted["y"].values.ravel()[:5]],
}))
"""


def media_mix(make_mmm):
    return make_mmm(
        saturation={
            "beta": LogNormalExp(
                LogNormalExp(2.0, 0.5, dims="channel"),
                Prior("Gamma", mu=1.0, sigma=0.3),
                dims=("geo", "channel"),
                centered=False,
            ),
            "lam": LogNormalExp(1.0, 0.5, dims="channel", centered=0.4),
        },
        model_config={
            "intercept": LogNormalExp(0.5, 0.2, dims="geo"),
            "likelihood": Prior(
                "Normal", sigma=LogNormalExp(0.3, 0.1, centered=False), dims=("date", "geo")
            ),
        },
    )


PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Let new processes find the entry points of pyproject.toml, as an installation would."""
    points = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]
    info = tmp_path / "unfunnel_entry_points-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: unfunnel-entry-points\nVersion: 0\n"
    )
    lines = [
        line
        for group, named in points.items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in named.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.fixture(scope="module")
def saved(make_mmm, media_data, tmp_path_factory):
    """A model whose posterior is its prior, which is all that saving and loading need."""
    with pytensor.config.change_flags(mode="FAST_COMPILE", cxx=""):
        mmm = media_mix(make_mmm)
        mmm.sample_prior_predictive(*media_data, samples=4, random_seed=1)
    mmm.idata["/posterior"] = mmm.idata["/prior"].to_dataset()
    mmm.idata["/fit_data"] = mmm.create_fit_data(*media_data)
    mmm.set_idata_attrs(mmm.idata)
    path = tmp_path_factory.mktemp("saved") / "mmm.nc"
    mmm.save(str(path))
    return mmm, path


def test_loaded_by_a_process_that_does_not_import_unfunnel(saved, installed):
    mmm, path = saved
    loaded = json.loads(lines_of(LOADED, path)[-1])
    assert loaded["id"] == mmm.id
    assert loaded["class"] == ["unfunnel.prior.classes", "LogNormalExp"]
    assert loaded["nested"] == "LogNormalExp"
    assert loaded["dims"] == ["geo", "channel"]
    assert loaded["centering"] is False
    assert loaded["intercept"] == repr(mmm.model_config["intercept"])
    assert loaded["free"] == sorted(rv.name for rv in mmm.model.free_RVs)
    np.testing.assert_allclose(loaded["logp"], logp_at_start(mmm.model), rtol=1e-9)
    again = MMM.load(str(path))
    predicted = again.sample_posterior_predictive(again.X, random_seed=7, progressbar=False)
    np.testing.assert_allclose(loaded["predicted"], predicted["y"].values.ravel()[:5], rtol=1e-9)


def test_the_trace_holds_the_variables_themselves(saved):
    _, path = saved
    with xr.open_datatree(path) as tree:
        posterior = tree["posterior"].to_dataset()
        assert set(CONFIGURED) <= set(posterior.data_vars)
        assert not [name for name in posterior.data_vars if "offset" in str(name)]
        assert posterior["saturation_beta"].dims == ("chain", "draw", "geo", "channel")
        priors = json.loads(tree.attrs["saturation"])["priors"]
    assert priors["beta"]["dist"] == "LogNormalExp"
    assert priors["beta"]["kwargs"]["mu"]["dist"] == "LogNormalExp"


@pytest.mark.slow
def test_sampled_saved_loaded_and_used(make_mmm, media_data, tmp_path):
    mmm = media_mix(make_mmm)
    mmm.fit(
        *media_data,
        nuts_sampler="nutpie",
        draws=50,
        tune=100,
        chains=2,
        random_seed=1,
        progressbar=False,
    )
    posterior = mmm.idata["posterior"].to_dataset()
    assert set(CONFIGURED) <= set(posterior.data_vars)
    assert float(posterior["saturation_beta"].min()) > 0
    path = tmp_path / "mmm.nc"
    mmm.save(str(path))
    code = (
        "import sys, unfunnel\nfrom pymc_marketing.mmm import MMM\nprint(MMM.load(sys.argv[1]).id)"
    )
    assert lines_of(code, path)[-1] == mmm.id
    again = MMM.load(str(path))
    here, there = (
        m.sample_posterior_predictive(m.X, random_seed=7, progressbar=False) for m in (mmm, again)
    )
    np.testing.assert_allclose(here["y"].values, there["y"].values, rtol=1e-9)
    curve = again.sample_saturation_curve(num_samples=5, random_state=1)
    assert np.isfinite(np.asarray(curve)).all()
