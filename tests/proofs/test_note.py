"""Signed notes: one spelling each, and nothing but a refusal for everything else."""

import contextlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.note import (
    NOTE_BYTES,
    NOTE_SIGNATURES,
    Note,
    NoteSignature,
    base64_bytes,
    base64_text,
    is_key_name,
    parse_note,
    parse_signature,
)
from tests.proofs.hostile import mutated

POEM = (  # the example of the specification
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
)
LINE = (
    "\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJK"
    "ONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
EXAMPLE = f"{POEM}\n{LINE}".encode()
GOOD = b"text\n\n\xe2\x80\x94 name.example AAAAAAE=\n"

NAMES = st.text(min_size=1, max_size=12).filter(is_key_name)
SIGNATURES = st.builds(
    NoteSignature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)
LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32))))
)
NOTES = st.builds(
    Note,
    st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "".join(f"{x}\n" for x in lines)),
    st.lists(SIGNATURES, min_size=1, max_size=4).map(tuple),
)


def refused(data: bytes) -> bool:
    try:
        parse_note(data)
    except Refused as refusal:
        return refusal.finding.code is Code.NOT_CANONICAL
    return False


def test_the_example_of_the_specification_is_read() -> None:
    note = parse_note(EXAMPLE)

    assert note.text == POEM
    assert [each.name for each in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.signatures[0].key_id == bytes.fromhex("367ba04b")
    assert len(note.signatures[0].signature) == 64
    assert note.signatures[0].line == LINE
    assert note.data() == EXAMPLE


def test_signatures_cover_the_text_with_its_newline_and_without_the_empty_line() -> None:
    assert parse_note(GOOD).text_bytes == b"text\n"


def test_the_text_ends_at_the_last_empty_line() -> None:
    note = parse_note(
        b"a\n\n\xe2\x80\x94 looks.like/one AAAAAAE=\n" + GOOD.replace(b"text", b"")
    )

    assert note.text == "a\n\n\u2014 looks.like/one AAAAAAE=\n\n"
    assert [each.name for each in note.signatures] == ["name.example"]


@given(NOTES)
def test_a_note_that_was_written_is_read_as_it_was(note: Note) -> None:
    assert parse_note(note.data()) == note


@given(mutated(EXAMPLE) | mutated(GOOD) | st.binary())
def test_whatever_is_read_has_that_one_spelling_and_the_rest_is_refused(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert parse_note(data).data() == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        GOOD[:-1],
        GOOD + b"\n",
        GOOD + b" ",
        GOOD + b"more\n",
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"=\n", b"=\r\n"),
        GOOD.replace(b"\n\n", b"\n"),
        GOOD.replace(b"text", b"te\x00xt"),
        GOOD.replace(b"text", b"te\txt"),
        GOOD.replace(b"text", b"te\xffxt"),
        GOOD.replace(b"text", b"te\xed\xa0\x80xt"),
        b"\xef\xbb\xbf" + GOOD.replace(b"\xe2\x80\x94 ", b"\xef\xbb\xbf\xe2\x80\x94 "),
    ],
)
def test_a_note_with_anything_missing_or_more_is_refused(data: bytes) -> None:
    assert refused(data)


@pytest.mark.parametrize(
    "line",
    [
        "name.example AAAAAAE=",
        "- name.example AAAAAAE=",
        "-- name.example AAAAAAE=",
        "\u2013 name.example AAAAAAE=",
        "\u2015 name.example AAAAAAE=",
        "\u2014name.example AAAAAAE=",
        "\u2014  name.example AAAAAAE=",
        "\u2014\u00a0name.example AAAAAAE=",
        " \u2014 name.example AAAAAAE=",
        "\u2014 name.example",
        "\u2014 name.example ",
        "\u2014  AAAAAAE=",
        "\u2014 name.example  AAAAAAE=",
        "\u2014 name.example AAAAAAE= ",
        "\u2014 name.example AAAAAAE= more",
        "\u2014 two words AAAAAAE=",
        "\u2014 plus+sign AAAAAAE=",
        "\u2014 no\u00a0break AAAAAAE=",
        "\u2014 thin\u2009space AAAAAAE=",
        "\u2014 line\u2028break AAAAAAE=",
    ],
)
def test_a_signature_line_with_another_dash_or_name_is_refused(line: str) -> None:
    assert refused(f"text\n\n{line}\n".encode())
    with pytest.raises(Refused, match="SVX301"):
        parse_signature(line)


@pytest.mark.parametrize(
    "encoded",
    [
        "AAAAAAF=",  # bits under the padding
        "AAAAAAE",
        "AAAAAAE==",
        "AAAAAAE=====",
        "AAAAAA==AAAA",
        "AAA\nAAAE=",
        " AAAAAAE=",
        "AAAAAAE= ",
        "AAAA-_E=",
        "AAAAAA\u00c4=",
        "AAAAA!E=",
        "=",
    ],
)
def test_base64_in_another_spelling_is_refused(encoded: str) -> None:
    with pytest.raises(Refused, match="SVX301"):
        base64_bytes(encoded)
    assert refused(f"text\n\n\u2014 name.example {encoded}\n".encode())


@given(st.binary(max_size=40), st.text(max_size=8))
def test_bytes_have_one_spelling_in_base64(data: bytes, other: str) -> None:
    assert base64_bytes(base64_text(data)) == data
    with contextlib.suppress(Refused):
        assert base64_text(base64_bytes(other)) == other


@pytest.mark.parametrize("size", range(5))
def test_a_signature_line_with_no_more_than_a_key_id_is_refused(size: int) -> None:
    assert refused(b"text\n\n\xe2\x80\x94 name.example %s\n" % b64encode(bytes(size)))


def test_many_signatures_are_read_up_to_a_limit() -> None:
    line = GOOD[6:]

    assert len(parse_note(b"text\n\n" + line * NOTE_SIGNATURES).signatures) == NOTE_SIGNATURES
    assert refused(b"text\n\n" + line * (NOTE_SIGNATURES + 1))


def test_a_long_note_is_read_up_to_a_limit() -> None:
    longest = b"x" * (NOTE_BYTES - len(GOOD)) + GOOD

    assert parse_note(longest).data() == longest
    assert refused(b"x" + longest)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a+b", "a\tb", "a\nb", "a\x00b", "a\x85b", "\ud800"]
)
def test_a_key_name_is_one_word_without_a_plus_sign(name: str) -> None:
    assert not is_key_name(name)
    assert is_key_name("ex\u00e4mple.com/log-1")
