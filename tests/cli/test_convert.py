"""``unfunnel convert``: a diff, and the file only when asked."""

import pytest
from typer.testing import CliRunner

from unfunnel import LaplaceIdentity, LogNormalExp, load
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
old:
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


def test_a_diff_is_shown_and_nothing_written(path):
    result = run(path)
    assert result.exit_code == 0
    assert path.read_text(encoding="utf-8") == PEERS
    lines = result.stdout.splitlines()
    assert lines[:2] == [f"--- {path}", f"+++ {path}"]
    assert [line for line in lines[3:] if line[0] in "+-"] == [
        "-  special_prior: LogNormalPrior",
        "-  kwargs: {mean: 2.0, std: 1.0}",
        "+  dist: LogNormalExp",
        "+  kwargs: {mu: 2.0, sigma: 1.0}",
        "-gamma: {special_prior: LaplacePrior, mu: 0, b: 0.5, dims: control}",
        "+gamma: {distribution: LaplaceIdentity, mu: 0, sigma: 0.7071067811865476, dims: control}",
    ]
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{path}:2: beta: LogNormalPrior is now LogNormalExp")
    assert second.startswith(f"{path}:6: gamma: LaplacePrior is now LaplaceIdentity")


def test_written_files_load_and_have_nothing_left_to_convert(path):
    assert run(path, "--write").exit_code == 0
    assert path.read_text(encoding="utf-8").startswith("# old\nbeta:  # agreed in May\n  dist:")
    priors = load(path)
    assert priors["beta"] == LogNormalExp(2.0, 1.0, dims="geo")
    assert type(priors["gamma"]) is LaplaceIdentity
    again = run(path, "--check")
    assert (again.exit_code, again.output) == (0, "")


def test_check(path):
    assert run(path, "--check").exit_code == 1
    assert path.read_text(encoding="utf-8") == PEERS


def test_line_ends_are_kept(path):
    path.write_bytes(PEERS.replace("\n", "\r\n").encode())
    assert run(path, "--write").exit_code == 0
    content = path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == len(PEERS.splitlines())


def test_json(tmp_path):
    path = tmp_path / "priors.json"
    path.write_text('{"b": {"special_prior": "LogNormalPrior", "mean": 2.0, "std": 1.0}}')
    result = run(path, "--write")
    assert result.exit_code == 0
    assert result.stdout.count("\\ No newline at end of file") == 2
    assert path.read_text() == '{"b": {"distribution": "LogNormalExp", "mu": 2.0, "sigma": 1.0}}'


def test_a_hierarchy_is_refused_with_a_suggestion(path):
    path.write_text(HIERARCHY, encoding="utf-8")
    result = run(path, "--write")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert path.read_text(encoding="utf-8") == HIERARCHY
    assert f"{path}:1: not converted: old: " in result.stderr
    assert "one element has an infinite mean" in result.stderr
    assert "    old:\n      dist: LogNormalExp\n" in result.stderr


def test_problems_of_what_was_converted_are_told(path):
    path.write_text(PEERS.replace("dims: [geo]", "dims: [geo, geo]"), encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "+  dist: LogNormalExp" in result.stdout
    assert "beta.dims" in result.stderr


@pytest.mark.parametrize("text", ["a: [1", "a: 1\na: 2"])
def test_files_that_cannot_be_read(path, text):
    path.write_text(text, encoding="utf-8")
    result = run(path, "--write")
    assert result.exit_code == 1
    assert str(path) in result.stderr
    assert path.read_text(encoding="utf-8") == text


def test_several_files(path, tmp_path):
    clean = tmp_path / "clean.yaml"
    clean.write_text("a: {dist: HalfNormal}\n")
    result = run(clean, path, "--check")
    assert result.exit_code == 1
    assert "clean" not in result.output
