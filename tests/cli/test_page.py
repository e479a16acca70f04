"""The page on the command line: its commands print what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import make_cli
import pytest
import yaml
from typer.testing import CliRunner

from unfunnel.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def comparable(text):
    """Return words, and numbers in six digits."""
    return re.sub(r"\d+\.\d{7,}", lambda number: f"{float(number[0]):.6g}", text).split()


def test_the_page_shows_what_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = []
    for shown, printed in make_cli.transcripts(PAGE):
        assert comparable(shown) == comparable(printed), "run python docs/make_cli.py"
        commands.append(shown.split()[2])
    assert commands == ["validate", "describe", "sample-prior", "convert"]


def test_every_command_is_on_the_page():
    functions = {command.callback.__name__ for command in app.registered_commands}
    named = re.findall(r"^\| `([a-z-]+)", PAGE, flags=re.MULTILINE)
    assert sorted(named) == sorted(name.replace("_", "-") for name in functions)


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("priors.yaml", True),
        ("config/priors_2026.json", True),
        ("config/priors/geo.yaml", False),
        ("my_priors.yaml", False),
        ("priors.toml", False),
    ],
)
def test_the_hook_for_pre_commit(name, matches):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "unfunnel-validate"
    assert bool(re.search(hook["files"], name)) == matches
    program, command = hook["entry"].split()
    assert program == "unfunnel"
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
