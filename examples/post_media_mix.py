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
# # A hierarchical media-mix model
#
# How much a channel can add to sales differs from region to region, is positive, and is only partly
# told by the data: a channel that was never pushed to saturation says little about its ceiling.
# Hence a hierarchy over regions, and the question which one. D. Saunders, [A positive constrained
# hierarchical prior that sparks
# joy](https://daniel-saunders-phil.github.io/imagination_machine/posts/a-positive-constrained-non-centered-prior-that-sparks-joy/)
# (2025), ends with this comparison; here it is on a panel of our own (104 weeks, 4 regions, 2
# channels, made up from known effects), in [pymc-marketing](https://www.pymc-marketing.io), with
# five priors for the ceiling `saturation_beta`.

# %%
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import arviz_stats
import matplotlib.pyplot as plt
import numpy as np
import nutpie
import pymc as pm
import pytensor
from _panel import CHANNELS, REGIONS, media_mix, panel
from _report import (
    CONTRAST,
    DRAWS,
    INK,
    TROUBLE,
    diagnostics,
    median,
    print_versions,
    save_figure,
    short,
    style,
    table,
)
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM
from pymc_marketing.special_priors import LogNormalPrior

from unfunnel import LogNormalExp

CHAINS, TUNE, DRAWS_PER_CHAIN, SEEDS = (2, 5, 10, 1) if short() else (4, 1000, 1000, 7)
LENGTH = {"chains": CHAINS, "tune": TUNE, "draws": DRAWS_PER_CHAIN}
FIT: dict[str, Any] = LENGTH | {"nuts_sampler": "nutpie"}
if short():  # For a handful of draws nutpie's compilation takes too long: PyMC's NUTS, in Python.
    pytensor.config.mode = "FAST_COMPILE"
    FIT = LENGTH | {"cores": 1, "max_treedepth": 2}

# %% [markdown]
# ## The panel
#
# Weekly sales are a base level, plus for each channel a ceiling times a logistic curve of the
# spend that still echoes (geometric adstock), plus noise. Ceilings of a channel differ between
# regions by a log-normal factor with a spread of 0.4. Echo and steepness of the curve lie well
# inside their priors below. Sales and spend are in thousands of dollars.

# %%
data = panel(2025)

# %% [markdown]
# ## Five priors
#
# The first is what one would write with `Prior` alone, with the numbers of the post: a normal
# hierarchy of logs. The other four are one and the same prior in natural units (ceilings as shares
# of the largest sales): their mean over regions is 0.25 ± 0.10 for a channel, and regions differ by
# about 0.10. They differ in who wrote it, and in centering.

# %%
NATURAL = {
    "mean": Prior("Gamma", mu=0.25, sigma=0.10, dims="channel"),
    "sd": Prior("Exponential", scale=0.10, dims="channel"),
}
DIMS = ("channel", "geo")


def log_normal_exp(centered: bool) -> LogNormalExp:
    """Return ours."""
    return LogNormalExp(mu=NATURAL["mean"], sigma=NATURAL["sd"], dims=DIMS, centered=centered)


def log_normal_prior(centered: bool) -> LogNormalPrior:
    """Return pymc-marketing's."""
    return LogNormalPrior(mean=NATURAL["mean"], std=NATURAL["sd"], dims=DIMS, centered=centered)


priors: dict[str, Any] = {
    "log scale, non-centered": Prior(
        "Normal",
        mu=Prior("Normal", mu=-1.5, sigma=0.5, dims="channel"),
        sigma=Prior("Exponential", scale=0.25, dims="channel"),
        dims=DIMS,
        transform="exp",
        centered=False,
    ),
    "LogNormalPrior, centered": log_normal_prior(True),
    "LogNormalPrior, non-centered": log_normal_prior(False),
    "LogNormalExp, centered": log_normal_exp(True),
    "LogNormalExp, non-centered": log_normal_exp(False),
}


def sample(model: pm.Model) -> list[Any]:
    """Sample with every seed; compile once."""
    if short():
        return [pm.sample(**FIT, model=model, random_seed=1, progressbar=False)]
    compiled = nutpie.compile_pymc_model(model)
    return [
        nutpie.sample(compiled, **LENGTH, seed=seed, progress_bar=False)
        for seed in range(1, SEEDS + 1)
    ]


# %% [markdown]
# ## Sampling
#
# With nutpie's defaults. The effective sample size is the worst over everything the model has:
# parameters, hyperparameters and each week's contribution of each channel. A gradient evaluation
# costs the same with each prior, so the last column is what counts.


# %%
def hardest(trace: Any) -> str:
    """Name the parameter with the smallest effective sample size."""
    parameters = trace["posterior"].dataset.drop_dims("date")
    smallest = {name: float(x.min()) for name, x in arviz_stats.ess(parameters).data_vars.items()}
    return min(smallest, key=smallest.__getitem__)


traces, runs = {}, {}
for label, prior in priors.items():
    traces[label] = sample(media_mix(prior, data).model)
    runs[label] = [diagnostics(trace) for trace in traces[label]]
title = f"Medians over {SEEDS} seeds of {CHAINS} x {DRAWS_PER_CHAIN:,} draws"
table([{"saturation_beta": label, **median(runs[label])} for label in priors], title=title)
for label in priors:
    names = Counter(map(hardest, traces[label])).most_common()
    print(f"Hardest, {label}: " + ", ".join(f"{name} ({n} of {SEEDS})" for name, n in names))

