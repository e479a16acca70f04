"""Parameters that are PyTensor variables, as numbers that can be written down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from pymc.pytensorf import rvs_in_graph
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel.alignment import registered_dims
from unfunnel.errors import UnsupportedError


def encode_tensor(
    owner: str, variable: Variable[Any, Any], dims: tuple[str, ...] | None
) -> float | np.ndarray | DataArray:
    """Return the value of a tensor that depends on no random variable.

    The value of one that does would be one draw, frozen: it is refused. Data of the model on the
    context stack keep their dims and labels; without that model it may not be known to which of
    several dims of the prior their axes belong.
    """
    if rvs_in_graph([variable]):
        raise UnsupportedError(
            f"{owner}: to_dict",
            expected="parameters that can be written down",
            given=f"the tensor {variable}, which depends on a random variable",
            remedy="Pass the hyperprior itself (a Prior) instead of the variable it created.",
        )
    value = np.asarray(variable.eval())
    if isinstance(variable.type, XTensorType):
        return DataArray(value, dims=variable.type.dims)
    if value.ndim == 0:
        return float(value)
    model: Any = pm.Model.get_context(error_if_none=False)
    own = registered_dims(model, variable)
    if own is not None:
        labels = {dim: list(model.coords[dim]) for dim in own if model.coords.get(dim) is not None}
        return DataArray(value, dims=own, coords=labels)
    several = dims is not None and len(dims) > 1
    if several and model is None and isinstance(variable, SharedVariable) and variable.name:
        raise UnsupportedError(
            f"{owner}: to_dict",
            expected="to know which of the dims the axes of a parameter are",
            given=f"the data {variable.name!r} of shape {value.shape} outside of their model",
            remedy="Call to_dict inside `with model:`, or pass a DataArray to the prior.",
        )
    return value
