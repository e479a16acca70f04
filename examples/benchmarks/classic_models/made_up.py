"""Models that are known by their shape: eight schools, a horseshoe, item response, volatility."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pymc as pm

from benchmarks.classic_models.parts import Classic, Form, Priors, effects, random_walk


def eight_schools_data() -> pd.DataFrame:
    """Return the effects of coaching in eight schools (Rubin 1981) and their standard errors."""
    return pd.DataFrame(
        {
            "effect": [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0],
            "error": [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0],
        },
        index=pd.Index(list("ABCDEFGH"), name="school"),
    )


def eight_schools(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Few groups, little known of each."""
    unit = data["effect"].std()
    with pm.Model(coords={"school": data.index}) as model:
        mu = priors.location("mu", 0.0, unit)
        tau = priors.sd("tau", unit)
        theta = effects("theta", mu, tau, form, dims="school")
        pm.Normal("y", theta, data["error"], observed=data["effect"])
    return model


def horseshoe_data() -> dict[str, np.ndarray]:
    """Return 100 rows of 30 predictors, of which five matter."""
    rng = np.random.default_rng(15)
    x = rng.standard_normal((100, 30))
    slopes = np.r_[3.0, -2.0, 1.5, 1.0, -0.5, np.zeros(25)]
    return {"x": x, "y": x @ slopes + rng.standard_normal(100)}


def horseshoe(data: dict[str, np.ndarray], priors: Priors, form: Form) -> pm.Model:
    """A scale of its own for each slope (Carvalho, Polson and Scott 2010)."""
    x, y = data["x"], data["y"]
    rows, columns = x.shape
    expected = 5.0 / (columns - 5.0) / np.sqrt(rows)  # Piironen and Vehtari 2017, five that matter
    with pm.Model(coords={"predictor": range(columns)}) as model:
        mu = priors.location("mu", y.mean(), y.std())
        sigma = priors.sd("sigma", y.std())
        overall = pm.HalfCauchy("overall", expected if priors is Priors.WEAK else 1.0)
        local = pm.HalfCauchy("local", 1.0, dims="predictor")
        slopes = effects("slopes", 0.0, overall * sigma * local, form, dims="predictor")
        pm.Normal("y", mu + x @ slopes, sigma, observed=y)
    return model


def answers() -> np.ndarray:
    """Return answers, right or wrong, of 150 persons to 15 items."""
    rng = np.random.default_rng(2)
    ability, difficulty = rng.standard_normal((150, 1)), rng.normal(0.0, 1.2, 15)
    discrimination = rng.lognormal(0.0, 0.4, 15)
    chance = 1.0 / (1.0 + np.exp(-discrimination * (ability - difficulty)))
    return (rng.random(chance.shape) < chance).astype(int)


def two_parameter(data: np.ndarray, priors: Priors, form: Form) -> pm.Model:
    """A difficulty and a discrimination of each item, an ability of each person."""
    persons, items = map(range, data.shape)
    with pm.Model(coords={"person": persons, "item": items}) as model:
        ability = pm.Normal("ability", dims="person")
        mean_difficulty = priors.location("mean_difficulty", 0.0, 1.0)
        mean_log = pm.Normal("mean_log_discrimination", 0.0, 0.5)
        sd_difficulty, sd_log = priors.sd("sd_difficulty", 1.0), priors.sd("sd_log", 0.5)
        difficulty = effects("difficulty", mean_difficulty, sd_difficulty, form, dims="item")
        log_discrimination = effects("log_discrimination", mean_log, sd_log, form, dims="item")
        logit = pm.math.exp(log_discrimination) * (ability[:, None] - difficulty)
        pm.Bernoulli("y", logit_p=logit, observed=data, dims=("person", "item"))
    return model


def returns() -> np.ndarray:
    """Return 200 daily returns in percent whose volatility wanders."""
    rng = np.random.default_rng(4)
    log_volatility = np.cumsum(rng.normal(0.0, 0.15, 200))
    return np.exp(log_volatility) * rng.standard_t(8, 200)


def volatility(data: np.ndarray, priors: Priors, form: Form) -> pm.Model:
    """Log volatility is a random walk."""
    days = len(data)
    with pm.Model(coords={"day": range(days)}) as model:
        step = priors.sd("step", 0.1)
        level: Any = random_walk("log_volatility", 1.0, step, form, "day", days)
        nu = pm.Gamma("nu", 2.0, 0.1)
        pm.StudentT("y", nu, 0.0, sigma=pm.math.exp(level), observed=data, dims="day")
    return model


MODELS = (
    Classic("eight_schools", eight_schools_data, eight_schools, ("theta",)),
    Classic("horseshoe", horseshoe_data, horseshoe, ("slopes",)),
    Classic("two_parameter", answers, two_parameter, ("difficulty", "log_discrimination")),
    Classic("volatility", returns, volatility),
)
