"""Fixtures and profiles that every test shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytensor
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")


@pytest.fixture
def fast_compile() -> Iterator[None]:
    """Compile in a moment and evaluate in Python: for tests that evaluate a model a few times.

    A test file asks for it with ``pytestmark = pytest.mark.usefixtures("fast_compile")``. It is of
    no use where something is sampled.
    """
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        yield
