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
# # The bias of the centered form
#
# Every value of `centered=` gives the same model: log densities agree to rounding, point by point.
# What differs is whether a sampler gets around in it. This page shows what happens when it does
# not: the centered form, sampled on few data, returns numbers that look fine and are wrong.
#
# Six groups were each measured once, with known standard errors. The posterior has few enough
# hyperparameters to be computed by quadrature, so the exact means are known to six digits.

# %%
import arviz_stats
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

CHAINS, TUNE, DRAWS_PER_CHAIN, SEEDS = (2, 200, 200, 1) if short() else (4, 1000, 2000, 10)
FORMS = {"centered": True, "non-centered": False}

MEASURED = np.array([0.9, 1.6, 2.8, 1.1, 1.9, 1.3])
ERRORS = np.array([0.5, 0.2, 0.6, 0.15, 1.0, 0.3])

EXACT = {
    "mean": 1.442635,
    "sd": 0.384786,
    "log sd": -1.29851,
    "phi 1": 1.241236,
    "phi 2": 1.504797,
    "phi 3": 1.825422,
    "phi 4": 1.177236,
    "phi 5": 1.457585,
    "phi 6": 1.323485,
}


# %% [markdown]
# ## One model, two coordinates


# %%
def build(centered):
    prior = LogNormalExp(
        mu=Prior("Gamma", mu=1.5, sigma=0.5),
        sigma=Prior("Exponential", scale=0.5),
        dims="group",
        centered=centered,
    )
    with pm.Model(coords={"group": range(1, 7)}) as model:
        phi = prior.create_variable("phi")
        pm.Deterministic("log_sd", pm.math.log(model["phi_sigma"]))
        pm.Normal("y", phi, ERRORS, observed=MEASURED, dims="group")
    return model


# %% [markdown]
# Each form is compiled once and sampled with several seeds, by nutpie with its defaults. An error
# is the difference between the mean of the draws and the exact mean, in Monte Carlo standard errors
# (ArviZ). If a sampler works, errors are like draws of a standard normal: beyond 4 next to never.


# %%
def flat(dataset):
    """Return the quantities in the order of EXACT."""
    parts = [dataset[name].values for name in ("phi_mu", "phi_sigma", "log_sd", "phi")]
    return np.concatenate([np.ravel(part) for part in parts])


def run(compiled, seed):
    trace = nutpie.sample(
        compiled,
        chains=CHAINS,
        tune=TUNE,
        draws=DRAWS_PER_CHAIN,
        seed=seed,
        progress_bar=False,
    )
    means = trace.posterior.dataset.mean(("chain", "draw"))
    exact = np.array(list(EXACT.values()))
    difference = flat(means) - exact
    return trace, difference, difference / flat(arviz_stats.mcse(trace))


differences, errors, runs, log_sd = {}, {}, {}, {}
for form, centered in FORMS.items():
    compiled = nutpie.compile_pymc_model(build(centered))
    results = [run(compiled, seed) for seed in range(SEEDS)]
    differences[form] = np.array([difference for _, difference, _ in results])
    errors[form] = np.array([error for _, _, error in results])
    runs[form] = [diagnostics(trace) for trace, _, _ in results]
    log_sd[form] = np.concatenate(
        [trace.posterior["log_sd"].values.ravel() for trace, *_ in results]
    )

# %%
print_versions()
table(
    [{"form": form, **median(runs[form])} for form in FORMS],
    f"{CHAINS} chains x ({TUNE} + {DRAWS_PER_CHAIN}), medians of {SEEDS} seeds",
)
table(
    [
        {
            "mean of": name,
            "exact": EXACT[name],
            "bias, centered": float(differences["centered"][:, i].mean()),
            "bias, non-centered": float(differences["non-centered"][:, i].mean()),
            "worst error, centered": float(np.abs(errors["centered"][:, i]).max()),
            "worst error, non-centered": float(np.abs(errors["non-centered"][:, i]).max()),
        }
        for i, name in enumerate(EXACT)
    ],
    "Bias: mean over the seeds of estimate - exact. Error: in Monte Carlo standard errors",
)

# %% [markdown]
# The centered form overstates the spread between groups (`log sd` most), and with it everything
# that shrinks: the sampler does not get into the neck, where the groups are alike. R-hat hardly
# shows it, the standard errors do not either, as they are computed from draws that all miss the
# same region. Divergences do show it; they are not to be tuned away, but to be taken as a reason to
# change the coordinate. The estimates of the non-centered form agree with the exact values.

# %%
style()
figure, (left, right) = plt.subplots(
    1, 2, figsize=(9.6, 4.6), width_ratios=[1.5, 1], layout="constrained"
)
colors = {"centered": TROUBLE, "non-centered": DRAWS}
rows = np.arange(len(EXACT))[::-1]
left.axvspan(-4, 4, color=INK, alpha=0.07, linewidth=0)
for shift, form in zip((0.15, -0.15), FORMS, strict=True):
    y = np.broadcast_to(rows + shift, errors[form].shape)
    left.scatter(errors[form], y, s=22, color=colors[form], alpha=0.75, linewidths=0, label=form)
left.set_yticks(rows, EXACT)
left.set_xlabel("error, in Monte Carlo standard errors")
left.set_title(f"Means of {SEEDS} seeds against the exact ones", pad=24)
left.legend(
    loc="lower left", bbox_to_anchor=(0, 0.985), ncols=2, borderaxespad=0, handletextpad=0.2
)

edges = np.linspace(-6, 1.5, 61)
for form in FORMS:
    density, _ = np.histogram(log_sd[form], edges, density=True)
    density = density * np.mean((log_sd[form] > edges[0]) & (log_sd[form] < edges[-1]))
    right.stairs(density, edges, color=colors[form], linewidth=1.8)
right.axvline(EXACT["log sd"], color=INK, linewidth=1, linestyle="--")
right.annotate(
    "exact mean",
    (EXACT["log sd"], 0.01),
    xytext=(-6, 2),
    textcoords="offset points",
    ha="right",
    size=9,
)
right.set_xlabel("log sd between groups")
right.set_yticks([])
right.set_title("The centered draws miss the neck", pad=24)
save_figure(figure, "centered_bias")
