"""Whether a compiled model can be sampled from where its chains start.

A model that fails where its chains start must not reach nutpie: what raises an error there ends in
a panic, and what is nowhere finite can end in a crash when Python exits.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytensor.tensor as pt

from unfunnel.errors import SamplingError

# How many jittered points are tried before a model counts as one that cannot start.
_TRIES = 50

#: What PyTensor raises where shapes or values do not fit.
FAILURES = (ValueError, TypeError, IndexError, AssertionError)

_POINTER = ctypes.POINTER(ctypes.c_double)


def require_start(model: Any, compiled: Any) -> None:
    """Refuse a model that has no finite log density and gradient where its chains start.

    The compiled function is called as nutpie calls it; what is wrong is looked for in the model.
    """
    if not hasattr(compiled, "compiled_logp_func"):  # of JAX
        return
    try:
        if any(_is_usable(compiled, compiled.initial_point_func(seed)) for seed in range(_TRIES)):
            return
    except FAILURES as error:
        raise cannot_start(f"initial points that fail: {_first_line(error)}") from error
    refuse_failing_terms(model)
    raise cannot_start("none at any of the points that were tried")


def refuse_failing_terms(model: Any) -> None:
    """Refuse a model with terms that fail at its initial point, and name them."""
    try:
        found = _failing_terms(model)
    except FAILURES as error:
        raise cannot_start(f"an initial point that fails: {_first_line(error)}") from error
    if found:
        raise cannot_start("; ".join(found))


def cannot_start(given: str) -> SamplingError:
    """Return the error of a model that cannot be sampled from where its chains start."""
    return SamplingError(
        "unfunnel.sample",
        expected="a log density and a gradient that are finite where chains start",
        given=given,
        remedy="Look at NaN or infinities in the data, at shapes, and at observations or initial "
        "values outside of a support; model.debug() shows them.",
    )


def _is_usable(compiled: Any, point: np.ndarray) -> bool:
    """Whether density, gradient and the variables of the trace can be computed at a point."""
    point = np.ascontiguousarray(point, dtype=float)
    gradient, density = np.empty(compiled.n_dim), np.empty(1)
    expanded = np.empty(compiled.n_expanded)
    data = compiled.user_data.ctypes.data
    density_failed = compiled.compiled_logp_func.ctypes(
        compiled.n_dim, _address(point), _address(gradient), _address(density), data
    )
    expand_failed = compiled.compiled_expand_func.ctypes(
        compiled.n_dim, compiled.n_expanded, _address(point), _address(expanded), data
    )
    return not density_failed and not expand_failed


def _address(array: np.ndarray) -> Any:
    return array.ctypes.data_as(_POINTER)


def _failing_terms(model: Any) -> list[str]:
    """Return which terms of a model fail where it starts, and in which way."""
    point, found = model.initial_point(), []
    for variable in [*model.basic_RVs, *model.potentials, *model.deterministics]:
        name = variable.name
        try:
            if variable in model.deterministics:
                (term,) = model.replace_rvs_by_values([variable])
                _evaluated(model, [term], point)
                continue
            term = pt.sum(model.logp(vars=[variable]))
            slopes: Any = pt.grad(term, model.value_vars, disconnected_inputs="ignore")
            density, *gradient = _evaluated(model, [term, *slopes], point)
        except FAILURES as error:
            found.append(f"{name} cannot be computed ({_first_line(error)})")
            continue
        if not np.isfinite(density):
            found.append(f"the log density of {name} is {density}")
        elif not all(np.isfinite(slope).all() for slope in gradient):
            found.append(f"the gradient of the log density of {name} is not finite")
    return found


def _evaluated(model: Any, outputs: list[Any], point: Any) -> list[Any]:
    function = model.compile_fn(outputs, mode="FAST_COMPILE", on_unused_input="ignore")
    return list(function(point))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
