"""Plain tensors and ``pymc.dims`` variables: the one place that tells them apart."""

from __future__ import annotations

from unfunnel.prior.backends.base import Aligned, Backend, dim_lengths
from unfunnel.prior.backends.dims import DimsBackend
from unfunnel.prior.backends.tensor import TensorBackend

__all__ = ["BACKENDS", "Aligned", "Backend", "backend_for", "dim_lengths"]

BACKENDS: dict[bool, Backend] = {False: TensorBackend(), True: DimsBackend()}


def backend_for(xdist: bool) -> Backend:
    """Return the backend that ``create_variable(xdist=...)`` asks for."""
    return BACKENDS[bool(xdist)]
