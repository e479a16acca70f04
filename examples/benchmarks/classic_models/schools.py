"""Pupils in schools and houses in counties: many groups of unequal size, predictors of groups."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pymc as pm

from benchmarks.classic_models.data import factor, load, of_each, standardized
from benchmarks.classic_models.growth import correlated_line, independent_line
from benchmarks.classic_models.parts import Classic, Form, Priors, effects


def radon_data() -> pd.DataFrame:
    """Return 919 houses in 85 counties; ``floor`` is 1 where the first floor was measured."""
    names = {"log.radon": "log_radon", "basement": "floor"}
    return load("HLMdiag", "radon").rename(columns=names)


def radon(
    data: pd.DataFrame, priors: Priors, form: Form, county_predictor: bool = False
) -> pm.Model:
    """An intercept for each county, which may follow its uranium."""
    y, unit, (county, counties) = data["log_radon"], data["log_radon"].std(), factor(data["county"])
    with pm.Model(coords={"county": counties}) as model:
        mean = priors.location("mu", y.mean(), unit)
        if county_predictor:
            uranium = of_each(data["county"], data["uranium"])
            mean = mean + priors.slope("of_uranium", unit, uranium) * uranium
        of_floor = priors.slope("of_floor", unit)
        of_county = effects("of_county", mean, priors.sd("sd_county", unit), form, dims="county")
        sigma = priors.sd("sigma", unit)
        level = of_county[county] + of_floor * data["floor"].to_numpy()
        pm.Normal("y", level, sigma, observed=y)
    return model


def math_data() -> pd.DataFrame:
    """Return 7185 pupils in 160 schools, with the sector of the school."""
    pupils, schools = load("nlme", "MathAchieve"), load("nlme", "MathAchSchool")
    data = pupils.merge(schools[["School", "Sector"]], on="School", validate="many_to_one")
    catholic = (data["Sector"] == "Catholic").astype(int)
    return data.assign(Catholic=catholic, cSES=data["SES"] - data["MEANSES"])


def mathachieve(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """An intercept and a slope for each school, which follow its mean and its sector."""
    y, unit, (school, schools) = data["MathAch"], data["MathAch"].std(), factor(data["School"])
    mean_ses, catholic = (of_each(data["School"], data[x]) for x in ("MEANSES", "Catholic"))
    ses = data["cSES"].to_numpy()
    with pm.Model(coords={"school": schools}) as model:
        mu = priors.location("mu", y.mean(), unit)
        level = mu + priors.slope("level_ses", unit, mean_ses) * mean_ses
        level = level + priors.slope("level_catholic", unit) * catholic
        slope = priors.slope("mean_slope", unit, ses)
        slope = slope + priors.slope("slope_ses", unit, mean_ses) * mean_ses
        slope = slope + priors.slope("slope_catholic", unit) * catholic
        sd_level, sd_slope = priors.sd("sd_level", unit), priors.sd("sd_slope", unit / ses.std())
        of_school = effects("of_school", level, sd_level, form, dims="school")
        slope_of = effects("slope_of", slope, sd_slope, form, dims="school")
        sigma = priors.sd("sigma", unit)
        pm.Normal("y", of_school[school] + slope_of[school] * ses, sigma, observed=y)
    return model


def scotssec(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """3435 pupils, 148 primary schools crossed with 19 secondary schools."""
    y, unit, verbal = data["attain"], data["attain"].std(), standardized(data["verbal"])
    (primary, primaries), (second, seconds) = factor(data["primary"]), factor(data["second"])
    female = (data["sex"] == "F").to_numpy(float)
    with pm.Model(coords={"primary": primaries, "second": seconds}) as model:
        mu = priors.location("mu", y.mean(), unit)
        of_verbal = priors.slope("of_verbal", unit)
        of_female = priors.slope("of_female", unit)
        of_primary = effects("of_primary", mu, priors.sd("sd_primary", unit), form, dims="primary")
        of_second = effects("of_second", 0.0, priors.sd("sd_second", unit), form, dims="second")
        sigma = priors.sd("sigma", unit)
        level = of_primary[primary] + of_second[second]
        pm.Normal("y", level + of_verbal * verbal + of_female * female, sigma, observed=y)
    return model


def insteval_data(small: bool = False) -> pd.DataFrame:
    """Return 73,421 ratings of 1128 lecturers by 2972 students; if small, those of 150 students."""
    data = load("lme4", "InstEval")
    return data[data["s"] <= data["s"].unique()[149]] if small else data


def insteval(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Students crossed with lecturers."""
    y, unit, service = data["y"], data["y"].std(), data["service"].to_numpy()
    (student, students), (lecturer, lecturers) = factor(data["s"]), factor(data["d"])
    with pm.Model(coords={"student": students, "lecturer": lecturers}) as model:
        mu = priors.location("mu", y.mean(), unit)
        of_service = priors.slope("of_service", unit)
        of_student = effects("of_student", 0.0, priors.sd("sd_student", unit), form, dims="student")
        of_lecturer = effects(
            "of_lecturer", mu, priors.sd("sd_lecturer", unit), form, dims="lecturer"
        )
        sigma = priors.sd("sigma", unit)
        level = of_student[student] + of_lecturer[lecturer] + of_service * service
        pm.Normal("y", level, sigma, observed=y)
    return model


MODELS = (
    Classic("radon", radon_data, radon, ("of_county",), "log_radon ~ floor + (1|county)"),
    Classic(
        "radon_slopes",
        radon_data,
        partial(independent_line, "log_radon", "floor", "county"),
        ("intercept", "slope"),
        "log_radon ~ floor + (1|county) + (0 + floor|county)",
    ),
    Classic(
        "radon_uranium",
        radon_data,
        partial(radon, county_predictor=True),
        ("of_county",),
        "log_radon ~ floor + uranium + (1|county)",
    ),
    Classic(
        "mathachieve",
        math_data,
        mathachieve,
        ("of_school", "slope_of"),
        "MathAch ~ cSES*MEANSES + cSES*Catholic + (1|School) + (0 + cSES|School)",
    ),
    Classic(
        "exam",
        partial(load, "mlmRev", "Exam"),
        partial(correlated_line, "normexam", "standLRT", "school"),
        (),
        "normexam ~ standLRT + (1|school) + (0 + standLRT|school)",
    ),
    Classic(
        "scotssec",
        partial(load, "mlmRev", "ScotsSec"),
        scotssec,
        ("of_primary", "of_second"),
        "attain ~ verbal + sex + (1|primary) + (1|second)",
    ),
    Classic(
        "insteval",
        insteval_data,
        insteval,
        ("of_student", "of_lecturer"),
        "y ~ service + (1|s) + (1|d)",
    ),
)
