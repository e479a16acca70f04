"""New groups: old ones keep their posterior, new ones are drawn from that of their parents."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pymc as pm
import pymc.dims as pmd
import pytest
import xarray as xr
from registry import BACKENDS, CENTERINGS
from xarray import DataArray

from unfunnel import LogNormalExp, extend_posterior
from unfunnel.errors import LabelError, UnsupportedError

pytestmark = pytest.mark.usefixtures("fast_compile")

CHAINS, DRAWS = 2, 150
#: As many new groups as give moments their digits; each draw of a posterior is evaluated in Python.
NEW = [f"c{i}" for i in range(10)]
WEIGHTS = {
    **{key: CENTERINGS[key] for key in ("centered", "noncentered", "weight", "offset")},
    "labelled": DataArray(
        [*np.linspace(0.5, 0.9, 10), 0.1, 0.4], dims="geo", coords={"geo": [*NEW, "a", "b"]}
    ),
}


def fake(rng, *shape):
    return np.exp(rng.normal(size=(CHAINS, DRAWS, *shape)))


def posterior(rng, mu=None, sigma=None, geo=("a", "b"), offset=None):
    """Return draws that no prior would have made, so that resampling would show."""
    variables = {
        "beta_mu": (("chain", "draw"), np.full((CHAINS, DRAWS), 4.0) if mu is None else mu),
        "beta_sigma": (
            ("chain", "draw"),
            np.full((CHAINS, DRAWS), 0.5) if sigma is None else sigma,
        ),
        offset or "beta": (("chain", "draw", "geo"), 50 + fake(rng, len(geo))),
    }
    coords = {"chain": range(CHAINS), "draw": range(DRAWS), "geo": list(geo)}
    return xr.DataTree.from_dict({"/posterior": xr.Dataset(variables, coords)})


def model_on(geo, centered, xdist):
    with pm.Model(coords={"geo": list(geo)}) as model:
        pm.Data("x", np.ones(len(geo)), dims="geo")
        prior = LogNormalExp(LogNormalExp(1, 1), LogNormalExp(1, 1), dims="geo", centered=centered)
        beta = prior.create_variable("beta", xdist=xdist)
        pm.Normal("y", beta.values if xdist else beta, 1e-6, dims="geo", observed=np.ones(len(geo)))
    return model


def resized(centered, xdist, geo=("a", "b", *NEW)):
    """Return a model built for a and b and set to other groups."""
    if isinstance(centered, DataArray):  # tied to its labels: built anew
        return model_on(geo, centered, xdist)
    model = model_on("ab", centered, xdist)
    pm.set_data({"x": np.ones(len(geo))}, coords={"geo": list(geo)}, model=model)
    return model


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("key", WEIGHTS)
def test_old_groups_stay_and_new_ones_come_from_the_hyperparameters(key, xdist):
    rng = np.random.default_rng(1)
    # Two halves with very different hyperparameters: the new group must follow draw by draw.
    half = np.arange(DRAWS) % 2 == 0
    mu = np.broadcast_to(np.where(half, 4.0, 0.01), (CHAINS, DRAWS))
    sigma = np.broadcast_to(np.where(half, 0.5, 0.002), (CHAINS, DRAWS))
    offset = "beta_log_offset" if key == "offset" else None
    trace = posterior(rng, mu, sigma, offset=offset)
    model = resized(WEIGHTS[key], xdist)
    result = extend_posterior(trace, model, random_seed=2)["posterior"].to_dataset()

    name = offset or "beta"
    old = trace["posterior"][name]
    assert result[name].dims == ("chain", "draw", "geo")
    assert list(result["geo"].values) == ["a", "b", *NEW]
    xr.testing.assert_identical(result[name].sel(geo=["a", "b"]), old)
    for hyper in ("beta_mu", "beta_sigma"):
        np.testing.assert_array_equal(result[hyper], trace["posterior"][hyper])
    new = result[name].sel(geo=NEW).values
    if offset:
        assert new.mean() == pytest.approx(0.0, abs=5 / np.sqrt(new.size))
        assert new.std() == pytest.approx(1.0, rel=0.1)
        return
    for rows, mean, sd in ((half, 4.0, 0.5), (~half, 0.01, 0.002)):
        draws = new[:, rows]
        assert draws.mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(draws.size))
        assert draws.std() == pytest.approx(sd, rel=0.1)


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("key", ["noncentered", "labelled"])
def test_the_result_predicts_every_group_without_resampling(key, xdist):
    trace = posterior(np.random.default_rng(1))
    model = resized(WEIGHTS[key], xdist)
    extended = extend_posterior(trace, model, random_seed=2)
    with model:
        y = pm.sample_posterior_predictive(
            extended, var_names=["y"], random_seed=3, progressbar=False, predictions=True
        )["predictions"]["y"]
    assert list(y["geo"].values) == ["a", "b", *NEW]
    np.testing.assert_allclose(y.values, extended["posterior"]["beta"].values, atol=1e-4)
    assert float(y.sel(geo="a").min()) > 49


def test_labels_reordered_and_dropped():
    trace = posterior(np.random.default_rng(1), geo=("a", "b", "d"))
    model = resized(False, False, geo=(*NEW, "d", "a"))
    result = extend_posterior(trace, model, random_seed=2)["posterior"]["beta"]
    assert list(result["geo"].values) == [*NEW, "d", "a"]
    for geo in ("a", "d"):
        np.testing.assert_array_equal(result.sel(geo=geo), trace["posterior"]["beta"].sel(geo=geo))
    assert float(result.sel(geo=NEW).mean()) == pytest.approx(4.0, abs=0.05)


def test_unchanged_labels_are_handed_through():
    trace = posterior(np.random.default_rng(1))
    result = extend_posterior(trace["posterior"].to_dataset(), resized(False, False, "ab"))
    xr.testing.assert_equal(result["posterior"].to_dataset(), trace["posterior"].to_dataset())


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("centered", [True, False, 0.4])
def test_parent_and_child_both_have_the_new_label(centered, xdist):
    """The child of the new group is drawn around the parent of the new group, draw by draw."""
    coords = {"geo": ["a", "b"], "channel": ["x", "y"]}
    with pm.Model(coords=coords) as model:
        inner = LogNormalExp(2, 1, dims="geo", centered=centered)
        prior = LogNormalExp(inner, 0.01, dims=("channel", "geo"), centered=centered)
        prior.create_variable("beta", xdist=xdist)
        model.set_dim("geo", 2 + len(NEW), coord_values=["b", *NEW, "a"])
    rng = np.random.default_rng(1)
    old = xr.Dataset(
        {
            "beta_mu": (("chain", "draw", "geo"), fake(rng, 2)),
            "beta": (("chain", "draw", "channel", "geo"), 50 + fake(rng, 2, 2)),
        },
        {"chain": range(CHAINS), "draw": range(DRAWS), **coords},
    )
    new = extend_posterior(old, model, random_seed=5)["posterior"]
    xr.testing.assert_equal(new["beta"].sel(geo=["a", "b"]), old["beta"])
    xr.testing.assert_equal(new["beta_mu"].sel(geo=["a", "b"]), old["beta_mu"])
    parent, child = new["beta_mu"].sel(geo=NEW), new["beta"].sel(geo=NEW)
    assert float(parent.std()) == pytest.approx(1.0, rel=0.25)
    assert float(abs(child - parent).max()) < 0.2
    assert float((child - parent).std()) == pytest.approx(0.01, rel=0.1)


def test_the_same_seed_gives_the_same_draws():
    trace, model = posterior(np.random.default_rng(1)), resized(False, False)
    a, b, other = (extend_posterior(trace, model, random_seed=s)["posterior"] for s in (1, 1, 2))
    xr.testing.assert_identical(a.to_dataset(), b.to_dataset())
    assert not a["beta"].equals(other["beta"])


def test_a_trace_that_lacks_a_variable():
    trace = posterior(np.random.default_rng(1))["posterior"].to_dataset().drop_vars("beta_sigma")
    with pytest.raises(LabelError, match="extend_posterior: beta_sigma: expected posterior draws"):
        extend_posterior(trace, resized(False, False))
    other = posterior(np.random.default_rng(1))["posterior"].to_dataset().rename(geo="region")
    with pytest.raises(LabelError, match=r"posterior draws with the dims \('geo',\)"):
        extend_posterior(other, resized(False, False))


def small(variables, **coords):
    """Return a trace of one chain; the values say which element they are of."""
    draws = {
        name: (("chain", "draw", *dims), np.broadcast_to(values, (1, 20, *np.shape(values))))
        for name, (dims, values) in variables.items()
    }
    return xr.Dataset(draws, {"chain": [0], "draw": range(20), **coords})


DAYS = ["2024-01-01", "2024-01-08"]
#: A new label, those that the model had before, and how a trace may hold these.
SAME_LABELS = {
    "as they are": (3, [1, 2], [1, 2]),
    "numbers among texts": ("new", [101, 102.5, "online"], ["101", "102.5", "online"]),
    "numbers among texts, kept": ("new", [101, "online"], np.array([101, "online"], dtype=object)),
    "a text is new": ("new", [101, 102], [101, 102]),
    "numpy's": (np.int32(3), [np.int32(1), np.int32(2)], np.array([1.0, 2.0])),
    "numpy's texts": (np.str_("c"), [np.str_("a"), np.str_("b")], ["a", "b"]),
    "dates": (date(2024, 2, 5), [date.fromisoformat(day) for day in DAYS], pd.DatetimeIndex(DAYS)),
    "datetimes": (
        datetime(2024, 2, 5),
        [datetime.fromisoformat(day) for day in DAYS],
        np.array(DAYS, "M8[D]"),
    ),
    "timestamps as texts": (pd.Timestamp("2024-02-05"), list(pd.DatetimeIndex(DAYS)), DAYS),
    "texts as timestamps": ("2024-02-05", DAYS, pd.DatetimeIndex(DAYS)),
    "categories": ("c", pd.Categorical(["b", "a"]), pd.CategoricalIndex(["b", "a"])),
    "numbers and texts in categories": (2, pd.Categorical([1, "a"]), ["1", "a"]),
}


@pytest.mark.parametrize("way", ["memory", "netcdf"])
@pytest.mark.parametrize("key", SAME_LABELS)
def test_groups_that_are_known_by_another_type_keep_their_posterior(key, way, tmp_path):
    new, labels, in_trace = SAME_LABELS[key]
    values = 50.0 + np.arange(len(labels))
    with pm.Model(coords={"geo": [new, *labels]}) as model:
        beta = LogNormalExp(2, 0.1, dims="geo").create_variable("beta")
        pm.Normal("y", beta, 1e-6, dims="geo", observed=np.ones(len(values) + 1))
    trace = small({"beta": (("geo",), values)}, geo=in_trace)
    if way == "netcdf":
        if key == "numbers among texts, kept":
            pytest.skip("netCDF holds no objects of several types")
        trace["geo"] = np.asarray(trace["geo"].values)
        trace.to_netcdf(tmp_path / "trace.nc")
        trace = xr.load_dataset(tmp_path / "trace.nc")
    extended = extend_posterior(trace, model, random_seed=1)
    found = extended["posterior"]["beta"]
    assert (found.values[..., 1:] == values).all()
    assert float(abs(found.values[..., 0] - 2).max()) < 2
    with model:
        y = pm.sample_posterior_predictive(
            extended, var_names=["y"], random_seed=3, progressbar=False, predictions=True
        )["predictions"]["y"]
    np.testing.assert_allclose(y, found, atol=1e-4)  # nothing is drawn again downstream


@pytest.mark.parametrize(
    ("labels", "in_trace"),
    [
        ([1, 2, 3], ["1", "2"]),
        (["1", "2"], [1, 2]),
        ([101, 102], ["101", "102", "online"]),
        ([1.0, "x"], ["1", "x"]),
        ([1, "1", "x"], ["1", "x"]),
        ([True, False], [1, 0]),
        ([*pd.DatetimeIndex(DAYS), "x"], [*DAYS, "x"]),
        (list(pd.DatetimeIndex(DAYS, tz="UTC")), pd.DatetimeIndex(DAYS)),
        (["a", "b", "a"], ["a", "b"]),
        (["a", "b"], ["a", "a"]),
        ([("a", 1), ("b", 1)], [0, 1]),
        (["a", "b"], pd.MultiIndex.from_tuples([("a", 1), ("b", 1)])),
    ],
    ids=str,
)
def test_labels_whose_meaning_is_not_clear_are_refused(labels, in_trace):
    with pm.Model(coords={"geo": labels}) as model:
        LogNormalExp(2, 1, dims="geo").create_variable("beta")
    if isinstance(in_trace, pd.MultiIndex):
        in_trace = xr.Coordinates.from_pandas_multiindex(in_trace, "geo")
        trace = small({"beta": (("geo",), np.arange(2.0))}).assign_coords(in_trace)
    else:
        trace = small({"beta": (("geo",), np.arange(len(in_trace)))}, geo=in_trace)
    with pytest.raises(LabelError, match=r"extend_posterior: beta: expected .*label"):
        extend_posterior(trace, model)


def test_labels_that_are_all_new():
    with pm.Model(coords={"geo": ["c", "d"]}) as model:
        LogNormalExp(2, 1, dims="geo").create_variable("beta")
    trace = small({"beta": (("geo",), [50.0, 60.0])}, geo=["a", "b"])
    new = extend_posterior(trace, model, random_seed=1)["posterior"]["beta"]
    assert list(new["geo"].values) == ["c", "d"]
    assert np.isfinite(new).all()
    assert float(new.max()) < 50


def test_a_variable_without_named_dims_must_keep_its_length():
    with pm.Model() as model:
        x = pm.Data("x", np.ones(2))
        pm.Normal("free", shape=x.shape[0])
    trace = small({"free": (("free_dim_0",), [1.0, 2.0])}, free_dim_0=[0, 1])
    same = extend_posterior(trace, model)["posterior"]["free"]
    np.testing.assert_array_equal(same, trace["free"])
    pm.set_data({"x": np.ones(3)}, model=model)
    with pytest.raises(LabelError, match=r"free: expected posterior draws of shape \(3,\)"):
        extend_posterior(trace, model)


def test_vectors_are_drawn_whole():
    def model_on(**coords):
        with pm.Model(coords=coords) as model:
            size = len(coords["k"])
            pm.MvNormal("mv", np.zeros(size), np.eye(size), dims=("g", "k"))
        return model

    values = np.array([[50.0, 51.0], [60.0, 61.0]])
    trace = small({"mv": (("g", "k"), values)}, g=["a", "b"], k=["x", "y"])
    grown = model_on(g=["b", "new", "a"], k=["x", "y"])
    new = extend_posterior(trace, grown, random_seed=1)["posterior"]["mv"]
    xr.testing.assert_equal(new.sel(g=["a", "b"]), trace["mv"])
    assert float(abs(new.sel(g="new")).max()) < 10
    with pytest.raises(UnsupportedError, match="drawn jointly along 'k', which changed"):
        extend_posterior(trace, model_on(g=["a", "b"], k=["x", "y", "z"]))


@pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
def test_effects_that_sum_to_zero_are_refused(xdist):
    with pm.Model(coords={"g": ["a", "b"]}) as model:
        if xdist:
            pmd.ZeroSumNormal("zero", core_dims="g", dims="g")
        else:
            pm.ZeroSumNormal("zero", dims="g")
    trace = small({"zero": (("g",), [1.0, -1.0])}, g=["a", "b"])
    unchanged = extend_posterior(trace, model)["posterior"].to_dataset()
    xr.testing.assert_equal(unchanged, trace)
    model.set_dim("g", 3, coord_values=["a", "b", "c"])
    with pytest.raises(UnsupportedError, match=r"zero: .* drawn jointly along 'g', which changed"):
        extend_posterior(trace, model)


@pytest.mark.filterwarnings("error")
def test_hyperparameters_that_depend_on_data(caplog):
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        x = pm.Data("x", np.ones(2), dims="geo")
        mu = pm.Gamma("mu", mu=x.mean(), sigma=1)
        LogNormalExp(mu, x.mean(), dims="geo").create_variable("beta")
    trace = small({"mu": ((), 4.0), "beta": (("geo",), [50.0, 60.0])}, geo=["a", "b"])
    pm.set_data({"x": np.full(3, 1e-3)}, coords={"geo": ["a", "b", "c"]}, model=model)
    with caplog.at_level("WARNING"):
        new = extend_posterior(trace, model, random_seed=1)["posterior"]
    assert not caplog.records
    assert (new["mu"] == 4).all()
    np.testing.assert_allclose(new["beta"].sel(geo="c"), 4, atol=0.01)


def test_counts_stay_counts():
    with pm.Model(coords={"geo": ["a", "b", "c"]}) as model:
        pm.Poisson("count", 3, dims="geo")
    trace = small({"count": (("geo",), np.array([50, 60]))}, geo=["a", "b"])
    new = extend_posterior(trace, model, random_seed=1)["posterior"]["count"]
    assert new.dtype == trace["count"].dtype == np.dtype("int64")
    assert (new.sel(geo=["a", "b"]) == trace["count"]).all()


def test_a_trace_without_chains():
    trace = posterior(np.random.default_rng(1))["posterior"].to_dataset().isel(chain=0)
    with pytest.raises(LabelError, match=r"dims chain and draw.*Keep the dims chain and draw"):
        extend_posterior(trace, resized(False, False))
