"""How many files one has to read to follow a call: those with a Python frame while it runs.

Counted in the first call of a new process. Not on the path are modules that are imported on the
way, with what they run meanwhile; and what PyTensor calls back while it rewrites and compiles a
graph, such as densities and gradients.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

COUNTING = """
import json, os, sys
import unfunnel

ROOT = os.path.dirname(unfunnel.__file__) + os.sep
COMPILERS = os.sep + "pytensor" + os.sep, os.sep + "nutpie" + os.sep
files, elsewhere = set(), 0

def profile(frame, event, _):
    global elsewhere
    code = frame.f_code
    if code.co_name == "<module>" or any(part in code.co_filename for part in COMPILERS):
        elsewhere += {"call": 1, "return": -1}.get(event, 0)
    elif event == "call" and not elsewhere and code.co_filename.startswith(ROOT):
        files.add(code.co_filename.removeprefix(ROOT))

def counted(call):
    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    print(json.dumps(sorted(files)))
"""

PRIOR = """
import pymc as pm
from pymc_extras.prior import Prior
mu, sigma = Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5)
prior = unfunnel.LogNormalExp(mu, sigma, dims="group", centered=CENTERED)
model = pm.Model(coords={"group": range(5)})
"""

LOAD = """
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
counted(lambda: unfunnel.loads(TEXT, format="yaml"))
"""

CREATE = """
with model:
    counted(lambda: prior.create_variable("effect"))
"""

SAMPLE = """
import warnings
with model:
    pm.Normal("y", prior.create_variable("effect"), 1.0, observed=[1.0, 2.0, 1.5, 3.0, 2.0])
warnings.simplefilter("ignore")
counted(lambda: unfunnel.sample(model, draws=20, tune=40, chains=2, seed=1, progress_bar=False))
"""


@pytest.mark.skip(reason="until the packages stand")
@pytest.mark.parametrize(
    ("code", "most"),
    [
        pytest.param(LOAD, 12, id="load"),
        pytest.param(PRIOR.replace("CENTERED", "False") + CREATE, 16, id="create_variable"),
        pytest.param(PRIOR.replace("CENTERED", "'auto'") + CREATE, 16, id="create_variable-auto"),
        pytest.param(PRIOR.replace("CENTERED", "'auto'") + SAMPLE, 14, id="sample"),
    ],
)
def test_a_call_runs_through_few_files(code, most):
    command = [sys.executable, "-c", COUNTING + code]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    files = json.loads(out.splitlines()[-1])
    print(len(files), files)
    assert len(files) <= most
