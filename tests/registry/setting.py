"""The dims and the data of every example, and the coordinates it is sampled in."""

from __future__ import annotations

from typing import Any

import numpy as np
from xarray import DataArray

COORDS = {"geo": ["a", "b", "c"], "channel": ["x", "y"]}
DIMS = ("geo", "channel")
SHAPE = (3, 2)
OBSERVED = np.array([[0.4, 1.1], [2.0, 0.7], [1.3, 1.9]])
NOISE = 0.3

_RNG = np.random.default_rng(20)
_ARRAY = _RNG.uniform(size=SHAPE)
_ROW_WEIGHTS = _RNG.uniform(size=2)
# More labels than the model has, in another order.
_LABELLED = DataArray(
    [_ROW_WEIGHTS[1], 0.99, _ROW_WEIGHTS[0]], dims="channel", coords={"channel": ["y", "z", "x"]}
)

#: What ``centered=`` may be.
CENTERINGS: dict[str, Any] = {
    "centered": True,
    "noncentered": False,
    "weight": 0.37,
    "array": _ARRAY,
    "labelled": _LABELLED,
    "auto": "auto",
    "offset": "offset",
}

#: Also with the steering values of a pilot, which may be anything.
TUNED = {**CENTERINGS, "informed": "auto"}
INFORMATION = np.array([[0.0, 0.3], [2.0, 50.0], [1e4, 1e-9]])
WEIGHTED_LOCATION = np.array([[0.0, -0.2], [5.0, 40.0], [-2e3, 0.3]])

#: The coordinates that leave the variable a random variable of its own name.
TRANSFORMED = {key: value for key, value in CENTERINGS.items() if key != "offset"}

WEIGHTS = {"weight": 0.37, "array": _ARRAY, "labelled": _ROW_WEIGHTS}

BACKENDS = {"classic": False, "xdist": True}
