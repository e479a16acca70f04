"""From parameters, or what stands in their place, to a plain ``pymc_extras.prior.Prior``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.distributions.object_facts import check_parameter_values
from unfunnel.distributions.value_checks import is_number
from unfunnel.elicitation.scales.tails import Tails
from unfunnel.errors import ParameterError, ParameterTypeError, listed
from unfunnel.families import Parameter
from unfunnel.intervals import POSITIVE, REAL

if TYPE_CHECKING:
    from pymc_extras.prior import Prior


def either(
    tails: Tails, parameters: Mapping[str, Any], solve: Callable[[], dict[str, float]]
) -> dict[str, float]:
    """Return the parameters that were given, or those that the tails ask for.

    Parameters
    ----------
    tails : Tails
        What was said about the tails.
    parameters : mapping
        By name; None where not given.
    solve : callable
        Computes them from the tails.

    Raises
    ------
    ParameterError
        If both were given, or neither in full.
    """
    given = {key: value for key, value in parameters.items() if value is not None}
    if tails.count and given:
        raise ParameterError(
            tails.subject,
            expected=f"either {listed(parameters)} or statements about tails",
            given=f"{listed(given)} and {tails.count} of them",
            remedy="Leave out one of the two.",
        )
    if not tails.count and len(given) < len(parameters):
        missing = [key for key in parameters if key not in given]
        raise ParameterError(
            tails.subject,
            expected=f"{listed(parameters)}, or statements about tails in place of them",
            given=f"no {listed(missing)}",
            remedy="Pass upper=, lower= or both, with upper_tail= and lower_tail=.",
        )
    return numbers(tails.subject, solve() if tails.count else given)


def numbers(subject: str, parameters: Mapping[str, Any]) -> dict[str, float]:
    """Return the parameters as floats, or refuse what is no number or outside its support."""
    for name, value in parameters.items():
        if not is_number(value):
            raise ParameterTypeError(
                f"{subject}: {name}",
                expected="a number",
                given=repr(value),
                remedy="For anything else write the Prior itself.",
            )
        parameter = Parameter(name, REAL if name == "mu" else POSITIVE, f"{name} of PyMC")
        check_parameter_values(f"{subject}: {name}", parameter, np.asarray(float(value)))
    return {name: float(value) for name, value in parameters.items()}


def plain_prior(distribution: str, parameters: Mapping[str, Any], dims: Any) -> Prior:
    """Return the ``Prior``; nothing else in this package imports PyMC."""
    from pymc_extras.prior import Prior

    return Prior(distribution, dims=dims, **parameters)
