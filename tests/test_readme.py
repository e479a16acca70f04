"""The code blocks of the README and the guides run as they stand, each in its own namespace."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), flags=re.DOTALL)


BLOCKS = blocks("README.md")


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


def test_blocks_on_zero_sums_run():
    first, population = blocks("docs/zero_sum.md")
    namespace = {}
    exec(compile(first, "zero sum", "exec"), namespace)
    assert namespace["drawn"].mean(axis=0) == pytest.approx(namespace["mean"])
    namespace = {}
    exec(compile(population, "population", "exec"), namespace)
    found, mean = namespace["population_mean"], namespace["posterior"]["mean"]
    assert found.dims == ("chain", "draw")
    # Shrunk towards its prior, and less certain than the mean of the groups that were seen.
    assert found.mean() < mean.mean()
    assert found.std() > 1.3 * mean.std()


@pytest.mark.slow
def test_blocks_of_the_guide_run():
    left_to_the_data, weights, new_groups = blocks("docs/choosing.md")
    namespace = {}
    exec(compile(left_to_the_data, "auto", "exec"), namespace)
    kappa = namespace["report"].kappa("effect").values
    assert kappa[::2].min() > 0.9
    assert kappa[1::2].max() < 0.5
    assert namespace["trace"]["unfunnel"]["effect_kappa"].dims == ("shop",)
    exec(compile(weights, "weights", "exec"), {})
    namespace = {}
    exec(compile(new_groups, "new groups", "exec"), namespace)
    before = namespace["trace"].posterior["effect"]
    after = namespace["posterior"]["posterior"]["effect"]
    assert (after.sel(geo=["a", "b"]).values == before.values).all()
    assert list(after["geo"].values) == ["a", "b", "c"]
    y = namespace["predictions"].predictions["y"].mean(("chain", "draw"))
    assert y.values[:2] == pytest.approx([1.0, 2.1], abs=0.25)
