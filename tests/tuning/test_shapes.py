"""The shapes that hierarchies take in real models, each tuned and sampled."""

from __future__ import annotations

import arviz_stats
import numpy as np
import pymc as pm
import pytest
from pymc_extras import marginalize
from pymc_extras.prior import Prior

import unfunnel
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import UnsupportedError


def rng(seed=12):
    """Return the same data to every test, whichever others run."""
    return np.random.default_rng(seed)


def hyperpriors():
    return {"mu": Prior("Normal"), "sigma": Prior("HalfNormal")}


def sampled(model, **options):
    """Sample for as long as it takes to see that the chains agree."""
    settings = {"draws": 500, "tune": 300, "chains": 4, "seed": 3, "progress_bar": False}
    trace = unfunnel.sample(model, **(settings | options))
    posterior = trace["posterior"].dataset
    rhat = {name: float(x.max()) for name, x in arviz_stats.rhat(posterior).data_vars.items()}
    assert max(rhat.values()) < 1.05, rhat
    return trace


def auto(name, **options):
    return NormalIdentity(**hyperpriors(), centered="auto", **options).create_variable(name)


@pytest.mark.slow
def test_nested_levels():
    """Shops in regions: both levels in an informed coordinate."""
    truth = rng().normal(size=(4, 1)) + 0.3 * rng(13).normal(size=(4, 6))
    sizes = np.where(np.arange(6) % 2, 1.0, 500.0)
    with pm.Model(coords={"region": range(4), "store": range(6)}) as model:
        region = NormalIdentity(**hyperpriors(), dims="region", centered="auto")
        shop = NormalIdentity(
            mu=region, sigma=Prior("HalfNormal"), dims=("region", "store"), centered="auto"
        ).create_variable("shop")
        pm.Normal("y", shop, 1 / np.sqrt(sizes), observed=truth)
    found = sampled(model)["unfunnel"]
    assert found["shop_mu_kappa"].dims == ("region",)
    assert float(found["shop_kappa"].sel(store=0).min()) > 0.8
    # A region whose six shops are known is itself known about as well as they differ.
    assert float(found["shop_mu_kappa"].min()) > 0.5


@pytest.mark.slow
def test_several_blocks_one_of_them_without_data():
    with pm.Model(coords={"a": range(5), "b": range(4)}) as model:
        first, second = auto("first", dims="a"), auto("second", dims="b")
        auto("idle", dims="a")
        # A constant may move from one to the other: a ridge, of which each block is a part.
        grid = first[:, None] + second[None, :]
        pm.Normal("y", grid, 0.1, observed=rng().normal(size=(5, 4)), dims=("a", "b"))
    found = sampled(model, draws=2000)["unfunnel"]
    assert float(found["idle_kappa"].max()) < 1e-6
    # Given the other block, five or four observations of precision 100 each.
    np.testing.assert_allclose(found["first_information"], 400.0, rtol=0.25)
    np.testing.assert_allclose(found["second_information"], 500.0, rtol=0.25)


def test_poisson_counts():
    exposure = np.geomspace(0.5, 300, 8)
    counts = rng().poisson(exposure * np.exp(0.3 * rng(13).normal(size=8)))
    with pm.Model(coords={"g": range(8)}) as model:
        rate = LogNormalExp(
            Prior("Gamma", mu=1, sigma=0.5), Prior("Exponential"), dims="g", centered="auto"
        ).create_variable("rate")
        pm.Poisson("y", exposure * rate, observed=counts)
    found = sampled(model)["unfunnel"]
    # A count k says as much about the logarithm of its rate as k unit-variance observations.
    assert found["rate_information"][-1] == pytest.approx(counts[-1], rel=0.3)
    kappa = found["rate_kappa"].values
    assert kappa[0] < 0.3 < kappa[-1]


@pytest.mark.slow
def test_outliers_under_a_student_t_likelihood():
    y = rng().normal(size=(6, 20)) * 0.3 + rng(13).normal(size=(6, 1))
    y[0, 0] = 40.0
    with pm.Model(coords={"g": range(6)}) as model:
        a = auto("a", dims="g")
        pm.StudentT("y", nu=4, mu=a[:, None], sigma=pm.HalfNormal("noise"), observed=y)
    assert float(sampled(model)["unfunnel"]["a_kappa"].min()) > 0.5


@pytest.mark.parametrize(
    "dims",
    [None, pytest.param("g", marks=pytest.mark.slow)],
    ids=["scalar", "one-group"],
)
def test_one_element(dims):
    with pm.Model(coords={"g": [0]}) as model:
        a = auto("a", dims=dims)
        pm.Normal("y", a, 0.5, observed=1.0 if dims is None else [1.0])
    information = sampled(model, target_accept=0.95)["unfunnel"]["a_information"]
    assert information.dims == (() if dims is None else ("g",))
    np.testing.assert_allclose(information, 4.0, rtol=1e-6)


def test_potentials_only():
    with pm.Model(coords={"g": range(5)}) as model:
        a = auto("a", dims="g")
        pm.Potential("p", -0.5 * 25.0 * ((a - 1.0) ** 2).sum())
    found = sampled(model)["unfunnel"]
    np.testing.assert_allclose(found["a_information"], 25.0, rtol=1e-6)
    np.testing.assert_allclose(found["a_weighted_location"], 25.0, rtol=1e-6)


@pytest.mark.slow
def test_a_dim_without_labels():
    with pm.Model(coords={"g": [], "h": range(3)}) as model:
        auto("a", dims="g")
        pm.Normal("y", auto("b", dims="h"), 0.1, observed=rng().normal(size=3))
    trace = unfunnel.sample(model, draws=50, tune=50, chains=2, seed=1, progress_bar=False)
    assert trace["posterior"]["a"].shape == (2, 50, 0)
    report = unfunnel.tune(model, seed=1, progress_bar=False)
    assert list(report.to_dataframe()["chosen"]) == ["no elements", "close to centered"]
    assert "no elements" in str(report)
    report.plot()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Duplicate dimension names:UserWarning")  # of xarray
def test_a_variable_that_repeats_a_dim():
    with pm.Model(coords={"g": range(3)}) as model:
        matrix = pm.Normal("matrix", dims=("g", "g"))
        a = auto("a", dims="g")
        pm.Normal("y", a, 0.5, observed=rng().normal(size=3))
        pm.Normal("z", matrix, 1.0, observed=np.eye(3))
    trace = unfunnel.sample(model, draws=50, tune=50, chains=2, seed=1, progress_bar=False)
    np.testing.assert_allclose(trace["unfunnel"]["a_information"], 4.0, rtol=1e-6)


@pytest.mark.slow
def test_a_discrete_variable_that_was_marginalized():
    """The rewrite that takes it out of the model makes constants of what can be computed."""
    with pm.Model(coords={"g": range(4), "h": range(3)}) as model:
        shift = pm.Bernoulli("shift", 0.3)
        s = pm.HalfNormal("s")
        a, b = (
            NormalIdentity(0.0, s, dims=dim, centered="auto").create_variable(name)
            for name, dim in (("a", "g"), ("b", "h"))
        )
        pm.Normal("y", a + shift, 0.5, observed=rng().normal(size=4))
        pm.Normal("z", b, 0.5, observed=rng().normal(size=3))
    with pytest.raises(UnsupportedError, match=r"pymc_extras\.marginalize"):
        unfunnel.sample(model)
    found = sampled(marginalize(model, [shift]))["unfunnel"]
    np.testing.assert_allclose(found["b_information"], 4.0, rtol=1e-6)
    assert (found["a_information"] > 0.0).all()
