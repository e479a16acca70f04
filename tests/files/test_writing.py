"""Texts that a reviewer reads, and that every reader of JSON and YAML reads alike."""

from __future__ import annotations

import difflib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc_extras.prior import Prior
from strategies_of_priors import WORDS
from test_reading import plain, texts
from xarray import DataArray

import unfunnel
from unfunnel import LogNormalExp
from unfunnel.files.read import read_text
from unfunnel.files.write import to_json, to_yaml

AS_JSON = """\
{
  "$schema": "https://unfunnel.readthedocs.io/en/stable/_static/unfunnel-1.schema.json",
  "unfunnel": 1,
  "priors": {
    "beta": {
      "dist": "LogNormalExp",
      "kwargs": {
        "mu": {
          "dist": "Gamma",
          "kwargs": {"mu": 1.5, "sigma": 0.5}
        },
        "sigma": {
          "class": "DataArray",
          "data": [
            [0.5, 1.5],
            [2.5, 1e-05]
          ],
          "dims": ["geo", "channel"],
          "coords": {"geo": ["no", "at"]}
        }
      },
      "centered": false,
      "dims": ["geo", "channel"]
    },
    "alpha": [0.1, 0.2, 3.0]
  }
}
"""

AS_YAML = """\
# yaml-language-server: $schema=https://unfunnel.readthedocs.io/en/stable/_static/unfunnel-1.schema.json
unfunnel: 1
priors:
  beta:
    dist: LogNormalExp
    kwargs:
      mu:
        dist: Gamma
        kwargs: {mu: 1.5, sigma: 0.5}
      sigma:
        class: DataArray
        data:
          - [0.5, 1.5]
          - [2.5, 1.0e-05]
        dims: [geo, channel]
        coords: {geo: ["no", at]}
    centered: false
    dims: [geo, channel]
  alpha: [0.1, 0.2, 3.0]
"""


def example(last=1e-5):
    sigma = DataArray(
        [[0.5, 1.5], [2.5, last]], dims=("geo", "channel"), coords={"geo": ["no", "at"]}
    )
    beta = LogNormalExp(
        Prior("Gamma", mu=1.5, sigma=0.5), sigma, dims=("geo", "channel"), centered=False
    )
    return {"beta": beta, "alpha": np.array([0.1, 0.2, 3.0])}


def test_the_layout():
    assert unfunnel.dumps(example()) == AS_JSON
    assert unfunnel.dumps(example(), "yaml") == AS_YAML


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_another_number_is_another_line(format):
    before, after = (unfunnel.dumps(example(x), format) for x in (1e-5, 123456.789))
    changed = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert len(changed) == 2


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_bare_is_the_mapping_alone(format):
    bare = unfunnel.dumps(example(), format, bare=True)
    data = json.loads(bare) if format == "json" else yaml.safe_load(bare)
    whole = unfunnel.dumps(example(), format)
    assert list(data) == ["beta", "alpha"]
    assert data == (json.loads(whole) if format == "json" else yaml.safe_load(whole))["priors"]
    assert "schema" not in bare


def identical(a, b):
    """Equal, and of the same types: 1 is not 1.0 and not True."""
    return repr(a) == repr(b)


@settings(max_examples=60)
@given(st.dictionaries(texts, plain, min_size=1))
def test_all_readers_read_what_was_written(data):
    text = to_yaml(data)
    document = read_text(text, "yaml")
    assert document.problems == () and identical(document.data, data), text
    assert identical(yaml.safe_load(text), data), text
    assert identical(json.loads(to_json(data)), data)
    assert identical(read_text(to_json(data)).data, data)


@pytest.mark.parametrize("word", WORDS)
def test_words_stay_texts(word):
    data = {"value": word, "list": [word, "x"], f"{word}key": 1, "in": {word: {"deeper": [word]}}}
    text = to_yaml(data)
    assert read_text(text, "yaml").problems == ()
    assert identical(read_text(text, "yaml").data, data)
    assert identical(yaml.safe_load(text), data)


NUMBERS = [
    *(0.1, 1 / 3, 0.1 + 0.2, 1e22, 1e16, 123456789012345680.0, 5e-324, 1.7976931348623157e308),
    *(-0.0, 1e-5, 1.0, 1, 0, -1, True, 2**53 + 1, 2**70, 1e300, 100000.0),
]


def test_numbers_to_the_last_bit():
    text = to_yaml({"x": NUMBERS})
    for again in (
        read_text(text, "yaml").data,
        yaml.safe_load(text),
        read_text(to_json({"x": NUMBERS})).data,
    ):
        assert identical(again["x"], NUMBERS)


# -- files are replaced whole, or not at all


OLD = {"beta": LogNormalExp(1, 2)}
NEW = {"beta": LogNormalExp(3, 4), "many": np.zeros(500)}


def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "priors.json"
    unfunnel.dump(OLD, path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            unfunnel.dump({"many": np.zeros(2000)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path) == ["priors.json"]
    assert unfunnel.load(path) == OLD


#: What ``dump`` does with its text; PyMC, which it needs to make the text, takes long to import.
KILLED = """
import os, signal, sys
from unfunnel.files.write import replace_file
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)
replace_file(sys.argv[1], "0.0, " * 2000)
"""


def test_a_killed_process_leaves_the_old_file(tmp_path):
    path = tmp_path / "priors.json"
    unfunnel.dump(OLD, path)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert unfunnel.load(path) == OLD


def test_readers_never_see_a_broken_file(tmp_path):
    path = tmp_path / "priors.json"
    unfunnel.dump(OLD, path)
    files = [OLD, NEW]
    texts = {unfunnel.dumps(each) for each in files}
    stop = threading.Event()

    def write(priors):
        while not stop.is_set():
            unfunnel.dump(priors, path)

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write, each) for each in files]
        seen = {path.read_text(encoding="utf-8") for _ in range(200)}
        stop.set()
        for writer in writers:
            writer.result()
    assert seen <= texts
    assert os.listdir(tmp_path) == ["priors.json"]


def test_permissions_and_links_are_kept(tmp_path):
    path, link, new = (tmp_path / name for name in ("real.json", "link.json", "new.json"))
    unfunnel.dump(OLD, path)
    path.chmod(0o640)
    link.symlink_to(path.name)
    unfunnel.dump(NEW, link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(unfunnel.load(path)) == ["beta", "many"]
    (tmp_path / "plain").write_text("")
    unfunnel.dump(OLD, new)  # with the permissions of any new file
    assert new.stat().st_mode == (tmp_path / "plain").stat().st_mode
    with pytest.raises(FileNotFoundError):
        unfunnel.dump(OLD, tmp_path / "nowhere" / "priors.json")
