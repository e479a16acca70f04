"""Writes what the commands on the page of the command line print: ``python docs/make_cli.py``."""

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from typer.testing import CliRunner

from unfunnel.cli import app

DOCS = Path(__file__).parent
PAGE = DOCS / "cli.md"
FIGURE = DOCS / "_static" / "describe.png"

_BLOCK = re.compile(r"```(yaml|console)\n(.*?)```", flags=re.DOTALL)


def transcripts(page: str) -> Iterator[tuple[str, str]]:
    """Yield each block of a command as it is and as it should be, in the folder it is run in.

    A block of YAML is the file that its first line names.
    """
    for kind, body in _BLOCK.findall(page):
        first = body.splitlines()[0]
        if kind == "yaml":
            Path(first.removeprefix("# ")).write_text(body, encoding="utf-8")
            continue
        _, *arguments = shlex.split(first.removeprefix("$ "))
        result = CliRunner().invoke(app, arguments)
        yield body, f"{first}\n{result.stdout}{result.stderr}".rstrip("\n") + "\n"


def main() -> None:
    """Write the page and its picture again."""
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for shown, printed in list(transcripts(page)):
            page = page.replace(f"```console\n{shown}```", f"```console\n{printed}```")
        result = CliRunner().invoke(app, ["describe", "priors.yaml", "--plot", os.fspath(FIGURE)])
    if result.exit_code:
        sys.exit(result.output)
    PAGE.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
