"""The format of live streams, by the examples of the WHATWG HTML standard, 9.2.6 and after."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.client.sse import Message, Parser


def parsed(*chunks: bytes, last: str = "") -> tuple[list[Message], Parser]:
    parser = Parser(last)
    return [message for chunk in chunks for message in parser.feed(chunk)], parser


def test_data_lines_are_joined() -> None:
    messages, _ = parsed(b"data: YHOO\ndata: +2\ndata: 10\n\n")

    assert messages == [Message("message", "YHOO\n+2\n10", "")]


def test_comments_fields_and_ids_of_the_standards_second_example() -> None:
    messages, parser = parsed(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
        b"data:  third event\n\n"
    )

    assert messages == [
        Message("message", "first event", "1"),
        Message("message", "second event", ""),
        Message("message", " third event", ""),
    ]
    assert parser.last_event_id == ""


def test_empty_data_are_a_message_and_no_data_are_none() -> None:
    messages, _ = parsed(b"data\n\ndata\ndata\n\ndata:")

    assert [message.data for message in messages] == ["", "\n"]


def test_one_space_after_the_colon_is_passed_over() -> None:
    messages, _ = parsed(b"data:test\n\ndata: test\n\n")

    assert [message.data for message in messages] == ["test", "test"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_end_of_a_line(end: bytes) -> None:
    messages, _ = parsed(end.join((b"event: add", b"data: 73", b"id: 4", b"", b"")))

    assert messages == [Message("add", "73", "4")]


def test_a_message_is_there_with_the_cr_that_ends_it() -> None:
    parser = Parser()

    assert parser.feed(b"data: 1\r\n\r") == [Message("message", "1", "")]
    assert parser.feed(b"\ndata: 2\r\r") == [Message("message", "2", "")]


def test_a_byte_order_mark_is_passed_over_at_the_beginning_only() -> None:
    messages, _ = parsed(b"\xef\xbb\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\ndata: 3\n\n")

    assert [message.data for message in messages] == ["1", "3"]


def test_an_id_with_a_nul_is_ignored() -> None:
    messages, parser = parsed(b"id: 7\ndata: 1\n\nid: 8\0\ndata: 2\n\n")

    assert [message.id for message in messages] == ["7", "7"]
    assert parser.last_event_id == "7"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"1500", 1.5),
        (b"0", 0.0),
        (b"1.5", None),
        (b"-1", None),
        (b"", None),
        ("\u0661".encode(), None),
        (b"9" * 5000, 999_999_999.999),
    ],
)
def test_retry_is_of_digits_only(said: bytes, seconds: float | None) -> None:
    _, parser = parsed(b"retry: " + said + b"\n\n")

    assert parser.retry_seconds == seconds


def test_unknown_fields_are_passed_over() -> None:
    messages, _ = parsed(b"dat: 1\nDATA: 2\n data: 3\ndata : 4\ndata: 5\n\n")

    assert [message.data for message in messages] == ["5"]


def test_an_event_name_is_of_one_message() -> None:
    messages, _ = parsed(b"event: add\n\ndata: 1\n\nevent: add\nevent:\ndata: 2\n\n")

    assert [message.event for message in messages] == ["message", "message"]


def test_what_was_not_ended_is_no_message_and_moves_no_id() -> None:
    messages, parser = parsed(b"id: 1\ndata: 1\n\nid: 2\ndata: 2\n")

    assert messages == [Message("message", "1", "1")]
    assert parser.last_event_id == "1"


def test_an_id_alone_is_remembered() -> None:
    messages, parser = parsed(b"id: 12\n\n")

    assert messages == []
    assert parser.last_event_id == "12"


def test_the_id_of_the_connection_before_stays() -> None:
    messages, parser = parsed(b"data: 1\n\n", last="41")

    assert messages == [Message("message", "1", "41")]
    assert parser.last_event_id == "41"


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    messages, _ = parsed(b"data: \xff\n\n")

    assert messages[0].data == "\ufffd"


STREAM = (
    '\ufeff: hello\r\nretry: 10\r\rid: 1\revent: board\ndata: {"a":\r\ndata: "\u00a3"}\n\n'
    "id\ndata:\U0001f600\r\n\r\n\ndata: last\n\n"
).encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_is_the_same_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[a:b] for a, b in itertools.pairwise(places)]
    messages, parser = parsed(*chunks)

    assert messages == [
        Message("board", '{"a":\n"\u00a3"}', "1"),
        Message("message", "\U0001f600", ""),
        Message("message", "last", ""),
    ]
    assert (parser.last_event_id, parser.retry_seconds) == ("", 0.01)
