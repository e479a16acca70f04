"""What the package holds as data is what PyMC, our families and the shapes say now."""

from __future__ import annotations

import json
from pathlib import Path

import make_schema
import pytest

from unfunnel.families import FAMILIES
from unfunnel.files.grammar.rules import PATH as GRAMMAR
from unfunnel.files.grammar.rules import not_in_files, rules
from unfunnel.files.grammar.schema import PATH, schema
from unfunnel.files.grammar.schema_writer import written_schema

AGAIN = "run `python docs/make_schema.py`"


def test_grammar_is_that_of_the_installed_pymc_and_of_our_families():
    assert json.loads(GRAMMAR.read_text(encoding="utf-8")) == make_schema.grammar(), AGAIN


def test_schema_is_what_the_shapes_say():
    assert json.loads(PATH.read_text(encoding="utf-8")) == written_schema() == schema(), AGAIN


def test_every_distribution_that_a_prior_accepts_is_there_or_refused_with_a_reason():
    known = set(rules()) - set(FAMILIES)
    assert known | set(not_in_files()) == set(make_schema.all_distributions())
    assert not known & set(not_in_files())
    assert len(known) > 70


@pytest.mark.parametrize("name", sorted(set(rules()) - set(FAMILIES)))
def test_prior_takes_these_parameters_and_no_others(name):
    from pymc_extras.prior import _get_pymc_distribution, _get_pymc_parameters

    upstream = _get_pymc_parameters(_get_pymc_distribution(name))
    assert set(rules()[name].parameters) == upstream - {"init_dist"}


@pytest.mark.parametrize("name", FAMILIES)
def test_bounds_move_the_support_as_the_family_says(name):
    rule, family = rules()[name], FAMILIES[name]
    assert set(rule.given) == {*family.known_parameters, *family.bound_names}
    for bounds in ({"lower": -3.0}, {"upper": 4.0}):
        if not rule.bounds:
            continue
        moved = family.at(**bounds)
        ends = {**rule.bounds, **bounds}
        for key, parameter in rule.parameters.items():
            support = moved.known_parameters[key].support
            if parameter.within_bounds:
                lower = -float("inf") if ends["lower"] is None else ends["lower"]
                upper = float("inf") if ends["upper"] is None else ends["upper"]
                assert support == (lower, upper)
            else:
                assert support == parameter.support


def test_documentation_publishes_the_file_of_the_package():
    import conf

    entries = [(Path(conf.__file__).parent / entry).resolve() for entry in conf.html_static_path]
    assert PATH.resolve() in entries
