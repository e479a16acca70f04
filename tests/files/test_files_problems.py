"""Every mistake of a file is in one error, each with its path and its line."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_of_priors import files

import unfunnel
from unfunnel import ConfigError, LogNormalExp, StudentTIdentity
from unfunnel.errors import SupportWarning
from unfunnel.files.decode import problems_of


def problems(text, format="yaml"):
    with pytest.raises(ConfigError) as caught:
        unfunnel.loads(text, format)
    return [(each.where, each.line) for each in caught.value.problems], str(caught.value)


MANY = """\
unfunnel: 1
priors:
  a:
    dist: LogNormalExp
    kwargs:
      mu: {dist: Gama, kwargs: {mu: 1}}
      sigma: 1e-3
  b:
    dist: Normal
    kwargs: {mu: 0, sigma: wide}
    dim: geo
  a: 3
  c: {dist: HalfNormal, centered: no}
"""


def test_all_mistakes_at_once():
    found, message = problems(MANY)
    assert found == [
        ("a.kwargs.mu.dist", 6),
        ("a.kwargs.sigma", 7),
        ("b.kwargs.sigma", 10),
        ("b.dim", 11),
        ("a", 12),
        ("c.centered", 13),
    ]
    assert "Write 1.0e-3 for the number" in message
    assert message.startswith("text: ")


def test_the_file_is_named(tmp_path):
    path = tmp_path / "priors.yaml"
    path.write_text("beta: {dist: Nrmal}")
    with pytest.raises(ConfigError, match=r"priors\.yaml: 1 problem\n  line 1: beta\.dist: "):
        unfunnel.load(path)


def test_one_mistake_is_one_problem_and_others_are_found_beside_it():
    inner = {"dist": "LogNormalExp", "kwargs": {"mu": {"dist": "Normal"}, "sigma": 1}}
    found = problems_of(
        {
            "a": {"dist": "Normal", "kwargs": {"mu": inner, "sigma": inner}},
            "b": {"class": "Scaled", "data": {"dist": inner, "factor": [[1], [2, 3]]}},
            "c": {"class": "Censored", "data": {"dist": inner}},
            "d": {"dist": "ByCoord", "kwargs": {
                "dim": "g", "labels": ["u"], "members": [inner], "default": inner}},
            "e": {"dist": "ByCoord", "dim": "g", "members": {"u": inner}},
        }
    )  # fmt: skip
    assert [each.where for each in found] == [
        "a.kwargs.mu.kwargs.mu",
        "a.kwargs.sigma.kwargs.mu",
        "b.data.dist.kwargs.mu",
        "b.data.factor",
        "c.data.dist.kwargs.mu",
        "d.kwargs.members[0].kwargs.mu",
        "d.kwargs.default.kwargs.mu",
        "e.members.u.kwargs.mu",
    ]


def test_flat_forms_and_members_by_label():
    text = """
    beta: {distribution: LogNormalExp, mu: {distribution: Gamma, mu: 2, sigma: 1}, sigma: 1,
           dims: geo, centered: [0.2, 0.8]}
    gamma:
      distribution: ByCoord
      dim: channel
      members: {tv: {dist: HalfNormal, kwargs: {sigma: 2}}, radio: {distribution: Normal, mu: 1}}
      dims: [geo, channel]
    delta: {distribution: Normal, mu: 1, sigma: 2.5, dims: [geo], centered: false}
    """
    loaded = unfunnel.loads(text, "yaml")
    assert loaded == unfunnel.loads(unfunnel.dumps(loaded))
    assert loaded["beta"].dims == ("geo",)
    assert loaded["gamma"].members["radio"].parameters == {"mu": 1}
    assert loaded["delta"].centered is False


def test_version():
    priors = {"beta": LogNormalExp(1, 2)}
    whole = unfunnel.dumps(priors)
    assert unfunnel.loads(whole) == unfunnel.loads(unfunnel.dumps(priors, bare=True)) == priors
    found, message = problems(whole.replace('"unfunnel": 1', '"unfunnel": 2'), "json")
    assert found == [("unfunnel", 3)]
    assert "pip install --upgrade unfunnel" in message
    for other in ("0", "-1", "1.5", "true", '"1"', "null"):
        found, _ = problems(whole.replace('"unfunnel": 1', f'"unfunnel": {other}'), "json")
        assert found == [("unfunnel", 3)], other


def broken(text, seed):
    """Return a text with a few characters, lines or halves lost, doubled or exchanged."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        if not text:
            break
        a, b = sorted(chance.randrange(len(text)) for _ in range(2))
        b = min(b, a + chance.choice([1, 3, 40]))
        replacement = chance.choice(
            ["", text[a:b] * 2, chance.choice([*"{}[],:-\"'&*!#|>0 \n", "null", "1e999"])]
        )
        text = text[:a] + replacement + text[b:]
    return text


