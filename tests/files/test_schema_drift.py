"""What the package holds as data is what PyMC, the table of distributions and our families say."""

from __future__ import annotations

import json
from pathlib import Path

import make_schema
import pytest

from unfunnel.distributions.object_facts import row_of
from unfunnel.families import FAMILIES
from unfunnel.files.grammar import PATH, SCHEMA_PATH, not_in_files, rows

AGAIN = "run `python docs/make_schema.py`"


def test_grammar_is_that_of_the_installed_pymc_and_of_our_families():
    assert json.loads(PATH.read_text(encoding="utf-8")) == make_schema.grammar(), AGAIN


def test_schema_is_what_the_grammar_says():
    assert json.loads(SCHEMA_PATH.read_text(encoding="utf-8")) == make_schema.schema(), AGAIN


def test_every_distribution_that_a_prior_accepts_is_there_or_refused_with_a_reason():
    known = set(rows()) - set(FAMILIES)
    assert known | set(not_in_files()) == set(make_schema.all_distributions())
    assert not known & set(not_in_files())
    assert len(known) > 70


@pytest.mark.parametrize("name", sorted(set(rows()) - set(FAMILIES)))
def test_prior_takes_these_parameters_and_no_others(name):
    from pymc_extras.prior import _get_pymc_distribution, _get_pymc_parameters

    upstream = _get_pymc_parameters(_get_pymc_distribution(name))
    assert set(rows()[name].parameters) == upstream - {"init_dist"}


@pytest.mark.parametrize("bounds", [{"lower": -3.0}, {"upper": 4.0}, {}])
@pytest.mark.parametrize("name", FAMILIES)
def test_bounds_move_the_row_as_they_move_the_family(name, bounds):
    if FAMILIES[name].bound_names or not bounds:
        moved, row = row_of(FAMILIES[name].at(**bounds)), rows()[name].at(bounds)
        assert moved == row


def test_documentation_publishes_the_file_of_the_package():
    import conf

    entries = [(Path(conf.__file__).parent / entry).resolve() for entry in conf.html_static_path]
    assert SCHEMA_PATH.resolve() in entries
