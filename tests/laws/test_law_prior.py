"""Laws 5 and 6: copies are the same prior; groups are independent, draws are the stated law."""

from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pymc as pm
import pytest
from pymc_extras.deserialize import deserialize
from pytensor.graph.traversal import ancestors
from registry import BACKENDS, CENTERINGS, COORDS, DIMS, ROWS, cases, families
from scipy import stats
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.families.ops import NUMPY
from unfunnel.prior.base import NaturalPrior

pytestmark = pytest.mark.usefixtures("fast_compile")

#: A dim as long as this has a draw for each of its labels, all of them drawn at once.
DRAWS = 3000
DRAWN = ("replicate", *DIMS)


def variants(row, key):
    """Return priors with every kind of parameter that can be written down."""
    labelled = DataArray(
        np.arange(1.0, 7.0).reshape(3, 2), dims=DIMS, coords={**COORDS, "geo": ["c", "a", "b"]}
    )
    dates = DataArray(
        [1.0, 2.0], dims="day", coords={"day": np.array(["2024-01-01", "2024-01-08"], "M8[ns]")}
    )
    centered = CENTERINGS[key]
    yield row.example(centered)
    yield row.make(1, 0.1, centered=centered)
    yield row.make(np.float32(1.5), [0.1, 0.7], dims=DIMS, centered=centered)
    random = {row.scale: row.random_scale()}
    yield row.make(labelled, **random, dims=DIMS, centered=centered, transform="exp")
    yield row.make(dates, labelled[0].drop_vars("geo"), dims=("day", "channel"), centered=centered)
    yield row.make(sigma=2.0, dims=(), centered=centered)


VARIANTS = pytest.mark.parametrize(
    ("row", "key"),
    [pytest.param(row, key, id=f"{row.key}-{key}") for row in ROWS.values() for key in CENTERINGS],
)


@VARIANTS
def test_json_round_trip(row, key):
    for prior in variants(row, key) if key != "array" else [row.example(CENTERINGS[key])]:
        data = json.loads(json.dumps(prior.to_dict()))
        assert data["dist"] == row.name
        back = deserialize(data)
        assert type(back) is row.prior
        assert back == prior
        assert back.to_dict() == prior.to_dict()
        assert str(back) == str(prior)
        assert row.prior.from_dict(data) == prior


@VARIANTS
def test_copies(row, key):
    for prior in variants(row, key):
        for duplicate in (copy.deepcopy(prior), prior.deepcopy(), copy.copy(prior)):
            assert type(duplicate) is row.prior
            assert duplicate == prior
            assert duplicate is not prior
        back = pickle.loads(pickle.dumps(prior))
        assert type(back) is row.prior
        assert back == prior


def test_copies_do_not_share_what_can_be_changed():
    weights = np.array([0.2, 0.4, 0.6])
    prior = LogNormalExp(np.ones(3), LogNormalExp(1, 1), dims="geo", centered=weights)
    duplicate = copy.deepcopy(prior)
    duplicate.parameters["mu"][0] = 7.0
    duplicate.parameters["sigma"].parameters["mu"] = 7.0
    duplicate.centering[0] = 1.0
    duplicate.dims = ("geo", "day")
    assert prior == LogNormalExp(
        np.ones(3), LogNormalExp(1, 1), dims="geo", centered=[0.2, 0.4, 0.6]
    )


def snapshot(prior):
    """Return the attributes by identity, those of hyperpriors included."""
    inner = {k: snapshot(v) for k, v in prior.parameters.items() if isinstance(v, NaturalPrior)}
    values = {k: id(v) for k, v in prior.parameters.items()}
    return {k: id(v) for k, v in vars(prior).items()}, values, inner


@cases()
def test_creating_a_variable_leaves_the_prior_as_it_was(row, key, xdist):
    mu = row.example(CENTERINGS[key])
    scale = {row.scale: np.full((3, 2), 0.5)}
    prior = row.make(mu, **scale, dims=DIMS, centered=CENTERINGS[key])
    before, written = snapshot(prior), prior.to_dict()
    with pm.Model(coords=COORDS):
        prior.create_variable("first", xdist=xdist)
        prior.create_variable("second", xdist=xdist)
    assert snapshot(prior) == before
    assert prior.to_dict() == written


