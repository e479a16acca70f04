"""The dictionary form of ByCoord: what goes in comes out, and nothing is ignored."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from unfunnel.errors import DecodeError, UnsupportedError
from unfunnel.prior.by_coord.codec import decode, encode, is_by_coord

MEMBERS = {"tv": {"a": 1}, "search": {"b": 2}}
DATA = {
    "dist": "ByCoord",
    "kwargs": {"dim": "channel", "labels": ["tv", "search"], "members": [{"a": 1}, {"b": 2}]},
}


def same(value):
    return value


def test_encode():
    assert encode("channel", MEMBERS, None, None, same) == DATA
    full = encode("channel", MEMBERS, {"c": 3}, ("geo", "channel"), same)
    assert full["kwargs"]["default"] == {"c": 3}
    assert full["dims"] == ["geo", "channel"]
    assert json.loads(json.dumps(full)) == full


def decoded(data):
    options = decode(data, same)
    return options | {"members": dict(options["members"])}


def test_decode_inverts_encode():
    for default, dims in ((None, None), ({"c": 3}, ("geo", "channel"))):
        data = json.loads(json.dumps(encode("channel", MEMBERS, default, dims, same)))
        assert decoded(data) == {
            "dim": "channel",
            "members": MEMBERS,
            "default": default,
            "dims": None if dims is None else list(dims),
        }


@pytest.mark.parametrize(
    "labels", [[2023, 2024], list(pd.date_range("2024-01-01", periods=2)), ["a", 1]], ids=str
)
def test_labels_keep_their_types(labels):
    data = encode("g", {label: {} for label in labels}, None, None, same)
    back = list(dict(decode(json.loads(json.dumps(data)), same)["members"]))
    assert back == labels
    assert [type(label) for label in back] == [type(label) for label in labels]


def test_labels_that_json_cannot_hold():
    with pytest.raises(UnsupportedError, match="labels that JSON can hold"):
        encode("g", {("a", 1): {}, ("b", 2): {}}, None, None, same)


def test_forms_that_people_write():
    expected = decoded(DATA)
    by_label = {"dim": "channel", "members": MEMBERS}
    assert decoded({"dist": "ByCoord", "kwargs": by_label}) == expected
    assert decoded({"distribution": "ByCoord", **by_label}) == expected
    assert decoded({"dist": "ByCoord", **by_label, "dims": "channel"})["dims"] == "channel"


def test_what_is_claimed():
    assert is_by_coord(DATA)
    assert not any(
        map(is_by_coord, ({"dist": "LogNormalExp"}, {"dist": {}}, {}, [], None, "ByCoord"))
    )


def kwargs(**changes):
    return {"dist": "ByCoord", "kwargs": {**DATA["kwargs"], **changes}}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"dist": "Normal"}, "whose 'dist' is 'ByCoord'"),
        (DATA | {"centered": False}, "also 'centered'"),
        (kwargs(member={}), "Did you mean 'members'?"),
        (DATA | {"dim": "channel"}, "'dim' once"),
        ({"dist": "ByCoord", "kwargs": {"dim": "channel"}}, "no 'members'"),
        ({"dist": "ByCoord"}, "no 'dim' and 'members'"),
        (kwargs(labels=["tv"]), "list and 1 labels"),
        (kwargs(members=MEMBERS), "dict and 2 labels"),
        (kwargs(labels=None), "list and 0 labels"),
        (kwargs(members=3), "int and 2 labels"),
    ],
)
def test_what_is_refused(data, text):
    with pytest.raises(DecodeError) as caught:
        decode(data, same)
    assert text in str(caught.value)
