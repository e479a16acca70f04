"""A model as nutpie compiled it once, for a pilot and for every run after it.

Site parameters and stretches change from round to round; while nutpie compiles they are shared
variables, which are data to it, and data can be replaced.

It compiles the function of initial points once, too. A chain without an initial value starts near
zero in the sampled coordinate, which in a tuned one is near the data. An initial value that was
given is a point in natural units: what is sampled there depends on the site parameters, of the
block itself and of those that its location and scale depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
import pytensor
from pymc.model.transform.optimization import freeze_dims_and_data
from pymc.util import get_untransformed_name, is_transformed_name
from pytensor.graph.traversal import ancestors

from unfunnel.errors import ParameterError, SamplingError, UnsupportedError, listed
from unfunnel.optional import require
from unfunnel.parameterization.graph_ops import random_node
from unfunnel.structures.transform import carrying, settled, shared_sites
from unfunnel.tuning.arguments import reason_of
from unfunnel.tuning.blocks import Plan, Scale
from unfunnel.tuning.estimate import Site

#: Variances of whitened directions further than this factor from one are corrected. nutpie's
#: default of 2 leaves the correlations of hyperparameters as they are.
LOW_RANK = {"adaptation": "low_rank", "mass_matrix_eigval_cutoff": 1.25}

# Up to here the low-rank adaptation gains much, at some 120 dimensions nothing; beyond, estimating
# directions in all of them from a few hundred draws takes longer than sampling, and misleads.
_MOST_DIMENSIONS = 100

# What nutpie warms up for under its diagonal adaptation. In tuned coordinates, where directions
# stay what they are from one end of the posterior to the other, the low-rank one needs no more.
_TUNE = 400


@dataclass(frozen=True)
class Coordinates:
    """In which coordinates a plan is sampled: a site by block, a log stretch by scale.

    Scales that are not there keep the width that comes from their prior.
    """

    sites: dict[str, Site]
    log_stretch: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """The initial points of a compiled model, for nutpie, in the coordinates that are set.

    ``function`` leads from a seed to a flat unconstrained point, as nutpie compiled it; ``sources``
    are the shared variables in it that hold site parameters and stretches, and ``values`` what they
    are; zero if not given. The sites of blocks that start in the middle of their sampled coordinate
    are left out, and stay zero.
    """

    function: Callable[[Any], np.ndarray]
    sources: dict[str, Any]
    values: dict[str, np.ndarray] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)

    def at(self, values: dict[str, np.ndarray]) -> Start:
        """Return the initial points in other coordinates."""
        return replace(self, values=values)

    def __call__(self, seed: Any) -> np.ndarray:
        """Return the initial point of a seed."""
        with self.lock:  # chains start in threads, and share what was compiled
            for name, source in self.sources.items():
                zeros = np.zeros_like(source.get_value(borrow=True))
                source.set_value(self.values.get(name, zeros).astype(source.dtype))
            return self.function(seed)


def compile_plan(plan: Plan, **options: Any) -> Any:
    """Compile the model of a plan with nutpie, so that its coordinates can change afterwards.

    All site parameters are zero at first. ``options`` are those of ``nutpie.compile_pymc_model``.
    """
    if plan.blocks and str(options.get("backend", "numba")).lower() != "numba":
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
    if options.pop("freeze_model", False):  # nutpie would copy what `adjustable` put there
        with settled():
            plan = plan.on(freeze_dims_and_data(plan.model))
    with adjustable(plan, plan.model.eval_rv_shapes()):
        try:
            compiled = require("nutpie", "sample").compile_pymc_model(plan.model, **options)
        except KeyError as error:
            if "Unrecognized options" not in str(error):  # what Numba says of those it is passed
                raise
            raise ParameterError(
                "compile_kwargs",
                expected="options of nutpie.compile_pymc_model",
                given=f"{listed(options)}; Numba says: {reason_of(error)}",
            ) from error
    if not plan.blocks:
        return compiled
    return replace(compiled, initial_point_func=_start_of(plan, compiled, points or ()))


def _start_of(plan: Plan, compiled: Any, initial_points: Iterable[str] = ()) -> Start:
    """Return the initial points of the compiled model of a plan.

    ``initial_points`` names variables for which ``nutpie.compile_pymc_model`` was given values
    besides those that the model has.
    """
    model = plan.model
    given = [v for v, value in model.rvs_to_initial_values.items() if value is not None]
    for name in initial_points:
        own = get_untransformed_name(name) if is_transformed_name(name) else name
        given.append(model[own])
    involved = set(ancestors(given))
    moved = [block for block in plan.blocks if block.variable in involved]
    wanted = {name for block in moved for name in block.sites.names}
    wanted |= {_stretch_name(scale.name) for scale in plan.scales}
    sources = {source.name: source for source in compiled.shared_var_keys if source.name in wanted}
    return Start(compiled.initial_point_func, sources)


def in_coordinates(compiled: Any, plan: Plan, coordinates: Coordinates) -> Any:
    """Return the compiled model of a plan in these coordinates; nothing is compiled again.

    Chains start at the initial values that the model was given, whatever the coordinates.
    """
    updates: dict[str, np.ndarray] = {}
    for block in plan.blocks:
        updates |= zip(block.sites.names, coordinates.sites[block.name], strict=True)
    for name, log_stretch in coordinates.log_stretch.items():
        updates[_stretch_name(name)] = np.asarray(log_stretch)
    start = compiled.initial_point_func
    moved = compiled.with_data(**updates)
    return replace(moved, initial_point_func=start.at(updates)) if updates else moved


def set_in_model(plan: Plan, coordinates: Coordinates) -> None:
    """Change the coordinates of the model of a plan: of what is compiled from now on."""
    with settled():  # else a compilation in another thread would put the old ones back
        for block in plan.blocks:
            block.sites.set(*coordinates.sites[block.name])
        for scale in plan.scales:
            scale.stretch(coordinates.log_stretch.get(scale.name, 0.0))


@contextmanager
def adjustable(plan: Plan, shapes: dict[str, tuple[int, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Make all that a pilot may set shared variables, zero at first, in what is compiled inside.

    ``shapes`` has the present shape of each value variable, by name. Yields the site parameters of
    each block. The graph of the model is changed for as long as this lasts.
    """
    present = [shapes[block.value.name] for block in plan.blocks]
    with ExitStack() as stack:
        shared = stack.enter_context(shared_sites([block.sites for block in plan.blocks], present))
        for scale in plan.scales:
            stack.enter_context(_stretchable(scale))
        yield shared


