"""What is run in which order, and data that are as informative as their names say."""

import numpy as np
import pytest
from benchmarks.grid import FIXED, FIXED_LOW_RANK, FormName, Grid, Regime
from benchmarks.hierarchies import hierarchy_of
from benchmarks.regimes import GROUPS, OBSERVATIONS, simulate
from benchmarks.run import is_possible, left_out

from unfunnel.families import FAMILIES
from unfunnel.families.ops import NUMPY


def test_every_cell_once_by_data_set_with_seeds_of_its_own():
    grid, others = Grid(families=("LogNormalExp", "ProbitNormal")), Grid(first_data_seed=4)
    cells = list(grid)
    assert len(cells) == len(grid) == len(set(cells)) == 2 * len(others)
    assert not {cell.seed for cell in cells} & {cell.seed for cell in others}
    assert [cell.sampler_seed for cell in cells[:4]] == [1, 2, 3, 1]
    # Without data, a data seed is only another seed of the sampler.
    assert len({cell.seed for cell in Grid((Regime.PRIOR,), (FormName.AUTO,))}) == 9
    assert {FormName.AUTO, *FIXED} <= set(Grid.quick().forms)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_run_in_every_form_of_ours(name):
    grid, default = Grid(forms=tuple(FormName), families=(name,)), name == "LogNormalExp"
    runs = {(cell.regime, cell.form) for cell in grid if is_possible(cell)}
    ours = {FormName.AUTO, FormName.AUTO_DIAG, *FIXED, *FIXED_LOW_RANK}
    assert ours | {FormName.NONCENTERED_SOFTPLUS} <= {form for _, form in runs}
    assert (FormName.VIP in {form for _, form in runs}) is default
    positive = FAMILIES[name].link.support.lower == 0
    assert {regime for regime, _ in runs} == set(Regime) - (set() if positive else {Regime.POISSON})
    said = "\n".join(left_out(grid))
    assert (f"vip is skipped for {name}" in said) is not default
    assert (f"poisson is skipped for {name}" in said) is not positive
    assert left_out(Grid()) == []


@pytest.mark.parametrize("regime", Regime)
def test_seeds_make_the_data(regime):
    data, again, other = simulate(regime, 1), simulate(regime, 1), simulate(regime, 2)
    assert (data.arrays == {}) is (regime is Regime.PRIOR)
    for name, values in data.arrays.items():
        assert values.shape == (GROUPS,)
        np.testing.assert_array_equal(values, again.arrays[name])
    for name in data.arrays.keys() & {"ybar", "count"}:
        assert (data.arrays[name] != other.arrays[name]).any()


def test_the_same_effects_in_every_regime_more_or_less_seen():
    assert sorted(OBSERVATIONS[Regime.MIXED]) == [1.0] * 15 + [2000.0] * 15
    strong, mixed = (simulate(r, 5).arrays["ybar"] for r in (Regime.STRONG, Regime.MIXED))
    np.testing.assert_allclose(strong[15:], mixed[15:], atol=0.3)
    # 400 observations show an effect with a standard error of 0.05.
    effects = np.concatenate([simulate(Regime.STRONG, s).arrays["ybar"] for s in range(200)])
    assert effects.mean() == pytest.approx(1.5, abs=0.03)
    assert effects.std() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("name", FAMILIES)
def test_effects_of_every_family(name):
    hierarchy = hierarchy_of(name)
    effects = hierarchy.draw(np.random.default_rng(1), 20_000)
    assert np.isfinite(FAMILIES[name].link.forward(effects, NUMPY)).all()
    assert 2 * effects.std() == pytest.approx(hierarchy.observation_sd, rel=0.03)
    says = hierarchy.prior(dims="group", centered="auto").implied()
    assert says.value("mean") == pytest.approx(effects.mean(), rel=0.02)
    # What is known of mu varies as the effects do, and both together three times as much.
    assert says.value("ICC") == pytest.approx(1 / 3, rel=1e-9)
    assert says.value("sd") == pytest.approx(np.sqrt(3) * effects.std(), rel=0.03)
    noise = simulate(Regime.WEAK, 1, name).arrays["noise"]
    assert noise[0] == pytest.approx(hierarchy.observation_sd / np.sqrt(2))
