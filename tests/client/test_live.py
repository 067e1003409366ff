"""Live streams through cuts: each message once and in order, and when they end."""

import time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.api.written import MOST_POSITION
from svx_ledger.client import NotAnswered, Refused

from .faulty import CutAsked, Fate, Say, Stream, faulty
from .setting import Either, Sort
from .test_words import problem

AT_ONCE = b"retry: 0\n\n"


def event(position: int) -> bytes:
    data = orjson.dumps({"position": position, "data": {"said": "£1"}})
    return b"id: %d\nevent: event\ndata: %s\n\n" % (position, data)


def board(position: int, leader: str, now: int = 0) -> bytes:
    data = orjson.dumps({"leader": leader, "now": f"2026-06-01T09:00:{now:02}.000000Z"})
    return b"id: %d\nevent: board\ndata: %s\n\n" % (position, data)


END = b"id: end\nevent: end\ndata: {}\n\n"


def positions(sort: Sort, fates: list[Fate], most: int, after: int | None = 0) -> Any:
    with faulty(fates=fates) as server:
        items = Either(sort, server.url).list("stream_events", after, most=most)
        return [item["position"] for item in items], server.asked


def test_events_come_as_they_are_sent(sort: Sort) -> None:
    seen, asked = positions(sort, [Stream((AT_ONCE, event(1), event(2)))], most=2)

    assert seen == [1, 2]
    ((method, path, headers),) = asked
    assert (method, path, headers["accept"]) == ("GET", "/events", "text/event-stream")
    assert headers["last-event-id"] == "0"


WIRE = AT_ONCE + b": still here\n\n" + b"".join(event(n) for n in range(1, 6))


@given(cut=st.integers(0, len(WIRE)))
@settings(max_examples=15)
def test_wherever_it_is_cut_none_is_left_out_and_none_comes_twice(cut: int) -> None:
    whole = WIRE[:cut].count(b"}\n\n")
    fates: list[Fate] = [Stream((WIRE[:cut],)), Stream((WIRE,))]
    seen, asked = positions("awaited", fates, most=5)

    assert seen == [1, 2, 3, 4, 5]
    if len(asked) > 1:  # the second stream repeats all, and is asked not to
        assert asked[1][2]["last-event-id"] == str(whole)


def test_connections_that_fail_are_tried_again(sort: Sort) -> None:
    fates: list[Fate] = [
        Stream((AT_ONCE, event(1))),
        CutAsked(10),
        problem("busy", 503),
        Say(502),
        Say(408),
        Stream((AT_ONCE, b"id: 2\nevent: event\ndata: {")),
        Stream((AT_ONCE, event(2), event(3))),
    ]
    seen, asked = positions(sort, fates, most=3)

    assert seen == [1, 2, 3]
    assert [headers["last-event-id"] for _, _, headers in asked] == ["0", *["1"] * 5]


def test_without_a_position_none_is_left_out_between_the_first_connections(sort: Sort) -> None:
    fates: list[Fate] = [Stream((AT_ONCE,), position=41), Stream((event(42),), position=99)]
    seen, asked = positions(sort, fates, most=1, after=None)

    assert seen == [42]
    assert [headers.get("last-event-id") for _, _, headers in asked] == [None, "41"]


