"""Texts become plain data or problems: what JSON and YAML can hide is named, and quickly."""

from __future__ import annotations

import json
import math
import pickle
import re
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from unfunnel.files.nodes import MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES
from unfunnel.files.plain import as_decimal, plain_scalar
from unfunnel.files.problems import ConfigError
from unfunnel.files.read import read_file, read_text


def refused(text, format):
    """Return the one problem of a text that is not read to its end."""
    with pytest.raises(ConfigError) as caught:
        read_text(text, format)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("0", 0), ("-12", -12), ("+3", 3), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0),
        ("1.0e-3", 1e-3), ("1.5E+10", 1.5e10), ("-0.0", -0.0), ("true", True), ("FALSE", False),
        ("null", None), ("~", None), ("geo", "geo"), ("y", "y"), ("N", "N"), ("1,000", "1,000"),
        ("1.2.3", "1.2.3"), ("nope", "nope"), ("e3", "e3"), ("infinite", "infinite"),
        ("2024-1", "2024-1"), ("a:b", "a:b"), ("12:99", "12:99"), ("0.", 0.0), ("00.5", 0.5),
    ],
)  # fmt: skip
def test_plain_words_that_all_readers_read_alike(word, value):
    found, surprise = plain_scalar(word)
    assert (type(found), found, surprise) == (type(value), value, None)
    assert repr(found) == repr(value)  # the sign of zero too


@pytest.mark.parametrize(
    ("word", "found", "remedy"),
    [
        ("no", "false to some readers of YAML and a text to others", ""),
        ("On", "true to some readers", ""),
        ("1e-3", "a text to some readers of YAML and a number to others", "Write 1.0e-3"),
        ("1.5e3", "a text to some", "Write 1.5e+3"),
        ("-2E5", "a text to some", "Write -2.0e+5"),
        ("012", "one number to some", "quotes"),
        ("0o17", "one number to some", "quotes"),
        ("0x1F", "one number to some", "quotes"),
        ("0b11", "one number to some", "quotes"),
        ("1_000", "a number to others", "Write 1000 for"),
        ("0.1_0", "a number to others", "Write 0.10 for"),
        ("-.5", "a number to others", "Write -0.5 for"),
        ("1:30", "one number to some", "quotes"),
        ("190:20:30.15", "one number to some", "quotes"),
        ("2024-01-01", "a date to some", "dtype"),
        ("2024-01-01T10:00:00Z", "a date to some", "dtype"),
        ("2024-01-01 10:00:00", "a date to some", "dtype"),
        ("=", "a sign of YAML", "quotes"),
        ("", "nothing, which YAML reads as null", "Write it"),
    ],
)
def test_words_that_readers_disagree_on_are_named(word, found, remedy):
    for text, path, format in (
        (f"a:\n  b: {word}", ("a", "b"), "yaml"),
        (f"a:\n- {word}", ("a", 0), "yaml"),
    ):
        (problem,) = read_text(text, format).problems
        assert (problem.path, problem.line) == (path, 2)
        assert found in problem.given
        assert remedy in problem.remedy
    if word:
        (problem,) = read_text(f"a: 1\n{word}: 2", "yaml").problems
        assert problem.path == (word,) and problem.line == 2
    for quoted in (f"'{word}'", f'"{word}"'):
        document = read_text(f"a: {quoted}\n{quoted}: 1", "yaml")
        assert document.problems == () and document.data == {"a": word, word: 1}


CORE = re.compile(  # of YAML 1.2, 10.3.2
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN|null|Null|NULL|~|true|True|TRUE|false|False|FALSE"
)


WORDS = "yes Yes no NO on off y n true TRUE null ~ .inf -.INF .nan << = 2024-01-01 0.1_0".split()


@settings(max_examples=500)
@given(
    st.text("0123456789_.eE+-:xob", min_size=1, max_size=8)
    | st.from_regex(r"[-+]?[0-9_]{0,4}[.:]?[0-9_]{0,4}([eE][-+]?[0-9_]{1,2})?", fullmatch=True)
    | st.sampled_from(
        "yes Yes no NO on off y n true TRUE null ~ .inf -.INF .nan << = 2024-1-1".split()
    )
)
def test_no_word_is_read_in_silence_that_another_reader_reads_differently(word):
    try:
        theirs = yaml.safe_load(word)  # 1.1
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(theirs, dict | list) or word.startswith("#") or not word.strip():
        return
    ours, problem = plain_scalar(word)
    if problem is None and word != "<<":
        assert repr(ours) == repr(theirs)
        assert isinstance(ours, str) == (CORE.fullmatch(word) is None)
    elif (number := as_decimal(word)) is not None:  # what the remedy proposes is read by all
        assert plain_scalar(number) == (yaml.safe_load(number), None)


