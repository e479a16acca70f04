"""Counts, shares and answers: what is seen of a group is not normal."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pymc as pm

from benchmarks.classic_models.data import factor, load, of_each, standardized
from benchmarks.classic_models.parts import Classic, Form, Priors, effects

# The unit of a logit and of a log rate.
_UNIT = 1.0


def cbpp(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Cases among the cattle of 15 herds in four periods."""
    (herd, herds), (period, periods) = factor(data["herd"]), factor(data["period"])
    with pm.Model(coords={"herd": herds, "later": periods[1:]}) as model:
        mu = priors.location("mu", 0.0, _UNIT)
        later = priors.slope("of_later", _UNIT, dims="later")
        of_herd = effects("of_herd", mu, priors.sd("sd_herd", _UNIT), form, dims="herd")
        logit = of_herd[herd] + pm.math.concatenate([[0.0], later])[period]
        pm.Binomial("y", data["size"], logit_p=logit, observed=data["incidence"])
    return model


def grouseticks(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Ticks on 403 chicks in 118 broods at 63 locations, in three years."""
    (year, years), height = factor(data["YEAR"]), standardized(data["HEIGHT"])
    (brood, broods), (location, locations) = factor(data["BROOD"]), factor(data["LOCATION"])
    location_of = of_each(data["BROOD"], pd.Series(location, data.index))
    height_of = of_each(data["LOCATION"], pd.Series(height, data.index))
    coords = {"location": locations, "brood": broods, "chick": range(len(data))}
    with pm.Model(coords=coords | {"later": years[1:]}) as model:
        mu = priors.location("mu", 0.0, _UNIT)
        of_height = priors.slope("of_height", _UNIT)
        later = priors.slope("of_later", _UNIT, dims="later")
        sd_location, sd_brood, sd_chick = (
            priors.sd(f"sd_{level}", _UNIT) for level in ("location", "brood", "chick")
        )
        place = effects(
            "of_location", mu + of_height * height_of, sd_location, form, dims="location"
        )
        of_brood = effects("of_brood", place[location_of], sd_brood, form, dims="brood")
        of_chick = effects("of_chick", of_brood[brood], sd_chick, form, dims="chick")
        log_rate = of_chick + pm.math.concatenate([[0.0], later])[year]
        pm.Poisson("y", pm.math.exp(log_rate), observed=data["TICKS"])
    return model


def verbagg(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Yes or no of 316 persons to 24 items; both have predictors."""
    (person, persons), (item, items) = factor(data["id"]), factor(data["item"])
    anger = of_each(data["id"], pd.Series(standardized(data["Anger"]), data.index))
    male = of_each(data["id"], data["Gender"] == "M").astype(float)
    kinds = {
        "scold": data["btype"] == "scold",
        "shout": data["btype"] == "shout",
        "self": data["situ"] == "self",
        "want": data["mode"] == "want",
    }
    design = np.column_stack([of_each(data["item"], kind) for kind in kinds.values()])
    coords = {"person": persons, "item": items, "kind": list(kinds)}
    with pm.Model(coords=coords) as model:
        mu = priors.location("mu", 0.0, _UNIT)
        of_anger, of_male = priors.slope("of_anger", _UNIT), priors.slope("of_male", _UNIT)
        of_kind = priors.slope("of_kind", _UNIT, dims="kind")
        of_person = effects(
            "of_person",
            of_anger * anger + of_male * male,
            priors.sd("sd_person", _UNIT),
            form,
            dims="person",
        )
        of_item = effects(
            "of_item",
            mu + design.astype(float) @ of_kind,
            priors.sd("sd_item", _UNIT),
            form,
            dims="item",
        )
        answers = (data["r2"] == "Y").astype(int)
        pm.Bernoulli("y", logit_p=of_person[person] + of_item[item], observed=answers)
    return model


def contraception_data() -> pd.DataFrame:
    """Return 1934 women in 60 districts, with what the models use as numbers."""
    data = load("mlmRev", "Contraception")
    return data.assign(
        used=(data["use"] == "Y").astype(int),
        age10=data["age"] / 10.0,
        age10_squared=(data["age"] / 10.0) ** 2,
        town=(data["urban"] == "Y").astype(int),
        children=(data["livch"] != "0").astype(int),
    )


_WOMAN = ["age10", "age10_squared", "town", "children"]


def contraception(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Use by women in 60 districts of very unequal size."""
    district, districts = factor(data["district"])
    with pm.Model(coords={"district": districts, "of": _WOMAN}) as model:
        mu = priors.location("mu", 0.0, _UNIT)
        slopes = priors.slope("slopes", _UNIT, dims="of")
        of_district = effects(
            "of_district", mu, priors.sd("sd_district", _UNIT), form, dims="district"
        )
        logit = of_district[district] + data[_WOMAN].to_numpy(float) @ slopes
        pm.Bernoulli("y", logit_p=logit, observed=data["used"])
    return model


def epil_data() -> pd.DataFrame:
    """Return 236 counts of 59 patients."""
    data = load("MASS", "epil")
    treated = (data["trt"] == "progabide").astype(int)
    return data.assign(treated=treated, visit=np.arange(len(data)))


def epil(data: pd.DataFrame, priors: Priors, form: Form) -> pm.Model:
    """Seizures of 59 patients in four periods, with an effect for each count."""
    patient, patients = factor(data["subject"])
    base, treated, age = (of_each(data["subject"], data[x]) for x in ("lbase", "treated", "lage"))
    coords = {"patient": patients, "visit": data["visit"], "of": ["base", "treated", "both", "age"]}
    with pm.Model(coords=coords) as model:
        mu = priors.location("mu", 0.0, _UNIT)
        slopes = priors.slope("slopes", _UNIT, dims="of")
        last = priors.slope("last", _UNIT)
        sd_patient, sd_visit = priors.sd("sd_patient", _UNIT), priors.sd("sd_visit", _UNIT)
        level = mu + np.column_stack([base, treated, base * treated, age]) @ slopes
        of_patient = effects("of_patient", level, sd_patient, form, dims="patient")
        of_visit = effects("of_visit", of_patient[patient], sd_visit, form, dims="visit")
        log_rate = of_visit + last * data["V4"].to_numpy()
        pm.Poisson("y", pm.math.exp(log_rate), observed=data["y"])
    return model


MODELS = (
    Classic(
        "cbpp",
        partial(load, "lme4", "cbpp"),
        cbpp,
        ("of_herd",),
        "p(incidence, size) ~ C(period) + (1|herd)",
        "binomial",
    ),
    Classic(
        "grouseticks",
        partial(load, "lme4", "grouseticks"),
        grouseticks,
        ("of_location", "of_brood", "of_chick"),
        "TICKS ~ C(YEAR) + cHEIGHT + (1|LOCATION) + (1|BROOD) + (1|INDEX)",
        "poisson",
    ),
    Classic(
        "verbagg",
        partial(load, "lme4", "VerbAgg"),
        verbagg,
        ("of_person", "of_item"),
        "r2['Y'] ~ Anger + Gender + btype + situ + mode + (1|id) + (1|item)",
        "bernoulli",
    ),
    Classic(
        "contraception",
        contraception_data,
        contraception,
        ("of_district",),
        "used ~ age10 + age10_squared + town + children + (1|district)",
        "bernoulli",
    ),
    Classic(
        "epil",
        epil_data,
        epil,
        ("of_patient", "of_visit"),
        "y ~ lbase*treated + lage + V4 + (1|subject) + (1|visit)",
        "poisson",
    ),
)
