"""What a pilot found, and where it goes: into what was compiled, or into the model itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unfunnel.structures.transform import settled
from unfunnel.tuning.blocks import Block
from unfunnel.tuning.compiled import default_adaptation, with_steering
from unfunnel.tuning.geometry import SteeringValues
from unfunnel.tuning.scales import Scale


@dataclass(frozen=True)
class Findings:
    """What a pilot found and what it cost.

    Parameters
    ----------
    steering : dict
        An :class:`~unfunnel.tuning.estimate.Estimate` by the name of the block.
    kappa : dict
        Centeredness of each element, in [0, 1], by the name of the block.
    gradients : int
        Evaluations of the gradient, tuning included.
    seconds : float
        Wall time.
    rounds : int
        How many rounds it took; 0 if it failed.
    problem : str
        Why the result should not be relied on; empty if all is well.
    log_stretch : dict
        How far the coordinate of a scale hyperparameter is stretched, by the name of the variable;
        those that are not there keep the width that comes from their prior.
    """

    steering: SteeringValues
    kappa: dict[str, np.ndarray]
    gradients: int
    seconds: float
    rounds: int
    problem: str = ""
    log_stretch: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether nothing was learned, so that all blocks are non-centered."""
        return self.rounds == 0

    def in_compiled(self, compiled: Any, blocks: list[Block]) -> Any:
        """Return a model that nutpie compiled in these coordinates; nothing is compiled again."""
        return with_steering(compiled, blocks, self.steering, self.log_stretch)

    def adaptation(self, compiled: Any) -> dict[str, Any]:
        """Return the options of ``nutpie.sample`` that suit these coordinates, if there are any."""
        return {} if self.failed else default_adaptation(compiled)

    def set_in_model(self, blocks: list[Block], scales: list[Scale]) -> None:
        """Change the coordinates of a model: of what is compiled from now on."""
        with settled():  # else a compilation in another thread would put the old ones back
            for block in blocks:
                block.sites.set(*self.steering[block.name])
            for scale in scales:
                scale.stretch(self.log_stretch.get(scale.name, 0.0))
