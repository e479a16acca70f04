"""A model as nutpie compiled it once, for a pilot and for every run after it.

Steering values change from round to round; while nutpie compiles they are shared variables, which
are data to it, and data can be replaced.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from pymc.model.transform.optimization import freeze_dims_and_data

from unfunnel import names
from unfunnel.errors import ParameterError, UnsupportedError, listed
from unfunnel.optional import require
from unfunnel.structures.transform import settled
from unfunnel.tuning.blocks import Block, auto_blocks
from unfunnel.tuning.geometry import SteeringValues
from unfunnel.tuning.scales import tunable
from unfunnel.tuning.starts import start_of

# Up to here the low-rank adaptation gains much, at some 120 dimensions nothing; beyond, estimating
# directions in all of them from a few hundred draws takes longer than sampling, and misleads.
_MOST_DIMENSIONS = 100

#: Variances of whitened directions further than this factor from one are corrected. nutpie's
#: default of 2 leaves the correlations of hyperparameters as they are.
LOW_RANK = {"adaptation": "low_rank", "mass_matrix_eigval_cutoff": 1.25}

# What a density that nutpie compiled returns where it has no value.
_ERROR_CODES = {
    "ErrorCode(1)": "an exception in it",
    "ErrorCode(3)": "a gradient that is not finite",
    "ErrorCode(4)": "a log density that is not finite",
}

# What nutpie warms up for under its diagonal adaptation. In tuned coordinates, where directions
# stay what they are from one end of the posterior to the other, the low-rank one needs no more.
_TUNE = 400


def compile_for_tuning(model: Any, blocks: list[Block], **options: Any) -> Any:
    """Compile a model with nutpie so that steering values can change without compiling again.

    Parameters
    ----------
    model : pymc.Model
        The model.
    blocks : list of Block
        Its informed blocks.
    **options
        Passed to ``nutpie.compile_pymc_model``.

    Returns
    -------
    nutpie CompiledPyMCModel
        With all steering values zero.

    Raises
    ------
    UnsupportedError
        If ``backend="jax"`` is asked for, with which nutpie changes no data.
    ParameterError
        If nutpie does not know an option.
    """
    if blocks and str(options.get("backend", "numba")).lower() != "numba":
        raise UnsupportedError(
            "unfunnel",
            expected="nutpie's backend 'numba' for the pilot",
            given=repr(options["backend"]),
            remedy="Call unfunnel.tune(model), then compile and sample with any backend.",
        )
    points = options.get("initial_points")
    if points:  # by name, as the model may be a copy of the one whose variables these are
        options["initial_points"] = points = {
            key if isinstance(key, str) else key.name: value for key, value in points.items()
        }
    if options.pop("freeze_model", False):  # nutpie would copy what `stretchable` put there
        with settled():
            model = freeze_dims_and_data(model)
        frozen = {block.name: block for block in auto_blocks(model)}
        blocks = [frozen[block.name] for block in blocks]
    with tunable(model, blocks, model.eval_rv_shapes()):
        try:
            compiled = require("nutpie", "sample").compile_pymc_model(model, **options)
        except KeyError as error:
            if "Unrecognized options" not in str(error):  # what Numba says of those it is passed
                raise
            raise ParameterError(
                "compile_kwargs",
                expected="options of nutpie.compile_pymc_model",
                given=f"{listed(options)}; Numba says: {reason_of(error)}",
            ) from error
    if not blocks:
        return compiled
    start = start_of(model, compiled, blocks, points or ())
    return replace(compiled, initial_point_func=start)


def with_steering(
    compiled: Any,
    blocks: list[Block],
    steering: SteeringValues,
    log_stretch: dict[str, float] | None = None,
) -> Any:
    """Return the compiled model with these steering values; nothing is compiled again.

    Chains start at the initial values that the model was given, whatever the steering values.
    """
    updates = {
        key: np.asarray(value)
        for block in blocks
        for key, value in zip(block.sites.names, steering[block.name], strict=True)
    }
    updates |= {names.log_stretch(name): np.asarray(x) for name, x in (log_stretch or {}).items()}
    start = compiled.initial_point_func
    steered = compiled.with_data(**updates)
    return replace(steered, initial_point_func=start.at(updates)) if updates else steered


def gradient_count(trace: Any) -> int:
    """Return the number of gradient evaluations of a trace, tuning included where it was kept."""
    groups = ("sample_stats", "warmup_sample_stats")
    return sum(int(trace[group]["n_steps"].sum()) for group in groups if group in trace.children)


def reason_of(error: Exception) -> str:
    """Return what nutpie says in one line, without the stack of its own that may follow."""
    line = " ".join(str(error).partition("Stack backtrace:")[0].split())
    for code, meaning in _ERROR_CODES.items():
        line = line.replace(code, meaning)
    return line


def default_adaptation(compiled: Any) -> dict[str, Any]:
    """Return the options of ``nutpie.sample`` that suit a model in tuned coordinates.

    Informed coordinates remove what is curved; correlations remain, between hyperparameters and
    between blocks, and the low-rank adaptation removes those. Without the former it is no use, as a
    funnel has no constant directions.

    Parameters
    ----------
    compiled : nutpie CompiledPyMCModel
        The model.
    """
    if compiled.n_dim > _MOST_DIMENSIONS:
        return {"adaptation": "diag"}
    return LOW_RANK | {"num_tune": _TUNE}  # which gives way to the argument tune