@families
def test_likelihoods_leave_the_prior_as_it_was(row):
    prior = row.make(sigma=0.3, dims="geo")
    before = snapshot(prior)
    with pm.Model(coords=COORDS):
        prior.create_likelihood_variable("y", mu=np.ones(3), observed=np.ones(3))
    assert snapshot(prior) == before
    assert "mu" not in prior.parameters


@cases()
def test_every_hyperparameter_is_an_ancestor(row, key, xdist):
    with pm.Model(coords=COORDS) as model:
        beta = row.example(CENTERINGS[key]).create_variable("beta", xdist=xdist)
    above = set(ancestors([beta]))
    assert set(model.free_RVs) <= above
    assert {rv.name for rv in model.free_RVs} >= {"beta_mu", f"beta_{row.scale}"}


def draws_of(row, key, xdist, **parameters):
    with pm.Model(coords=COORDS | {"replicate": range(DRAWS)}):
        prior = row.make(**parameters, dims=DRAWN, centered=CENTERINGS[key])
        beta = prior.create_variable("beta", xdist=xdist)
    draws, others = pm.draw(beta, 2, random_seed=17)
    assert (draws != others).all()
    return draws


@cases()
def test_draws_are_independent_and_of_the_stated_law(row, key, xdist):
    mu, sigma = row.constants
    draws = draws_of(row, key, xdist, mu=mu, sigma=sigma)
    parameters = {"mu": mu, "sigma": sigma, **row.options}
    location, scale = row.family.location_scale(parameters, NUMPY)
    exact = row.exact(location, scale)
    assert stats.kstest(draws.ravel(), exact.cdf).pvalue > 1e-3
    groups = draws.reshape(DRAWS, -1)
    assert groups.mean(axis=0) == pytest.approx(mu, abs=5 * sigma / np.sqrt(DRAWS))
    # A shared scale, as of a wrongly built mixture, shows in the absolute deviations.
    z = row.family.link.forward(groups, NUMPY) - location
    for deviations in (z, np.abs(z)):
        correlation = np.corrcoef(deviations.T) - np.eye(6)
        assert np.abs(correlation).max() < 5 / np.sqrt(DRAWS)


# Quantiles of the marginal law under lognormal hyperpriors, by 80 x 80 Gauss-Hermite quadrature.
MARGINAL = [
    ((1.5, 0.5, 0.5, 0.25), {0.05: 0.49953131670, 0.5: 1.40003662011, 0.95: 2.81528991559}),
    ((2.0, 0.2, 1.0, 0.5), {0.05: 0.70399581995, 0.95: 3.80095524100}),
]


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("key", CENTERINGS)
def test_every_centering_has_the_same_marginal_law(key, xdist):
    for (mean_mu, sd_mu, mean_sigma, sd_sigma), quantiles in MARGINAL:
        draws = draws_of(
            ROWS["LogNormalExp"],
            key,
            xdist,
            mu=LogNormalExp(mean_mu, sd_mu, dims=DRAWN),
            sigma=LogNormalExp(mean_sigma, sd_sigma, dims=DRAWN[::-1]),
        ).ravel()
        assert draws.mean() == pytest.approx(mean_mu, rel=0.03)
        for p, quantile in quantiles.items():
            error = np.sqrt(p * (1 - p) / draws.size)
            assert (draws < quantile).mean() == pytest.approx(p, abs=4 * error)


def test_one_prior_in_many_models_at_once():
    prior = ROWS["LogNormalExp"].example(CENTERINGS["labelled"])

    def build(seed):
        with pm.Model(coords=COORDS) as model:
            prior.create_variable("beta", xdist=bool(seed % 2))
        return model

    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(build, range(8)))
    densities = {float(model.compile_logp()(model.initial_point())) for model in models[::2]}
    assert max(densities) == pytest.approx(min(densities), rel=1e-14)
    assert all([v.name for v in m.free_RVs] == ["beta_mu", "beta_sigma", "beta"] for m in models)
