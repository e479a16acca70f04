"""How many files one has to read to follow a call: those with a Python frame while it runs.

Each call is the first of a process that has imported the library. Not on the path are modules that
are imported on the way, with what they run meanwhile; and what PyTensor and nutpie call back while
they make and compile a graph, such as densities and gradients.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: At most so many files. Wanted: 12, 16, 16 and 14. What `sample` does grew: where chains start,
#: the choice of forms, locations, the verdict and a second run are files of it.
MOST = {"load": 16, "create_variable": 15, "create_variable-auto": 16, "sample": 32}

COUNTING = """
import json, os, sys, warnings
import nutpie
import pymc as pm
from pymc_extras.prior import Prior
import unfunnel

ROOT = os.path.dirname(unfunnel.__file__) + os.sep
COMPILERS = os.sep + "pytensor" + os.sep, os.sep + "nutpie" + os.sep
MONITORING = sys.monitoring
STARTS = MONITORING.events.PY_START
files = set()

def started(code, offset):
    name = code.co_filename
    if name.startswith(ROOT) and name not in files:
        if not on_the_path():
            return None
        files.add(name)
    return MONITORING.DISABLE

def on_the_path():
    frame = sys._getframe(2)
    while frame is not None and frame.f_code is not files_of.__code__:
        name = frame.f_code.co_filename
        if frame.f_code.co_name == "<module>" or any(part in name for part in COMPILERS):
            return False
        frame = frame.f_back
    return frame is not None

def files_of(call):
    MONITORING.use_tool_id(MONITORING.PROFILER_ID, "paths")
    MONITORING.register_callback(MONITORING.PROFILER_ID, STARTS, started)
    MONITORING.set_events(MONITORING.PROFILER_ID, STARTS)
    call()
    MONITORING.set_events(MONITORING.PROFILER_ID, 0)
    return sorted(name.removeprefix(ROOT) for name in files)

TEXT = '''
effect:
  dist: LogNormalExp
  kwargs:
    mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
    sigma: {dist: Exponential, kwargs: {scale: 0.5}}
  dims: geo
  centered: auto
noise: {dist: HalfNormal, kwargs: {sigma: 1.0}}
'''

def load():
    return files_of(lambda: unfunnel.loads(TEXT, format="yaml"))

def prior(centered):
    mu, sigma = Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5)
    return unfunnel.LogNormalExp(mu, sigma, dims="group", centered=centered)

def create(centered):
    made = prior(centered)
    with pm.Model(coords={"group": range(5)}):
        return files_of(lambda: made.create_variable("effect"))

def sample():
    with pm.Model(coords={"group": range(5)}) as model:
        effect = prior("auto").create_variable("effect")
        pm.Normal("y", effect, 1.0, observed=[1.0, 2.0, 1.5, 3.0, 2.0])
    options = {"draws": 20, "tune": 40, "chains": 2, "seed": 1, "progress_bar": False}
    return files_of(lambda: unfunnel.sample(model, **options))

CALLS = {
    "load": load,
    "create_variable": lambda: create(False),
    "create_variable-auto": lambda: create("auto"),
    "sample": sample,
}
warnings.simplefilter("ignore")
for name, call in CALLS.items():
    child = os.fork()
    if not child:
        with open(os.path.join(sys.argv[1], name), "w") as file:
            json.dump(call(), file)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> Path:
    """Count in one process, which is forked for each call: importing PyMC takes the longest."""
    folder = tmp_path_factory.mktemp("paths")
    subprocess.run([sys.executable, "-c", COUNTING, folder], check=True)
    return folder


@pytest.mark.parametrize("call", MOST)
def test_a_call_runs_through_few_files(paths, call):
    files = json.loads((paths / call).read_text())
    assert 0 < len(files) <= MOST[call], files
