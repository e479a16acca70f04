"""The plan of a run: the model to sample, its blocks and scales, and what is left alone and why.

It is made once, and everything after it reads it: compiling, the pilot, the check of the draws, the
report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unfunnel.errors import UnsupportedError, listed
from unfunnel.tuning.arguments import names_of, require_known
from unfunnel.tuning.blocks import Block, Scale, auto_blocks, scales_of
from unfunnel.tuning.detect import find_hierarchies
from unfunnel.tuning.reparameterize import informed_copy


@dataclass(frozen=True)
class Plan:
    """What is tuned in which model.

    ``model`` is the one that is sampled: an informed copy where blocks were not in place yet.
    ``left_alone`` holds the variables that look like part of a hierarchy and are not tuned, with
    the reason.
    """

    model: Any
    blocks: list[Block]
    scales: list[Scale]
    left_alone: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Any, blocks: list[Block] | None = None) -> Plan:
        """Return the plan for blocks that are in place; by default all of them, perhaps none."""
        blocks = auto_blocks(model) if blocks is None else blocks
        return cls(model, blocks, scales_of(model, blocks))

    def on(self, model: Any) -> Plan:
        """Return the same plan for another model with the same variables, such as a frozen one."""
        there = {block.name: block for block in auto_blocks(model)}
        return Plan.of(model, [there[block.name] for block in self.blocks])


def plan_in_place(model: Any, blocks: str | Sequence[str] = "auto") -> Plan:
    """Return the plan for blocks that are in place already; refuse all others."""
    return _plan(model, auto_blocks(model), blocks)


def plan_of_any(model: Any, blocks: str | Sequence[str]) -> Plan:
    """Return the plan for blocks of any model, on a copy if some of them are not in place yet."""
    there = auto_blocks(model)
    known = {block.name for block in there}
    missing = [name for name in names_of(blocks) if name not in known]
    if blocks == "auto" or not missing:
        return _plan(model, there, blocks)
    hierarchies = find_hierarchies(model)
    if blocks != "all":
        copy = informed_copy(model, hierarchies.chosen(missing))
        return plan_in_place(copy, blocks)
    if not there or not hierarchies.links.keys() <= known:
        model = informed_copy(model, hierarchies.chosen("all"))
        there = auto_blocks(model)
    return replace(_plan(model, there, "auto"), left_alone=hierarchies.left_alone)


def _plan(model: Any, there: list[Block], blocks: str | Sequence[str]) -> Plan:
    """Return the plan for those of the blocks that are there which ``blocks=`` asks for."""
    if not there:
        raise UnsupportedError(
            "unfunnel",
            expected='a model with a prior that has centered="auto"',
            given=f"one with the free variables {listed(v.name for v in model.free_RVs)}, "
            "none of which has it",
            remedy='Call unfunnel.sample(model, blocks="all"), or tune a copy made by '
            "unfunnel.reparameterize(model): both find the hierarchies of any model.",
        )
    if blocks != "auto":
        by_name = {block.name: block for block in there}
        chosen = names_of(blocks)
        remedy = 'Give it centered="auto", or tune a copy made by unfunnel.reparameterize(model).'
        require_known(chosen, by_name, "auto", {}, remedy)
        there = [by_name[name] for name in chosen]
    return Plan.of(model, there)
