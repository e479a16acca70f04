"""``build_model``, ``unfunnel.tune``, ``fit``: tuned models of pymc-marketing, saved and loaded."""

import json

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytest
from pymc_extras.prior import Prior
from pymc_marketing import clv
from pymc_marketing.mmm import MMM

import unfunnel
from integration import lines_of
from unfunnel import LogNormalExp
from unfunnel.tuning.blocks import auto_blocks

SHORT = {
    "chains": 2,
    "tune": 100,
    "draws": 50,
    "random_seed": 1,
    "nuts_sampler": "nutpie",
    "progressbar": False,
}

LOADED = """
import json, sys
import numpy as np
import pymc as pm
import unfunnel
from pymc_marketing.mmm import MMM
from unfunnel.tuning.blocks import auto_blocks
mmm = MMM.load(sys.argv[1])
(block,) = auto_blocks(mmm.model)
predicted = mmm.sample_posterior_predictive(mmm.X, random_seed=7, progressbar=False)
with mmm.model:
    pm.compute_log_likelihood(mmm.idata, progressbar=False)
print(json.dumps({
    "id": mmm.id,
    "tuned": len(block.sites.values),
    "centering": mmm.saturation.function_priors["beta"].centering,
    "predicted": predicted["y"].values.ravel()[:200].tolist(),
    "log_likelihood": mmm.idata["log_likelihood"]["y"].values.ravel()[:200].tolist(),
}))
"""


@pytest.fixture
def quick_compilation():
    """Compile for nutpie as usual: the fixture of this folder switches compilation off."""
    with pytensor.config.change_flags(mode="NUMBA"):
        yield


@pytest.fixture(scope="module")
def tuned(make_mmm):
    """A media-mix model that was built and tuned."""
    with pytensor.config.change_flags(mode="NUMBA"):
        mmm = make_mmm(
            saturation={
                "beta": LogNormalExp(
                    Prior("Gamma", mu=0.5, sigma=0.2),
                    Prior("Exponential", scale=0.2),
                    dims=("geo", "channel"),
                    centered="auto",
                )
            }
        )
        report = unfunnel.tune(mmm.model, seed=1, progress_bar=False)
    return mmm, report


@pytest.fixture(scope="module")
def fitted(tuned, media_data):
    """The same, fitted."""
    mmm, _ = tuned
    model = mmm.model
    with pytensor.config.change_flags(mode="NUMBA"):
        mmm.fit(*media_data, **SHORT)
    assert mmm.model is model
    return mmm


@pytest.mark.slow
def test_a_media_mix_model_is_tuned(tuned):
    mmm, report = tuned
    (block,) = auto_blocks(mmm.model)
    kappa = report.kappa("saturation_beta")
    assert kappa.dims == ("geo", "channel")
    assert block.sites.values[0].shape == kappa.shape
    assert (block.sites.values[0] > 0).any()
    assert "saturation_beta_informed__" in {v.name for v in mmm.model.value_vars}


@pytest.mark.slow
def test_fit_keeps_the_tuned_model(fitted):
    (block,) = auto_blocks(fitted.model)
    assert (block.sites.values[0] > 0).any()
    assert fitted.idata["posterior"]["saturation_beta"].dims == ("chain", "draw", "geo", "channel")


@pytest.mark.slow
def test_a_saved_model_is_untuned_and_predicts_the_same(fitted, media_data, tmp_path):
    mmm, path = fitted, tmp_path / "mmm.nc"
    mmm.save(str(path))
    loaded = json.loads(lines_of(LOADED, path)[-1])
    assert loaded["id"] == mmm.id
    assert loaded["centering"] == "auto"
    assert loaded["tuned"] == 0
    predicted = mmm.sample_posterior_predictive(media_data[0], random_seed=7, progressbar=False)
    np.testing.assert_allclose(loaded["predicted"], predicted["y"].values.ravel()[:200], rtol=1e-9)
    with mmm.model:
        pm.compute_log_likelihood(mmm.idata, progressbar=False)
    here = mmm.idata["log_likelihood"]["y"].values.ravel()[:200]
    np.testing.assert_allclose(loaded["log_likelihood"], here, rtol=1e-9)
    assert type(MMM.load(str(path)).saturation.function_priors["beta"]) is LogNormalExp


def plain_beta():
    """Return a hierarchy that knows nothing of this library."""
    return Prior(
        "LogNormal",
        mu=Prior("Normal", mu=-1, sigma=0.5),
        sigma=Prior("Exponential", scale=0.3),
        dims=("geo", "channel"),
    )


@pytest.mark.slow
def test_plain_priors_tuned_before_fit(make_mmm, media_data, quick_compilation, tmp_path):
    mmm = make_mmm(saturation={"beta": plain_beta()})
    mmm.model = unfunnel.reparameterize(mmm.model)
    assert unfunnel.tune(mmm.model, seed=1, progress_bar=False).blocks == ["saturation_beta"]
    mmm.fit(*media_data, **SHORT)
    path = str(tmp_path / "mmm.nc")
    mmm.save(path)
    first, second = (
        each.sample_posterior_predictive(media_data[0], random_seed=7, progressbar=False)["y"]
        for each in (mmm, MMM.load(path))
    )
    np.testing.assert_allclose(first, second, rtol=1e-9)


@pytest.mark.slow
def test_plain_priors_through_blocks_all(make_mmm, quick_compilation):
    mmm = make_mmm(saturation={"beta": plain_beta()})
    trace = unfunnel.sample(
        mmm.model, blocks="all", draws=50, tune=100, chains=2, seed=1, progress_bar=False
    )
    assert trace["unfunnel"]["saturation_beta_kappa"].dims == ("geo", "channel")
    assert trace["posterior"]["channel_contribution"].dims[-1] == "channel"
    assert set(mmm.model.named_vars) >= set(trace["posterior"].data_vars)


@pytest.mark.slow
def test_lifetime_values(quick_compilation):
    rng = np.random.default_rng(3)
    cohorts = ["a", "b", "c"]
    data = pd.DataFrame(
        {
            "customer_id": range(60),
            "recency": np.minimum(rng.geometric(0.4, size=60), 5),
            "T": 5,
            "cohort": np.repeat(cohorts, 20),
        }
    )
    hyperpriors = Prior("Gamma", mu=2.0, sigma=1.0), Prior("Exponential", scale=1.0)
    config = {
        name: LogNormalExp(*hyperpriors, dims="cohort", centered="auto")
        for name in ("alpha", "beta")
    }
    model = clv.ShiftedBetaGeoModel(model_config=config)
    model.build_model(data)
    report = unfunnel.tune(model.model, seed=1, progress_bar=False)
    assert report.blocks == ["alpha", "beta"]
    assert list(report.kappa("alpha")["cohort"].values) == cohorts
    built = model.model
    model.fit(data, **SHORT)
    assert model.model is built
    assert model.idata["posterior"]["alpha"].sizes["cohort"] == 3