def test_keys_are_texts():
    problems = read_text("1: a\ntrue: b\nnull: c\n1.5: d", "yaml").problems
    assert [(each.path, each.line, each.given) for each in problems] == [
        (("1",), 1, "1 as a key"),
        (("True",), 2, "True as a key"),
        (("None",), 3, "None as a key"),
        (("1.5",), 4, "1.5 as a key"),
    ]
    assert {each.remedy for each in problems} == {"Put it in quotes."}
    assert "as a key" in refused("? [a]\n: 1", "yaml").given


@pytest.mark.parametrize(
    ("text", "format"),
    [('{"a": {"b": 1,\n "c": 2,\n "b": 3}}', "json"), ("a:\n  b: 1\n  b: 3", "yaml")],
)
def test_a_key_that_stands_twice(text, format):
    (problem,) = read_text(text, format).problems
    assert problem.path == ("a", "b")
    assert problem.line == text.count("\n") + 1
    first = 1 if format == "json" else 2
    assert problem.given == f"it again; line {first} has it too"


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_numbers_that_are_not_finite(format):
    infinite = "Infinity" if format == "json" else ".inf"
    nan = "NaN" if format == "json" else ".nan"
    text = (
        f'{{"a": {infinite}, "b": [-{infinite}], "lower": -{infinite}, "upper": {nan},'
        f' "c": 1{"0" * 400}, "d": 1.0e+999}}'
    )
    document = read_text(text, format)
    paths = [each.path for each in document.problems]
    # Without a bound is what an infinite one says; whether it may, the validator knows.
    assert paths == [("a",), ("b", 0), ("upper",), ("c",), ("d",)]
    assert document.data["lower"] == -math.inf
    digits = refused("[" + "1" * 5000 + "]", format).given
    assert ("4300" if format == "json" else "5,000 characters") in digits


@pytest.mark.parametrize("format", ["json", "yaml"])
@pytest.mark.parametrize("key", ["lower", "mu", "data", "unfunnel", "dist", "dims", "centered"])
@pytest.mark.parametrize("number", ["1" * 400, "-" + "9" * 999, "1.0e+999", "1" * 400 + ".5"])
def test_numbers_beyond_doubles_are_problems_wherever_they_stand(format, key, number):
    from unfunnel.files.api import problems_in

    for text in (
        f'{{"{key}": {number}}}',
        f'{{"a": {{"dist": "Uniform", "kwargs": {{"{key}": {number}, "upper": 1}}}}}}',
        f'{{"a": {{"dist": "LogNormalExp", "mu": [1, {number}], "sigma": {number}}}}}',
        f'{{"a": {{"class": "DataArray", "data": [{number}], "{key}": {number}}}}}',
    ):
        assert problems_in(read_text(text, format))


def test_lines_of_everything():
    text = (
        '{"$schema": "x",\n "unfunnel": 1,\n "priors": {\n  "a": {"dist":\n   "Normal"},\n'
        ' "unfunnel": [1,\n 2]}}'
    )
    document = read_text(text)
    assert document.line(("a",)) == 4
    assert document.line(("a", "dist")) == 4
    assert document.line(("a", "kwargs", "mu")) == 4  # missing: that of what lacks it
    assert document.line(("unfunnel", 1)) == 7
    assert document.line(("$schema",)) == 1
    assert read_text("b:\n\n  c: [1,\n   2]\n", "yaml").line(("b", "c", 1)) == 4


def test_problems_of_the_text_come_before_what_follows_from_them():
    from unfunnel.files.api import problems_in

    text = (
        "unfunnel: 1\npriors:\n  b: {dist: HalfNormal, kwargs: {sigma: 1e-3}}\n  a: {dist: Nrmal}"
    )
    document = read_text(text, "yaml")
    assert [(each.path, each.line) for each in problems_in(document)] == [
        (("b", "kwargs", "sigma"), 3),
        (("a", "dist"), 4),
    ]


