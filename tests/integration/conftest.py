"""Fixtures of the integration tests: every centering, both kinds of variable, quick compilation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp

WEIGHTS = DataArray([1.0, 0.7, 0.2], dims="geo", coords={"geo": ["c", "b", "a"]})

#: Every way to say how ``name`` is sampled as one free variable.
VALUE_CENTERINGS = {
    "centered": True,
    "noncentered": False,
    # One weight for all is, but for a few tests of its own, left to `make test-slow`.
    "partial": pytest.param(0.4, marks=pytest.mark.slow),
    "weights": WEIGHTS,
    "auto": "auto",
}

CENTERINGS = {**VALUE_CENTERINGS, "offset": "offset"}

#: For consumers that have no dim with labels; what is one random variable is alike to them.
SCALAR_CENTERINGS = {
    "centered": True,
    "noncentered": pytest.param(False, marks=pytest.mark.slow),
    "partial": pytest.param(0.3, marks=pytest.mark.slow),
    "auto": "auto",
    "offset": "offset",
}


@pytest.fixture(params=CENTERINGS.values(), ids=CENTERINGS.keys())
def centering(request: pytest.FixtureRequest) -> Any:
    """Every centering; the labelled weights need a dim ``geo`` with the labels a, b and c."""
    return request.param


@pytest.fixture(params=SCALAR_CENTERINGS.values(), ids=SCALAR_CENTERINGS.keys())
def form(request: pytest.FixtureRequest) -> Any:
    """Every centering that needs no labels."""
    return request.param


@pytest.fixture(params=VALUE_CENTERINGS.values(), ids=VALUE_CENTERINGS.keys())
def value_centering(request: pytest.FixtureRequest) -> Any:
    """Every centering but the textbook form, the only one without a random variable ``name``."""
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
def quick_compilation(request: pytest.FixtureRequest) -> None:
    """Evaluate without compiling to machine code, but for the tests marked slow."""
    if not request.node.get_closest_marker("slow"):
        request.getfixturevalue("fast_compile")


GEOS, CHANNELS = ("a", "b", "c"), ("tv", "radio")


@pytest.fixture(scope="session")
def media_data() -> tuple[pd.DataFrame, pd.Series]:
    """Twelve weeks of spend, one control and sales in three geos."""
    rng = np.random.default_rng(20)
    weeks = pd.date_range("2024-01-01", periods=12, freq="7D")
    index = pd.MultiIndex.from_product([weeks, GEOS], names=["date", "geo"])
    frame = index.to_frame(index=False)
    for column in (*CHANNELS, "price"):
        frame[column] = rng.gamma(2.0, 1.0, size=len(frame))
    return frame, pd.Series(rng.gamma(9.0, 1.0, size=len(frame)), name="y")


@pytest.fixture(scope="session")
def make_mmm(media_data: tuple[pd.DataFrame, pd.Series]) -> Any:
    """Make a media-mix model and, unless told otherwise, build it on the data."""
    from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation

    def make(saturation: Any = None, adstock: Any = None, build: bool = True, **kwargs: Any) -> MMM:
        mmm = MMM(
            date_column="date",
            target_column="y",
            channel_columns=list(CHANNELS),
            dims=("geo",),
            adstock=GeometricAdstock(l_max=3, priors=adstock),
            saturation=LogisticSaturation(priors=saturation),
            **kwargs,
        )
        if build:
            mmm.build_model(*media_data)
        return mmm

    return make
