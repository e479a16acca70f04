"""The data: reproducible, and as informative as their names say."""

import numpy as np
import pytest
from benchmarks.grid import Regime
from benchmarks.hierarchies import hierarchy_of
from benchmarks.regimes import (
    ARRAYS,
    GROUPS,
    Likelihood,
    likelihood_of,
    observations,
    simulate,
)

from unfunnel.families import FAMILIES
from unfunnel.families.ops import NUMPY


@pytest.mark.parametrize("regime", Regime)
def test_seeds_make_the_data(regime):
    data, again, other = simulate(regime, 1), simulate(regime, 1), simulate(regime, 2)
    assert data.likelihood is likelihood_of(regime)
    assert tuple(data.arrays) == ARRAYS[data.likelihood]
    for name, values in data.arrays.items():
        assert values.shape == (GROUPS,)
        np.testing.assert_array_equal(values, again.arrays[name])
    if data.arrays:
        observed = ARRAYS[data.likelihood][0]
        assert (data.arrays[observed] != other.arrays[observed]).any()


def test_no_data_where_there_are_none():
    assert likelihood_of(Regime.PRIOR) is Likelihood.NONE
    assert simulate(Regime.PRIOR, 1).arrays == {}


def test_how_much_is_seen():
    assert set(observations(Regime.WEAK)) == {2.0}
    assert set(observations(Regime.STRONG)) == {400.0}
    assert sorted(observations(Regime.MIXED)) == [1.0] * 15 + [2000.0] * 15
    for regime, low, high in ((Regime.IMBALANCE, 1.0, 3000.0), (Regime.POISSON, 0.5, 200.0)):
        size = observations(regime)
        assert (size[0], size[-1]) == pytest.approx((low, high))
        assert (np.diff(size) >= 0).all()


def test_moments_of_the_effects():
    # 400 observations show an effect with a standard error of 0.05.
    effects = np.concatenate([simulate(Regime.STRONG, s).arrays["ybar"] for s in range(200)])
    assert effects.mean() == pytest.approx(1.5, abs=0.03)
    assert effects.std() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("name", FAMILIES)
def test_effects_of_every_family(name):
    hierarchy, family = hierarchy_of(name), FAMILIES[name]
    effects = hierarchy.draw(np.random.default_rng(1), 20_000)
    assert np.isfinite(family.link.forward(effects, NUMPY)).all()
    assert 2 * effects.std() == pytest.approx(hierarchy.observation_sd, rel=0.03)
    says = hierarchy.prior(dims="group", centered="auto").implied()
    assert says.value("mean") == pytest.approx(effects.mean(), rel=0.02)
    # What is known of mu varies as the effects do, and both together three times as much.
    assert says.value("ICC") == pytest.approx(1 / 3, rel=1e-9)
    assert says.value("sd") == pytest.approx(np.sqrt(3) * effects.std(), rel=0.03)
    data = simulate(Regime.WEAK, 1, name)
    assert data.arrays["noise"][0] == pytest.approx(hierarchy.observation_sd / np.sqrt(2))


def test_the_lognormal_data_are_what_they_were():
    data = simulate(Regime.WEAK, 1).arrays
    rng, variance = np.random.default_rng(1), np.log1p((0.5 / 1.5) ** 2)
    phi = rng.lognormal(np.log(1.5) - variance / 2, np.sqrt(variance), GROUPS)
    np.testing.assert_array_equal(data["ybar"], rng.normal(phi, 1 / np.sqrt(2)))


def test_a_data_seed_has_the_same_effects_in_every_regime():
    strong, mixed = (simulate(r, 5).arrays["ybar"] for r in (Regime.STRONG, Regime.MIXED))
    np.testing.assert_allclose(strong[15:], mixed[15:], atol=0.3)
