"""What needs no PyMC loads none: ``--help``, ``schema`` and ``validate``."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from unfunnel import schema
from unfunnel.cli import app

HEAVY = {"pymc", "pytensor", "pymc_extras", "xarray", "scipy", "pandas", "rich", "matplotlib"}

GOOD = """\
unfunnel: 1
priors:
  beta:
    dist: LogNormalExp
    kwargs:
      mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
      sigma: 1.0
    dims: [geo]
"""
BAD = GOOD.replace("sigma: 1.0", 'sigma: "1.0"').replace("dims", "dim")


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def file(tmp_path):
    def write(text, name="priors.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_nothing_heavy_is_loaded(file):
    good, bad = file(GOOD), file(BAD, "bad.yaml")
    code = (
        "import sys\n"
        "from unfunnel.cli import app\n"
        f"for each in (['--help'], ['schema'], ['validate', {str(good)!r}, {str(bad)!r}]):\n"
        "    app(each, standalone_mode=False)\n"
        f"    print(each[0], sorted({HEAVY} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = [line for line in out.stdout.splitlines() if line.endswith("[]")]
    assert loaded == ["--help []", "schema []", "validate []"]


def test_who_closes_the_pipe_does_not_change_the_verdict(file):
    for text, code in ((GOOD, 0), (BAD, 1)):
        command = [sys.executable, "-m", "unfunnel.cli", "validate", str(file(text))]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait() == code


def test_every_command_has_help():
    listed = run("--help").stdout
    for command in ("validate", "describe", "sample-prior", "convert", "schema"):
        assert command in listed
        result = run(command, "--help")
        assert result.exit_code == 0
        assert "\x1b" not in result.output


def test_schema():
    result = run("schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == schema()


def test_valid_files(file):
    first, second = file(GOOD), file('{"a": 1, "b": {"dist": "HalfNormal"}}', "b.json")
    result = run("validate", first, second)
    assert result.exit_code == 0
    assert result.stdout == f"{first}: valid, 1 prior\n{second}: valid, 2 priors\n"
    assert result.stderr == ""


def test_every_problem_is_a_line_with_file_and_line(file):
    path, good = file(BAD), file(GOOD, "good.yaml")
    result = run("validate", path, good)
    assert result.exit_code == 1
    first, second, third = result.stdout.splitlines()
    assert first.startswith(f"{path}:7: beta.kwargs.sigma: expected ")
    assert "the string '1.0'" in first
    assert second.startswith(f"{path}:8: beta.dim: expected ")
    assert second.endswith("Did you mean 'dims'?")
    assert third == f"{good}: valid, 1 prior"
    assert result.stderr == "1 of 2 files are not valid.\n"


def test_json_for_tools(file):
    path = file(BAD)
    result = run("validate", path, file(GOOD, "good.yaml"), "--format", "json")
    assert result.exit_code == 1
    bad, good = json.loads(result.stdout)
    assert (bad["file"], bad["valid"], good["valid"]) == (str(path), False, True)
    assert good["priors"] == ["beta"] and good["problems"] == []
    assert [each["where"] for each in bad["problems"]] == ["beta.kwargs.sigma", "beta.dim"]
    problem = bad["problems"][0]
    assert problem["path"] == ["beta", "kwargs", "sigma"]
    assert problem["line"] == 7
    assert problem["message"].startswith("beta.kwargs.sigma: expected ")
    assert problem.keys() == {"path", "where", "line", "given", "expected", "remedy", "message"}


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("a: [1", "x.yaml", "x.yaml:2: expected YAML"),
        ("", "x.json", "x.json"),
        ("a: 1", "x.toml", "a file name that ends in '.json'"),
        ("- 1", "x.yaml", "x.yaml:1: expected a mapping from names to priors"),
        ("unfunnel: 7\npriors: {}", "x.yaml", "unfunnel"),
    ],
)
def test_files_that_are_no_files_of_priors(file, text, name, said):
    result = run("validate", file(text, name))
    assert result.exit_code == 1
    assert said in result.stdout
    assert len(result.stdout.splitlines()) == 1


def test_a_file_that_is_not_there_does_not_hide_the_others(file, tmp_path):
    result = run("validate", tmp_path / "no.yaml", file(GOOD))
    assert result.exit_code == 1
    assert "no.yaml: expected a file that can be read" in result.stdout
    assert "valid, 1 prior" in result.stdout


def test_wrong_commands():
    assert run("validate").exit_code == 2
    assert run("validate", "x.yaml", "--format", "xml").exit_code == 2
