"""The JSON Schema and the validator say the same of good and of broken files."""

from __future__ import annotations

import copy

import jsonschema
import pytest
from hypothesis import given, settings
from strategies_of_data import broken, documents

from unfunnel.files.checks.validation import problems_of, problems_of_shape
from unfunnel.files.grammar.schema import SCHEMA_URL, schema
from unfunnel.files.grammar.schema_writer import DIALECT

FEW, MANY = 120, 2500


@pytest.fixture(scope="module")
def checker():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def assert_agreement(checker, data):
    untouched = copy.deepcopy(data)
    by_schema, by_us = checker.is_valid(data), problems_of_shape(data)
    assert by_schema == (not by_us), [str(each) for each in by_us]
    # What a schema cannot say comes in addition.
    assert len(problems_of(data)) >= len(by_us)
    assert data == untouched
    return by_schema


@settings(max_examples=FEW)
@given(data=documents())
def test_good_files(checker, data):
    assert problems_of(data) == []
    assert checker.is_valid(data)


@settings(max_examples=FEW)
@given(data=broken())
def test_broken_files(checker, data):
    assert_agreement(checker, data)


@pytest.mark.slow
@settings(max_examples=MANY)
@given(data=documents())
def test_many_good_files(checker, data):
    assert problems_of(data) == []
    assert checker.is_valid(data)


@pytest.mark.slow
@settings(max_examples=MANY)
@given(data=broken())
def test_many_broken_files(checker, data):
    assert_agreement(checker, data)


def test_schema_says_what_it_is():
    said = schema()
    assert (said["$schema"], said["$id"]) == (DIALECT, SCHEMA_URL)
