"""When two values of a prior are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from xarray import DataArray


def same_value(a: Any, b: Any) -> bool:
    """Whether two parameters, or two values of ``centered=``, are the same.

    Arrays are compared by element, labelled arrays by element and label in their order, priors by
    their own ``==``, and variables of a model by identity.
    """
    if isinstance(a, DataArray) or isinstance(b, DataArray):
        return isinstance(a, DataArray) and isinstance(b, DataArray) and bool(a.equals(b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.array_equal(a, b)
    return a is b or bool(a == b)
