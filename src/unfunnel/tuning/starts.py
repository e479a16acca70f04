"""Where chains start: where the user said, in whatever coordinate they are sampled.

nutpie compiles the function of initial points once, before steering values are known. A chain
without an initial value starts near zero in the sampled coordinate, which in a tuned one is near
the data. An initial value that was given is a point in natural units: what is sampled there depends
on the steering values, of the block itself and of those that its location and scale depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
from pymc.util import get_untransformed_name, is_transformed_name
from pytensor.graph.traversal import ancestors

from unfunnel import names
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.scales import scales_of


@dataclass(frozen=True)
class Start:
    """The initial points of a compiled model, for nutpie.

    Parameters
    ----------
    function : callable
        From a seed to a flat unconstrained point, as nutpie compiled it.
    sources : dict
        The shared variables in it that hold steering values, by name; those of blocks that start in
        the middle of their sampled coordinate are left out, and stay zero.
    steering : dict
        Their values; zero if there are none.
    """

    function: Callable[[Any], np.ndarray]
    sources: dict[str, Any]
    steering: dict[str, np.ndarray] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)

    def at(self, steering: dict[str, np.ndarray]) -> Start:
        """Return the initial points for these steering values."""
        return replace(self, steering=steering)

    def __call__(self, seed: Any) -> np.ndarray:
        """Return the initial point of a seed."""
        with self.lock:  # chains start in threads, and share what was compiled
            for name, source in self.sources.items():
                zeros = np.zeros_like(source.get_value(borrow=True))
                source.set_value(self.steering.get(name, zeros).astype(source.dtype))
            return self.function(seed)


def start_of(
    model: Any, compiled: Any, blocks: list[Block], initial_points: Iterable[str] = ()
) -> Start:
    """Return the initial points of a compiled model.

    Parameters
    ----------
    model : pymc.Model
        The model.
    compiled : nutpie CompiledPyMCModel
        The same.
    blocks : list of Block
        Its blocks, whose steering values are shared variables of ``compiled``.
    initial_points : iterable of str
        Names of variables for which ``nutpie.compile_pymc_model`` was given values besides.
    """
    given = [v for v, value in model.rvs_to_initial_values.items() if value is not None]
    for name in initial_points:
        own = get_untransformed_name(name) if is_transformed_name(name) else name
        given.append(model[own])
    involved = set(ancestors(given))
    wanted = {key for block in blocks if block.variable in involved for key in block.sites.names}
    wanted |= {names.log_stretch(scale.name) for scale in scales_of(model, blocks)}
    sources = {source.name: source for source in compiled.shared_var_keys if source.name in wanted}
    return Start(compiled.initial_point_func, sources)
