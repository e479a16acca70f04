"""How a prior is shown: as the call that makes it, and as a card in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from pytensor.graph.basic import Variable
from xarray import DataArray

from unfunnel.errors import described
from unfunnel.parameterization.choices import is_auto


def text(prior: Any) -> str:
    """Return a call like ``LogNormalExp(mu=1.5, sigma=0.5, dims="geo")``, the same every time."""
    stated = {**prior.parameters, **prior.bounds}
    parts = [f"{key}={value_text(value)}" for key, value in stated.items()]
    if prior.dims is not None:
        parts.append(f"dims={dims_text(prior.dims)}")
    if prior.centering is not True:
        parts.append(f"centered={value_text(prior.centering)}")
    if prior.transform is not None:
        parts.append(f'transform="{prior.transform}"')
    parts += [f"{key}={value_text(value)}" for key, value in prior.structure_options.items()]
    return f"{type(prior).__name__}({', '.join(parts)})"


def value_text(value: Any) -> str:
    """Return a short, deterministic text for a parameter."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return dims_text(value)
    if isinstance(value, DataArray):
        sizes = ", ".join(f"{dim}: {size}" for dim, size in value.sizes.items())
        return f"DataArray({_numbers(value.values)}, {{{sizes}}})"
    if isinstance(value, np.ndarray):
        return f"array({_numbers(value)})"
    if isinstance(value, Variable):
        return f"<variable {value.name or 'without a name'}>"
    if hasattr(value, "create_variable"):
        return described(value)
    return str(value)


def html(prior: Any) -> str:
    """Return the card: what is stated, over which dims, and what is sampled."""
    rows = {
        **{
            f"{key} ({prior.family.parameter(key).meaning})": value_text(value)
            for key, value in prior.parameters.items()
        },
        **{key: value_text(value) for key, value in prior.bounds.items()},
        "dims": dims_text(prior.dims) if prior.dims is not None else "none",
        "sampled": centering_text(prior.centering),
        **({"transform": prior.transform} if prior.transform is not None else {}),
        **{key: value_text(value) for key, value in prior.structure_options.items()},
    }
    cells = "".join(
        f"<tr><th style='text-align:left'>{escape(key)}</th>"
        f"<td style='text-align:left'><code>{escape(value)}</code></td></tr>"
        for key, value in rows.items()
    )
    return f"<table><caption><b>{escape(type(prior).__name__)}</b></caption>{cells}</table>"


def centering_text(centering: Any) -> str:
    """Return in which coordinate a prior is sampled, in words."""
    if isinstance(centering, bool):
        return "centered" if centering else "non-centered"
    if is_auto(centering):
        return '"auto": non-centered until unfunnel.tune or unfunnel.sample'
    return value_text(centering)


def dims_text(dims: Sequence[str]) -> str:
    """Return dims as they are written in a call: ``"geo"`` or ``("geo", "channel")``."""
    quoted = [f'"{dim}"' for dim in dims]
    return quoted[0] if len(quoted) == 1 else f"({', '.join(quoted)})"


def _numbers(values: np.ndarray) -> str:
    flat = np.array2string(values, threshold=8, precision=6, separator=", ")
    return " ".join(flat.split())
