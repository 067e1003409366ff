"""Canonical JSON: what we write is RFC 8785, and what we read from outside is held to form."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from svx_ledger.domain.kind import Command
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.eventlog.canonical import (
    INEXACT,
    MAX_DEPTH,
    MAX_MESSAGE_BYTES,
    canonical,
    read_message,
)
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of
from tests.strategies import values_of

NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=30,
)


def rule(text: bytes) -> str:
    """The rule of form that a message breaks."""
    with pytest.raises(Malformed) as caught:
        read_message(text)
    return caught.value.rule.name


def leaves(value: Any) -> Iterator[Any]:
    """Whatever a message says that holds nothing else."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield value


@given(PLAIN)
@example({"b": 1, "a": '\x7f\u2028\U0001f642"\\/\b\f\n\r\t\x00', "": 2**53 - 1, "A": []})
def test_canonical_form_is_that_of_rfc_8785(plain: Any) -> None:
    assert canonical(plain) == rfc8785.dumps(plain)


@given(st.dictionaries(NAMES, PLAIN))
def test_what_is_canonical_reads_back_as_it_was(message: dict[str, Any]) -> None:
    assert read_message(canonical(message)) == message


@given(st.binary() | PLAIN.map(lambda plain: json.dumps(plain).encode()))
def test_whatever_arrives_is_an_object_or_malformed(text: bytes) -> None:
    try:
        message = read_message(text)
    except Malformed:
        return

    assert type(message) is dict
    if not any(value is INEXACT for value in leaves(message)):
        assert read_message(canonical(message)) == message


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b"[]",
        b'"text"',
        b"7",
        b"null",
        b"true",
        b"{} {}",
        b"{}x",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": .5}',
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": nan}',
        b'{"a": "\n"}',
        b'{"a": "\\x"}',
        b'{"a": "\\ud8"}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xc0\xaf"}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"{}\x00",
        b"}" * 100 + b"{" * 100,
    ],
)
def test_a_message_is_one_json_object_in_utf_8(text: bytes) -> None:
    assert rule(text) == "bad-json"


@pytest.mark.parametrize("text", [b'{"a": 1, "a": 1}', b'{"b": [{"a": 1, "\\u0061": 2}]}'])
def test_a_field_is_given_once(text: bytes) -> None:
    assert rule(text) == "duplicate-key"


@pytest.mark.parametrize(
    "text", [b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b'{"a": ["\\uDC00\\uD800"]}']
)
def test_half_a_character_is_refused(text: bytes) -> None:
    assert rule(text) == "bad-text"


def test_a_whole_character_may_be_escaped() -> None:
    assert read_message(b'{"a": "\\ud83d\\ude42"}') == {"a": "\U0001f642"}


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1.0",
        "1e3",
        "1E3",
        "-0.0",
        "1e999",
        str(2**53),
        str(-(2**53)),
        str(2**64),
        "9" * 5000,
    ],
)
def test_a_number_is_an_integer_below_2_to_the_53(number: str) -> None:
    read = read_message(b'{"a": [%s]}' % number.encode())

    assert read == {"a": [INEXACT]}
    with pytest.raises(TypeError):
        canonical(read)


def scalars_of(plain: Any, pointer: str = "") -> Iterator[str]:
    """The pointers of all that a message says."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for name, value in inner:
        place = f"{pointer}/{name}"
        yield from scalars_of(value, place) if isinstance(value, dict | list) else (place,)


@given(st.sampled_from([*COMMANDS.values()]), st.data())
def test_no_field_of_a_command_takes_a_number_that_is_not_exact(
    cls: type[Command], data: st.DataObject
) -> None:
    plain = shape_of(cls).encode(data.draw(values_of(cls)))
    pointer = data.draw(st.sampled_from([*scalars_of(plain)]))
    *path, last = (int(p) if p.isdigit() else p for p in pointer[1:].split("/"))
    within = plain
    for step in path:
        within = within[step]
    within[last] = 1.5

    with pytest.raises(Malformed) as caught:
        shape_of(cls).decode(read_message(json.dumps(plain).encode()))

    assert caught.value.pointer == pointer


@pytest.mark.parametrize("number", [0, 2**53 - 1, -(2**53) + 1])
def test_the_integers_at_the_edge_are_read(number: int) -> None:
    assert read_message(b'{"a": %d}' % number) == {"a": number}


@pytest.mark.parametrize(("opening", "closing"), [(b'{"a": ', b"}"), (b"[", b"]")])
def test_json_nests_at_most_16_deep(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return b'{"a": ' + opening * (depth - 1) + b"1" + closing * (depth - 1) + b"}"

    assert read_message(nested(MAX_DEPTH))
    assert rule(nested(MAX_DEPTH + 1)) == "too-deep"
    assert rule(nested(9_000)) == "too-deep"


def test_brackets_in_text_are_not_depth() -> None:
    message = {"a": '[{"\\' * 30, "b": "\\"}

    assert read_message(canonical(message)) == message


def test_a_message_has_at_most_64_kib() -> None:
    fits = b'{"a": "%s"}' % (b"x" * (MAX_MESSAGE_BYTES - 9))

    assert len(fits) == MAX_MESSAGE_BYTES == 65_536
    assert read_message(fits)
    assert rule(fits + b" ") == "too-large"


def test_size_is_counted_in_bytes() -> None:
    text = '{"a": "%s"}' % ("é" * (MAX_MESSAGE_BYTES // 2))

    assert len(text) < MAX_MESSAGE_BYTES
    assert rule(text.encode()) == "too-large"
