"""A corpus of bad files: beside each stands what is said of it, word for word.

After a change of wording, ``python tests/files/test_bad_files.py`` writes the messages again; the
diff is what has to be judged.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from test_agreement import assert_schema_agrees

from unfunnel import ConfigError
from unfunnel.files.api import problems_in
from unfunnel.files.decode import problems_of
from unfunnel.files.grammar import schema
from unfunnel.files.read import read_file

FILES = sorted(
    path for path in (Path(__file__).parent / "bad").iterdir() if path.suffix in (".json", ".yaml")
)


def read(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def said_of(path):
    """What ``unfunnel validate`` says, with the lines."""
    try:
        problems = problems_in(read_file(path))
    except ConfigError as error:  # it cannot be read to its end
        problems = error.problems
    return "".join(f"{problem}\n" for problem in problems)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages(path):
    assert said_of(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_name_has_a_mistake(path):
    data = read(path)
    if path.suffix == ".yaml":
        named = {problem.path[0] for problem in problems_of(data)}
        assert named == set(data.get("priors", data))


ENTRIES = [
    pytest.param({name: value}, id=f"{path.stem}-{name}")
    for path in FILES
    if path.suffix == ".yaml" and path.stem != "keys"  # of JSON, all keys are strings
    for name, value in read(path).get("priors", read(path)).items()
]
WHOLE = [pytest.param(read(path), id=path.stem) for path in FILES if path.suffix == ".json"]


CHECKER = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("data", ENTRIES + WHOLE)
def test_the_schema_refuses_what_it_can(data):
    assert_schema_agrees(CHECKER, data)


if __name__ == "__main__":
    for each in FILES:
        each.with_suffix(".txt").write_text(said_of(each), encoding="utf-8")
