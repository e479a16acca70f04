"""The page on files of priors: its files load, its mistakes are those it shows, its code runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

import unfunnel
from unfunnel import ConfigError

PAGE = (Path(__file__).parents[1] / "docs" / "config.md").read_text(encoding="utf-8")
FILE, BROKEN = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
MESSAGE = re.search(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)[1]
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
FITTING = 2


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "priors.yaml").write_text(FILE)
    return tmp_path


def test_the_mistakes_are_those_that_are_shown(folder):
    (folder / "priors.yaml").write_text(BROKEN)
    with pytest.raises(ConfigError) as caught:
        unfunnel.load("priors.yaml")
    assert str(caught.value) == MESSAGE.strip()


def test_the_file_is_read_by_others_as_it_is_here():
    assert unfunnel.loads(json.dumps(yaml.safe_load(FILE))) == unfunnel.loads(FILE, "yaml")


def run(blocks):
    namespace = {}
    for number, block in blocks:
        exec(compile(block, f"config.md, block {number}", "exec"), namespace)
    return namespace


def test_the_code_runs_but_for_the_fit(folder, capsys):
    pytest.importorskip("pymc_marketing")
    namespace = run((n, block) for n, block in enumerate(BLOCKS) if n != FITTING)
    model = namespace["mmm"].model
    assert {"saturation_beta", "adstock_alpha"} <= {rv.name for rv in model.free_RVs}
    assert "beta:\n  dist: LogNormalExp" in capsys.readouterr().out


@pytest.mark.slow
def test_the_code_runs(folder):
    namespace = run(enumerate(BLOCKS))
    from pymc_marketing.mmm import MMM

    assert MMM.load("mmm.nc").id == namespace["mmm"].id
