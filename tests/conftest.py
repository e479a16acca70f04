"""Fixtures and profiles that every test shares, and the option ``--shift``."""

from __future__ import annotations

import gc
import inspect
import os
from collections.abc import Iterator
from functools import wraps
from importlib import import_module
from typing import Any

import numpy as np
import pytensor
import pytest
from hypothesis import HealthCheck, settings
from pytensor.compile.mode import Mode
from pytensor.link.vm import VMLinker

settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")

#: What draws at random: MCMC, predictions, and single draws.
SAMPLERS = {
    "nutpie": ("sample",),
    "pymc": ("sample", "sample_prior_predictive", "sample_posterior_predictive", "draw", "fit"),
    "pymc_extras": ("fit_pathfinder",),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shift",
        type=int,
        default=0,
        metavar="N",
        help="Add N to every seed that a sampler is given: no test may hang on one trajectory.",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Wrap the samplers before any test imports them."""
    if shift := session.config.getoption("--shift"):
        for module, names in SAMPLERS.items():
            for name in names:
                setattr(import_module(module), name, shifted(module, name, shift))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage seldom, and only among what tests make: it took 1/8 of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


def shifted(module: str, name: str, shift: int) -> Any:
    """Return a sampler that adds ``shift`` to its seed, or to each of its seeds."""
    sampler = getattr(import_module(module), name)
    signature = inspect.signature(sampler)
    (seed,) = signature.parameters.keys() & {"seed", "random_seed"}

    @wraps(sampler)
    def sample(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind_partial(*args, **kwargs)
        value = given.arguments.get(seed)
        if isinstance(value, int | np.integer):
            given.arguments[seed] = int(value) + shift
        elif isinstance(value, list | tuple | np.ndarray):
            given.arguments[seed] = [int(x) + shift for x in value]
        return sampler(*given.args, **given.kwargs)

    return sample


#: Rewrites a graph as little as can be and evaluates it in Python: less than half of the work of
#: FAST_COMPILE, which does no more for a graph that is evaluated a few times.
AS_WRITTEN = Mode(VMLinker(use_cloop=False, c_thunks=False), "minimum_compile")

# Where in a test a variable was made is of no use here, and takes a third of the time to make it.
pytensor.config.traceback__limit = 0


@pytest.fixture(scope="session", autouse=True)
def kept_bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let processes that tests start share bytecode where Python is told to write none.

    Else each of them compiles PyMC anew, which is more than half of the time to import it.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        if "PYTHONDONTWRITEBYTECODE" in os.environ:
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
        yield


@pytest.fixture
def fast_compile() -> Iterator[None]:
    """Compile in a moment and evaluate in Python: for tests that evaluate a model a few times.

    A test file asks for it with ``pytestmark = pytest.mark.usefixtures("fast_compile")``. It is of
    no use where something is sampled.
    """
    with pytensor.config.change_flags(mode=AS_WRITTEN, cxx=""):
        yield
