"""The command line imports nothing heavy before it knows what to do."""

import os
import subprocess
import sys


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
    assert "validate" in out.stdout
    assert out.stdout.strip().endswith("[]")
