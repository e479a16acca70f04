"""Parameters that are PyTensor variables: their support and their values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from pymc.pytensorf import rvs_in_graph
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.xtensor.type import XTensorType
from xarray import DataArray

from unfunnel.alignment import registered_dims
from unfunnel.distributions.object_facts import check_parameter_values, warn_of_support
from unfunnel.distributions.parameter_rules import hyperprior_doubt, hyperprior_mistakes
from unfunnel.distributions.supports import support_of, support_of_distribution
from unfunnel.errors import UnsupportedError, raise_first
from unfunnel.families import Parameter
from unfunnel.parameterization.graph_ops import core_op


def check_tensor_support(subject: str, parameter: Parameter, variable: Variable[Any, Any]) -> None:
    """Refuse a tensor that provably leaves the support of its parameter.

    Constants and the present values of shared data are checked number by number, random variables
    by their distribution. Of an expression nothing is known before sampling; there the density is
    zero where it is invalid.
    """
    if isinstance(variable, Constant):
        check_parameter_values(subject, parameter, np.asarray(variable.data))
    elif hasattr(variable, "get_value"):
        check_parameter_values(subject, parameter, np.asarray(variable.get_value(borrow=True)))
    elif (op := core_op(variable.owner)) is not None:
        distribution = getattr(op, "_print_name", ("an unknown law",))[0]
        # Its parameters are tensors, and one of our laws is read like any other prior.
        support = support_of(op) if hasattr(op, "family") else None
        support = support or support_of_distribution(distribution, None)
        shown = f"the variable {variable} ~ {distribution}"
        raise_first(subject.rpartition(": ")[0], hyperprior_mistakes(parameter, support, shown))
        if support.leaves(parameter.support):  # what is not known of a tensor is no news
            warn_of_support(subject, hyperprior_doubt(parameter, support, shown))


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
