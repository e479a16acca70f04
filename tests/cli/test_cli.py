"""The command line: help at once, one run, and messages instead of tracebacks."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from unfunnel.cli import app

QUICK = ["bench", "--quick", "--regime", "mixed", "--form", "centered"]
TINY = ["--draws", "30", "--tune", "60", "--chains", "2"]


def processor_seconds_of_children() -> float:
    """Which do not grow while something else runs, as seconds do."""
    times = os.times()
    return times.children_user + times.children_system


def test_help_imports_no_pymc():
    code = (
        "import sys\n"
        "from unfunnel.cli import app\n"
        "app(['--help'], standalone_mode=False)\n"
        "print(sorted({'pymc', 'pytensor', 'numpy', 'pandas'} & set(sys.modules)))"
    )
    begin = processor_seconds_of_children()
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert processor_seconds_of_children() - begin < 5  # about a third of a second
    assert "bench" in out.stdout
    assert out.stdout.strip().endswith("[]")


def test_options_are_listed():
    result = CliRunner().invoke(app, ["bench", "--help"])
    assert result.exit_code == 0
    for option in (
        "--quick",
        "--json",
        "--figure",
        "--records",
        "--first-data-seed",
        "noncentered-softplus",
    ):
        assert option in result.output


def test_bench_runs(tmp_path):
    files = {name: tmp_path / name for name in ("bench.json", "bench.png", "records.jsonl")}
    options = ["--json", files["bench.json"], "--figure", files["bench.png"]]
    arguments = [*QUICK, *TINY, *options, "--records", files["records.jsonl"]]
    result = CliRunner().invoke(app, [str(x) for x in arguments])
    assert result.exit_code == 0, result.output
    assert "ESS per" in result.output and "pymc-extras" in result.output
    content = json.loads(files["bench.json"].read_text(encoding="utf-8"))
    (record,) = content["records"]
    assert (record["form"], record["draws"]) == ("centered", 30)
    assert files["bench.png"].read_bytes().startswith(b"\x89PNG")
    assert len(files["records.jsonl"].read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unfunnel.TuningWarning")
def test_families_have_tables_and_figures_of_their_own(tmp_path):
    families = ["--family", "ProbitNormal", "--family", "NormalIdentity"]
    arguments = [*QUICK, *TINY, *families, "--form", "vip", "--figure", str(tmp_path / "f.png")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "vip is skipped for ProbitNormal, NormalIdentity" in " ".join(result.output.split())
    assert result.output.count("ESS per 1000 gradients") == 2
    figures = sorted(path.name for path in tmp_path.iterdir())
    assert figures == ["f-NormalIdentity.png", "f-ProbitNormal.png"]


def test_an_unknown_family_is_named():
    result = CliRunner().invoke(app, [*QUICK, "--family", "ProbitNorml"])
    assert result.exit_code == 2
    assert "Did you mean 'ProbitNormal'?" in " ".join(result.output.split())


def test_absent_packages_are_named(monkeypatch):
    monkeypatch.setattr("benchmarks.run.find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["bench", "--form", "flow"])
    assert result.exit_code == 0
    assert "pip install 'unfunnel[flow]'" in " ".join(result.output.split())


@pytest.mark.parametrize("module", ["nutpie", "arviz_stats"])
def test_missing_extras_end_in_a_message(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    result = CliRunner().invoke(app, QUICK)
    assert result.exit_code == 1
    assert "pip install 'unfunnel[sample]'" in result.output


@pytest.mark.parametrize("arguments", [["--form", "best"], ["--draws", "0"], ["--chains", "1"]])
def test_invalid_options(arguments):
    result = CliRunner().invoke(app, ["bench", *arguments])
    assert result.exit_code == 2
