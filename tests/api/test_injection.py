"""What is stored is read by everybody: it is data in every form, and never anything else."""

import asyncio
import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from svx_ledger.api.routing import Operation
from svx_ledger.domain.actor import Actor

from .contract import READERS
from .directly import MARK, STREAM_SECONDS, Sent, Told, ask
from .keys import key_for
from .loaded import PAYLOADS, loaded
from .matrix import QUERIES, VALUES, reader
from .played import play_into
from .target import Seen, Target, target

STREAMS = (
    *("auction-recovery", "procurement-recovery", "correction-harle", "award-lighting"),
    *("organisation-kitestone", "need-hubs", "project-hubs", "api-key-issuedharle"),
    "contract-cleaning",
)
EVENT_STREAM = "text/event-stream"
FROM_THE_FIRST = {"after": "0"}
FEED_SECONDS = 60.0
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("hostile")
    with target(folder, lambda url: play_into(url, loaded())) as one:
        yield one


def answers(hostile: Target, media: str) -> list[tuple[Sent, Told]]:
    """Ask every read that has this form, by everybody; the feed from its beginning.

    Of a feed there is more than what a reader stays for: it need not go by the clock.
    """
    asked: list[Sent] = []
    for role in READERS:
        who: Actor | None = reader(role)
        key = key_for(hostile.exchange, who) if who else None
        headers = {b"accept": media.encode()}
        headers |= {b"authorization": f"Bearer {key}".encode()} if key else {}
        asked += [
            Sent(
                what=media,
                method="GET",
                path=path.encode(),
                query=urlencode(FROM_THE_FIRST if feed else QUERIES.get(one.name, {})).encode(),
                headers=tuple(headers.items()),
                operation=one,
                patience=FEED_SECONDS if feed else STREAM_SECONDS,
            )
            for one in hostile.operations
            if not one.command and media in one.media
            for feed in [media == EVENT_STREAM and one.name == "events"]
            for path in addresses(one)
        ]

    async def ask_all() -> list[tuple[Sent, Told]]:
        return [(sent, await ask(hostile.app, sent)) for sent in asked]

    return asyncio.run(ask_all())


def addresses(one: Operation) -> list[str]:
    streams = STREAMS if "{stream}" in one.path else ("",)
    return [one.path.format_map(VALUES | {"stream": stream}) for stream in streams]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in texts(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in texts(one))


def faults(hostile: Target, told: list[tuple[Sent, Told]]) -> list[str]:
    """Return how answers are not as documented, headers among it."""
    seen = Seen()
    for sent, one in told:
        hostile.look(sent, one, seen)
    return seen.faults


def test_in_json_every_text_is_a_text(hostile: Target) -> None:
    told = answers(hostile, "application/json")
    found = [text for _, one in told for text in texts(orjson.loads(one.body))]

    assert faults(hostile, told) == []
    missing = [p for p in PAYLOADS if not any(text.startswith(p) for text in found)]
    assert missing == []


def test_in_csv_no_text_is_a_formula_and_none_ends_its_cell(hostile: Target) -> None:
    told = answers(hostile, "text/csv")
    rows = [
        (sent, list(csv.reader(StringIO(one.body.decode(), newline=""), strict=True)))
        for sent, one in told
        if one.status == 200 and one.media == "text/csv"
    ]

    assert faults(hostile, told) == []
    cells = [cell for _, table in rows for row in table for cell in row]
    assert [c for c in cells if c.startswith(FORMULA) and not NUMBER.fullmatch(c)] == []
    assert [str(s) for s, table in rows if len({len(row) for row in table}) != 1] == []
    marked = [cell for cell in cells if MARK in cell]
    formulas = [p for p in PAYLOADS if p.startswith(FORMULA)]
    seen = [p for p in formulas if any(cell.startswith(f"'{p}") for cell in marked)]
    assert len(seen) > len(formulas) // 2


def test_pages_hold_nothing_that_was_stored(hostile: Target) -> None:
    told = answers(hostile, "text/html")

    assert faults(hostile, told) == []
    assert {sent.path for sent, _ in told} >= {b"/docs", b"/problems"}
    for _, one in told:
        assert MARK.encode() not in one.body
        assert b"<script" not in one.body
        assert one.header("Content-Security-Policy")


def test_in_a_stream_a_text_ends_no_message(hostile: Target) -> None:
    told = answers(hostile, EVENT_STREAM)
    feeds = [one.body.decode() for sent, one in told if sent.path == b"/events"]

    assert faults(hostile, told) == []
    assert len(feeds) == len(READERS)
    assert any(MARK in feed for feed in feeds)
    assert any(b"event: board" in one.body for _, one in told)
    for feed in (one.body.decode() for _, one in told if one.media == EVENT_STREAM):
        for line in feed.split("\n"):
            assert re.match(r"(id: \d+|event: [a-z-]+|data: \{.*\}|retry: \d+|:.*|)$", line)


def test_what_is_looked_for_is_no_pattern_and_no_statement(hostile: Target) -> None:
    for payload in PAYLOADS:
        query = urlencode({"text": payload}).encode()
        (one,) = (o for o in hostile.operations if o.name == "awards")
        sent = Sent(what="text", method="GET", path=b"/awards", query=query, operation=one)
        told = asyncio.run(ask(hostile.app, sent))

        assert faults(hostile, [(sent, told)]) == []
        assert told.status == 200


def test_a_name_that_would_end_a_header_is_no_name(hostile: Target) -> None:
    (one,) = (o for o in hostile.operations if o.name == "auction")
    for name in ("\r\nSet-Cookie: a=b", "\x00", "<script>", "auction-recovery\r\nX: y"):
        path = f"/auctions/{quote(name)}".encode()
        sent = Sent(what="name", method="GET", path=path, operation=one)
        told = asyncio.run(ask(hostile.app, sent))

        assert faults(hostile, [(sent, told)]) == []
        assert told.status == 404


def test_the_log_has_none_of_it(hostile: Target) -> None:
    answers(hostile, "application/json")

    assert MARK.encode() not in hostile.log.getvalue()
    assert b'"level":"error"' not in hostile.log.getvalue()
