"""Parameters that are PyTensor variables: what is known of their support, and how they are saved."""

from __future__ import annotations

from typing import Any

import numpy as np
from pymc.pytensorf import rvs_in_graph
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.random.op import RandomVariable
from pytensor.xtensor.type import XTensorType
from pytensor.xtensor.vectorization import XRV
from xarray import DataArray

from unfunnel.errors import UnsupportedError
from unfunnel.families import Parameter
from unfunnel.parameters import check_parameter_values, check_support
from unfunnel.supports import support_of_distribution


def check_tensor_support(subject: str, parameter: Parameter, variable: Variable) -> None:
    """Refuse a tensor that provably leaves the support of its parameter.

    Constants and the present values of shared data are checked number by number, random variables by their
    distribution. Of an expression nothing is known before sampling; there the density is zero where it is invalid.

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
        print_name = getattr(variable.owner.op, "_print_name", None)
        support = support_of_distribution(print_name[0] if print_name else "", {})
        if support == "real":
            check_support(subject, parameter, support, f"the variable {variable} ~ {print_name[0]}")


def encode_tensor(owner: str, variable: Variable) -> Any:
    """Return the value of a tensor that depends on no random variable, as an array or labelled array.

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
