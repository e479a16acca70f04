"""From a prior to the laws it is made of: numbers, hyperpriors and priors of ours, at one label."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
from pymc.distributions.distribution import SymbolicRandomVariable
from pymc.pytensorf import constant_fold, rvs_in_graph
from pytensor.graph.basic import Variable
from pytensor.tensor.random.op import RandomVariable

from unfunnel.distributions.known import LAWS, Numbers
from unfunnel.distributions.tensors import encode_tensor
from unfunnel.moments.random_parameters import Hierarchy, Known, Law, Point


def is_ours(value: Any) -> bool:
    """Whether a parameter is a prior of a family, on its own scale."""
    return hasattr(value, "family") and getattr(value, "transform", None) is None


def distribution_of(value: Any) -> tuple[str, tuple[np.ndarray, ...]] | None:
    """Return the name of a distribution with constant parameters, and its numbers.

    Parameters
    ----------
    value : object
        A ``Prior``, or a random variable of a model.

    Returns
    -------
    tuple or None
        The numbers are arrays if the parameters are; their order is that of the random variable.
        None if it is anything else, or a parameter is random.
    """
    variable = value if isinstance(value, Variable) else _variable(value)
    if variable is None or variable.owner is None:
        return None
    op: Any = variable.owner.op
    name = getattr(op, "_print_name", ("",))[0]
    if not isinstance(op, RandomVariable | SymbolicRandomVariable) or name not in LAWS:
        return None
    parameters: Any = op.dist_params(variable.owner)
    numbers = constant_fold(parameters, raise_not_constant=False)
    if any(isinstance(number, Variable) for number in numbers):
        return None
    return name, tuple(np.asarray(number, dtype=float) for number in numbers)


def _variable(prior: Any) -> Any:
    """Return the random variable of a ``Prior`` of numbers, without a model."""
    distribution = getattr(prior, "pymc_distribution", None)
    parameters = getattr(prior, "parameters", None)
    plain = getattr(prior, "transform", "unknown") is None and not hasattr(prior, "family")
    if distribution is None or not plain or not isinstance(parameters, Mapping):
        return None
    if not all(isinstance(x, int | float | np.ndarray | np.generic) for x in parameters.values()):
        return None
    # As doubles: PyTensor stores the bare number 1.5 in half of their digits.
    return distribution.dist(**{k: np.asarray(x, dtype=float) for k, x in parameters.items()})


def with_constants(prior: Any) -> Any:
    """Return a prior with the values of its tensors that depend on no random variable.

    Data of the model on the context stack become arrays with their dims and labels.
    """
    new = copy(prior)
    new.parameters = {
        key: with_constants(value)
        if is_ours(value)
        else encode_tensor(prior.family.name, value, prior.dims)
        if isinstance(value, Variable) and not rvs_in_graph([value])
        else value
        for key, value in prior.parameters.items()
    }
    return new


def law_of_numbers(name: str, numbers: Numbers) -> Known:
    """Return the law of a known distribution with these numbers."""
    return Known(LAWS[name].law(*numbers))


def scalar_law(value: Any) -> Law | None:
    """Return the law of a parameter without axes, or None if it is not known.

    Parameters
    ----------
    value : number, Prior or NaturalPrior
        With constant hyperpriors, to any depth.
    """
    if isinstance(value, int | float):
        return Point(float(value))
    if is_ours(value):
        laws = {key: scalar_law(parameter) for key, parameter in value.parameters.items()}
        known = {key: law for key, law in laws.items() if law is not None}
        return Hierarchy(value.family, known) if len(known) == len(laws) else None
    found = distribution_of(value)
    if found is None or any(number.ndim for number in found[1]):
        return None
    return law_of_numbers(found[0], tuple(float(number) for number in found[1]))
