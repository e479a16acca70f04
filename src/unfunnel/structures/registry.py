"""The structures, by the option of a prior that asks for each.

To add one, write its file (see :mod:`unfunnel.structures.base`) and give it a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unfunnel.structures.base import Structure
from unfunnel.structures.independent import INDEPENDENT
from unfunnel.structures.zero_sum import ZeroSumDeviations

#: For each option of a prior that asks for a structure, what makes it: a function of the value of
#: the option, the dims of the prior (or None), what returns their lengths, and the variable's name.
STRUCTURES: dict[str, Callable[[Any, Any, Callable[[], dict[str, int]], str], Structure]] = {
    "zero_sum": ZeroSumDeviations.asked_for,
}


def structure_of(prior: Any, lengths: Callable[[], dict[str, int]], name: str) -> Structure:
    """Return the structure that the options of a prior ask for."""
    for option, make in STRUCTURES.items():
        asked = getattr(prior, option, None)
        if asked is not None:
            return make(asked, prior.dims, lengths, name)
    return INDEPENDENT
