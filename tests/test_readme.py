"""The code blocks of the README run as they stand, each in a namespace of its own."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def test_readme_has_the_example_and_the_json_block():
    assert ["trace =" in block for block in BLOCKS] == [True, False]
    assert len(BLOCKS[0].splitlines()) == 12
    assert len(BLOCKS[1].splitlines()) <= 8


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_runs(number):
    namespace = {}
    exec(compile(BLOCKS[number], f"README block {number}", "exec"), namespace)
    if number == 0:
        effect = namespace["trace"].posterior["effect"]
        assert (effect > 0).all()
        assert effect.dims == ("chain", "draw", "geo")
        assert effect.sel(geo="islands").mean() > effect.sel(geo="north").mean()