def assert_read_or_refused(priors, format, seed):
    text = broken(unfunnel.dumps(priors, format), seed)
    try:
        unfunnel.loads(text, format)
    except ConfigError as error:
        assert error.problems


@pytest.mark.filterwarnings("ignore::unfunnel.errors.SupportWarning")
@pytest.mark.parametrize("format", ["json", "yaml"])
@settings(max_examples=40)
@given(files, st.integers())
def test_broken_files_are_refused_and_nothing_else(format, priors, seed):
    assert_read_or_refused(priors, format, seed)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unfunnel.errors.SupportWarning")
@pytest.mark.parametrize("format", ["json", "yaml"])
@settings(max_examples=2000)
@given(files, st.integers())
def test_thousands_of_broken_files(format, priors, seed):
    assert_read_or_refused(priors, format, seed)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("Exp", "Did you mean 'exp'?"), ("zzz", "Register your own with pymc_extras.prior.register")],
)
def test_a_transform_that_nobody_knows(name, remedy):
    text = f"beta:\n  dist: LogNormalExp\n  kwargs: {{mu: 1, sigma: 1}}\n  transform: {name}"
    for each in (text, text.replace("LogNormalExp", "Normal")):
        found, message = problems(each)
        assert found == [("beta.transform", 4)]
        assert f"but got the string {name!r}. {remedy}" in message


def test_hyperpriors_that_may_leave_a_support_are_warned_of_as_by_constructors():
    nu = "{dist: Gamma, kwargs: {alpha: 2, beta: 0.1}}"
    text = f"a: {{dist: StudentTIdentity, kwargs: {{mu: 0, sigma: 1, nu: {nu}}}}}"
    with pytest.warns(SupportWarning) as loaded:
        prior = unfunnel.loads(text, "yaml")["a"]
    with pytest.warns(SupportWarning) as made:
        StudentTIdentity(0, 1, nu=prior.parameters["nu"])
    (ours,), (theirs,) = ([str(each.message) for each in said] for said in (loaded, made))
    assert ours.partition("Gamma")[0] == theirs.partition("Prior")[0]
    assert ours.partition(" puts ")[2] == theirs.partition(" puts ")[2]


@pytest.mark.parametrize("numbers", ["[1, {}]", "{{class: DataArray, data: [1, {}], dims: [geo]}}"])
def test_integers_beyond_those_of_numpy_are_floats(numbers):
    large = numbers.format(2**70)
    text = f"a: {{dist: LogNormalExp, kwargs: {{mu: {large}, sigma: 1}}, dims: geo}}\nb: {large}"
    loaded = unfunnel.loads(text, "yaml")
    for values in (loaded["a"].parameters["mu"], loaded["b"]):
        assert values.dtype == float
        assert np.asarray(values).tolist() == [1.0, 2.0**70]
    assert unfunnel.loads(unfunnel.dumps(loaded))["a"] == loaded["a"]