def test_a_connection_that_falls_silent_is_given_up(
    sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = "sender" if sort == "blocking" else "async_sender"
    monkeypatch.setattr(f"svx_ledger.client.{sends}.SILENCE_SECONDS", 0.2)
    fates: list[Fate] = [Stream((AT_ONCE, event(1)), stays=True), Stream((event(2),))]
    seen, asked = positions(sort, fates, most=2)

    assert seen == [1, 2]
    assert len(asked) == 2


def test_what_is_no_event_is_passed_over(sort: Sort) -> None:
    later = b'id: 1\nevent: of-a-later-time\ndata: {"position":0}\n\n'
    seen, _ = positions(sort, [Stream((later, event(2)))], most=1)

    assert seen == [2]


def watched(sort: Sort, *fates: Fate, supplier: str | None = None) -> Any:
    with faulty(fates=fates) as server:
        items = Either(sort, server.url).list("watch", "auction-0000", supplier)
        return [item["leader"] for item in items], [path for _, path, _ in server.asked]


def test_a_board_is_watched_until_it_is_final(sort: Sort) -> None:
    stream = Stream((AT_ONCE, board(1, "a"), board(2, "b"), END, board(3, "c")))
    seen, asked = watched(sort, stream)

    assert seen == ["a", "b"]
    assert asked == ["/auctions/auction-0000"]


def test_a_board_that_did_not_change_is_not_passed_on_again(sort: Sort) -> None:
    before = Stream((AT_ONCE, board(1, "a", 1)))
    after = Stream((board(1, "a", 2), board(5, "b", 3), board(6, "a", 4), END))
    seen, _ = watched(sort, before, after)

    assert seen == ["a", "b", "a"]


def test_a_board_of_ones_own(sort: Sort) -> None:
    _, asked = watched(sort, Stream((END,)), supplier="organisation-0000")

    assert asked == ["/auctions/auction-0000/boards/organisation-0000"]


def test_no_content_is_the_end(sort: Sort) -> None:
    seen, asked = watched(sort, Stream((AT_ONCE, board(1, "a"))), Say(204))

    assert seen == ["a"]
    assert len(asked) == 2


def test_a_stream_that_is_not_for_this_key_is_refused(sort: Sort) -> None:
    with pytest.raises(Refused) as told:
        watched(sort, problem("not-yours", 403))

    assert told.value.rule == "not-yours"


def test_a_key_that_is_revoked_ends_the_stream(sort: Sort) -> None:
    with pytest.raises(Refused) as told:
        positions(sort, [Stream((AT_ONCE, event(1))), problem("not-authenticated", 401)], 2)

    assert told.value.rule == "not-authenticated"


def test_a_stream_that_says_nothing_is_given_up(sort: Sort) -> None:
    with faulty(fates=[Stream((AT_ONCE,)), *[Stream(())] * 9999]) as server:
        client = Either(sort, server.url, retry_for=0.3)
        began = time.monotonic()
        with pytest.raises(NotAnswered):
            client.list("stream_events", 0)

    assert time.monotonic() - began < 3


def test_a_message_that_cannot_be_read_is_said_to_be(sort: Sort) -> None:
    with pytest.raises(NotAnswered, match="cannot be read"):
        positions(sort, [Stream((b"id: 1\nevent: event\ndata: [1]\n\n",))], most=1)


@pytest.mark.parametrize("odd", ["é".encode(), b"\x01", b"a\x7f"])
def test_an_id_that_cannot_be_sent_back_is_said_to_be_unreadable(
    sort: Sort, odd: bytes
) -> None:
    with pytest.raises(NotAnswered, match="cannot be read") as told:
        positions(sort, [Stream((AT_ONCE, b"id: %s\n\n" % odd)), Stream((event(1),))], most=1)

    assert not told.value.repeatable


def test_an_id_that_is_no_position_leaves_no_event_out(sort: Sort) -> None:
    long = event(2).replace(b"id: 2", b"id: " + b"9" * 5000)
    seen, _ = positions(sort, [Stream((event(1) + long + event(3),))], most=3)

    assert seen == [1, 2, 3]


def test_the_greatest_position_is_one(sort: Sort) -> None:
    most = MOST_POSITION
    fates: list[Fate] = [Stream((AT_ONCE, event(most - 1), event(most - 1), event(most)))]
    seen, _ = positions(sort, fates, most=2, after=most - 2)

    assert seen == [most - 1, most]


def test_a_beginning_that_cannot_be_sent_back_is_none(sort: Sort) -> None:
    odd = Say(200, b"", (("Content-Type", "text/event-stream"), ("Svx-Position", "é")))
    with faulty(fates=[odd]) as server, pytest.raises(NotAnswered, match="cannot be read"):
        Either(sort, server.url, retry_for=0).list("stream_events")


def test_what_came_whole_is_passed_on_before_what_cannot_be_read(sort: Sort) -> None:
    both = event(1) + b"id: 2\nevent: event\ndata: [1]\n\n"
    seen, _ = positions(sort, [Stream((both,))], most=1)

    assert seen == [1]


def test_one_waits_as_long_as_is_said_before_the_next_connection(sort: Sort) -> None:
    began = time.monotonic()
    positions(sort, [Stream((b"retry: 300\n\n", event(1))), Stream((event(2),))], most=2)

    assert time.monotonic() - began >= 0.3
