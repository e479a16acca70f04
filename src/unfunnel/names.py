"""How the variables of a prior are called, in one place.

Everything that reads a trace (diagnostics, tuning, plots) imports these functions instead of
guessing.
"""

from __future__ import annotations


def child(name: str, parameter: str) -> str:
    """Name of the variable that a hyperprior creates: ``beta_mu`` for ``mu`` of ``beta``."""
    return f"{name}_{parameter}"


def member(name: str, label: object) -> str:
    """Name of the variable of one label: ``beta:tv``.

    A slash, which no trace can hold in a name, becomes a bar.
    """
    return f"{name}:{label}".replace("/", "|")


def raw(name: str) -> str:
    """Name of the variable before ``transform=``; the stated moments are those of this one."""
    return f"{name}_raw"


def offset(name: str, link: str) -> str:
    """Name of the standardized variable of the textbook form: ``beta_log_offset``."""
    return f"{name}_offset" if link == "identity" else f"{name}_{link}_offset"
