"""What the library knows of a family: parameters, numbers, and the names in a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pymc as pm

from family_gallery.record import Record, Setting
from unfunnel.families import Family
from unfunnel.families.ops import NUMPY

#: What ``centered=`` may be, a weight by one example.
CENTERINGS = (True, False, 0.5, "auto", "offset")

#: The probabilities whose quantiles are tabulated.
PROBABILITIES = (0.05, 0.5, 0.95)

NAME = "effect"


def parameter_rows(family: Family) -> Iterator[tuple[str, str, str, str]]:
    """Yield keyword, values, units and meaning of everything that makes a law of the family."""
    replaced = {ratio.name: ratio.of for ratio in family.ratios}
    without_units = {*replaced, *family.base.shape}
    # Bounds move the support, and with it the values of the mean.
    values = {"mu": "numbers in the support"} if family.bound_names else {}
    for name, parameter in family.known_parameters.items():
        where = f"; in place of `{replaced[name]}`" if name in replaced else ""
        yield (
            name,
            values.get(name, parameter.support.numbers),
            "none" if name in without_units else "those of the variable",
            parameter.meaning + where,
        )
    for name in family.bound_names:
        usual = getattr(family.bounds, name)
        usually = "not given" if usual is None else f"{usual:g}"
        yield (
            name,
            "a number",
            "those of the variable",
            f"a bound of the support; usually {usually}",
        )


def location_scale(family: Family, law: dict[str, Any]) -> tuple[Any, Any]:
    """Return location and scale of a law, ratios being allowed."""
    return family.location_scale(family.stated(law, NUMPY), NUMPY)


def density(family: Family, law: dict[str, Any], x: np.ndarray) -> np.ndarray:
    """Return the density of a law in natural units."""
    location, scale = location_scale(family, law)
    theta = family.link.forward(x, NUMPY)
    z = (theta - location) / scale
    log_density = family.base.log_density(z, NUMPY, *family.shape(law))
    return np.exp(log_density - NUMPY.log(scale) - family.link.log_slope(theta, NUMPY))


def quantile(family: Family, law: dict[str, Any], probability: float) -> float:
    """Return the quantile of a law in natural units."""
    location, scale = location_scale(family, law)
    z = family.base.quantile(probability, NUMPY, *family.shape(law))
    return float(family.link.inverse(location + scale * z, NUMPY))


def number_rows(family: Family, setting: Setting) -> Iterator[tuple[dict[str, float], list[float]]]:
    """Yield each law of a setting with its location, scale and quantiles."""
    family = family.at(**setting.bounds)
    for law in setting.laws:
        quantiles = [quantile(family, law, p) for p in PROBABILITIES]
        yield law, [*map(float, location_scale(family, law)), *quantiles]


def model_of(prior: Any, coords: dict[str, Any], centered: Any) -> pm.Model:
    """Return a model with the variable of a prior, parameterized so."""
    prior = prior.deepcopy()
    prior.centered = centered
    with pm.Model(coords=coords) as model:
        prior.create_variable(NAME)
    return model


def names_in(model: pm.Model) -> tuple[list[str], list[str], str]:
    """Return the names of free variables, of Deterministics, and of the value of the last one."""
    free = [variable.name for variable in model.free_RVs]
    derived = [variable.name for variable in model.deterministics]
    return free, derived, model.value_vars[-1].name


def dictionary(prior: Any) -> str:
    """Return the JSON of a prior."""
    return json.dumps(prior.to_dict(), indent=2)


def hyperparameter_draws(record: Record, size: int, seed: int) -> dict[str, Any]:
    """Return draws of the parameters of the example, by keyword; fixed ones as they are."""
    example = record.run_example()
    prior, model = example["prior"], example["model"]
    random = {
        key: model[f"{NAME}_{key}"]
        for key, value in prior.parameters.items()
        if hasattr(value, "create_variable")
    }
    draws = pm.draw(list(random.values()), size, random_seed=seed)
    return {**prior.parameters, **dict(zip(random, draws, strict=True))}
