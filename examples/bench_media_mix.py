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
# # The media-mix panel, tuned
#
# TODO intro

# %%
from collections import Counter
from typing import Any

import arviz_stats
import matplotlib.pyplot as plt
import numpy as np
import nutpie
import pandas as pd
from _report import (
    CONTRAST,
    DRAWS,
    INK,
    MUTED,
    print_versions,
    save_figure,
    short,
    style,
    table,
)
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation
from pymc_marketing.special_priors import LogNormalPrior

import unfunnel
from unfunnel.tuning.blocks import auto_blocks
from unfunnel.tuning.pilot import run_pilot, with_steering

CHAINS, TUNE, DRAWS_PER_CHAIN = (2, 5, 10) if short() else (4, 1000, 1000)
LENGTH = {"chains": CHAINS, "tune": TUNE, "draws": DRAWS_PER_CHAIN, "progress_bar": False}
PANELS, SEEDS = ((2025,), (1,)) if short() else ((2025, 2026, 2027), (1, 2, 3))
ADAPTATIONS = ("diag", "low_rank")

# %% [markdown]
# ## The panel
#
# That of [the other notebook](post_media_mix.py), here for several seeds of the data: weekly sales
# are a base level, plus for each channel a ceiling times a logistic curve of the spend that still
# echoes, plus noise. Nothing else differs between the panels.

# %%
CHANNELS, REGIONS, WEEKS = ["search", "video"], ["east", "north", "south", "west"], 104
ECHO, RATE, CEILING = np.array([0.3, 0.5]), np.array([0.8, 0.5]), np.array([30.0, 15.0])


