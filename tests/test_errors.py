"""Errors say what was given, what was expected and what to do, and carry the same as attributes."""

from __future__ import annotations

import pickle

import pytest

from unfunnel import errors
from unfunnel.errors import UnfunnelError, listed, nearest

CLASSES = [
    (errors.ParameterError, ValueError),
    (errors.ParameterTypeError, TypeError),
    (errors.ParameterTypeError, ValueError),
    (errors.CenteringError, ValueError),
    (errors.DimsError, ValueError),
    (errors.LabelError, ValueError),
    (errors.DecodeError, ValueError),
    (errors.UnsupportedError, NotImplementedError),
    (errors.SamplingError, RuntimeError),
    (errors.MissingExtraError, ImportError),
]


@pytest.mark.parametrize(("cls", "builtin"), CLASSES)
def test_parts(cls, builtin):
    error = cls("beta: mu", expected="a number", given="'x'", remedy="Pass one.")
    assert isinstance(error, builtin)
    assert isinstance(error, UnfunnelError)
    assert str(error) == "beta: mu: expected a number, but got 'x'. Pass one."
    assert (error.subject, error.expected) == ("beta: mu", "a number")
    assert (error.given, error.remedy) == ("'x'", "Pass one.")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is cls
    assert str(back) == str(error)
    assert back.remedy == "Pass one."


def test_without_a_remedy():
    assert str(UnfunnelError("a", expected="b", given="c")) == "a: expected b, but got c."


def test_lists_have_an_order():
    assert listed({"b", "a", "c"}) == "'a', 'b' and 'c'"
    assert listed(["b", "a"]) == "'b' and 'a'"
    assert listed(["a"]) == "'a'"
    assert listed([]) == "none"


def test_nearest():
    assert nearest("sigm", ["mu", "sigma"]) == " Did you mean 'sigma'?"
    assert nearest("qqq", ["mu", "sigma"]) == ""
