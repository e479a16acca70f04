"""What a file may state, as plain data: rows of our families and of PyMC's distributions.

``grammar.json`` and the JSON Schema are written by ``docs/make_schema.py`` from the installed PyMC,
the table of distributions and the families; tests hold them to these. Reading them imports none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from unfunnel.distributions.rules import Row
from unfunnel.intervals import Interval, Parameter

PATH = Path(__file__).with_name("grammar.json")
SCHEMA_PATH = Path(__file__).with_name("unfunnel-1.schema.json")
SCHEMA_URL = "https://unfunnel.readthedocs.io/en/stable/_static/unfunnel-1.schema.json"

#: The version of the format, and the keys of a whole file: either of the first two tells it from a
#: bare mapping of names to priors.
VERSION = 1
SCHEMA_KEY, VERSION_KEY, PRIORS_KEY = "$schema", "unfunnel", "priors"

BY_COORD = "ByCoord"
A_PRIOR = "a prior (a mapping with 'dist')"

#: What wraps a prior: the keys of its data, and those that must be there with what they are.
WRAPPERS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "Censored": (("dist", "lower", "upper"), {"dist": A_PRIOR}),
    "Scaled": (("dist", "factor"), {"dist": A_PRIOR, "factor": "the number to multiply with"}),
    "MaskedPrior": (
        ("prior", "mask", "mask_dims", "active_dim"),
        {"prior": A_PRIOR, "mask": "which elements are there, true or false"},
    ),
}

#: Functions that ``transform`` often names.
COMMON_TRANSFORMS = ("exp", "sigmoid", "softplus", "square", "sqrt", "tanh")


def is_whole_file(data: Any) -> bool:
    """Whether plain data are a whole file, rather than a bare mapping of names to priors."""
    return isinstance(data, Mapping) and (VERSION_KEY in data or SCHEMA_KEY in data)


def priors_of(data: Any) -> Any:
    """Return what should be the mapping from names to priors; None if a whole file has none."""
    return data.get(PRIORS_KEY) if is_whole_file(data) else data


@cache
def rows() -> dict[str, Row]:
    """Return the row of each ``dist``: our families first, then PyMC's distributions."""
    found = {}
    for kind in ("families", "distributions"):
        for name, data in _read()[kind].items():
            found[name] = _row(name, data, ours=kind == "families")
    return found


@cache
def not_in_files() -> dict[str, str]:
    """Return PyMC's distributions that a file cannot state, with what to do instead."""
    found: dict[str, str] = _read()["not_in_files"]
    return found


def is_transform(name: str) -> bool:
    """Whether ``transform`` may name a function: of PyTensor or PyMC, or registered by now."""
    upstream = sys.modules.get("pymc_extras.prior")
    return name in _read()["transforms"] or name in getattr(upstream, "CUSTOM_TRANSFORMS", ())


def schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of a file of priors.

    An editor that is given it completes the names of distributions, families and their parameters,
    and marks mistakes. A file names it by its address under ``$schema``.

    Returns
    -------
    dict
        JSON-serializable.

    Notes
    -----
    ``unfunnel validate`` finds more than a schema can say, such as lists of unequal length. Where
    one of several kinds of thing may stand there is one ``if`` for each, not an ``anyOf``: a
    mistake is one error, about the kind that was meant.

    Examples
    --------
    >>> import unfunnel
    >>> sorted(unfunnel.schema()["$defs"]["Gamma_parameters"]["properties"])
    ['alpha', 'beta', 'mu', 'sigma']
    """
    found: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return found


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def _row(name: str, data: Mapping[str, Any], *, ours: bool) -> Row:
    parameters = {}
    for key, entry in data["parameters"].items():
        # Where a hyperprior of PyMC's distributions may reach is between the user and PyMC.
        usual: dict[str, Any] = {} if ours else {"truncates": True}
        support = _interval(entry.get("support", (None, None)))
        parameters[key] = Parameter(key, **{**usual, **entry, "support": support})
    rest = {key: value for key, value in data.items() if key not in ("parameters", "support")}
    for key in ("either", "ends", "non_centered"):
        if key in rest:
            rest[key] = tuple(tuple(x) if isinstance(x, list) else x for x in rest[key])
    support = _interval(data.get("support", (None, None)))
    return Row(name, parameters, ours=ours, support=support, **rest)


def _interval(ends: Any) -> Interval:
    lower, upper = ends
    return Interval(-inf if lower is None else lower, inf if upper is None else upper)
