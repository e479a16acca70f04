"""One mistake is one problem, at its place."""

from __future__ import annotations

import copy
import doctest
import math
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_of_data import OURS, documents, priors

from unfunnel.files.decode import problems_of
from unfunnel.files.grammar import rows as rules

nested = st.builds(lambda prior: {"beta": prior}, priors(("geo",), names=OURS, forms=("nested",)))


def one(data):
    (problem,) = problems_of(data)
    return problem


@given(data=nested, to=st.sampled_from(["{}x", "_{}", "{}{}"]))
@settings(max_examples=40)
def test_misspelt_parameter(data, to):
    kwargs = data["beta"]["kwargs"]
    name = max(kwargs, key=len)
    kwargs[to.format(name, name[-1])] = kwargs.pop(name)
    problem = one(data)
    assert problem.path[:2] == ("beta", "kwargs")
    assert f"{name!r}" in problem.remedy or len(name) == 2


@given(data=nested, junk=st.sampled_from(["1e-3", None, True, {}, [], "x", {"dist": "Gmma"}]))
@settings(max_examples=40)
def test_parameter_of_another_kind(data, junk):
    data["beta"]["kwargs"]["sigma"] = junk
    for other in ("cv", "spread"):
        data["beta"]["kwargs"].pop(other, None)
    assert one(data).path[:3] == ("beta", "kwargs", "sigma")


@given(data=nested, key=st.sampled_from(["dim", "note", "centred", "prior", "zero_sums"]))
@settings(max_examples=20)
def test_unknown_key(data, key):
    data["beta"][key] = 1
    assert one(data).path == ("beta", key)


@given(data=nested, name=st.sampled_from(["LogNormalEx", "Truncated", "", 3, None, ["Normal"]]))
@settings(max_examples=20)
def test_unknown_distribution(data, name):
    data["beta"]["dist"] = name
    assert one(data).path == ("beta", "dist")


@given(data=documents())
@settings(max_examples=40)
def test_paths_are_the_same_with_and_without_envelope(data):
    bare = data.get("priors", data)
    broken = {**copy.deepcopy(bare), "extra": {"dist": "Normal", "kwargs": {"mu": [1, "x"]}}}
    found = problems_of(broken)
    assert [problem.path for problem in found] == [("extra", "kwargs", "mu", 1)]
    assert problems_of({"unfunnel": 1, "priors": broken}) == found


def test_data_that_hold_themselves_or_are_very_deep():
    circle = {"dist": "Normal", "kwargs": {}}
    circle["kwargs"]["mu"] = circle
    deep = 1.0
    for _ in range(100_000):
        deep = [deep]
    for value in (circle, deep):
        assert "less deep" in one({"a": value}).expected
    while isinstance(deep, list):  # or its deallocation is as deep
        deep = deep[0]


def test_a_long_array_of_mistakes_is_one_problem():
    assert "9999 more" in one({"a": ["x"] * 10_000}).given


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_finite(number):
    prior = {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": number}}
    assert one({"a": prior}).path == ("a", "kwargs", "sigma")
    censored = {"class": "Censored", "data": {"dist": {"dist": "Normal"}, "lower": number}}
    assert len(problems_of({"a": censored})) == math.isnan(number)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("1e-3", "YAML reads 1e-3 as a string even without quotes: write 1.0e-3 without them."),
        ("-.5E6", "YAML reads -.5E6 as a string even without quotes: write -0.5e+6 without them."),
        ("0.5", "It is a number in quotes: write 0.5 without them."),
        ("1.0E-3", "It is a number in quotes: write 1.0E-3 without them."),
        ("1_000", "YAML reads 1_000 as a string even without quotes: write 1000 without them."),
        ("012", ""),
        ("true", ""),
        ("inf", ""),
        ("9" * 400, ""),
        ("1e999", ""),
        ("<<", ""),
        ("~", ""),
        ("a half", ""),
        (None, "Give it a value or remove the key."),
        (date(2024, 1, 31), "YAML reads it as a date: put it in quotes."),
        ("Normal", "Write `dist: Normal` below the name."),
    ],
)
def test_what_other_readers_make_of_a_text(value, remedy):
    """Data may come from PyYAML, which reads what our own reader would have named."""
    assert one({"a": value}).remedy == remedy


def test_keys_that_are_no_texts():
    assert str(one({1: 2})) == (
        "[1]: expected a name that is a string, but got 1. Put it in quotes."
    )
    assert one({"a": {"dist": "Normal", 2: 1}}).path == ("a", 2)


def test_every_distribution_is_accepted_with_what_it_needs():
    for name, rule in rules().items():
        kwargs = {key: 0.5 for key in rule.alternatives}
        kwargs |= {"nu": 3.0} if name == "StudentTIdentity" else {}
        for prior in ({"dist": name, "kwargs": kwargs}, {"distribution": name, **kwargs}):
            assert problems_of({"a": prior}) == [], name


def test_no_pymc_is_imported():
    code = (
        "import sys, unfunnel\n"
        "from unfunnel.files.decode import problems_of\n"
        "unfunnel.schema()\n"
        "assert problems_of({'a': {'dist': 'LogNormalExp', 'kwargs': {'mu': -1}}})\n"
        "heavy = ('pymc', 'pytensor', 'numpy', 'scipy', 'pandas', 'xarray', 'pydantic.main')\n"
        "print(sorted(set(heavy) & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_examples_of_the_page():
    page = Path(__file__).parents[2].joinpath("docs", "schema.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (file,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    example = doctest.DocTestParser().get_doctest(code, {}, "schema.md", None, None)
    assert doctest.DocTestRunner().run(example).failed == 0
    assert problems_of(yaml.safe_load(file)) == []
