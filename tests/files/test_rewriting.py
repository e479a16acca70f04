"""A text is changed where its data change, and nowhere else."""

import json
from difflib import ndiff

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfunnel.files.text.reading import read_text
from unfunnel.files.text.rewriting import rewritten
from unfunnel.files.text.writing import to_json, to_yaml

YAML = """\
# priors of the model
beta:  # agreed in May
  special_prior: LogNormalPrior
  kwargs:
    mean: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
    std:
      # by Ann
      dist: HalfNormal   # light
      kwargs: {sigma: 1}
  transform: exp   # not any more

gamma: {a: 1, b: [1, 2], c: "x"}  # inline
"""

NEW = {
    "beta": {
        "dist": "LogNormalExp",
        "kwargs": {
            "mu": {"dist": "Gamma", "kwargs": {"mu": 1.5, "sigma": 0.5}},
            "sigma": {"dist": "HalfNormal", "kwargs": {"sigma": 1}},
        },
    },
    "gamma": {"a": 1, "b": [1, 2], "c": "x"},
}


def changed_lines(old, new):
    lines = ndiff(old.splitlines(), new.splitlines())
    return [line for line in lines if line[:2] in ("- ", "+ ")]


def test_only_what_differs_is_changed():
    new = rewritten(YAML, "yaml", NEW)
    assert read_text(new.text, "yaml").data == NEW
    assert changed_lines(YAML, new.text) == [
        "-   special_prior: LogNormalPrior",
        "+   dist: LogNormalExp",
        "-     mean: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}",
        "+     mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}",
        "-     std:",
        "+     sigma:",
        "-   transform: exp   # not any more",
    ]
    assert new.lost_comments  # that of the deleted line


@pytest.mark.parametrize(
    ("old", "data", "expected"),
    [
        ("a: {b: 1, c: 2}", {"a": {"c": 2}}, "a: {c: 2}"),
        ("a: {b: 1, c: 2}", {"a": {"b": 1}}, "a: {b: 1}"),
        ("a: {b: 1, c: 2, d: 3}", {"a": {"b": 1, "d": 3}}, "a: {b: 1, d: 3}"),
        (
            "a: {b: 1}  # x\n",
            {"a": {"b": {"c": [1.0, 1e-5]}}},
            "a: {b: {c: [1.0, 1.0e-05]}}  # x\n",
        ),
        ("a: 1", {"a": "no"}, 'a: "no"'),
        ("a: [0, false]", {"a": [0.0, 0]}, "a: [0.0, 0]"),
        ("a: [1, 2]", {"a": [1, 2, 3]}, "a: [1, 2, 3]"),
        ("a:\n- 1\n- b: 2 # x\n", {"a": [1, {"b": 3}]}, "a:\n- 1\n- b: 3 # x\n"),
        ("a:\n  b: 1\nc: 2\n", {"a": {"b": 1, "d": 2}, "c": 2}, "a:\n  {b: 1, d: 2}\nc: 2\n"),
        ("a:\n  b: 1\n\n# c\nc: 2\n", {"a": {"b": 1}}, "a:\n  b: 1\n\n# c\n"),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 2}, "c": {"b": 2}}, "a: &x {b: 2}\nc: *x\n"),
    ],
)
def test_yaml(old, data, expected):
    new = rewritten(old, "yaml", data)
    assert new.text == expected
    assert read_text(new.text, "yaml").data == data


@pytest.mark.parametrize(
    ("old", "data", "expected"),
    [
        ('{"a": {"b": 1,\n "c": 2}}', {"a": {"c": 2}}, '{"a": {"c": 2}}'),
        ('{\n    "a": 1\n}\n', {"a": [1, 2]}, '{\n    "a": [1, 2]\n}\n'),
        ('{"a": "\\u00e9 \\/", "b": 1}', {"a": "é /", "c": 1}, '{"a": "\\u00e9 \\/", "c": 1}'),
        ('{\n\t"a": 1\n}', {"a": 2}, '{"a": 2}\n'),  # tabs: written anew
    ],
)
def test_json(old, data, expected):
    assert rewritten(old, "json", data).text == expected


@pytest.mark.parametrize(
    ("old", "data"),
    [
        ("a: &x {b: 1}\nc: *x  # x\n", {"a": {"b": 2}, "c": {"b": 1}}),
        ("a: &x {b: 1} # x\nc: {<<: *x, d: 1}\n", {"a": {"b": 1}, "c": {"b": 2, "d": 1}}),
    ],
)
def test_what_has_no_place_of_its_own_is_written_anew(old, data):
    new = rewritten(old, "yaml", data)
    assert new.text == to_yaml(data)
    assert new.lost_comments


def test_the_schema_stays_when_a_file_is_written_anew():
    head = "# yaml-language-server: $schema=https://example.org/x.json\n"
    new = rewritten(f"{head}a: &x {{b: 1}}\nc: *x\n", "yaml", {"a": {"b": 1}, "c": {"b": 2}})
    assert new.text == f"{head}{to_yaml({'a': {'b': 1}, 'c': {'b': 2}})}"
    assert not new.lost_comments


def test_a_lost_comment_is_told():
    assert rewritten("a:\n  b: 1\n  # why\n  c: 1\n", "yaml", {"a": [1]}).lost_comments
    assert not rewritten("a: {b: 1} # why\n", "yaml", {"a": [1]}).lost_comments


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
)
DATA = st.recursive(
    SCALARS.filter(lambda x: not isinstance(x, float) or abs(x) < 1e300),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
FILES = st.dictionaries(st.sampled_from("abcd"), DATA, min_size=1, max_size=3)


def check(old, new, format):
    text = to_json(old) if format == "json" else to_yaml(old)
    found = read_text(rewritten(text, format, new).text, format)
    assert json.dumps(found.data, sort_keys=True) == json.dumps(new, sort_keys=True)


@settings(max_examples=25)
@given(FILES, FILES, st.sampled_from(["json", "yaml"]))
def test_the_new_text_has_the_new_data(old, new, format):
    check(old, new, format)


@pytest.mark.slow
@settings(max_examples=3000)
@given(FILES, FILES, st.sampled_from(["json", "yaml"]))
def test_the_new_text_has_the_new_data_always(old, new, format):
    check(old, new, format)
