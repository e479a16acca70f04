"""Copies, equality, pickles, and that building leaves a prior as it was."""

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cloudpickle
import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity

GEO = {"geo": ["a", "b", "c"]}


def build(prior, xdist=False):
    with pm.Model(coords=GEO) as model:
        prior.create_variable("b", xdist=xdist)
    return model


def test_building_leaves_the_prior_as_it_was(hierarchical, centering, xdist):
    prior = hierarchical(centering)
    before = dict(vars(prior))
    parameters, children = dict(prior.parameters), [repr(x) for x in prior.parameters.values()]
    build(prior, xdist)
    after = vars(prior)
    assert after.keys() == before.keys()
    assert all(after[key] is before[key] for key in before)
    assert all(prior.parameters[key] is value for key, value in parameters.items())
    assert [repr(x) for x in prior.parameters.values()] == children


def test_a_likelihood_leaves_the_prior_as_it_was(xdist):
    prior = LogNormalExp(sigma=Prior("HalfNormal", sigma=1.0))
    before = dict(vars(prior))
    with pm.Model():
        prior.create_likelihood_variable("y", mu=1.0, observed=np.array(2.0), xdist=xdist)
    assert dict(vars(prior)) == before
    assert list(prior.parameters) == ["sigma"]


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps], ids=["pickle", "cloudpickle"])
def test_pickle_before_and_after_building(hierarchical, centering, xdist, dumps):
    ours = LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, dims="geo", centered=centering)
    before = pickle.loads(dumps(ours))
    build(ours, xdist)
    after = pickle.loads(dumps(ours))
    assert type(before) is type(after) is LogNormalExp
    assert before == after == ours


def test_a_model_survives_cloudpickle(hierarchical, centering, xdist):
    model = build(LogNormalExp(2.0, 1.0, dims="geo", centered=centering), xdist)
    again = pickle.loads(cloudpickle.dumps(model))
    assert [rv.name for rv in again.free_RVs] == [rv.name for rv in model.free_RVs]
    point = model.initial_point()
    assert again.compile_logp()(point) == model.compile_logp()(point)


def test_pickle_in_a_spawned_process(tmp_path, hierarchical):
    """The process that reads it has imported nothing: pickle imports unfunnel by itself."""
    prior = LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, dims="geo", centered=0.4)
    path = tmp_path / "prior.pickle"
    path.write_bytes(pickle.dumps(prior))
    code = (
        "import pickle, sys; p = pickle.load(open(sys.argv[1], 'rb')); print(repr(p)); "
        "from pymc_extras.deserialize import deserialize; print(deserialize(p.to_dict()) == p)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [repr(prior), "True"]


def test_deepcopy_is_equal_independent_and_of_the_class(hierarchical, centering):
    prior = hierarchical(centering)
    for copied in (prior.deepcopy(), copy.deepcopy(prior)):
        assert type(copied) is LogNormalExp
        assert copied == prior
        assert copied["mu"] is not prior["mu"]
        copied.dims = None
        copied.parameters["mu"] = 7.0
        assert prior.dims == ("geo",)
        assert isinstance(prior["mu"], Prior)


def test_deepcopy_copies_arrays_and_keeps_model_variables():
    array = np.array([1.0, 2.0, 3.0])
    with pm.Model(coords=GEO):
        sd = pm.HalfNormal("sd", 1.0)
    prior = LogNormalExp(array, sd, dims="geo")
    copied = prior.deepcopy()
    assert copied["sigma"] is sd
    copied["mu"][0] = 99.0
    assert prior["mu"][0] == 1.0


@pytest.mark.parametrize(
    "other",
    [
        LogNormalExp(2.0, 0.6, dims="geo"),
        LogNormalExp(2.0, 0.5),
        LogNormalExp(2.0, 0.5, dims="geo", centered=False),
        LogNormalExp(2.0, 0.5, dims="geo", centered=0.4),
        LogNormalExp(2.0, 0.5, dims="geo", centered="offset"),
        LogNormalExp(2.0, 0.5, dims="geo", transform="log"),
        LogNormalExp(np.array([2.0]), 0.5, dims="geo"),
        LogNormalExp(DataArray(2.0), 0.5, dims="geo"),
        LogNormalExp(sigma=0.5, dims="geo"),
        LogNormalExp(2.0, 0.5, dims="geo", centered=DataArray([0.1, 0.2], dims="geo")),
        NormalIdentity(2.0, 0.5, dims="geo"),
        Prior("LogNormal", mu=2.0, sigma=0.5, dims="geo"),
        "LogNormalExp",
    ],
    ids=repr,
)
def test_unequal_from_either_side(other):
    prior = LogNormalExp(2.0, 0.5, dims="geo")
    assert prior != other
    assert other != prior
    assert prior == LogNormalExp(2.0, 0.5, dims=["geo"])


def test_one_prior_in_many_threads(hierarchical, value_centering, xdist):
    """Every thread builds its own model, of its own size, from the same prior."""
    prior = hierarchical(value_centering)

    def work(count):
        more = () if isinstance(value_centering, DataArray) else "defg"[: count % 4]
        with pm.Model(coords={"geo": ["a", "b", "c", *more]}) as model:
            variable = prior.create_variable("b", xdist=xdist)
        assert variable is model["b"]
        lengths = (3 + len(more), int(model.dim_lengths["geo"].get_value()))
        return lengths, [rv.name for rv in model.free_RVs]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(16)))
    assert len(results) == 16
    assert all(names == ["b_mu", "b_sigma", "b"] for _, names in results)
    assert all(expected == found for (expected, found), _ in results)


LABELLED = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1.0, True),
        ([1.0, 2.0], np.array([1.0, 2.0]), True),
        (np.ones(2), np.ones(3), False),
        (LABELLED, LABELLED.copy(), True),
        (LABELLED, LABELLED[::-1], False),
        (LABELLED, LABELLED.values, False),
        (LABELLED, LABELLED.assign_coords(geo=["a", "c"]), False),
    ],
    ids=str,
)
def test_arrays_are_compared_by_element_and_label(a, b, same):
    first, second = (LogNormalExp(x, 1, dims="geo") for x in (a, b))
    assert (first == second) is (second == first) is same
    first, second = (LogNormalExp(1, 1, centered=np.multiply(x, 0.25)) for x in (a, b))
    assert (first == second) is (second == first) is same


def test_variables_are_the_same_only_if_they_are_one():
    with pm.Model():
        a, b = pm.Gamma("a", 1, 1), pm.Gamma("b", 1, 1)
    assert LogNormalExp(a, 1) == LogNormalExp(a, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(b, 1)
    assert LogNormalExp(a, 1) != LogNormalExp(1, 1)
