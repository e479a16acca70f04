"""How upstream learns of our priors; see ``tests/integration/test_revive.py``, too."""

from __future__ import annotations

import subprocess
import sys

import pytest
import xarray as xr
from pymc_extras.deserialize import deserialize
from xarray.backends.plugins import build_engines

from unfunnel import LogNormalExp
from unfunnel.errors import DecodeError
from unfunnel.files.xarray_engine import ReviveOnLoad


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


HEAVY = {"pymc", "pymc_extras", "pytensor", "numpy", "xarray", "yaml", "preliz", "nutpie"}


@pytest.mark.parametrize(
    ("first", "module", "heavy"),
    [("sys", "unfunnel", HEAVY), ("xarray", "unfunnel.files.xarray_engine", HEAVY - {"numpy"})],
)
def test_importing_it_imports_little(first, module, heavy):
    code = f"import sys, {first}; before = set(sys.modules); import {module}; "
    code += f"print(sorted({heavy} & (set(sys.modules) - before)))"
    assert run(code) == "[]"


def test_what_is_wrong_with_ours_is_said():
    with pytest.raises(Exception, match="LogNormalExp") as caught:
        deserialize({"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 1}, "centred": True})
    assert isinstance(caught.value.__cause__, DecodeError)


def test_a_class_of_ones_own_revives_as_itself():
    class Effect(LogNormalExp):
        """A prior with another name."""

    data = Effect(1, 2, dims="geo").to_dict()
    assert type(Effect.from_dict(data)) is Effect
    assert Effect.from_dict(data) == Effect(1, 2, dims="geo")
    assert type(LogNormalExp.from_dict(data)) is LogNormalExp


class EntryPoint:
    """That of the engine, as xarray sees it."""

    name, value = "unfunnel", "unfunnel.files.xarray_engine:ReviveOnLoad"

    def load(self):
        return ReviveOnLoad


def test_xarray_takes_it_for_an_engine_that_opens_nothing(tmp_path):
    engines = build_engines([EntryPoint()])
    assert type(engines["unfunnel"]) is ReviveOnLoad
    path = tmp_path / "some.nc"
    xr.Dataset({"x": 1.0}).to_netcdf(path)
    assert not engines["unfunnel"].guess_can_open(path)
    with pytest.raises(NotImplementedError, match="opens no files"):
        xr.open_dataset(path, engine=ReviveOnLoad)
