"""What the validator accepts can be made; needs pymc-marketing, for the flat form of ``Prior``."""

from __future__ import annotations

import json
import warnings

import pytest
from hypothesis import given, settings
from pymc_extras.deserialize import deserialize
from strategies_of_data import factories

import unfunnel  # noqa: F401  (registers)
from unfunnel.errors import SupportWarning
from unfunnel.files.decode import problems_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def flat_form():
    """Import what registers it; not in the test, as PyTensor changes the limit of recursion."""
    pytest.importorskip("pymc_marketing.special_priors")


@settings(max_examples=500)
@given(value=factories())
def test_what_is_accepted_can_be_made(value):
    assert problems_of({"a": value}) == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SupportWarning)
        made = deserialize(json.loads(json.dumps(value)))
    assert hasattr(made, "create_variable")
