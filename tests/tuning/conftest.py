"""Compiling takes seconds and sampling a moment: a model that is sampled again is not compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nutpie
import pytest
from models import mixed


@pytest.fixture(scope="package", autouse=True)
def compile_once() -> Iterator[None]:
    """Keep what nutpie compiled, by model; models are kept too, so that no id is used twice."""
    original, kept = nutpie.compile_pymc_model, {}

    def compiled(model: Any, **options: Any) -> Any:
        if options:
            return original(model, **options)
        if id(model) not in kept:
            kept[id(model)] = (model, original(model))
        return kept[id(model)][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nutpie, "compile_pymc_model", compiled)
        yield


@pytest.fixture(scope="package")
def model() -> Any:
    """Return a model of groups with much data and groups with little, which nobody tunes."""
    return mixed()


@pytest.fixture
def nutpie_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Return what nutpie is asked to sample from now on, and with which options."""
    original, calls = nutpie.sample, []

    def sample(compiled: Any, **options: Any) -> Any:
        calls.append((compiled, options))
        return original(compiled, **options | {"progress_bar": False})

    monkeypatch.setattr(nutpie, "sample", sample)
    return calls


@pytest.fixture
def failing_nutpie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the short runs of a pilot fail, which store gradients; no other run does that."""
    original = nutpie.sample

    def sample(compiled: Any, **options: Any) -> Any:
        if options.get("store_gradient"):
            raise RuntimeError("all initialization\n\npoints failed\n\nStack backtrace:\n 0: main")
        return original(compiled, **options)

    monkeypatch.setattr(nutpie, "sample", sample)
