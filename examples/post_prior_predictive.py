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
# # Asking for 1.5 ± 0.5, and what three priors make of it
#
# Four groups, each with a positive effect. We want effects around 1.5 that differ by about 0.5, and
# we are not sure of either number: both get a Gamma hyperprior with a standard deviation of 0.25.
# D. Saunders, [A positive constrained hierarchical prior that sparks
# joy](https://daniel-saunders-phil.github.io/imagination_machine/posts/a-positive-constrained-non-centered-prior-that-sparks-joy/)
# (2025), compares ways to write this down. Here they are again, without any sampler: all that
# follows are draws from the prior, and exact moments.
#
# ## Why a log-scale hierarchy has no mean
#
# If $\log\phi \sim N(\mu, \sigma)$, then $E\,\phi = E\,e^{\mu + \sigma^2/2}$, and $e^{\sigma^2/2}$
# outgrows every tail that falls no faster than exponentially: with a Gamma, exponential, half-t,
# log-normal or inverse-Gamma prior of $\sigma$ the mean of $\phi$ is infinite, whatever its
# parameters, and with $\sigma \sim \mathrm{HalfNormal}(a)$ it is $E\,e^\mu / \sqrt{1 - a^2}$ for
# $a < 1$ only (and the variance is finite for $a < 1/2$ only). In natural units the law of total
# variance closes instead, $E\,\phi = E\,\mu$ and
# $\mathrm{Var}\,\phi = E\,\sigma^2 + \mathrm{Var}\,\mu$, finite whenever the hyperpriors' are.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pymc as pm
from _report import CONTRAST, DRAWS, INK, TROUBLE, print_versions, save_figure, short, style, table
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp

MEAN, SD, UNSURE = 1.5, 0.5, 0.25
# A dim for the draws, so that all are made in one call, each with hyperparameters of its own.
DIMS = ("prior_draw", "group")
CHECKS, DRAWS_EACH, LARGE = (2, 500, 20_000) if short() else (25, 500, 1_000_000)


def around(mean: float) -> Prior:
    """Return a hyperprior with this mean."""
    return Prior("Gamma", mu=mean, sigma=UNSURE, dims="prior_draw")


def log_scale(location: float, scale: float) -> Prior:
    """Return a normal hierarchy of log effects."""
    return Prior("Normal", mu=around(location), sigma=around(scale), dims=DIMS, transform="exp")


# %% [markdown]
# ## The three
#
# 1. *Naive*: the log of the mean we want is the location, and the standard deviation we want is
#    used as it is, as if it were one of logs.
# 2. *Partial transformation*: the two numbers are converted to the log scale exactly, once, and the
#    hyperpriors are put around the results. This is right at the center of the hyperpriors and
#    nowhere else.
# 3. *In the graph*: the hyperpriors are those of the mean and the standard deviation themselves,
#    and every draw of them is converted. This is what `LogNormalExp` does.

# %%
log_variance = np.log1p((SD / MEAN) ** 2)
priors = {
    "naive log scale": log_scale(np.log(MEAN), SD),
    "partial transformation": log_scale(np.log(MEAN) - log_variance / 2, np.sqrt(log_variance)),
    "in the graph: LogNormalExp": LogNormalExp(around(MEAN), around(SD), dims=DIMS),
}
COLORS = dict(zip(priors, (TROUBLE, CONTRAST, DRAWS), strict=True))


def drawn(prior: Prior, number: int, seed: int) -> np.ndarray:
    """Draw from the prior: an array with a row for each draw and a column for each group."""
    with pm.Model(coords={"prior_draw": range(number), "group": ["a", "b", "c", "d"]}):
        return pm.draw(prior.create_variable("phi"), random_seed=seed)


# %% [markdown]
# ## What a group then looks like
#
# As one does to check a prior, we draw 500 times, and to see how far that can be trusted, do it
# again and again. For the third prior the exact standard deviation is
# $\sqrt{0.5^2 + 0.25^2 + 0.25^2} = 0.612$: the 0.5 that groups differ by, and our uncertainty about
# both numbers. Quantiles are from one large sample, all groups together.

