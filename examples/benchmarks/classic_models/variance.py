"""Balanced experiments: variance components, crossed and nested factors."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import pymc as pm

from benchmarks.classic_models.data import factor, load, of_each
from benchmarks.classic_models.parts import Classic, Form, Priors, effects


def one_way(response: str, group: str, data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """A mean for each group: dyestuff, rail."""
    y, (index, labels) = data[response], factor(data[group])
    with pm.Model(coords={"group": labels}) as model:
        mu = priors.location("mu", y.mean(), y.std())
        tau = priors.sd("tau", y.std())
        theta = effects("theta", mu, tau, form, dims="group")
        sigma = priors.sd("sigma", y.std())
        pm.Normal("y", theta[index], sigma, observed=y)
    return model


def penicillin(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """24 plates crossed with 6 samples."""
    y, unit = data["diameter"], data["diameter"].std()
    (plate, plates), (sample, samples) = factor(data["plate"]), factor(data["sample"])
    with pm.Model(coords={"plate": plates, "sample": samples}) as model:
        mu = priors.location("mu", y.mean(), unit)
        of_plate = effects("of_plate", mu, priors.sd("sd_plate", unit), form, dims="plate")
        of_sample = effects("of_sample", 0.0, priors.sd("sd_sample", unit), form, dims="sample")
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", of_plate[plate] + of_sample[sample], sigma, observed=y)
    return model


def pastes(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Three casks in each of ten batches, two assays of each."""
    y, unit = data["strength"], data["strength"].std()
    (batch, batches), (cask, casks) = factor(data["batch"]), factor(data["sample"])
    batch_of = of_each(data["sample"], pd.Series(batch, data.index))
    with pm.Model(coords={"batch": batches, "cask": casks}) as model:
        mu = priors.location("mu", y.mean(), unit)
        of_batch = effects("of_batch", mu, priors.sd("sd_batch", unit), form, dims="batch")
        of_cask = effects(
            "of_cask", of_batch[batch_of], priors.sd("sd_cask", unit), form, dims="cask"
        )
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", of_cask[cask], sigma, observed=y)
    return model


def machines(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Six workers on each of three machines: workers, and workers on machines."""
    y, unit = data["score"], data["score"].std()
    (worker, workers), (machine, names) = factor(data["Worker"]), factor(data["Machine"])
    with pm.Model(coords={"worker": workers, "machine": names}) as model:
        mu = priors.location("mu", y.mean(), unit, dims="machine")
        of_worker = effects("of_worker", 0.0, priors.sd("sd_worker", unit), form, dims="worker")
        on_machine = effects(
            "on_machine",
            mu[None, :] + of_worker[:, None],
            priors.sd("sd_both", unit),
            form,
            dims=("worker", "machine"),
        )
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", on_machine[worker, machine], sigma, observed=y)
    return model


def cake(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """45 batters of three recipes, each baked at six temperatures."""
    y, unit, warmth = data["angle"], data["angle"].std(), data["temp"] - data["temp"].mean()
    names = data["recipe"].astype(str) + data["replicate"].astype(str).str.zfill(2)
    (recipe, recipes), (batter, batters) = factor(data["recipe"]), factor(names)
    recipe_of = of_each(names, pd.Series(recipe, data.index))
    with pm.Model(coords={"recipe": recipes, "batter": batters}) as model:
        mu = priors.location("mu", y.mean(), unit, dims="recipe")
        slope = priors.slope("slope", unit, warmth)
        of_batter = effects(
            "of_batter", mu[recipe_of], priors.sd("sd_batter", unit), form, dims="batter"
        )
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", of_batter[batter] + slope * warmth.to_numpy(), sigma, observed=y)
    return model


def _one_way(name: str, package: str, data: str, response: str, group: str) -> Classic:
    formula = f"{response} ~ 1 + (1|{group})"
    build: Any = partial(one_way, response, group)
    return Classic(name, partial(load, package, data), build, ("theta",), formula)


MODELS = (
    _one_way("dyestuff", "lme4", "Dyestuff", "Yield", "Batch"),
    _one_way("dyestuff2", "lme4", "Dyestuff2", "Yield", "Batch"),
    _one_way("rail", "nlme", "Rail", "travel", "Rail"),
    Classic(
        "penicillin",
        partial(load, "lme4", "Penicillin"),
        penicillin,
        ("of_plate", "of_sample"),
        "diameter ~ 1 + (1|plate) + (1|sample)",
    ),
    Classic(
        "pastes",
        partial(load, "lme4", "Pastes"),
        pastes,
        ("of_batch", "of_cask"),
        "strength ~ 1 + (1|batch) + (1|sample)",
    ),
    Classic(
        "machines",
        partial(load, "nlme", "Machines"),
        machines,
        ("of_worker", "on_machine"),
        "score ~ Machine + (1|Worker) + (1|Worker:Machine)",
    ),
    Classic(
        "cake",
        partial(load, "lme4", "cake"),
        cake,
        ("of_batter",),
        "angle ~ recipe + temp + (1|recipe:replicate)",
    ),
)