def panel(seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return spend and sales by week and region, in thousands of dollars."""
    rng = np.random.default_rng(seed)
    spend = rng.gamma(2.0, 5.0, size=(len(REGIONS), WEEKS, 2))
    spend *= rng.random(spend.shape) < [0.9, 0.6]  # weeks without any spend on the channel
    base = 50 + 8 * rng.normal(size=len(REGIONS))
    ceiling = CEILING * rng.lognormal(-(0.4**2) / 2, 0.4, size=(len(REGIONS), 2))
    weights = ECHO[:, None] ** np.arange(8)
    weights /= weights.sum(axis=1, keepdims=True)
    sales = base[:, None] + 3 * rng.normal(size=(len(REGIONS), WEEKS))
    for region in range(len(REGIONS)):
        for channel in range(2):
            scaled = spend[region, :, channel] / spend[..., channel].max()
            echoing = RATE[channel] * np.convolve(scaled, weights[channel])[:WEEKS]
            sales[region] += ceiling[region, channel] * np.tanh(echoing / 2)
    weeks = pd.date_range("2023-01-02", periods=WEEKS, freq="W-MON")
    X = pd.DataFrame(
        {
            "date": np.tile(weeks, len(REGIONS)),
            "geo": np.repeat(REGIONS, WEEKS),
            "search": spend[..., 0].ravel(),
            "video": spend[..., 1].ravel(),
        }
    )
    return X, pd.Series(sales.ravel(), name="sales")


# %% [markdown]
# ## Four ways to sample it
#
# TODO

# %%
DIMS = ("channel", "geo")
NATURAL = (
    Prior("Gamma", mu=0.25, sigma=0.10, dims="channel"),
    Prior("Exponential", scale=0.10, dims="channel"),
)
THEIRS, OURS = "LogNormalPrior, non-centered", 'LogNormalExp, "auto"'
PLAIN, ADOPTED = "Prior LogNormal, centered", 'the same, blocks="all"'


def ceiling_prior(form: str) -> Any:
    """Return the prior of the ceilings."""
    if form == THEIRS:
        return LogNormalPrior(mean=NATURAL[0], std=NATURAL[1], dims=DIMS, centered=False)
    if form == OURS:
        return unfunnel.LogNormalExp(*NATURAL, dims=DIMS, centered="auto")
    return Prior(
        "LogNormal",
        mu=Prior("Normal", mu=-1.5, sigma=0.5, dims="channel"),
        sigma=Prior("Exponential", scale=0.25, dims="channel"),
        dims=("geo", "channel"),  # the order in which PyMC makes them: others are not adopted yet
    )


def media_mix(form: str, X: pd.DataFrame, y: pd.Series) -> Any:
    """Build the PyMC model of a panel."""
    mmm = MMM(
        date_column="date",
        target_column="sales",
        channel_columns=CHANNELS,
        dims=("geo",),
        adstock=GeometricAdstock(
            l_max=8, priors={"alpha": Prior("Beta", alpha=2, beta=5, dims=("geo", "channel"))}
        ),
        saturation=LogisticSaturation(
            priors={
                "beta": ceiling_prior(form),
                "lam": Prior("Gamma", mu=0.5, sigma=0.25, dims="channel"),
            }
        ),
        scaling={
            "channel": {"method": "max", "dims": ()},
            "target": {"method": "max", "dims": ()},
        },
        model_config={
            "intercept": Prior("Gamma", mu=0.5, sigma=0.25, dims="geo"),
            "likelihood": Prior(
                "Normal", sigma=Prior("HalfNormal", sigma=1.5), dims=("date", "geo")
            ),
        },
    )
    mmm.build_model(X, y)
    return unfunnel.reparameterize(mmm.model) if form == ADOPTED else mmm.model


# %% [markdown]
# ## Sampling
#
# TODO


# %%
def diagnosed(trace: Any, pilot_gradients: int) -> dict[str, Any]:
    """Say how well a run went, by the worst element of the worst variable."""
    smallest = {
        name: float(x.min())
        for name, x in arviz_stats.ess(trace["posterior"].dataset, method="bulk").data_vars.items()
    }
    worst = min(smallest, key=smallest.__getitem__)
    kept, warmup = (
        int(trace[group]["n_steps"].sum()) for group in ("sample_stats", "warmup_sample_stats")
    )
    return {
        "worst": worst,
        "ess": smallest[worst],
        "divergences": int(trace["sample_stats"]["diverging"].sum()),
        "kept": 1000 * smallest[worst] / kept,
        "counted": 1000 * smallest[worst] / (kept + warmup + pilot_gradients),
        "gradients": kept,
        "warmup": warmup,
        "pilot": pilot_gradients,
    }


def sampled(form: str, seed_of_panel: int) -> list[dict[str, Any]]:
    """Sample a panel with every seed, under both adaptations; compile once."""
    model = media_mix(form, *panel(seed_of_panel))
    compiled, blocks = nutpie.compile_pymc_model(model), auto_blocks(model)
    found = []
    for seed in SEEDS:
        ready, cost = compiled, 0
        if blocks:  # what unfunnel.sample does, without compiling again for each seed
            pilot = run_pilot(model, compiled, blocks, seed, progress_bar=False)
            ready, cost = with_steering(compiled, blocks, pilot.steering), pilot.gradients
        for adaptation in ADAPTATIONS:
            trace = nutpie.sample(ready, **LENGTH, seed=seed, adaptation=adaptation)
            what = {"panel": seed_of_panel, "seed": seed, "adaptation": adaptation}
            found.append(what | diagnosed(trace, cost))
    return found


runs = {
    form: [run for seed in PANELS for run in sampled(form, seed)]
    for form in (THEIRS, OURS, PLAIN, ADOPTED)
}

# %%
def spread(values: list[float]) -> str:
    """Return the median, and the smallest and largest value."""
    return f"{np.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def of(form: str, adaptation: str, key: str) -> list[Any]:
    """Return a figure of every run of a row."""
    return [run[key] for run in runs[form] if run["adaptation"] == adaptation]


rows = []
for form in runs:
    for adaptation in ADAPTATIONS:
        ((worst, times),) = Counter(of(form, adaptation, "worst")).most_common(1)
        rows.append(
            {
                "saturation_beta": form,
                "adaptation": adaptation,
                "ESS/kgrad": spread(of(form, adaptation, "kept")),
                "warm-up counted": spread(of(form, adaptation, "counted")),
                "divergences": sum(of(form, adaptation, "divergences")),
                "gradients": np.median(of(form, adaptation, "gradients")),
                "of warm-up": np.median(of(form, adaptation, "warmup")),
                "of pilot": np.median(of(form, adaptation, "pilot")),
                "worst (runs)": f"{worst} ({times})",
            }
        )
count = len(PANELS) * len(SEEDS)
table(
    rows,
    title=f"{len(PANELS)} panels x {len(SEEDS)} seeds of {CHAINS} x {DRAWS_PER_CHAIN:,} draws: "
    "median (range); divergences are summed",
)

# %% [markdown]
# ## The verdict
#
# TODO


# %%
def verdict(adaptation: str, goal: float) -> list[dict[str, Any]]:
    """Compare ours with theirs under one adaptation."""
    bad = [sum(of(form, adaptation, "divergences")) for form in (OURS, THEIRS)]
    ours, theirs = (of(form, adaptation, "counted") for form in (OURS, THEIRS))
    ratios, faster = np.divide(ours, theirs), np.median(ours) / np.median(theirs)
    return [
        {
            "adaptation": adaptation,
            "what": "divergences",
            "goal": "at most a third",
            "measured": f"{bad[0]} against {bad[1]}",
            "met": "yes" if 3 * bad[0] <= bad[1] else "no",
        },
        {
            "adaptation": adaptation,
            "what": "ESS/kgrad, warm-up and pilot counted",
            "goal": f"at least {goal:g} x",
            "measured": f"{faster:.2f} x ({min(ratios):.2f}-{max(ratios):.2f} by run)",
            "met": "yes" if faster >= goal else "no",
        },
    ]


table(
    verdict("diag", 1.0) + verdict("low_rank", 2.0),
    title=f"{OURS}, against {THEIRS}",
)

# %%
style()
fig, axes = plt.subplots(1, 3, figsize=(13, 5), layout="constrained", sharey=True)
shown = {"diag": (CONTRAST, 0.18), "low_rank": (DRAWS, -0.18)}
for row, form in enumerate(reversed(runs)):
    for adaptation, (color, shift) in shown.items():
        for ax, key in zip(axes, ("kept", "counted", "divergences"), strict=True):
            values = of(form, adaptation, key)
            at = row + shift + np.linspace(0.08, -0.08, len(values))  # panel by panel, downwards
            ax.scatter(values, at, s=26, color=color, alpha=0.65, linewidths=0)
            middle = np.median(values)
            ax.scatter(middle, row + shift, s=330, color=color, marker="|", linewidths=2.5)
            if key != "divergences":
                continue
            ax.text(
                1.02,
                row + shift,
                f"{sum(values):,}",
                color=INK,
                va="center",
                transform=ax.get_yaxis_transform(),
            )
axes[0].set_yticks(range(len(runs)), [form.replace(", ", ",\n") for form in reversed(runs)])
axes[0].set(title="Efficiency of the draws (a dot is a run)", xlabel="worst ESS per 1000 gradients")
axes[1].set(title="Efficiency of the whole run", xlabel="the same, warm-up and pilot counted")
most = max(run["divergences"] for form in runs for run in runs[form])
axes[2].set(
    title="Divergences (at the margin: sum)", xlabel=f"of {CHAINS * DRAWS_PER_CHAIN:,} draws"
)
axes[2].set_xscale("symlog", linthresh=10)
axes[2].set_xticks((0, 5, 10, 30, 100, 300), (0, 5, 10, 30, 100, 300))
axes[2].set_xlim(-1, 1.4 * most + 1)
for ax in axes:
    ax.set_ylim(-0.5, len(runs) - 0.5)
    for border in np.arange(len(runs) - 1) + 0.5:
        ax.axhline(border, color=MUTED, linewidth=0.6)
for ax in axes[:2]:
    ax.set_xlim(left=0)
for adaptation, (color, _shift) in shown.items():
    axes[0].scatter([], [], s=40, color=color, label=f"adaptation={adaptation!r}")
axes[0].legend(loc="lower right")
save_figure(fig, "bench_media_mix")

# %% [markdown]
# ## The ridge
#
# TODO

# %%
print_versions("pymc", "pytensor", "pymc-extras", "pymc-marketing", "nutpie", "unfunnel")
