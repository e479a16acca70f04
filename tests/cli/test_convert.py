"""``unfunnel convert``: the new text on standard output, notes beside it, the file as it was."""

import json

import pytest
from typer.testing import CliRunner

from unfunnel import LaplaceIdentity, LogNormalExp, loads
from unfunnel.cli import app

PEERS = """\
# old
beta:  # agreed in May
  special_prior: LogNormalPrior
  kwargs: {mean: 2.0, std: 1.0}
  dims: [geo]
gamma: {special_prior: LaplacePrior, mu: 0, b: 0.5, dims: control}
"""
HIERARCHY = """\
old:  # of last year
  dist: Normal
  kwargs:
    mu: 0
    sigma: {dist: HalfNormal, kwargs: {sigma: 2}}
  transform: exp
"""


def run(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments)])


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "priors.yaml"
    path.write_text(PEERS, encoding="utf-8")
    return path


def test_the_new_text_is_printed_and_the_file_left(path):
    result = run(path)
    assert result.exit_code == 0
    assert path.read_text(encoding="utf-8") == PEERS
    priors = loads(result.stdout, "yaml")
    assert priors["beta"] == LogNormalExp(2.0, 1.0, dims="geo")
    assert type(priors["gamma"]) is LaplaceIdentity
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{path}:2: beta: LogNormalPrior is now LogNormalExp")
    assert second.startswith(f"{path}:6: gamma: LaplacePrior is now LaplaceIdentity")
    path.write_text(result.stdout, encoding="utf-8")
    again = run(path, "--check")
    assert (again.exit_code, again.output) == (0, "")
    assert run(path).stdout == result.stdout


def test_check_prints_notes_only(path, tmp_path):
    clean = tmp_path / "clean.yaml"
    clean.write_text("a: {dist: HalfNormal}\n")
    assert run(clean, path).exit_code == 2  # two texts in one are none
    result = run(clean, path, "--check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "clean" not in result.stderr


def test_a_whole_file_in_json_keeps_its_version(tmp_path):
    path = tmp_path / "priors.json"
    beta = {"special_prior": "LogNormalPrior", "mean": 2.0, "std": 1.0}
    path.write_text(json.dumps({"unfunnel": 1, "priors": {"beta": beta}}))
    converted = json.loads(run(path).stdout)
    assert list(converted) == ["$schema", "unfunnel", "priors"]
    assert converted["priors"]["beta"] == {
        "distribution": "LogNormalExp", "mu": 2.0, "sigma": 1.0
    }  # fmt: skip


def test_what_cannot_be_converted_is_told_and_stays(path):
    path.write_text(HIERARCHY, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert result.stdout == HIERARCHY
    assert f"{path}:1: not converted: old: " in result.stderr


def test_problems_of_what_was_converted_are_told(path):
    path.write_text(PEERS.replace("dims: [geo]", "dims: [geo, geo]"), encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "dist: LogNormalExp" in result.stdout
    assert "converted: line 4: beta.dims" in result.stderr


@pytest.mark.parametrize("text", ["a: [1", "a: 1\na: 2"])
def test_files_that_cannot_be_read(path, text):
    path.write_text(text, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert str(path) in result.stderr