def test_anchors_and_merge_keys():
    text = """
    a: &usual {mu: 1, sigma: 2}
    b: *usual
    c: {<<: *usual, mu: 3}
    d: {<<: [{x: 1}, {x: 2, y: 3}], y: 4}
    e: &word text
    f: [*word, "<<"]
    "<<": 5
    """
    document = read_text(text, "yaml")
    assert document.problems == ()
    assert document.data == {**yaml.safe_load(text.replace('"<<": 5', "")), "<<": 5}
    assert document.data["b"] is not document.data["a"]
    assert read_text('{"<<": {"a": 1}}').data == {"<<": {"a": 1}}
    assert "a mapping" in read_text("a: {<<: 3}", "yaml").problems[0].expected
    assert "a sign of YAML" in read_text("a: <<", "yaml").problems[0].given
    assert refused("a: *b", "yaml").given == "no anchor &b"
    assert refused("a: &b [*b]", "yaml").given == "*b inside of itself"


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['exit 1']",
        "a: !!python/name:os.system",
        "a: !!str 1",
        "a: !custom {b: 1}",
        "!!map {a: 1}",
        "a: !!binary R0lGODlhDAAMAIQAAP",
        "a: !!set {b}",
    ],
)
def test_tags_are_refused(text):
    try:
        problems = read_text(text, "yaml").problems
    except ConfigError as error:
        problems = error.problems
    assert any("the tag " in each.given for each in problems)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "format", "found"),
    [
        ("[" * 1_000_000, "json", "levels"),
        ('{"a":' * 500_000, "json", "levels"),
        ("[" * 1_000_000, "yaml", "levels"),
        ("{a: " * 500_000, "yaml", "levels"),
        ("- " * 1_000_000, "yaml", "levels"),
        ("\n".join(" " * n + f"a{n}:" for n in range(1000)), "yaml", "levels"),
        ("[" + "0," * 1_000_000 + "0]", "json", "values"),
        ("[" + "[]," * 1_000_000 + "0]", "json", "values"),
        ("- 0\n" * 900_000, "yaml", "values"),
        (BOMB, "yaml", "values"),
        ("a: &a {}\nb: [" + "*a, " * 900_000 + "]", "yaml", "values"),
        (" " * (MAX_CHARACTERS + 1), "json", "characters"),
        ('"' + '\\"' * 1_900_000, "json", "unterminated"),
        ('\\"' * 1_900_000, "json", "expecting value"),
        ("a: &x " + "x" * 3_900_000, "yaml", "3,900,000 characters"),
        ("x" * 3_900_000 + ": 1", "yaml", None),
        (f'{{"{"x" * 3_900_000}": 1}}', "json", "3,900,000 characters"),
        ("? " * 1_000_000, "yaml", None),
        ("a: [!" + "x" * 3_900_000 + " [], *b]", "yaml", "no anchor &b"),
        ("%TAG " * 700_000, "yaml", None),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_hostile_texts_are_refused_quickly(text, format, found):
    begin = time.process_time()
    problem = refused(text, format)
    assert time.process_time() - begin < 5
    assert found is None or found in problem.given
    assert len(str(problem)) < 500


def test_texts_at_the_limits_are_read():
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_text(deep).data == json.loads(deep) == read_text(deep, "yaml").data
    assert "levels" in refused(f"[{deep}]", "json").given
    wide = "[" + "0, " * (MAX_VALUES - 2) + "0]"
    assert len(read_text(wide).data) == MAX_VALUES - 1
    assert "values" in refused(wide.replace("[", "[0, "), "json").given


@pytest.mark.parametrize(
    ("text", "format", "message"),
    [
        ("", "json", "line 1: expected JSON, but got expecting value"),
        ("{\n'a': 1}", "json", "line 2: expected JSON"),
        ('{"a": 1}\n{}', "json", "line 2: expected JSON, but got extra data"),
        ('{"a": 1, // note\n}', "json", "a comment is not JSON"),
        ("", "yaml", "expected a mapping of names to priors, but got nothing"),
        ("# only this\n", "yaml", "but got nothing"),
        ("null", "json", "but got nothing"),
        ("a: [1\nb: 2", "yaml", "line 2: expected YAML"),
        ("a: 1\n\tb: 2", "yaml", "expected YAML"),
        ("a: \x01", "yaml", "expected YAML"),
        ("a: 1\n---\nb: 2", "yaml", "line 2: expected one document in a file"),
    ],
)
def test_texts_that_are_broken(text, format, message):
    assert message in str(refused(text, format))


def test_bytes(tmp_path):
    path = tmp_path / "p.json"
    path.write_bytes(b'{"a": 1,\n "b": "\xff"}')
    with pytest.raises(ConfigError, match=r"p\.json.*\n.*line 2: expected text in UTF-8.*0xff"):
        read_file(path)
    path.write_bytes(b'\xef\xbb\xbf{"\xc3\xa9": 1}')
    assert read_file(path).data == {"é": 1}
    path.write_bytes(b" " * (5 * MAX_CHARACTERS))
    with pytest.raises(ConfigError, match="characters"):
        read_file(path)
    assert "surrogate" in read_text('{"a": "\\ud800"}').problems[0].given
    for text in ('{"a": "\\ud800"}', '{"a\\ud800": 1}'):  # what is said of it can be printed
        assert "a" in str(read_text(text).problems[0]).encode().decode()
    assert read_text('{"a": "\\ud83d\\ude42"}').data == {"a": "🙂"}


def test_errors_can_be_pickled():
    with pytest.raises(ConfigError) as caught:
        read_text("[1", "yaml")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


texts = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=60)
@given(st.dictionaries(texts, plain, min_size=1), st.sampled_from([None, 2]))
def test_json_is_read_as_the_standard_library_reads_it(data, indent):
    document = read_text(json.dumps(data, indent=indent))
    assert document.problems == () and document.data == data
    assert repr(document.data) == repr(json.loads(json.dumps(data)))


@settings(max_examples=100)
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_read_or_refused(text):
    for format in ("json", "yaml"):
        try:
            read_text(text, format)
        except ConfigError as error:
            assert error.problems
