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
# # Sums to zero, over the dim that is meant
#
# Effects of groups are often wanted as deviations from their mean: sum to zero over the groups, and
# the mean has a name of its own. `pm.ZeroSumNormal` sums over the *last* axes, whatever they are
# called. With dims `("group", "predictor")` that is the predictors, and nothing warns: the model
# runs, and its answers are wrong. This happened in a [thread of the PyMC
# forum](https://discourse.pymc.io/t/14226): 3 predictors, 1000 groups, true standard deviations
# between groups (10, 12, 8), estimated as about (11.7, 15.4, 3.2). The data of the thread are not
# available; here are made-up ones with the same truth.

# %%
import arviz_stats
import matplotlib.pyplot as plt
import numpy as np
import nutpie
import pymc as pm
from _report import (
    BEST,
    CONTRAST,
    INK,
    TROUBLE,
    print_versions,
    save_figure,
    short,
    style,
    table,
)
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.errors import DimsError

CHAINS, TUNE, DRAWS_PER_CHAIN, SEEDS = (2, 300, 1000, 1) if short() else (4, 1000, 1000, 3)

PREDICTORS = ["a", "b", "c"]
COORDS = {"group": range(1000), "predictor": PREDICTORS}
MEANS, SCALES = np.array([3.0, -5.0, 1.0]), np.array([10.0, 12.0, 8.0])
# Each coefficient of each group is measured with this variance: weak data, as that is more than
# they differ by.
VARIANCE = 150.0

# Draws that have exactly mean 0, variance 1 and no correlations: what an estimate is off by is
# then not the luck of the draw.
z = np.random.default_rng(14226).normal(size=(1000, 6))
z -= z.mean(axis=0)
z = np.linalg.solve(np.linalg.cholesky(np.cov(z.T)), z.T).T
MEASURED = MEANS + SCALES * z[:, :3] + np.sqrt(VARIANCE) * z[:, 3:]

# %% [markdown]
# What the model with the wrong axis has to converge to: summing to zero over the predictors gives
# every group the covariance $D (I - J/3) D$ with $D = \mathrm{diag}(\tau)$: variances of two
# thirds of $\tau^2$, and correlations of $-1/2$ between all predictors. The truth is not among
# these, and with more data
# the fit goes to the one with the smallest Kullback-Leibler divergence from it.


# %%
def divergence(tau):
    centering = np.eye(3) - 1 / 3
    covariance = np.outer(tau, tau) * centering + VARIANCE * np.eye(3)
    truth = np.diag(SCALES**2 + VARIANCE)
    return np.linalg.slogdet(covariance)[1] + np.trace(np.linalg.solve(covariance, truth))


grid = np.arange(0.0, 18.0, 0.25)
candidates = [(x, y, z) for x in grid[32:60] for y in grid[40:72] for z in grid[:40]]
limit = np.array(min(candidates, key=divergence))

# %% [markdown]
# ## Three ways to write it
#
# The wrong axis cannot be written with `zero_sum=`: it names a dim, and refuses one along which the
# scale varies.

# %%
scale = Prior("Gamma", mu=8, sigma=6, dims="predictor")
try:
    NormalIdentity(0.0, scale, dims=("group", "predictor"), zero_sum="predictor")
except DimsError as error:
    print(error)


# %%
def wrong_axis():
    with pm.Model(coords=COORDS) as model:
        mean = pm.Normal("beta_mu", 0, 10, dims="predictor")
        scale = pm.Gamma("beta_sigma", mu=8, sigma=6, dims="predictor")
        deviation = pm.ZeroSumNormal("deviation", dims=("group", "predictor"))
        beta = mean + scale * deviation
        pm.Normal("measured", beta, np.sqrt(VARIANCE), observed=MEASURED)
    return model


def by_name():
    with pm.Model(coords=COORDS) as model:
        beta = NormalIdentity(
            mu=Prior("Normal", mu=0, sigma=10, dims="predictor"),
            sigma=scale,
            dims=("group", "predictor"),
            zero_sum="group",
            centered="auto",
        ).create_variable("beta")
        pm.Normal("measured", beta, np.sqrt(VARIANCE), observed=MEASURED)
    return model


def separate():
    with pm.Model(coords=COORDS) as model:
        for i, predictor in enumerate(PREDICTORS):
            beta = NormalIdentity(
                mu=Prior("Normal", mu=0, sigma=10),
                sigma=Prior("Gamma", mu=8, sigma=6),
                dims="group",
                zero_sum="group",
                centered="auto",
            ).create_variable(predictor)
            pm.Normal(f"measured_{predictor}", beta, np.sqrt(VARIANCE), observed=MEASURED[:, i])
    return model


