"""Repeated measurements: intercepts and slopes that vary, apart or correlated."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm

from benchmarks.classic_models.data import factor, load, of_each
from benchmarks.classic_models.parts import (
    Classic,
    Form,
    Priors,
    correlated_effects,
    effects,
)


def correlated_line(
    response: str, x: str, group: str, data: pd.DataFrame, priors: Priors, form: Form
) -> pm.Model:
    """A line for each group, its intercept and slope correlated: sleepstudy, oxboys, exam."""
    y, unit = data[response], data[response].std()
    x_values, (index, labels) = data[x].to_numpy(), factor(data[group])
    with pm.Model(coords={"group": labels, "term": ["intercept", "slope"]}) as model:
        intercept = priors.location("intercept", y.mean(), unit)
        slope = priors.slope("slope", unit, x_values)
        factor_of_both = priors.cholesky("chol", [unit, unit / np.std(x_values)])
        line = correlated_effects(
            "line", pm.math.stack([intercept, slope]), factor_of_both, form, ("group", "term")
        )
        sigma = priors.sd("sigma", unit)
        mean = line[index, 0] + line[index, 1] * x_values
        pm.Normal("y", mean, sigma, observed=y)
    return model


def independent_line(
    response: str, x: str, group: str, data: pd.DataFrame, priors: Priors, form: Form
) -> pm.Model:
    """A line for each group, its intercept and slope apart."""
    y, unit = data[response], data[response].std()
    x_values, (index, labels) = data[x].to_numpy(), factor(data[group])
    with pm.Model(coords={"group": labels}) as model:
        mean_intercept = priors.location("mean_intercept", y.mean(), unit)
        mean_slope = priors.slope("mean_slope", unit, x_values)
        sd_intercept = priors.sd("sd_intercept", unit)
        sd_slope = priors.sd("sd_slope", unit / np.std(x_values))
        intercept = effects("intercept", mean_intercept, sd_intercept, form, dims="group")
        slope = effects("slope", mean_slope, sd_slope, form, dims="group")
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", intercept[index] + slope[index] * x_values, sigma, observed=y)
    return model


def orthodont(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Growth of 27 children, with a mean and a rate of growth for each sex."""
    y, unit, age = data["distance"], data["distance"].std(), data["age"].to_numpy() - 11.0
    (child, children), (sex, sexes) = factor(data["Subject"]), factor(data["Sex"])
    sex_of = of_each(data["Subject"], pd.Series(sex, data.index))
    with pm.Model(coords={"child": children, "sex": sexes}) as model:
        mean_size = priors.location("mean_size", y.mean(), unit, dims="sex")
        mean_rate = priors.slope("mean_rate", unit, age, dims="sex")
        sd_size, sd_rate = priors.sd("sd_size", unit), priors.sd("sd_rate", unit / np.std(age))
        size = effects("size", mean_size[sex_of], sd_size, form, dims="child")
        rate = effects("rate", mean_rate[sex_of], sd_rate, form, dims="child")
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", size[child] + rate[child] * age, sigma, observed=y)
    return model


def egsingle(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """1721 children in 60 schools, and a rate of learning for each school."""
    y, unit, year = data["math"], data["math"].std(), data["year"].to_numpy()
    (child, children), (school, schools) = factor(data["childid"]), factor(data["schoolid"])
    school_of = of_each(data["childid"], pd.Series(school, data.index))
    with pm.Model(coords={"child": children, "school": schools}) as model:
        mu = priors.location("mu", y.mean(), unit)
        mean_rate = priors.slope("mean_rate", unit, year)
        of_school = effects("of_school", mu, priors.sd("sd_school", unit), form, dims="school")
        rate = effects(
            "rate", mean_rate, priors.sd("sd_rate", unit / np.std(year)), form, dims="school"
        )
        of_child = effects(
            "of_child", of_school[school_of], priors.sd("sd_child", unit), form, dims="child"
        )
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", of_child[child] + rate[school] * year, sigma, observed=y)
    return model


def grunfeld(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Investment of ten firms over twenty years."""
    y, unit, (firm, firms) = data["inv"], data["inv"].std(), factor(data["firm"])
    value, capital = (data[x].to_numpy() - data[x].mean() for x in ("value", "capital"))
    with pm.Model(coords={"firm": firms}) as model:
        mu = priors.location("mu", y.mean(), unit)
        of_value = priors.slope("of_value", unit, value)
        of_capital = priors.slope("of_capital", unit, capital)
        of_firm = effects("of_firm", mu, priors.sd("sd_firm", unit), form, dims="firm")
        sigma = priors.sd("sigma", unit)
        mean = of_firm[firm] + of_value * value + of_capital * capital
        pm.Normal("y", mean, sigma, observed=y)
    return model


def _line(build: Any, name: str, of: tuple[str, str], names: tuple[str, str, str]) -> Classic:
    response, x, group = names
    apart = build is independent_line
    formula = f"{response} ~ {x} + (1|{group}) + (0 + {x}|{group})"
    return Classic(
        name,
        partial(load, *of),
        partial(build, *names),
        ("intercept", "slope") if apart else (),
        formula,
    )


MODELS = (
    _line(correlated_line, "sleepstudy", ("lme4", "sleepstudy"), ("Reaction", "Days", "Subject")),
    _line(
        independent_line,
        "sleepstudy_apart",
        ("lme4", "sleepstudy"),
        ("Reaction", "Days", "Subject"),
    ),
    _line(correlated_line, "oxboys", ("nlme", "Oxboys"), ("height", "age", "Subject")),
    Classic(
        "orthodont",
        partial(load, "nlme", "Orthodont"),
        orthodont,
        ("size", "rate"),
        "distance ~ age*Sex + (1|Subject) + (0 + age|Subject)",
    ),
    Classic(
        "egsingle",
        partial(load, "mlmRev", "egsingle"),
        egsingle,
        ("of_school", "rate", "of_child"),
        "math ~ year + (1|schoolid) + (0 + year|schoolid) + (1|childid)",
    ),
    Classic(
        "grunfeld",
        partial(load, "plm", "Grunfeld"),
        grunfeld,
        ("of_firm",),
        "inv ~ value + capital + (1|firm)",
    ),
)
