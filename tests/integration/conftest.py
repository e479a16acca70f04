"""Fixtures of the integration tests: every centering, both kinds of variable, and a compiler that is quick to start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytensor
import pytest
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp

GEO = {"geo": ["a", "b", "c"]}

WEIGHTS = DataArray([1.0, 0.7, 0.2], dims="geo", coords={"geo": ["c", "b", "a"]})

#: Every way to say how ``name`` is sampled as one free variable.
VALUE_CENTERINGS = {"centered": True, "noncentered": False, "partial": 0.4, "weights": WEIGHTS}

CENTERINGS = {**VALUE_CENTERINGS, "offset": "offset"}


@pytest.fixture(params=CENTERINGS.values(), ids=CENTERINGS.keys())
def centering(request: pytest.FixtureRequest) -> Any:
    """Every centering; the labelled weights need a dim ``geo`` with the labels a, b and c."""
    return request.param


@pytest.fixture(params=VALUE_CENTERINGS.values(), ids=VALUE_CENTERINGS.keys())
def value_centering(request: pytest.FixtureRequest) -> Any:
    """Every centering but the textbook form, which alone has no random variable of the prior's own name."""
    return request.param


@pytest.fixture(params=[False, True], ids=["tensor", "dims"])
def xdist(request: pytest.FixtureRequest) -> bool:
    """Plain tensors and ``pymc.dims``."""
    return request.param


@pytest.fixture
def hierarchical() -> Any:
    """Make a prior over geos with hyperpriors for both moments."""

    def make(centered: Any = True, dims: Any = "geo") -> LogNormalExp:
        return LogNormalExp(
            Prior("Gamma", mu=2.0, sigma=0.5),
            Prior("Gamma", mu=1.0, sigma=0.3),
            dims=dims,
            centered=centered,
        )

    return make


@pytest.fixture(autouse=True)
def quick_compilation(request: pytest.FixtureRequest) -> Iterator[None]:
    """Evaluate without compiling to machine code, but for the tests marked slow."""
    if request.node.get_closest_marker("slow"):
        yield
        return
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        yield