@contextmanager
def _stretchable(scale: Scale) -> Iterator[None]:
    """Put a stretch where PyMC wants to find it: among the ancestors of the random variable."""
    node: Any = random_node(scale.variable.owner)
    parameter, before = node.inputs[scale.parameter], scale.transform.log_stretch
    zero = np.zeros((), dtype=pytensor.config.floatX)
    shared: Any = pytensor.shared(zero, _stretch_name(scale.name), shape=())
    try:
        node.inputs[scale.parameter] = carrying(parameter, shared)
        scale.stretch(shared)
        yield
    finally:
        node.inputs[scale.parameter] = parameter
        scale.stretch(before)


def _stretch_name(scale: str) -> str:
    """Return the name of the shared variable that stretches the coordinate of a scale."""
    return f"{scale}_stretch__"


def run(compiled: Any, **options: Any) -> Any:
    """Return what nutpie samples; say what is wrong where it finds no point to start from."""
    try:
        return require("nutpie", "sample").sample(compiled, **options)
    except RuntimeError as error:
        raise SamplingError(
            "unfunnel.sample",
            expected="a log density and a gradient that are finite where chains start",
            given=reason_of(error),
            remedy="Look at model.debug(), at NaN or infinities in the data, and at observations "
            "or initial values outside of a support.",
        ) from error


def default_adaptation(compiled: Any) -> dict[str, Any]:
    """Return the options of ``nutpie.sample`` that suit a model in tuned coordinates.

    Informed coordinates remove what is curved; correlations remain, between hyperparameters and
    between blocks, and the low-rank adaptation removes those. Without the former it is no use, as a
    funnel has no constant directions.
    """
    if compiled.n_dim > _MOST_DIMENSIONS:
        return {"adaptation": "diag"}
    return LOW_RANK | {"num_tune": _TUNE}  # which gives way to the argument tune


def gradient_count(trace: Any) -> int:
    """Return the number of gradient evaluations of a trace, tuning included where it was kept."""
    groups = ("sample_stats", "warmup_sample_stats")
    return sum(int(trace[group]["n_steps"].sum()) for group in groups if group in trace.children)
