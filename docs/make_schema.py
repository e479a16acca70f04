"""Write the grammar of files of priors and its JSON Schema: ``python docs/make_schema.py``.

The grammar is what PyMC, pymc-extras and our families say of themselves, as plain data, so that a
file can be checked without importing any of them.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import pymc as pm
from pymc_extras.prior import Prior

from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.families import FAMILIES, Family
from unfunnel.files.grammar.rules import PATH as GRAMMAR
from unfunnel.files.grammar.schema import PATH as SCHEMA
from unfunnel.intervals import Interval

#: Distributions that a file cannot state, with what to do instead.
NOT_IN_FILES = {
    **dict.fromkeys(
        ("Continuous", "Discrete", "Distribution"), "It is the base of others: name one of them."
    ),
    **dict.fromkeys(
        ("CustomDist", "DensityDist", "EulerMaruyama", "Simulator"),
        "It is made of functions, which a file cannot hold: make this prior in Python.",
    ),
    "Censored": "Write `class: Censored` with the distribution under `data`.",
    "LKJCholeskyCov": "It is made of another distribution, which no Prior can give it: make it in "
    "the model.",
    "Mixture": "It is made of other distributions, which no Prior can give it: use NormalMixture, "
    "or make it in the model.",
    **dict.fromkeys(
        ("MvGaussianRandomWalk", "MvStudentTRandomWalk", "OrderedMultinomial"),
        "A Prior cannot give it its parameters: make it in the model.",
    ),
    "RandomWalk": "It is made of other distributions, which no Prior can give it: use "
    "GaussianRandomWalk, or make it in the model.",
    "Truncated": "It is made of another distribution, which no Prior can give it: use "
    "TruncatedNormal, LogNormalExp with lower= or upper=, or Censored.",
}

#: Parameters that are distributions.
_DISTRIBUTIONS = {"init_dist"}

_INFINITE = (float("-inf"), float("inf"))


def grammar() -> dict[str, Any]:
    """Return the whole grammar."""
    return {
        "distributions": {name: distribution(name) for name in distribution_names()},
        "not_in_files": NOT_IN_FILES,
        "families": {name: of_family(family) for name, family in FAMILIES.items()},
    }


def distribution_names() -> list[str]:
    """Return every PyMC distribution that a ``Prior`` in a file may name."""
    return [name for name in all_distributions() if name not in NOT_IN_FILES]


def all_distributions() -> list[str]:
    """Return every name in PyMC that a ``Prior`` accepts."""
    return sorted(
        name
        for name, found in vars(pm).items()
        if isinstance(found, type) and hasattr(found, "dist")
    )


def distribution(name: str) -> dict[str, Any]:
    """Return what ``Prior(name, ...)`` takes, as pymc-extras reads it from the signature."""
    found: dict[str, Any] = {"parameters": {}}
    known = DISTRIBUTIONS.get(name)
    for key, parameter in inspect.signature(getattr(pm, name).dist).parameters.items():
        if key in ("args", "kwargs") or key in _DISTRIBUTIONS:
            continue
        entry: dict[str, Any] = {}
        if parameter.default is inspect.Parameter.empty:
            entry["required"] = True
        elif parameter.default is not None:
            entry["default"] = parameter.default
        if known is not None and key in known.parameters:
            entry["support"] = _ends(known.parameters[key])
        found["parameters"][key] = entry
    if name in Prior.non_centered_distributions:
        found["non_centered"] = list(Prior.non_centered_distributions[name])
    if known is not None and known.either:
        found["either"] = [list(group) for group in known.either]
    if known is not None and known.support is not None:
        ends = (end[0] if isinstance(end, tuple) else end for end in known.support)
        found["support"] = [None if end in _INFINITE else end for end in ends]
    return found


def of_family(family: Family) -> dict[str, Any]:
    """Return what a prior of ours takes."""
    ratios = {ratio.of: ratio for ratio in family.ratios}
    found: dict[str, Any] = {"parameters": {}}
    moved = _at_other_bounds(family)
    for name, parameter in family.known_parameters.items():
        entry: dict[str, Any] = {
            "meaning": parameter.meaning,
            "support": _ends(parameter.support),
        }
        if name in family.parameter_names[1:]:
            entry["required"] = True
        if any(ratio.name == name for ratio in family.ratios):
            entry["in_place_of"] = next(r.of for r in family.ratios if r.name == name)
        if name in ratios and ratios[name].parameter.support.upper < float("inf"):
            entry["numbers_only"] = True
        if moved is not None and moved.known_parameters[name].support != parameter.support:
            entry["within_bounds"] = True
        if parameter.truncates:
            entry["truncates"] = True
        found["parameters"][name] = entry
    found["bounds"] = dict(family.bounds._asdict()) if family.bound_names else {}
    found["support"] = _ends(Interval(*family.link.support))
    found["zero_sum"] = family.base.name == "Normal"
    return found


def _at_other_bounds(family: Family) -> Family | None:
    if family.with_bounds is None:
        return None
    return family.at(lower=-3.0)


def _ends(interval: Interval) -> list[float | None]:
    """Return the ends, None for infinite ones, which JSON cannot hold."""
    return [None if end in _INFINITE else end for end in interval]


def main() -> None:
    """Write both files."""
    GRAMMAR.write_text(json.dumps(grammar(), indent=1) + "\n", encoding="utf-8")
    from unfunnel.files.grammar.schema_writer import (
        written_schema,  # made from the file just written
    )

    SCHEMA.write_text(json.dumps(written_schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
