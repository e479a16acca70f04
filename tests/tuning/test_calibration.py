"""Simulation-based calibration of ``centered="auto"``, with the pilot in the loop.

Parameters and data are drawn from the prior, and the posterior is sampled as ``unfunnel.sample``
does it: a pilot on those data, site parameters, draws. Over many simulations the rank of the true
value among the draws is uniform for every quantity if, and only if, the draws are from the
posterior (Talts et al. 2018, arXiv 1804.06788). The joint log-likelihood is among the quantities,
as ranks of parameters do not see a sampler that ignores the data (Modrak et al. 2023, Bayesian
Analysis 20). That both errors would be seen is tested too.

Ranks are tested for uniformity with arviz's test of ordered values, a refinement of the graphical
test with simultaneous bands (Sailynoja, Burkner & Vehtari 2022, Statistics and Computing 32).
``simuk`` cannot be used: it ranks variables, not functions of them, and knows no pilot.
``UNFUNNEL_FIGURES=docs/_static`` saves the figure of the rank distributions there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import arviz_stats  # noqa: F401 - the accessor azstats
import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.structures.transform import StructureTransform
from unfunnel.tuning.compiled import compile_plan, in_coordinates
from unfunnel.tuning.pilot import run_pilot
from unfunnel.tuning.plan import Plan

SIMULATIONS = 200
#: Enough to see one wrong factor of the density: measured p-values are 6e-9 with 15, 2e-16 with 25.
FEW_SIMULATIONS = 25
RANKED_DRAWS = 100
#: Two models with five quantities each: a correct sampler fails with a probability of 6e-4.
LEAST_P_VALUE = 5e-5

SIZES = np.array([1.0, 2000.0, 1.0, 2000.0, 5.0, 30.0, 1.0, 2000.0])
COORDS = {"group": range(len(SIZES))}

FAMILIES = {
    "LogNormalExp": LogNormalExp(
        mu=Prior("Gamma", mu=1.5, sigma=0.5),
        sigma=Prior("Exponential", scale=0.5),
        dims="group",
        centered="auto",
    ),
    "NormalIdentity": NormalIdentity(
        mu=Prior("Normal", mu=0, sigma=2),
        sigma=Prior("HalfNormal", sigma=1),
        dims="group",
        centered="auto",
    ),
}


def grouped(family: str) -> Any:
    """Return a model of groups with one observation, with thousands, and with some."""
    with pm.Model(coords=COORDS) as model:
        effect = FAMILIES[family].create_variable("effect")
        mean = pm.Data("mean", np.ones(len(SIZES)))
        pm.Normal("y", effect, 1 / np.sqrt(SIZES), observed=mean, dims="group")
    return model


def from_the_prior(model: Any, draws: int, seed: int) -> xr.Dataset:
    """Draw parameters and data."""
    simulated = pm.sample_prior_predictive(draws, model, random_seed=seed)
    prior, data = (simulated[group].dataset for group in ("prior", "prior_predictive"))
    return prior.merge(data).isel(chain=0, drop=True)


def quantities(parameters: xr.Dataset, mean: xr.DataArray) -> xr.Dataset:
    """Return what is ranked."""
    effect = parameters["effect"]
    sizes = xr.DataArray(SIZES, dims="group")
    log_likelihood = -0.5 * (sizes * (mean - effect) ** 2).sum("group")
    return xr.Dataset(
        {
            "mu": parameters["effect_mu"],
            "sigma": parameters["effect_sigma"],
            "effect, 1 observation": effect.isel(group=0, drop=True),
            "effect, 2000 observations": effect.isel(group=1, drop=True),
            "log-likelihood": log_likelihood,
        }
    )


def probabilities(
    truth: xr.Dataset, draws: xr.Dataset, dim: str, rng: np.random.Generator
) -> xr.Dataset:
    """Return the rank of the truth among the draws, made continuous on [0, 1]."""
    ranks = (draws < truth).sum(dim)
    return ranks.map(lambda rank: (rank + rng.uniform(size=rank.shape)) / (1 + draws.sizes[dim]))


def least_p_values(uniform: xr.Dataset) -> dict[str, float]:
    """Test every quantity for a uniform distribution over the simulations."""
    p_values, *_ = uniform.azstats.uniformity_test(dim="simulation")
    return {str(name): float(value) for name, value in p_values.data_vars.items()}


def calibrate(model: Any, simulations: int, seed: int) -> xr.Dataset:
    """Rank the truth among the draws of the posterior, for many data sets."""
    rng = np.random.default_rng(seed)
    simulated = from_the_prior(model, simulations, seed)
    plan = Plan.of(model)
    compiled = compile_plan(plan)
    found = []
    for i in range(simulations):
        true = simulated.isel(draw=i, drop=True)
        with_data = compiled.with_data(mean=true["y"].values)
        pilot = run_pilot(plan, with_data, i)
        assert not pilot.failed, pilot.problem
        trace = nutpie.sample(
            in_coordinates(with_data, plan, pilot.coordinates),
            draws=5 * RANKED_DRAWS,
            tune=300,
            chains=2,
            cores=2,
            seed=i,
            save_warmup=False,
            progress_bar=False,
        )
        # Every tenth draw: about independent, as there is about one effective draw for each.
        draws = trace["posterior"].dataset.isel(draw=slice(None, None, 10))
        draws = draws.stack(sample=("chain", "draw"), create_index=False)
        draws, true = (quantities(x, true["y"]) for x in (draws, true))
        found.append(probabilities(true, draws, "sample", rng))
    return xr.concat(found, "simulation")


def save_figure(uniform: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Save the differences from a uniform distribution, as the figures of the examples are."""
    import matplotlib.pyplot as plt
    from arviz_plots import plot_ecdf_pit

    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "examples")
    import _report

    _report.style()
    tree = xr.DataTree.from_dict({"prior_sbc": uniform})
    shown = plot_ecdf_pit(
        tree,
        sample_dims="simulation",
        backend="matplotlib",
        col_wrap=5,
        figure_kwargs={"figsize": (14, 3.2)},
    )
    _report.save_figure(shown.viz["figure"].item(), "calibration")
    plt.close("all")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("family", FAMILIES)
