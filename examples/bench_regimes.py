# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One hierarchy, every way to sample it
#
# Thirty groups with positive effects, and the question that every such model raises: centered or
# non-centered? The answer depends on the data, and on mixed data, which is what real panels are,
# both are wrong. Here the same model is sampled on six kinds of data, with `centered="auto"`, which
# asks a short pilot run, and with everything else there is today.
#
# `make bench-regimes` is this notebook as a command, with options; it saves records and a figure.

# %%
import os
from pathlib import Path

import arviz_stats
import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from _report import save_figure, short
from benchmarks import figure, measures, run, summary, tables
from benchmarks.grid import Grid
from benchmarks.regimes import GROUPS, OBSERVATIONS
from benchmarks.store import Store
from rich.console import Console
from scipy import stats

grid = Grid.quick() if short() else Grid()
console = Console(width=160, height=60)

# %% [markdown]
# ## The data
#
# Effects have mean 1.5 and standard deviation 0.5. What is seen of a group is the mean of `n`
# observations of unit variance, or a count at some exposure. With 2 observations the data know
# less about an effect than the hierarchy does, with 400 far more.

# %%
for regime in grid.regimes:
    size = OBSERVATIONS[regime]
    print(f"{regime:10s} n from {size.min():g} to {size.max():g}")

# %% [markdown]
# ## Sampling
#
# Each form is compiled once for a kind of likelihood, then sampled by nutpie with every data set
# and every seed. Where `UNFUNNEL_RECORDS` names a folder, fits that are in it are not run again.

# %%
path = Path(os.environ["UNFUNNEL_RECORDS"]) if "UNFUNNEL_RECORDS" in os.environ else None
records = run.run(grid, Store(path) if path else None)
fits = summary.frame(records)
print(f"{len(fits)} fits of {len(grid)}")

# %% [markdown]
# ## Efficiency
#
# The worst bulk ESS over every variable of the model, per 1000 gradients of the kept draws. It does
# not depend on the machine. Two forms have another prior, comparable but stated on the log scale:
# `Prior(transform="exp")`, and VIP, which supports nothing else.

# %%
console.print(tables.efficiency_table(fits))
console.print(tables.divergence_table(fits))

# %% [markdown]
# Centered is stuck where the data are weak and non-centered where they are strong. In between and
# on mixed data the better of the two is still several times slower than a coordinate that is chosen
# for each group.

# %%
figure_of_all = figure.draw(fits)
save_figure(figure_of_all, "bench_regimes")

# %% [markdown]
# ## Without data, how efficient can it be?
#
# Where there are no data, `"auto"` is the non-centered form, and `sigma` is sampled on its
# logarithm, although that is skewed. A rounder coordinate is no better there. The roundest is
# known: independent standard normals, of which `mu`, `sigma` and the effects are functions.

# %%
with pm.Model() as ideal:
    pm.Normal("z", shape=2 + GROUPS)
compiled = nutpie.compile_pymc_model(ideal)


def efficiency(seed: int) -> float:
    """Return the ESS per 1000 gradients of hyperparameters and effects that are made of normals."""
    length = {"draws": grid.length.draws, "tune": grid.length.tune, "chains": grid.length.chains}
    trace = nutpie.sample(compiled, **length, seed=seed, progress_bar=False)
    z = trace["posterior"]["z"].to_numpy()
    mu = stats.gamma.ppf(stats.norm.cdf(z[..., :1]), 9, scale=1 / 6)
    sigma = stats.expon.ppf(stats.norm.cdf(z[..., 1:2]), scale=0.5)
    variance = np.log1p((sigma / mu) ** 2)
    phi = mu * np.exp(np.sqrt(variance) * z[..., 2:] - variance / 2)
    made = xr.DataArray(np.concatenate([mu, sigma, phi], -1), dims=("chain", "draw", "variable"))
    ess = arviz_stats.ess(made.to_dataset(name="made"), method="bulk")["made"]
    return 1000 * float(ess.min()) / int(trace["sample_stats"]["n_steps"].sum())


figures = sorted(efficiency(seed) for seed in range(1, 3 if short() else 10))
print(f"{np.median(figures):.0f} ({figures[0]:.0f}-{figures[-1]:.0f}) in {len(figures)} fits")

# %% [markdown]
# ## What it costs
#
# The pilot is a few thousand gradients; what it learns saves about as many in tuning. Seconds
# depend on what else the machine does and on how much of a model numba has compiled before.

# %%
console.print(tables.cost_table(fits))

# %% [markdown]
# ## Targets
#
# What the library promises of `centered="auto"`. In a short run they mean nothing.

# %%
console.print(tables.verdict_table(fits))

# %%
print(", ".join(f"{name} {number}" for name, number in measures.versions().items()))
