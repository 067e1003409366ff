"""Reading for an audit: the fast way says what the strict codec says, and doubts the rest."""

import orjson
import pytest

from svx_ledger.audit.doubting import doubtful
from svx_ledger.audit.reading import Read, event_of, read
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.record import Row, read_record

from .playing import honest

ROWS = honest("demo").tables.rows
BID = next(row for row in ROWS if row.type == "bid-accepted.v1")


def plain(one: Read) -> dict[str, object]:
    names = (*(name for name in Read.__slots__ if name not in ("match", "written")), "data")
    return {name: getattr(one, name) for name in names}


def rewritten(row: Row, **changes: object) -> Row:
    said = orjson.loads(row.record) | changes
    return row._replace(record=canonical({k: v for k, v in said.items() if v is not None}))


def test_the_fast_way_reads_what_the_strict_codec_reads() -> None:
    for row in ROWS:
        fast, strict = read(row), read_record(row)

        assert not fast.faults
        assert fast.event == strict.event == event_of(row)
        assert (fast.actor, fast.command, fast.prev) == (
            strict.actor,
            strict.command,
            strict.prev,
        )
        assert (fast.recorded_at, fast.salt, fast.leaf) == (
            strict.recorded_at,
            strict.salt,
            strict.leaf,
        )


def test_the_slow_way_reads_the_same() -> None:
    for row in ROWS:
        assert plain(doubtful(row)) == plain(read(row))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (BID._replace(record=b"{"), "unreadable"),
        (BID._replace(record=b"[]"), "unreadable"),
        (BID._replace(record=BID.record + b" "), "not-canonical"),
        (BID._replace(record=BID.record.replace(b'"svx":1,', b'"svx":1 ,')), "not-canonical"),
        (rewritten(BID, type="bid-dreamt.v1")._replace(type="bid-dreamt.v1"), "unknown-type"),
        (rewritten(BID, version=99), "columns-differ"),
        (rewritten(BID, salt=None), "no-salt"),
        (rewritten(BID, salt="5a"), "no-salt"),
        (rewritten(BID, salt="G" * 32), "no-salt"),
        (rewritten(BID, svx=2), "unreadable"),
        (rewritten(BID, prev="not a leaf"), "unreadable"),
        (rewritten(BID, recorded_at="2025-06-19T09:12:37Z"), "unreadable"),
        (rewritten(BID, more="than documented"), "unreadable"),
        (rewritten(BID, request=""), "unreadable"),
        (rewritten(BID, command={"id": "x"}), "unreadable"),
        (rewritten(BID, actor={"id": "person-x", "role": "nobody"}), "unreadable"),
        (rewritten(BID, data={"supplier_id": "x"}), "unreadable"),
    ],
)
def test_what_is_wrong_with_a_record_is_named(row: Row, rule: str) -> None:
    assert rule in [fault[0] for fault in read(row).faults]


def test_a_decimal_that_is_written_otherwise_is_not_canonical() -> None:
    said = orjson.loads(BID.record)
    said["data"]["lines"][0]["quantity"] += ".0"
    row = BID._replace(record=canonical(said))

    assert [fault[0] for fault in read(row).faults] == ["not-canonical"]
    assert read(row).event == read(BID).event


def test_a_trace_is_read() -> None:
    traced = rewritten(BID, request="request-1", received_at="2025-06-19T09:12:36.999999Z")

    assert not read(traced).faults
    assert read(traced).traced["request"] == "request-1"
    assert plain(doubtful(traced)) == plain(read(traced))