# %% [markdown]
# The last one, three blocks of one predictor each, is what the second one is measured against: with
# the axis right, nothing is lost by writing the three as one variable.

# %%
SAMPLING = {"chains": CHAINS, "tune": TUNE, "draws": DRAWS_PER_CHAIN, "progress_bar": False}


def scales_of(trace):
    posterior = trace["posterior"]
    if "beta_sigma" in posterior:
        return posterior["beta_sigma"].transpose(..., "predictor").values
    return np.stack([posterior[f"{p}_sigma"].values for p in PREDICTORS], axis=-1)


def efficiency(trace):
    """Return the bulk ESS of each scale for 1000 gradients."""
    gradients = float(trace["sample_stats"]["n_steps"].sum())
    draws = np.moveaxis(scales_of(trace), -1, 0)
    return np.array([1000 * float(arviz_stats.ess(x)) for x in draws]) / gradients


compiled = nutpie.compile_pymc_model(wrong_axis())
models = {"by name": by_name(), "separate": separate()}
runs = {"wrong axis": [nutpie.sample(compiled, seed=s, **SAMPLING) for s in range(SEEDS)]}
for form, model in models.items():
    runs[form] = [unfunnel.sample(model, seed=s, **SAMPLING) for s in range(SEEDS)]

# %%
print_versions()
rows = []
speeds = {}
for form, traces in runs.items():
    pooled = np.concatenate([scales_of(trace).reshape(-1, 3) for trace in traces])
    low, high = np.quantile(pooled, [0.025, 0.975], axis=0)
    speeds[form] = np.median([efficiency(trace) for trace in traces], axis=0)
    for i, predictor in enumerate(PREDICTORS):
        rows.append(
            {
                "form": form,
                "scale of": predictor,
                "true": SCALES[i],
                "mean": float(pooled[:, i].mean()),
                "2.5%": float(low[i]),
                "97.5%": float(high[i]),
                "bulk ESS/1000 gradients": float(speeds[form][i]),
                "of separate": 1.0,
            }
        )
for row in rows:
    predictor = PREDICTORS.index(row["scale of"])
    row["of separate"] = float(speeds[row["form"]][predictor] / speeds["separate"][predictor])
formats = {key: ".2f" for key in ("mean", "2.5%", "97.5%", "of separate")}
table(
    rows,
    f"{CHAINS} chains x ({TUNE} + {DRAWS_PER_CHAIN}), medians of {SEEDS} seeds",
    formats=formats,
)
print("With ever more groups the wrong axis converges to", limit)
print(
    "Divergences:",
    {f: sum(int(t["sample_stats"]["diverging"].sum()) for t in ts) for f, ts in runs.items()},
)

# %% [markdown]
# The wrong axis does not give a wide answer but a wrong one: its intervals are about as narrow, and
# two of three miss. With the dim named the truth is where the intervals are, whatever the order of
# `dims`, and the three blocks together cost what three separate ones do.

# %%
style()
figure, axis = plt.subplots(figsize=(8.2, 3.4), layout="constrained")
colors = {"wrong axis": TROUBLE, "by name": BEST, "separate": CONTRAST}
for shift, (form, traces) in zip((0.22, 0.0, -0.22), runs.items(), strict=True):
    pooled = np.concatenate([scales_of(trace).reshape(-1, 3) for trace in traces])
    low, high = np.quantile(pooled, [0.025, 0.975], axis=0)
    y = np.arange(3)[::-1] + shift
    axis.hlines(y, low, high, color=colors[form], linewidth=3, label=form)
    axis.scatter(pooled.mean(axis=0), y, s=36, color=colors[form], zorder=3)
for i, true in enumerate(SCALES):
    axis.vlines(true, 1.6 - i, 2.4 - i, color=INK, linewidth=1.2, linestyle="--")
axis.scatter(limit, np.arange(3)[::-1] + 0.22, marker="x", s=50, color=INK, zorder=4)
axis.set_yticks(np.arange(3)[::-1], [f"predictor {p}" for p in PREDICTORS])
axis.set_xlabel("standard deviation between groups: 95% interval; dashed: true")
axis.set_title(
    "Summing to zero over predictors instead of groups (x: where that converges to)", pad=24
)
axis.legend(loc="lower left", bbox_to_anchor=(0, 0.985), ncols=3, borderaxespad=0)
save_figure(figure, "zero_sum")
