"""Compiling takes seconds and sampling a moment: a model that is sampled again is not compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import nutpie
import pytest

_COMPILED: dict[int, tuple[Any, Any]] = {}


@pytest.fixture(scope="package", autouse=True)
def compile_once() -> Iterator[None]:
    """Keep what nutpie compiled, by model; models are kept too, so that no id is used twice."""
    original = nutpie.compile_pymc_model

    def compiled(model: Any, **options: Any) -> Any:
        if options:
            return original(model, **options)
        if id(model) not in _COMPILED:
            _COMPILED[id(model)] = (model, original(model))
        return _COMPILED[id(model)][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nutpie, "compile_pymc_model", compiled)
        yield
    _COMPILED.clear()


@pytest.fixture
def forget_compiled() -> Callable[[], None]:
    """Return a function after which every model is compiled anew."""
    return _COMPILED.clear
