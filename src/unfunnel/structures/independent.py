"""Elements that are independent given location and scale: the structure of an ordinary prior.

Elements and coordinates are the same, each is drawn by itself, and a pilot learns two numbers of
each: its information and its weighted location.
"""

from __future__ import annotations

from dataclasses import dataclass

from unfunnel.structures.base import Structure


@dataclass(frozen=True)
class Independent(Structure):
    """What :class:`Structure` says by itself."""


INDEPENDENT = Independent()
