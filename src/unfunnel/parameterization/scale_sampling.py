"""Putting the value transform of a scale hyperparameter on a variable that already exists."""

from __future__ import annotations

from typing import Any

from pymc.util import UNSET
from pytensor.graph.basic import Variable

from unfunnel.parameterization.scale import scale_transform


def use_scale_transform(model: Any, variable: Any) -> None:
    """Sample a scale hyperparameter through :func:`scale_transform`, if it is one and that fits.

    Parameters
    ----------
    model : pymc.Model
        The model on the context stack.
    variable : object
        A free variable of it with its default transform; anything else is left alone.
    """
    if not isinstance(variable, Variable) or variable not in model.free_RVs:
        return
    transform = scale_transform(variable)
    if transform is None:
        return
    before = model.rvs_to_values[variable]
    for each in {id(m): m for m in (model, model.root)}.values():
        each.values_to_rvs.pop(before, None)
    model.create_value_var(variable, default_transform=transform, transform=UNSET)
