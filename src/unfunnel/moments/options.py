"""The law that a statement is about: a family at the bounds and with the shape that are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unfunnel.distributions.value_checks import check_parameter_values, require_number
from unfunnel.errors import ParameterError, listed
from unfunnel.families import Family
from unfunnel.families.base import OPTIONS
from unfunnel.prior.parameters import family_at


def stated_family(
    subject: str, family: Family, options: Mapping[str, Any]
) -> tuple[Family, tuple[float, ...]]:
    """Return the family at its bounds, and the parameters of its base law.

    Parameters
    ----------
    subject : str
        What is stated, for messages.
    family : Family
        On its usual support.
    options : mapping
        What a prior is given beside the statement: bounds, the parameters of the base law, and what
        every prior takes.

    Returns
    -------
    Family, tuple of float
        The parameters of the base law are in its order.

    Raises
    ------
    ParameterError
        For bounds or numbers that cannot be meant, if a parameter of the base law is missing, or if
        a parameter is given that the statement determines.

    Examples
    --------
    >>> from unfunnel.families import STUDENT_T_IDENTITY
    >>> from unfunnel.moments.options import stated_family
    >>> stated_family("from_quantiles", STUDENT_T_IDENTITY, {"nu": 5, "dims": "geo"})[1]
    (5.0,)
    """
    shape = family.base.shape
    allowed = (*shape, *family.bound_names, *OPTIONS)
    for name in options:
        if name not in allowed:
            family.parameter(name)  # an unknown name has its own message
            raise ParameterError(
                subject,
                expected=f"no parameters beside the statement but {listed(allowed)}",
                given=f"{name}=, which the statement determines",
                remedy="Leave it out, or state the prior by its parameters.",
            )
    bounds = {name: options[name] for name in family.bound_names if name in options}
    for name in shape:
        if name not in options:
            raise ParameterError(
                subject,
                expected=f"{name}=, {family.parameter(name).meaning}",
                given="no value for it",
                remedy=f"Pass {name}= as a number.",
            )
        require_number(subject, name, options[name])
        check_parameter_values(
            f"{subject}: {name}", family.parameter(name), np.asarray(options[name])
        )
    return family_at(family, bounds), tuple(float(options[name]) for name in shape)
