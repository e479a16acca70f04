"""What becomes of a variable whose parameters leave their supports: never another law.

Draws are then NaN and the density is -inf, not those of, say, the absolute value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.families import Family
from unfunnel.parameterization.graph_ops import GRAPH


def guarded(
    family: Family,
    parameters: Mapping[str, Any],
    constants: Collection[str],
    law: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Make the scale NaN and all others finite, where a parameter leaves its support.

    The same where the family finds no positive scale, so far out that numbers end.

    Parameters
    ----------
    family : Family
        Whose law it is.
    parameters : mapping of str to TensorVariable
        As given.
    constants : collection of str
        Names of those that are numbers, which were checked when they were given.
    law : tuple of TensorVariable
        The parameters of the base law, location and scale last.

    Returns
    -------
    tuple of TensorVariable
        The same, guarded.
    """
    *shape, location, scale = law
    variables = {name: x for name, x in parameters.items() if name not in constants}
    conditions = [
        *(_below_their_limits(family, parameters) if variables else ()),
        *(
            condition
            for name, parameter in family.known_parameters.items()
            if name in variables
            and (condition := parameter.support.holds(variables[name])) is not None
        ),
    ]
    if variables and not conditions:  # a real location, and a scale that is a number
        return law
    valid = scale > 0
    for condition in conditions:
        valid = valid & condition
    shape = [
        pt.switch(valid, tensor, family.parameter(name).support.inside)
        if name in variables
        else tensor
        for name, tensor in zip(family.base.shape, shape, strict=True)
    ]
    return *shape, pt.switch(valid, location, 0.0), pt.switch(valid, scale, np.nan)


def _below_their_limits(family: Family, given: Mapping[str, Any]) -> list[Any]:
    """Return the conditions on parameters whose largest value depends on others."""
    return [
        given[ratio.of] < ratio.parameter.support.upper * ratio.unit(given, GRAPH)
        for ratio in family.ratios
        if np.isfinite(ratio.parameter.support.upper) and ratio.of in given
    ]
