"""Parameters that are PyTensor variables: their support, how they are saved, and equality."""

from __future__ import annotations

from typing import Any

import numpy as np
from pymc.pytensorf import rvs_in_graph
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.type import XTensorType
from pytensor.xtensor.vectorization import XRV
from xarray import DataArray

from unfunnel import codec
from unfunnel.errors import UnsupportedError
from unfunnel.families import Parameter
from unfunnel.parameters import check_parameter_values, check_support
from unfunnel.supports import support_of_distribution


def check_tensor_support(subject: str, parameter: Parameter, variable: Variable[Any, Any]) -> None:
    """Refuse a tensor that provably leaves the support of its parameter.

    Constants and the present values of shared data are checked number by number, random variables
    by their distribution. Of an expression nothing is known before sampling; there the density is
    zero where it is invalid.

    Parameters
    ----------
    subject : str
        For messages.
    parameter : Parameter
        What the variable is for.
    variable : Variable
        The tensor.
    """
    if isinstance(variable, Constant):
        check_parameter_values(subject, parameter, np.asarray(variable.data))
    elif hasattr(variable, "get_value"):
        check_parameter_values(subject, parameter, np.asarray(variable.get_value(borrow=True)))
    elif variable.owner is not None and isinstance(variable.owner.op, RandomVariable | XRV):
        distribution = getattr(variable.owner.op, "_print_name", ("an unknown law",))[0]
        if support_of_distribution(distribution, {}) == "real":
            check_support(subject, parameter, "real", f"the variable {variable} ~ {distribution}")


def encode_tensor(owner: str, variable: Variable[Any, Any]) -> Any:
    """Return the value of a tensor that depends on no random variable.

    Raises
    ------
    UnsupportedError
        If it depends on one: its value would be one draw, frozen.
    """
    if rvs_in_graph([variable]):
        raise UnsupportedError(
            f"{owner}: to_dict",
            expected="parameters that can be written down",
            given=f"the tensor {variable}, which depends on a random variable",
            remedy="Pass the hyperprior itself (a Prior) instead of the variable it created.",
        )
    value = variable.eval()
    if isinstance(variable.type, XTensorType):
        return DataArray(np.asarray(value), dims=variable.type.dims)
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array


def encode_other(owner: str, value: Any) -> Any:
    """Encode what is neither a number nor an array: hyperpriors, and tensors.

    Raises
    ------
    UnsupportedError
        If it has no dictionary form.
    """
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Variable):
        return codec.encode_value(encode_tensor(owner, value), lambda x: x)
    raise UnsupportedError(
        f"{owner}: to_dict",
        expected="parameters that have a dictionary form",
        given=f"{value!r} of type {type(value).__name__}",
        remedy="Give it a to_dict method, and register how to revive it with "
        "pymc_extras.deserialize.register_deserialization.",
    )


def same_value(a: Any, b: Any) -> bool:
    """Equality of parameters: variables by identity, arrays by element, labelled ones by label."""
    if isinstance(a, Variable) or isinstance(b, Variable):
        return a is b
    if isinstance(a, DataArray) or isinstance(b, DataArray):
        return isinstance(a, DataArray) and isinstance(b, DataArray) and bool(a.equals(b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.array_equal(a, b)
    return bool(a == b)
