"""The engine that opens nothing: xarray knows it, and goes on as without it."""

from __future__ import annotations

import subprocess
import sys

import pytest
import xarray as xr
from xarray.backends.plugins import build_engines, detect_parameters

from unfunnel.files.xarray_engine import ReviveOnLoad


class Point:
    """An entry point of this engine, as xarray sees it."""

    name, value = "unfunnel", "unfunnel.files.xarray_engine:ReviveOnLoad"

    def load(self):
        return ReviveOnLoad


def test_xarray_takes_it_for_an_engine(tmp_path):
    engines = build_engines([Point()])
    assert type(engines["unfunnel"]) is ReviveOnLoad
    assert detect_parameters(ReviveOnLoad.open_dataset) == ("filename_or_obj", "drop_variables")
    path = tmp_path / "some.nc"
    xr.Dataset({"x": 1.0}).to_netcdf(path)
    assert not engines["unfunnel"].guess_can_open(path)
    with pytest.raises(NotImplementedError, match="opens no files"):
        xr.open_dataset(path, engine=ReviveOnLoad)


def test_importing_it_imports_little():
    code = """
import sys, xarray.backends
before = set(sys.modules)
import unfunnel.files.xarray_engine
print(sorted({name.split(".")[0] for name in set(sys.modules) - before} - {"unfunnel"}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pymc", "pytensor", "pymc_extras", "yaml", "pydantic"} & set(eval(done.stdout))
