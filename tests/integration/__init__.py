"""What consumers of priors rely on, and what these tests share."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}


def own_free_name(name: str, centering: Any) -> str:
    """Return the name of the free variable that a positive prior is sampled by."""
    return f"{name}_log_offset" if is_textbook(centering) else name


def assert_finite_logp(model: Any) -> None:
    assert np.isfinite(model.compile_logp()(model.initial_point()))
