"""JSON Schema, validator and loading say the same of good and of broken files."""

from __future__ import annotations

import copy
import json
import warnings

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pymc_extras.deserialize import deserialize
from strategies_of_data import broken, documents, oddities

import unfunnel
from unfunnel import ConfigError
from unfunnel.errors import SupportWarning, UnsupportedError
from unfunnel.files.decode import problems_of
from unfunnel.files.grammar import priors_of, schema

FEW, MANY = 120, 2500
SLOW = settings(
    max_examples=MANY,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    deadline=1000,
)

#: What a schema cannot say: which lists are as long as others, which dims are among others, and
#: where numbers and hyperpriors may be if that depends on bounds or on other parameters.
BEYOND = (
    "nested lists of equal length", "as many ", "labels of a dim", "a dim of the data",
    "whose labels they are", "a date in ISO form", "dims among those of the prior", "an array with",
    "the dims of the prior in order", "the dims of the mask", "a list with", "among them",
    "a prior without dim", "a scale that is the same", "one member for each label",
    "a hyperprior with", "finite numbers", "not both", "'lower' below", "below the largest",
    "the largest that", "either ", "the name of a function", "a number", "without transform",
)  # fmt: skip


@pytest.fixture(scope="module")
def checker():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


@pytest.fixture(scope="module")
def masked_priors():
    """What makes them, and what loading imports: not while an example is timed."""
    pytest.importorskip("pymc_marketing.special_priors")
    unfunnel.loads('{"a": {"dist": "Normal"}}')


def assert_schema_agrees(checker, data):
    untouched = copy.deepcopy(data)
    found = problems_of(data)
    if not checker.is_valid(data):
        assert found
    else:
        assert all(any(text in problem.expected for text in BEYOND) for problem in found), found
    assert data == untouched


def assert_loading_agrees(data):
    """What is valid loads and comes back; what is not is refused, and nothing ends raw."""
    text = json.dumps(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SupportWarning)
        if problems_of(data):
            with pytest.raises(ConfigError):
                unfunnel.loads(text)
            return
        priors = unfunnel.loads(text)
        assert priors.keys() == priors_of(data).keys()
        again = unfunnel.dumps(priors)
        assert unfunnel.dumps(unfunnel.loads(again)) == again
        assert_constructors_agree(priors)


def assert_constructors_agree(priors):
    """What loading makes without another check is what constructors make, which check."""
    for name, prior in priors.items():
        try:
            data = json.loads(unfunnel.dumps({name: prior}, bare=True))[name]
        except UnsupportedError:  # what upstream does not read
            continue
        if isinstance(data, dict):
            assert unfunnel.dumps({name: deserialize(data)}) == unfunnel.dumps({name: prior})


@settings(max_examples=FEW)
@given(data=documents())
def test_good_files(checker, data):
    assert problems_of(data) == []
    assert checker.is_valid(data)


@settings(max_examples=FEW)
@given(data=broken())
def test_broken_files(checker, data):
    assert_schema_agrees(checker, data)


@pytest.mark.slow
@SLOW
@given(data=st.one_of(broken(), broken(oddities())))
def test_many_broken_files(checker, data):
    assert_schema_agrees(checker, data)


@pytest.mark.slow
@pytest.mark.usefixtures("masked_priors")
@SLOW
@given(data=st.one_of(documents(), broken(), oddities(), broken(oddities())))
def test_what_is_valid_loads_and_nothing_else(data):
    assert_loading_agrees(data)


TRANSFORMED = {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 1}}
LABELLED = {"class": "DataArray", "data": [1.5], "dims": ["date"]}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        *(({**TRANSFORMED, "transform": name}, "a.transform") for name in ("ex^", "Censored", "x")),
        *(
            ({**LABELLED, "coords": {"date": {"dtype": "datetime64[ns]", "data": [date]}}},
             "a.coords.date.data[0]")
            for date in ("9999-01-01", "1500-01-01", "2024-W05-3", "2024-01-01T00:00+01:00", "x")
        ),
        (10**400, "a"),
        ([1, -(10**400)], "a[1]"),
        ({"dist": "HalfNormal", "kwargs": {"sigma": 10**400}}, "a.kwargs.sigma"),
        ({"dist": "HalfNormal", "\0": 1}, "a.\0"),
        ({"\0": 1}, "a"),
        ({**TRANSFORMED, "kwargs": {"mu": [[1, 1]], "sigma": 1}, "dims": "geo"}, "a.kwargs.mu"),
        (
            {"dist": "ProbitNormal", "kwargs": {"mu": [0.5, 0.1], "sigma": [0.4, 0.4]},
             "dims": "geo"},
            "a.kwargs.sigma",
        ),
        (
            {"dist": "NormalIdentity", "dims": "geo", "zero_sum": "geo",
             "kwargs": {"mu": 0, "sigma": {"dist": "HalfNormal", "dims": "geo"}}},
            "a.zero_sum",
        ),
    ],
)  # fmt: skip
def test_what_loading_refuses_is_invalid(value, where):
    (problem,) = problems_of({"a": value})
    assert problem.where == where
    assert_loading_agrees({"a": value})


def test_an_unknown_distribution_hides_no_mistake_inside_it():
    inner = {"dist": "Normal", "kwargs": {"sgima": 1}}
    data = {"dist": "Nromal", "kwargs": {"mu": inner}, "dims": ["geo", "geo"], "transform": "ex^"}
    found = [problem.where for problem in problems_of({"a": data})]
    assert found == ["a.dist", "a.kwargs.mu.kwargs.sgima", "a.dims", "a.transform"]
