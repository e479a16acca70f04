"""Which blocks of a model ``blocks=`` means, and the model that has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unfunnel.errors import ParameterError, UnsupportedError, listed, nearest
from unfunnel.tuning.adopt import reparameterize
from unfunnel.tuning.arguments import names_of, require_some
from unfunnel.tuning.blocks import Block, auto_blocks
from unfunnel.tuning.hierarchies import find_hierarchies


def select_blocks(model: Any, wanted: str | Sequence[str]) -> list[Block]:
    """Return the auto blocks that are asked for, or say why there are none."""
    found = {block.name: block for block in auto_blocks(model)}
    if not found:
        raise UnsupportedError(
            "unfunnel",
            expected='a model with a prior that has centered="auto"',
            given=f"one with the free variables {listed(v.name for v in model.free_RVs)}, "
            "none of which has it",
            remedy='Call unfunnel.sample(model, blocks="all"), or tune a copy made by '
            "unfunnel.reparameterize(model): both find the hierarchies of any model.",
        )
    if wanted == "auto":
        return list(found.values())
    chosen = names_of(wanted)
    require_some(chosen, found, "auto")
    for name in chosen:
        if name not in found:
            raise ParameterError(
                "blocks",
                expected=f"names among {listed(found)}",
                given=repr(name),
                remedy='Give it centered="auto", or tune a copy made by '
                f"unfunnel.reparameterize(model).{nearest(name, found)}",
            )
    return [found[name] for name in chosen]


def informed_model(
    model: Any, blocks: str | Sequence[str]
) -> tuple[Any, list[Block], dict[str, str]]:
    """Return the model with the blocks that are asked for, these, and which were left untouched.

    It is a copy if some of them are not in place yet.
    """
    if blocks == "auto":
        return model, select_blocks(model, blocks), {}
    present = {block.name for block in auto_blocks(model)}
    if blocks == "all":
        found = find_hierarchies(model)
        complete = present and found.links.keys() <= present
        informed = model if complete else reparameterize(model)
        return informed, select_blocks(informed, "auto"), found.untouched
    missing = [name for name in names_of(blocks) if name not in present]
    informed = reparameterize(model, missing) if missing else model
    return informed, select_blocks(informed, blocks), {}
