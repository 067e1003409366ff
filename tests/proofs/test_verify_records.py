"""Records: one spelling, and nothing in them that another program could read differently."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.canonical import canonical as written
from svx_ledger.proofs.checks.records import (
    RECORD_BYTES,
    Commitment,
    commitments_in,
    parse_record,
)
from svx_ledger.proofs.finding import Code, Refused

from .hostile import mutated
from .stored import canonical, record

GOOD = record(position=3, data={"note": {"commitment": "a" * 64}, "text": 'é\n"\\\x1f'})
PLAIN: dict[str, Any] = json.loads(GOOD)


def refused(data: bytes) -> None:
    with pytest.raises(Refused) as found:
        parse_record(data)
    assert found.value.finding.code is Code.NOT_CANONICAL


def test_a_record_says_what_is_in_it() -> None:
    read = parse_record(GOOD)

    assert read[:4] == (3, "auction-1", 1, "thing-done.v1")
    assert (read.recorded_at, read.prev) == ("2026-01-01T00:00:03.000000Z", b"p" * 32)
    assert read.recorded_seconds == 1767225603.0
    assert commitments_in(read) == [Commitment("note", "a" * 64)]


def test_the_first_record_of_a_ledger_follows_nothing() -> None:
    assert parse_record(record(position=1, prev=None)).prev is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        GOOD + b"\n",
        b" " + GOOD,
        GOOD.replace(b'"svx":1', b'"svx":1.0'),
        GOOD.replace(b'"svx":1', b'"svx":2'),
        GOOD.replace(b'"svx":1', b'"svx":true'),
        GOOD.replace(b'"svx":1', b'"svx":1,"svx":1'),
        GOOD.replace(b'"position":3', b'"position":03'),
        GOOD.replace(b'"position":3', b'"position":-3'),
        GOOD.replace(b'"position":3', b'"position":0'),
        GOOD.replace(b'"position":3', b'"position":9007199254740992'),
        GOOD.replace(b'"position":3', b'"position":' + b"9" * 5000),
        GOOD.replace(b'"n":1', b'"n":NaN'),
        GOOD.replace(b"\xc3\xa9", b"\\u00e9"),
        GOOD.replace(b"\xc3\xa9", b"\\ud800"),
        GOOD.replace(b'"data":{', b'"data":{"\xc3\xa9":1,'),
        GOOD.replace(b'"data":{', b'"data":{"a":null,'),
        b'{"a":' * 100_000,
        b"[" * 30_000,
    ],
)
def test_whatever_has_another_spelling_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize(
    "other",
    [
        {"unknown": 1},
        {"prev": "A" * 64},
        {"prev": 1},
        {"prev": ""},
        {"salt": "x"},
        {"data": {"é": 1}},
        {"data": {"a": [None]}},
        {"data": []},
        {"stream": 1},
        {"version": True},
        {"recorded_at": "2026-01-01T00:00:00Z"},
        {"recorded_at": "2026-13-01T00:00:00.000000Z"},
        {"recorded_at": "2026-01-01T00:00:00.000000+"},
    ],
)
def test_whatever_is_not_a_field_of_a_record_is_refused(other: dict[str, Any]) -> None:
    refused(canonical(PLAIN | other))


@pytest.mark.parametrize("field", sorted(set(PLAIN) - {"prev"}))
def test_no_field_may_be_missing(field: str) -> None:
    refused(canonical({name: value for name, value in PLAIN.items() if name != field}))


def test_a_record_has_a_longest_length() -> None:
    room = RECORD_BYTES - len(record(position=3, data={"text": ""}))

    assert parse_record(record(position=3, data={"text": "x" * room})).position == 3
    refused(record(position=3, data={"text": "x" * (room + 1)}))


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc_0~ ", max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcxyz", max_size=5), VALUES, max_size=5))
def test_what_the_ledger_writes_is_canonical_here_too(data: dict[str, Any]) -> None:
    stored = written(PLAIN | {"data": data})

    assert parse_record(stored).data == data


@given(mutated(GOOD))
def test_hostile_bytes_are_refused_or_are_a_record(data: bytes) -> None:
    try:
        read = parse_record(data)
    except Refused:
        return

    commitments_in(read)
    assert canonical(json.loads(data)) == data


@pytest.mark.parametrize(
    "value", [{"commitment": "A" * 64}, {"commitment": 1}, {"commitment": "a" * 64, "x": 1}, 1]
)
def test_only_a_digest_alone_is_a_commitment(value: Any) -> None:
    assert commitments_in(parse_record(record(position=3, data={"note": value}))) == []