def test_auto_with_its_pilot_is_calibrated(family, monkeypatch):
    uniform = calibrate(grouped(family), SIMULATIONS, seed=1)
    if os.environ.get("UNFUNNEL_FIGURES") and family == "LogNormalExp":
        save_figure(uniform, monkeypatch)
    found = least_p_values(uniform)
    assert min(found.values()) > LEAST_P_VALUE, found


LOG_SLOPE = StructureTransform.log_slope


def forgets_the_information(self: Any, value: Any, *parameters: Any) -> Any:
    """Return the log-Jacobian of the non-centered form in place of the informed one."""
    return LOG_SLOPE(self.with_sites(), value, *parameters)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_wrong_jacobian_is_seen(monkeypatch):
    monkeypatch.setattr(StructureTransform, "log_slope", forgets_the_information)
    found = least_p_values(calibrate(grouped("LogNormalExp"), FEW_SIMULATIONS, seed=1))
    assert min(found.values()) < LEAST_P_VALUE, found


def test_a_sampler_that_ignores_the_data_is_seen_in_the_log_likelihood():
    drawn = from_the_prior(grouped("LogNormalExp"), 50 * (RANKED_DRAWS + 1), seed=1)
    drawn = drawn.assign_coords(draw=np.arange(drawn.sizes["draw"]))
    drawn = drawn.coarsen(draw=RANKED_DRAWS + 1).construct(draw=("simulation", "sample"))
    true, draws = drawn.isel(sample=0), drawn.isel(sample=slice(1, None))
    true, draws = (quantities(x, true["y"]) for x in (true, draws))
    uniform = probabilities(true, draws, "sample", np.random.default_rng(2))
    found = least_p_values(uniform)
    assert found.pop("log-likelihood") < LEAST_P_VALUE
    assert min(found.values()) > LEAST_P_VALUE, found
