"""The grid: what is run, in which order."""

from dataclasses import replace

import pytest
from benchmarks.forms import FORMS
from benchmarks.grid import (
    DEFAULT_FAMILY,
    DEFAULT_FORMS,
    FIXED,
    FIXED_LOW_RANK,
    FormName,
    Grid,
    Regime,
)
from benchmarks.run import is_possible, left_out

from unfunnel.families import FAMILIES


def test_every_name_has_a_form():
    assert set(FORMS) == set(FormName)


def test_default_grid():
    grid = Grid()
    cells = list(grid)
    assert len(cells) == len(grid) == len(set(cells))
    assert set(DEFAULT_FORMS) == set(FormName) - {FormName.FLOW}
    assert grid.data_seeds >= 3 and grid.sampler_seeds >= 3
    assert grid.regimes == tuple(Regime)


def test_families_multiply_the_grid():
    grid = replace(Grid.quick(), families=tuple(FAMILIES))
    cells = list(grid)
    assert len(cells) == len(grid) == len(FAMILIES) * len(Grid.quick())
    assert [cell.family for cell in Grid.quick()] == [DEFAULT_FAMILY] * len(Grid.quick())


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_run_in_every_form_of_ours(name):
    grid = Grid(forms=tuple(FormName), families=(name,))
    runs = {(cell.regime, cell.form) for cell in grid if is_possible(cell)}
    forms = {form for _, form in runs}
    ours = {FormName.AUTO, FormName.AUTO_DIAG, *FIXED, *FIXED_LOW_RANK}
    assert ours | {FormName.NONCENTERED_SOFTPLUS} <= forms
    assert (FormName.VIP in forms) is (name == DEFAULT_FAMILY)
    positive = FAMILIES[name].link.support.lower == 0
    assert {regime for regime, _ in runs} == set(Regime) - (set() if positive else {Regime.POISSON})
    said = "\n".join(left_out(grid))
    assert (f"vip is skipped for {name}" in said) is (name != DEFAULT_FAMILY)
    assert (f"poisson is skipped for {name}" in said) is not positive


def test_nothing_of_the_default_grid_is_left_out():
    assert left_out(Grid()) == []
    assert all(map(is_possible, Grid()))


def test_quick_grid_allows_a_comparison():
    assert {FormName.AUTO, *FIXED} <= set(Grid.quick().forms)


def test_samplers_start_from_seeds_of_their_own():
    # Without data, a data seed is only another seed of the sampler.
    cells = list(Grid((Regime.PRIOR,), (FormName.AUTO,)))
    assert len({cell.seed for cell in cells}) == 9


def test_other_data_sets_share_no_seed():
    ours, others = (list(Grid(first_data_seed=first)) for first in (1, 4))
    assert len(ours) == len(others)
    assert {cell.data_seed for cell in others} == {4, 5, 6}
    assert not {cell.seed for cell in ours} & {cell.seed for cell in others}


def test_order_is_by_data_set():
    cells = list(replace(Grid.quick(), sampler_seeds=2))
    assert [cell.regime for cell in cells] == sorted(cell.regime for cell in cells)[::-1]
    assert [cell.sampler_seed for cell in cells[:4]] == [1, 2, 1, 2]
