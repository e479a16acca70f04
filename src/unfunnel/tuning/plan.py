"""The plan of a run: the parts of a model that a pilot tunes, and what is left alone and why.

It is made once, and everything after it reads it: compiling, the pilot, the check of the draws, the
report.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from unfunnel.tuning.blocks import Block, Scale, auto_blocks, scales_of
from unfunnel.tuning.find_locations import locations_of
from unfunnel.tuning.locations import Location


@dataclass(frozen=True)
class Plan:
    """What is tuned in which model.

    ``model`` is the one that is sampled: an informed copy where blocks were not in place yet.
    ``left_alone`` holds the variables that look like part of a hierarchy and are not tuned, with
    the reason. Where there is no block, ``why_none`` says why, and what would help.
    """

    model: Any
    blocks: list[Block]
    scales: list[Scale]
    locations: list[Location] = field(default_factory=list)
    left_alone: dict[str, str] = field(default_factory=dict)
    why_none: str = ""

    @classmethod
    def of(cls, model: Any, names: Collection[str] | None = None) -> Plan:
        """Return the plan for blocks that are in place, perhaps none; by default for all."""
        blocks = [x for x in auto_blocks(model) if names is None or x.name in names]
        return cls(model, blocks, scales_of(model, blocks), locations_of(model, blocks))

    def on(self, model: Any) -> Plan:
        """Return the same plan for another model with the same variables, such as a frozen one."""
        return Plan.of(model, [block.name for block in self.blocks])

    @property
    def untouched(self) -> str:
        """Names of the variables that are left alone, with the reasons, in one line."""
        return in_words(self.left_alone)


def in_words(left_alone: dict[str, str]) -> str:
    """Return names of variables with why each was left alone, in one line."""
    return "; ".join(f"{name}: {reason}" for name, reason in left_alone.items())