# %%
exact = {label: ("infinite", "infinite") for label in priors}
exact["in the graph: LogNormalExp"] = (f"{MEAN}", f"{np.sqrt(SD**2 + 2 * UNSURE**2):.3f}")
means, sds, pooled, rows = {}, {}, {}, []
for label, prior in priors.items():
    checks = drawn(prior, CHECKS * DRAWS_EACH, seed=1).reshape(CHECKS, DRAWS_EACH, 4)
    means[label], sds[label] = checks.mean(axis=1).ravel(), checks.std(axis=1).ravel()
    pooled[label] = np.sort(drawn(prior, LARGE // 4, seed=2).ravel())
    rows.append(
        {
            "prior": label,
            "means of groups": f"{means[label].min():.2f} to {means[label].max():.2f}",
            "sds of groups": f"{sds[label].min():.2f} to {sds[label].max():.3g}",
            "median sd": float(np.median(sds[label])),
            "exact mean": exact[label][0],
            "exact sd": exact[label][1],
            "5%": float(np.quantile(pooled[label], 0.05)),
            "95%": float(np.quantile(pooled[label], 0.95)),
            "99.9%": float(np.quantile(pooled[label], 0.999)),
            "P(phi > 10)": f"{(pooled[label] > 10).mean():.2g}",
        }
    )
table(
    rows,
    title=f"Asked for 1.5 ± 0.5: {CHECKS} checks of 4 groups x {DRAWS_EACH} draws; "
    f"quantiles of {LARGE:,} draws",
)

# %% [markdown]
# The law of total variance asks nothing of the hyperpriors but their first two moments, so the
# in-graph figures need no Monte Carlo. The other two have no mean to estimate: a longer run only
# finds larger numbers.

# %%
style()
fig, (left, right) = plt.subplots(
    1, 2, figsize=(10.5, 4.6), layout="constrained", width_ratios=(5, 4)
)
for label, draws in pooled.items():
    tail = 1 - (np.arange(len(draws)) + 0.5) / len(draws)
    shown = np.unique(np.geomspace(1, len(draws), 1500).astype(int))
    left.loglog(draws[-shown], tail[-shown], color=COLORS[label], linewidth=2, label=label)
left.axvline(MEAN, color=INK, linewidth=1, linestyle=":")
left.annotate("asked for: 1.5", (MEAN * 0.93, 2.2e-6), rotation=90, ha="right", fontsize=9)
left.set(xlim=(0.7, 2e3), ylim=(1.5e-6, 1.2), title="How often an effect exceeds a value")
left.set(xlabel="effect phi (units of phi)", ylabel="P(effect > phi)")
left.legend(loc="upper right")

jitter = np.random.default_rng(0).uniform(-0.28, 0.28, size=4 * CHECKS)
for row, label in enumerate(priors):
    right.scatter(sds[label], row + jitter, s=14, color=COLORS[label], alpha=0.65, linewidths=0)
right.axvline(np.sqrt(SD**2 + 2 * UNSURE**2), color=INK, linewidth=1, linestyle=":")
right.annotate("exact: 0.612", (0.64, 2.52), fontsize=9, va="center")
largest = max(values.max() for values in sds.values())
right.set(xscale="log", yticks=range(3), ylim=(-0.5, 2.7), xlim=(0.45, max(6, 1.2 * largest)))
right.set_yticklabels(["naive", "partial", "in the\ngraph"])
right.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
right.minorticks_off()
right.set(title="Each group's sd in 500 draws", xlabel="standard deviation (units of phi)")
fig.suptitle(
    "Asked for effects of 1.5 ± 0.5, of which we are unsure by 0.25 each", x=0.01, ha="left"
)
save_figure(fig, "post_prior_predictive")

# %%
print_versions("pymc", "pytensor", "pymc-extras", "unfunnel")
