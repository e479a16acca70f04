"""What consumers of priors rely on, and what these tests share."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pymc as pm
from pymc_extras.deserialize import deserialize

from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}
COORDS = {**GEO, "channel": ["tv", "radio"]}


def own_free_name(name: str, centering: Any) -> str:
    """Return the name of the free variable that a positive prior is sampled by."""
    return f"{name}_log_offset" if is_textbook(centering) else name


def free_names(model: Any) -> list[str]:
    return [rv.name for rv in model.free_RVs]


def logp_at_start(model: Any, **kwargs: Any) -> float:
    return float(model.compile_logp(**kwargs)(model.initial_point()))


def assert_finite_logp(model: Any) -> None:
    assert np.isfinite(logp_at_start(model))


def built(prior: Any, xdist: bool = False, name: str = "b", coords: Any = COORDS) -> Any:
    """Return a model of one variable."""
    with pm.Model(coords=coords) as model:
        prior.create_variable(name, xdist=xdist)
    return model


def through_json(obj: Any) -> Any:
    return deserialize(json.loads(json.dumps(obj.to_dict())))


def lines_of(code: str, *arguments: Any, quick: bool = True) -> list[str]:
    """Return what a process of its own prints; ``quick``: without machine code."""
    settings = "import pytensor\npytensor.config.mode = 'FAST_COMPILE'\npytensor.config.cxx = ''\n"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", quick * settings + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
