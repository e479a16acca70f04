"""The grid: what is run, in which order."""

from dataclasses import replace

from unfunnel.bench.forms import FORMS
from unfunnel.bench.grid import DEFAULT_FORMS, FIXED, FormName, Grid, Regime


def test_every_name_has_a_form():
    assert set(FORMS) == set(FormName)


def test_default_grid():
    grid = Grid()
    cells = list(grid)
    assert len(cells) == len(grid) == len(set(cells))
    assert set(DEFAULT_FORMS) == set(FormName) - {FormName.FLOW}
    assert grid.data_seeds >= 3 and grid.sampler_seeds >= 3
    assert grid.regimes == tuple(Regime)


def test_quick_grid_allows_a_comparison():
    assert {FormName.AUTO, *FIXED} <= set(Grid.quick().forms)


def test_samplers_start_from_seeds_of_their_own():
    # Without data, a data seed is only another seed of the sampler.
    cells = list(Grid((Regime.PRIOR,), (FormName.AUTO,)))
    assert len({cell.seed for cell in cells}) == 9


def test_order_is_by_data_set():
    cells = list(replace(Grid.quick(), sampler_seeds=2))
    assert [cell.regime for cell in cells] == sorted(cell.regime for cell in cells)[::-1]
    assert [cell.sampler_seed for cell in cells[:4]] == [1, 2, 1, 2]
