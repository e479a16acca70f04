"""A model as nutpie compiled it once, for a pilot and for every run after it.

Site parameters and stretches change from round to round; while nutpie compiles they are shared
variables, which are data to it, and data can be replaced.

Initial points are those of the model before it is tuned. Where other coordinates are set, say where
chains start: :func:`starting_at`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pytensor
from pymc.model.transform.optimization import freeze_dims_and_data

from unfunnel.errors import ParameterError, UnsupportedError, listed
from unfunnel.optional import require
from unfunnel.parameterization.carrying import carrying
from unfunnel.parameterization.graph_ops import random_node
from unfunnel.structures.transform import settled, shared_sites
from unfunnel.tuning.arguments import reason_of
from unfunnel.tuning.blocks import Scale, stretch_name
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.locations import Adjustable, LocationSite
from unfunnel.tuning.plan import Plan
from unfunnel.tuning.start import FAILURES, cannot_start, refuse_failing_terms

# Seconds between looks at a run that may not take for ever.
_PAUSE = 0.02


class OutOfTime(Exception):
    """A run took longer than it was given."""


@dataclass(frozen=True)
class Coordinates:
    """In which coordinates a plan is sampled: a site by block or location, a stretch by scale.

    Locations that are not there are sampled as they were; scales that are not there keep the width
    that comes from their prior, all others have the logarithm of their stretch here.
    """

    sites: dict[str, Site]
    locations: dict[str, LocationSite] = field(default_factory=dict)
    log_stretch: dict[str, float] = field(default_factory=dict)


class Variables(NamedTuple):
    """The shared variables of a plan, by name, and the coordinates of its locations."""

    shared: dict[str, Any]
    locations: list[Adjustable]


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
        options["initial_points"] = {
            key if isinstance(key, str) else key.name: value for key, value in points.items()
        }
    if options.pop("freeze_model", False):  # nutpie would copy what `adjustable` put there
        with settled():
            plan = plan.on(freeze_dims_and_data(plan.model))
    try:
        with adjustable(plan, plan.model.eval_rv_shapes()):
            return require("nutpie", "sample").compile_pymc_model(plan.model, **options)
    except KeyError as error:
        if "Unrecognized options" not in str(error):  # what Numba says of those it is passed
            raise
        raise ParameterError(
            "compile_kwargs",
            expected="options of nutpie.compile_pymc_model",
            given=f"{listed(options)}; Numba says: {reason_of(error)}",
        ) from error
    except FAILURES:
        refuse_failing_terms(plan.model)
        raise


def in_coordinates(compiled: Any, plan: Plan, coordinates: Coordinates) -> Any:
    """Return the compiled model of a plan in these coordinates; nothing is compiled again."""
    return compiled.with_data(**adjustments(plan, coordinates, compiled.shapes))


def shapes_of(plan: Plan, compiled: Any) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the value variables of a plan in its compiled model, by name."""
    located = {x.value.name: compiled.shapes[x.sampled_name] for x in plan.locations}
    return dict(compiled.shapes) | located


def adjustments(
    plan: Plan, coordinates: Coordinates, shapes: dict[str, tuple[int, ...]]
) -> dict[str, np.ndarray]:
    """Return the values of what is adjustable, by name, that make these coordinates."""
    updates: dict[str, np.ndarray] = {}
    for block in plan.blocks:
        updates |= zip(block.sites.names, coordinates.sites[block.name], strict=True)
    for location in plan.locations:
        site = coordinates.locations.get(location.name) or location.off(shapes)
        updates |= location.updates(site)
    for scale in plan.scales:
        log_stretch = coordinates.log_stretch.get(scale.name, 0.0)
        updates[stretch_name(scale.name)] = np.asarray(log_stretch, pytensor.config.floatX)
    return updates


def set_in_model(plan: Plan, coordinates: Coordinates) -> None:
    """Change the coordinates of the model of a plan: of what is compiled from now on."""
    with settled():  # else a compilation in another thread would put the old ones back
        for block in plan.blocks:
            block.sites.set(*coordinates.sites[block.name])
        for scale in plan.scales:
            scale.stretch(coordinates.log_stretch.get(scale.name, 0.0))


@contextmanager
def adjustable(plan: Plan, shapes: dict[str, tuple[int, ...]]) -> Iterator[Variables]:
    """Make all that a pilot may set shared variables in what is compiled inside.

    Their first values change nothing. ``shapes`` has the present shape of each value variable, by
    name. The graph of the model is changed for as long as this lasts.
    """
    present = [shapes[block.value.name] for block in plan.blocks]
    with ExitStack() as stack:
        shared = stack.enter_context(shared_sites([block.sites for block in plan.blocks], present))
        stretches = [stack.enter_context(_stretchable(scale)) for scale in plan.scales]
        locations = [stack.enter_context(x.adjustable(shapes)) for x in plan.locations]
        every = [x for own in shared for x in own] + stretches
        every += [x for own in locations for x in own.shared.values()]
        yield Variables({x.name: x for x in every}, locations)


@contextmanager
def _stretchable(scale: Scale) -> Iterator[Any]:
    """Put a stretch where PyMC wants to find it: among the ancestors of the random variable."""
    node: Any = random_node(scale.variable.owner)
    parameter, before = node.inputs[scale.parameter], scale.transform.log_stretch
    zero = np.zeros((), dtype=pytensor.config.floatX)
    shared: Any = pytensor.shared(zero, stretch_name(scale.name), shape=())
    try:
        node.inputs[scale.parameter] = carrying(parameter, shared)
        scale.stretch(shared)
        yield shared
    finally:
        node.inputs[scale.parameter] = parameter
        scale.stretch(before)


def run(compiled: Any, *, seconds: float | None = None, **options: Any) -> Any:
    """Return what nutpie samples; say what is wrong where it finds no point to start from.

    Raises :class:`OutOfTime` if it takes longer than so many seconds, or is interrupted before.
    """
    nutpie = require("nutpie", "sample")
    try:
        if seconds is None:
            return nutpie.sample(compiled, **options)
        until = time.monotonic() + seconds
        sampler = nutpie.sample(compiled, blocking=False, **options)
        try:
            while not _is_finished(sampler):
                if time.monotonic() > until:
                    raise KeyboardInterrupt
                time.sleep(_PAUSE)
            return sampler.wait()
        except KeyboardInterrupt as error:
            sampler.cancel()
            raise OutOfTime from error
    except RuntimeError as error:
        raise cannot_start(reason_of(error)) from error


def _is_finished(sampler: Any) -> bool:
    try:
        return bool(sampler.is_finished)
    except TimeoutError:  # its chains were too busy to answer
        return False


def starting_at(compiled: Any, points: np.ndarray) -> Any:
    """Return the compiled model with chains that start at some of these points."""

    def one_of(seed: Any) -> np.ndarray:
        return np.array(points[int(seed) % len(points)])

    return replace(compiled, initial_point_func=one_of)


def gradient_count(trace: Any) -> int:
    """Return the number of gradient evaluations of a trace, tuning included where it was kept."""
    groups = ("sample_stats", "warmup_sample_stats")
    return sum(int(trace[group]["n_steps"].sum()) for group in groups if group in trace.children)
