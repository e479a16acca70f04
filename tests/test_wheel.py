"""A wheel installs in an environment of its own, and reads a file of priors there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCRIPT = """
import sys, unfunnel
assert "site-packages" in unfunnel.__file__, unfunnel.__file__
assert not {"pymc", "pytensor"} & set(sys.modules)
priors = unfunnel.load("priors.yaml")
print(priors["effect"].dims, priors["effect"].centering)
"""

PRIORS = """
effect:
  dist: LogNormalExp
  kwargs:
    mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
    sigma: {dist: Exponential, kwargs: {scale: 0.5}}
  dims: geo
  centered: auto
"""


@pytest.mark.slow  # needs a package index
@pytest.mark.skipif(shutil.which("uv", path=Path(sys.executable).parent) is None, reason="no uv")
def test_a_wheel_installs_and_loads(tmp_path):
    environment = os.environ | {"UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("PYTHONPATH", None)

    def run(*command):
        out = subprocess.run(
            [str(part) for part in command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert out.returncode == 0, out.stderr
        return out.stdout

    uv = Path(sys.executable).with_name("uv")
    run(uv, "build", "-q", "--wheel", "--out-dir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("unfunnel-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"unfunnel"}
    run(uv, "venv", "-q", "clean")
    python = tmp_path / "clean" / "bin" / "python"
    run(uv, "pip", "install", "-q", "--python", python, "-c", ROOT / "constraints.txt", wheel)
    (tmp_path / "priors.yaml").write_text(PRIORS, encoding="utf-8")
    assert run(python, "-c", SCRIPT).split() == ["('geo',)", "auto"]
