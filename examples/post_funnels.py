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
# # The two funnels
#
# The simplest positive hierarchy there is: one positive number `phi` whose spread `sigma` is not
# known, and no data. D. Saunders, [A positive constrained hierarchical prior that sparks
# joy](https://daniel-saunders-phil.github.io/imagination_machine/posts/a-positive-constrained-non-centered-prior-that-sparks-joy/)
# (2025), opens with it: written on the log scale, the centered form is a funnel, and the
# non-centered form, which is none, has a mean that nobody asked for. Here are both again, next to
# the same two coordinates of `LogNormalExp`.

# %%
import matplotlib.pyplot as plt
import numpy as np
import nutpie
import pymc as pm
from _report import (
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

from unfunnel import LogNormalExp

CHAINS, TUNE, DRAWS_PER_CHAIN, SEEDS = (2, 200, 200, 1) if short() else (4, 1000, 1000, 10)

# %% [markdown]
# ## Four models
#
# On the log scale `log(phi)` is normal around 1 with standard deviation `sigma ~ Gamma(mu=1,
# sigma=1)`. In natural units the same Gamma is the standard deviation of `phi` itself, and its mean
# is `e`, the typical value of the former. These are two different models, each in two coordinates.


# %%
def log_scale(centered: bool) -> pm.Model:
    """Write the post's model, by hand."""
    with pm.Model() as model:
        sigma = pm.Gamma("sigma", mu=1, sigma=1)
        if centered:
            pm.LogNormal("phi", 1, sigma)
        else:
            pm.Deterministic("phi", pm.math.exp(1 + sigma * pm.Normal("z")))
    return model


def natural_units(centered: bool) -> pm.Model:
    """Write it in natural units."""
    prior = LogNormalExp(mu=np.e, sigma=Prior("Gamma", mu=1, sigma=1), centered=centered)
    with pm.Model() as model:
        prior.create_variable("phi")
    return model


models = {
    "log scale, centered": log_scale(centered=True),
    "log scale, non-centered by hand": log_scale(centered=False),
    "LogNormalExp, centered": natural_units(centered=True),
    "LogNormalExp, non-centered": natural_units(centered=False),
}

# %% [markdown]
# ## Sampling
#
# With nutpie's defaults. The draws are also kept on the scale that the sampler moves on, which is
# where a funnel can be seen.

# %%
traces = {}
for label, model in models.items():
    compiled = nutpie.compile_pymc_model(model)
    traces[label] = [
        nutpie.sample(
            compiled,
            chains=CHAINS,
            tune=TUNE,
            draws=DRAWS_PER_CHAIN,
            seed=seed,
            store_unconstrained=True,
            progress_bar=False,
        )
        for seed in range(1, SEEDS + 1)
    ]

# %%
table(
    [
        {"prior": label, **median([diagnostics(trace) for trace in runs])}
        for label, runs in traces.items()
    ],
    title=f"Sampling phi: medians over {SEEDS} seeds of {CHAINS} x {DRAWS_PER_CHAIN:,} draws",
)
table(
    [{"prior": label, "seed": 1, **diagnostics(runs[0])} for label, runs in traces.items()],
    title="The first seed",
)

# %% [markdown]
# The centered form is a funnel on either scale: natural units alone do not mend it. Non-centered,
# both models are, to the sampler, one and the same: a Gamma and an independent standard normal. The
# odd divergence that is left is a leap to `log(sigma)` near 4, where the density of the Gamma falls
# off a cliff; it has nothing to do with `phi`.
#
# ## What the prior then says about `phi`
#
# On the log scale the mean of `phi` is $E\,e^{1+\sigma^2/2}$, which is infinite: no sample
# estimates it, and each seed finds another number (the post has 31.8, with a standard deviation of
# 502).
# In natural units the mean is exactly $e$, and the variance exactly $E\,\sigma^2 = 2$.

# %%
EXACT = {"log": ("infinite", "infinite"), "natural": (f"{np.e:.3f}", f"{np.sqrt(2):.3f}")}
rows = []
for label, runs in traces.items():
    draws = [run["posterior"]["phi"] for run in runs]
    means, sds = [float(d.mean()) for d in draws], [float(d.std()) for d in draws]
    exact = EXACT["log" if label.startswith("log") else "natural"]
    rows.append(
        {
            "prior": label,
            "mean, first seed": means[0],
            "sd, first seed": sds[0],
            "means, all seeds": f"{min(means):.3g} to {max(means):,.3g}",
            "sds, all seeds": f"{min(sds):.3g} to {max(sds):,.3g}",
            "exact mean": exact[0],
            "exact sd": exact[1],
        }
    )
table(rows, title="The prior of phi, as sampled")

# %% [markdown]
# ## On the sampler's own scale
#
# Left of the dotted line lies 5% of the prior of `sigma`. The centered chains hardly get there, and
# diverge where they try; that part of the model is missing from their answers.

# %%
style()
tail = np.log(-np.log(0.95))  # Gamma(mu=1, sigma=1) is the standard exponential law
fig, axes = plt.subplots(2, 2, figsize=(9.5, 8), sharex=True, sharey="col", layout="constrained")
for ax, (label, runs) in zip(axes.flat, traces.items(), strict=True):
    trace = runs[0]
    free = trace["unconstrained_posterior"].dataset
    spread = next(free[name] for name in free if name.endswith("sigma_log__"))
    others = [free[name] for name in free if not name.endswith("sigma_log__")]
    other = others[0] if others else trace["posterior"]["z"]
    diverging = trace["sample_stats"]["diverging"].values
    x, y = spread.values, other.values
    ax.scatter(x[~diverging], y[~diverging], s=5, color=DRAWS, alpha=0.3, linewidths=0)
    ax.scatter(
        x[diverging], y[diverging], s=13, color=TROUBLE, linewidths=0, label="divergent transition"
    )
    ax.axvline(tail, color=INK, linewidth=1, linestyle=":")
    ax.set(title=f"{label}: {int(diverging.sum())} divergences", xlim=(-8, 3))
    if "non-" in label:
        ax.set(ylabel="z (standard deviations)", ylim=(-4.2, 4.2))
    else:
        ax.set(ylabel="log phi", ylim=(-7, 9))
for ax in axes[-1]:
    ax.set_xlabel("log sigma")
axes[0, 0].legend(loc="upper left", markerscale=1.6)
axes[0, 0].annotate(
    "5% of the prior\nlies left of here", (tail - 0.15, -6.6), ha="right", fontsize=9
)
fig.suptitle("One positive number of unknown spread, as the sampler sees it", x=0.01, ha="left")
save_figure(fig, "post_funnels")

# %%
print_versions()