# %% [markdown]
# Centered, the chains diverge more than a hundred times: the data do not pin the ceilings down.
# Non-centered, the prior in natural units leaves a dozen divergences and the one on the log scale a
# few times as many, at much the same efficiency. Between `LogNormalPrior` and `LogNormalExp`,
# non-centered, there is no difference to the sampler, as the next cell shows; what their two rows
# differ by is what seeds do. Hard are, in each of the three, the hyperparameters and the steepness
# `saturation_lam`: over the observed spend a higher ceiling with a flatter curve looks much the
# same, and no coordinate of the ceilings alone takes that ridge away.

# %%
pair = [
    media_mix(priors[f"{name}, non-centered"], data).model
    for name in ("LogNormalPrior", "LogNormalExp")
]
shapes = [np.shape(pair[0].initial_point()[value.name]) for value in pair[0].value_vars]
somewhere = [np.random.default_rng(1).normal(size=shape) for shape in shapes]
points = [dict(zip([v.name for v in m.value_vars], somewhere, strict=True)) for m in pair]
theirs, ours = (float(m.compile_logp()(point)) for m, point in zip(pair, points, strict=True))
print(f"Log density at one point: LogNormalPrior {theirs:.12g}, LogNormalExp {ours:.12g}")
np.testing.assert_allclose(ours, theirs, rtol=1e-12)

# %%
style()
colors = [CONTRAST, INK, INK, DRAWS, DRAWS]
fig, (speed, trouble, effects) = plt.subplots(
    1, 3, figsize=(13, 4.8), layout="constrained", width_ratios=(4, 4, 5)
)
for row, (label, color) in enumerate(zip(reversed(priors), reversed(colors), strict=True)):
    for ax, key in ((speed, "ess_per_kgrad"), (trouble, "divergences")):
        values = [run[key] for run in runs[label]]
        ax.scatter(values, [row] * len(values), s=28, color=color, alpha=0.6, linewidths=0)
        ax.scatter(np.median(values), row, s=240, color=color, marker="|", linewidths=2)
names = [label.replace(", ", ",\n") for label in reversed(priors)]
speed.set_yticks(range(len(names)), names)
trouble.set_yticks(range(len(names)), [""] * len(names))
most = f"divergences (of {CHAINS * DRAWS_PER_CHAIN:,} draws)"
speed.set(
    title="Efficiency (a dot is a seed)", xlabel="worst ESS per 1000 gradients", xlim=(0, None)
)
trouble.set(title="Divergences (a dot is a seed)", xlabel=most)
trouble.set_xscale("symlog", linthresh=10)
trouble.set_xlim(-1, 1.5 * max(run["divergences"] for label in priors for run in runs[label]) + 1)
for ax in (speed, trouble):
    ax.set_ylim(-0.5, len(priors) - 0.5)

unit = data.y.max()
shown = {"log scale, non-centered": CONTRAST, "LogNormalExp, non-centered": DRAWS}
for shift, (label, color) in zip((0.14, -0.14), shown.items(), strict=True):
    beta = traces[label][0]["posterior"]["saturation_beta"] * unit
    beta = beta.transpose("chain", "draw", "channel", "geo")
    interval, center = arviz_stats.eti(beta, prob=0.9), beta.median(("chain", "draw"))
    rows = np.arange(2 * len(REGIONS))[::-1] + shift
    bounds = interval.values.reshape(-1, 2).T
    effects.hlines(rows, *bounds, color=color, linewidth=2.5, label=label)
    effects.scatter(center.values.ravel(), rows, s=18, color=color, zorder=3)
effects.scatter(
    data.ceilings.T.ravel(),
    np.arange(2 * len(REGIONS))[::-1],
    marker="|",
    s=260,
    color=TROUBLE,
    linewidths=2,
    label="true ceiling",
    zorder=4,
)
effects.set_yticks(
    np.arange(2 * len(REGIONS))[::-1], [f"{c}, {r}" for c in CHANNELS for r in REGIONS]
)
effects.set(title="Ceilings: median and 90% interval", xlabel="ceiling (1000 dollars a week)")
effects.set_xlim(left=0)
effects.legend(loc="lower right", fontsize=9)
save_figure(fig, "post_media_mix")

# %% [markdown]
# ## Save and load
#
# `MMM.save` writes the model with its draws to one file, the priors as JSON; `MMM.load` builds it
# again. Whatever the centering, the file holds `saturation_beta` itself.

# %%
mmm = media_mix(priors["LogNormalExp, non-centered"], data)
mmm.fit(data.X, data.y, **FIT, random_seed=1, progressbar=False)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "media_mix.nc"
    mmm.save(str(file))
    loaded = MMM.load(str(file))

before, after = (m.saturation.function_priors["beta"] for m in (mmm, loaded))
assert after == before and type(after) is type(before) is LogNormalExp
point = mmm.model.initial_point()
density = [float(m.model.compile_logp()(point)) for m in (mmm, loaded)]
predicted = [
    m.sample_posterior_predictive(data.X, random_seed=1, extend_idata=False, progressbar=False)
    for m in (mmm, loaded)
]
mean_sales = [float(prediction["y"].mean()) for prediction in predicted]
print(f"Loaded: {after!r}")
compared = {"log density at its start": density, "mean prediction / largest sales": mean_sales}
table(
    [
        {"of the model": what, "saved": f"{saved:.12g}", "loaded": f"{again:.12g}"}
        for what, (saved, again) in compared.items()
    ],
    title="Saved and loaded",
)
assert density[0] == density[1] and mean_sales[0] == mean_sales[1]

# %%
print_versions("pymc", "pytensor", "pymc-extras", "pymc-marketing", "nutpie", "unfunnel")
