"""What every store does: one suite, run over SQLite and over PostgreSQL."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import NotSupportedError, PersistenceError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from svx_ledger.eventlog import pages
from svx_ledger.eventlog.open import BadAddress, open_store
from svx_ledger.eventlog.postgres import PostgresStore
from svx_ledger.eventlog.postgres_layout import LOCK
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.sqlite import SQLiteStore
from svx_ledger.eventlog.store import (
    MAX_TAIL,
    ClaimRow,
    Head,
    NotRead,
    NotWritten,
    OutcomeRow,
    Store,
    Writer,
)

ANSWER_SECONDS = 5
Execute = Callable[[str], object]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(open_store(url)) as opened:
        opened.create()
        opened.check()
        yield opened


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    with closing(store.writer()) as opened:
        yield opened


@pytest.fixture
def execute(url: str, store: Store) -> Iterator[Execute]:
    """Raw SQL, as somebody with the database's own tools would run it."""
    if isinstance(store, SQLiteStore):
        with closing(sqlite3.connect(url[10:], isolation_level=None)) as file:
            yield file.execute
    else:
        with psycopg.connect(url, autocommit=True) as server:
            yield lambda statement: server.execute(statement.encode())


def rows(*streams: str, after: int = 0, version: int = 1) -> list[Row]:
    """One event for each named stream, all at that version, after a position."""
    return [
        Row(position, stream, version, "bid-accepted.v1", f"record {position}".encode())
        for position, stream in enumerate(streams, after + 1)
    ]


def accepted(command_id: str, first: int, last: int) -> OutcomeRow:
    return OutcomeRow("p1", command_id, "ab" * 32, first, last, None)


def write(writer: Writer, *batches: list[Row]) -> None:
    for batch in batches:
        writer.begin([], [], {}, 0)
        writer.append(batch, [], [])


def test_an_empty_store_has_no_head_and_no_rows(store: Store, writer: Writer) -> None:
    locked = writer.begin([("p1", "c1")], ["ocid:1"], {"auction-1": 0}, 0)
    writer.abandon()

    assert locked._replace(clock_at=None) == (Head(0, b""), None, None, [], {}, [])
    assert store.head() == Head(0, b"")
    assert list(store.rows()) == []
    assert list(store.stream("auction-1")) == []
    assert store.outcome("p1", "c1") is None
    assert store.held("") == {}


def test_what_was_appended_is_read_back(store: Store, writer: Writer) -> None:
    batch = rows("auction-1", "auction-2")
    refused = OutcomeRow("p1", "c2", "cd" * 32, None, None, '{"rule":"auction-closed"}')
    writer.begin([], [], {}, 0)
    writer.append(batch, [accepted("c1", 1, 2), refused], [ClaimRow("ocid:1", 1, "auction-1")])

    assert store.head() == Head(2, b"record 2")
    assert list(store.rows()) == batch
    assert [type(part) for part in next(store.rows())] == [int, str, int, str, bytes]
    assert list(store.stream("auction-2")) == batch[1:]
    assert store.outcome("p1", "c1") == accepted("c1", 1, 2)
    assert store.outcome("p1", "c2") == refused
    assert store.outcome("p2", "c1") is None
    assert store.held("ocid:") == {"ocid:1": "auction-1"}


def test_begin_reads_what_the_batch_needs(writer: Writer) -> None:
    first = rows("auction-1", "auction-2", "auction-3")
    second = rows("auction-2", "auction-1", after=3, version=2)
    writer.begin([], [], {}, 0)
    writer.append(first, [accepted("c1", 1, 3)], [ClaimRow("ocid:1", 1, "auction-1")])
    write(writer, second)
    locked = writer.begin(
        [("p1", "c0"), ("p1", "c1"), ("p2", "c1")],
        ["ocid:1", "ocid:2"],
        {"auction-1": 1, "auction-2": 0, "auction-3": 1, "auction-4": 0},
        3,
    )

    assert locked.head == Head(5, b"record 5")
    assert locked.known == b"record 3"
    assert list(locked.outcomes) == [accepted("c1", 1, 3)]
    assert locked.holders == {"ocid:1": "auction-1"}
    assert list(locked.tails) == [first[1], *second]


@pytest.mark.parametrize("odd", ["7", "null", '"', "\\", "[", "$[0]", "'; --", " x ", "%_*"])
def test_an_id_is_found_whatever_it_is_made_of(writer: Writer, odd: str) -> None:
    stored = [accepted(odd, 1, 1)._replace(principal=odd), accepted("c1", 1, 1)]
    writer.begin([], [], {}, 0)
    writer.append(rows("auction-1"), stored, [])
    ids = [(odd, "c1"), (odd, odd), ("p1", odd), ("p1", "c1")]

    assert sorted(writer.begin(ids, [], {}, 0).outcomes) == sorted(stored)


def test_the_clock_is_the_servers_where_there_is_one(store: Store, writer: Writer) -> None:
    before = datetime.now(UTC)
    clock_at = writer.begin([], [], {}, 0).clock_at

    if isinstance(store, SQLiteStore):
        assert clock_at is None
    else:
        assert clock_at is not None
        assert abs(clock_at - before) < timedelta(seconds=ANSWER_SECONDS)


def test_a_past_record_that_is_not_there_is_none(writer: Writer) -> None:
    write(writer, rows("auction-1"))

    assert writer.begin([], [], {}, 2).known is None


def test_of_a_long_tail_only_the_first_events_are_read_under_the_lock(writer: Writer) -> None:
    batch = [
        Row(2 * n - 1 + last, stream, n, "bid-accepted.v1", b"record")
        for n in range(1, MAX_TAIL + 2)
        for last, stream in enumerate(("auction-1", "auction-2"))
    ]
    write(writer, batch)

    both = writer.begin([], [], {"auction-1": 0, "auction-2": 0}, 0).tails
    writer.abandon()
    assert len(both) == MAX_TAIL + 1
    assert len(writer.begin([], [], {"auction-1": 0}, 0).tails) == MAX_TAIL + 1
    writer.abandon()
    rest = {"auction-1": MAX_TAIL, "auction-2": MAX_TAIL}
    assert writer.begin([], [], rest, 0).tails == batch[-2:]


def test_256_streams_can_be_asked_for(writer: Writer) -> None:
    names = [f"auction-{n}" for n in range(256)]
    batch = rows(*names)
    write(writer, batch)
    ids = [("p1", name) for name in names]

    assert writer.begin(ids, names, dict.fromkeys(names, 0), 0).tails == batch


def test_the_last_claim_of_a_key_says_who_holds_it(store: Store, writer: Writer) -> None:
    claims = [
        [ClaimRow("key:1", 1, "a"), ClaimRow("key:2", 1, "a"), ClaimRow("keys", 1, "a")],
        [ClaimRow("key:1", 2, None), ClaimRow("key:2", 2, None), ClaimRow("ké", 2, "a")],
        [ClaimRow("key:2", 3, "b"), ClaimRow("key:3", 3, "b"), ClaimRow("key:3", 4, None)],
    ]
    for taken in claims:
        head = writer.begin([], [], {}, 0).head
        writer.append(rows("a", after=head.position, version=head.position + 1), [], taken)
    holders = writer.begin([], ["key:1", "key:2", "key:3", "key:4"], {}, 0).holders

    assert holders == {"key:2": "b"}
    assert store.held("key:") == {"key:2": "b"}
    assert store.held("k") == {"key:2": "b", "keys": "a", "ké": "a"}


def test_a_refusal_alone_is_a_batch(store: Store, writer: Writer) -> None:
    refused = OutcomeRow("p1", "c1", "cd" * 32, None, None, "{}")
    writer.begin([], [], {}, 0)
    writer.append([], [refused], [])

    assert store.outcome("p1", "c1") == refused
    assert store.head().position == 0


def test_an_abandoned_batch_releases_the_lock(store: Store, writer: Writer) -> None:
    writer.begin([], [], {}, 0)
    writer.abandon()
    writer.abandon()
    with closing(store.writer()) as other:
        write(other, rows("auction-1"))

    assert store.head().position == 1


def test_long_reads_go_page_by_page(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [Row(n, "auction-1", n, "t.v1", b"%d" % n) for n in range(1, 11)]
    claims = [ClaimRow(f"key:{n}", n, "auction-1") for n in range(1, 10)]
    monkeypatch.setattr(pages, "PAGE_ROWS", 3)
    writer.begin([], [], {}, 0)
    writer.append(batch, [], claims)

    for after in range(11):
        assert list(store.rows(after)) == batch[after:]
        assert list(store.stream("auction-1", after)) == batch[after:]
        assert list(store.rows(1, limit=after)) == batch[1 : 1 + after]
    assert store.held("key:") == {key: stream for key, _, stream in claims}


def test_readers_are_not_held_up_and_see_only_what_is_committed(
    store: Store, writer: Writer
) -> None:
    write(writer, rows("auction-1"))
    reading = store.rows()
    writer.begin([], [], {}, 0)
    seen = list(reading)
    writer.append(rows("auction-2", after=1), [], [])

    assert seen == rows("auction-1")
    assert store.head().position == 2


def test_many_threads_read(store: Store, writer: Writer) -> None:
    batch = rows(*(f"auction-{n}" for n in range(50)))
    write(writer, batch)
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda _: list(store.rows()), range(40)))

    assert read == [batch] * 40


def test_two_writers_take_turns_and_lose_nothing(store: Store) -> None:
    def add(stream: str) -> None:
        with closing(store.writer()) as writer:
            for version in range(1, 41):
                head = writer.begin([], [], {}, 0).head
                writer.append(rows(stream, after=head.position, version=version), [], [])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add, ["auction-1", "auction-2"]))

    assert [row.position for row in store.rows()] == list(range(1, 81))
    assert [row.version for row in store.stream("auction-2")] == list(range(1, 41))


def test_who_waits_for_the_lock_sees_what_was_written_meanwhile(
    store: Store, writer: Writer
) -> None:
    writer.begin([], [], {}, 0)
    with closing(store.writer()) as other, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(other.begin, [], [], {"auction-1": 0}, 0)
        time.sleep(0.1)
        assert not waiting.done()
        writer.append(rows("auction-1"), [], [])
        locked = waiting.result(ANSWER_SECONDS)

    assert locked.head == Head(1, b"record 1")
    assert locked.tails == rows("auction-1")


def test_a_lock_that_is_not_to_be_had_is_not_written(
    store: Store, writer: Writer, execute: Execute
) -> None:
    started = time.monotonic()
    if isinstance(store, SQLiteStore):
        execute("BEGIN IMMEDIATE")
    else:
        execute("BEGIN")
        execute(f"SELECT pg_advisory_xact_lock({LOCK})")
    with pytest.raises(NotWritten):
        writer.begin([], [], {}, 0)
    execute("ROLLBACK")

    assert time.monotonic() - started < ANSWER_SECONDS
    assert writer.begin([], [], {}, 0).head.position == 0


@pytest.mark.parametrize(
    ("batch", "outcomes", "claims"),
    [
        (rows("auction-2", after=2), [], []),
        (rows("auction-2", after=0), [], []),
        (rows("auction-2", after=1) + rows("auction-2", after=3, version=2), [], []),
        (rows("auction-2", "auction-1", after=1), [], []),
        (rows("auction-2", after=1), [accepted("c1", 2, 2)], []),
        (rows("auction-2", after=1), [], [ClaimRow("key", 1, "auction-2")]),
        (rows("auction-\udcff", after=1), [], []),
        ([Row(2, "auction-2", 2**70, "t.v1", b"")], [], []),
    ],
    ids=["gap", "past", "hole", "version", "outcome", "claim", "surrogate", "number"],
)
def test_a_batch_that_does_not_fit_is_not_written_at_all(
    store: Store,
    writer: Writer,
    *,
    batch: list[Row],
    outcomes: list[OutcomeRow],
    claims: list[ClaimRow],
) -> None:
    writer.begin([], [], {}, 0)
    writer.append(rows("auction-1"), [accepted("c1", 1, 1)], [ClaimRow("key", 1, "auction-1")])
    writer.begin([], [], {}, 0)
    with pytest.raises(NotWritten) as failure:
        writer.append(batch, [accepted("c9", 2, 2), *outcomes], claims)

    assert "auction" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__ or failure.value.__context__ is None
    assert list(store.rows()) == rows("auction-1")
    assert store.outcome("p1", "c9") is None
    write(writer, rows("auction-2", after=1))
    assert store.head().position == 2


def test_a_name_that_cannot_be_stored_cannot_be_asked_for(store: Store, writer: Writer) -> None:
    with pytest.raises(NotWritten):
        writer.begin([], ["key-\udcff"], {}, 0)
    with pytest.raises(NotRead):
        store.outcome("p1", "\udcff")

    assert writer.begin([], ["key"], {}, 0).holders == {}


def test_creating_again_changes_nothing(store: Store, writer: Writer) -> None:
    write(writer, rows("auction-1"))
    store.create()
    store.check()

    assert list(store.rows()) == rows("auction-1")


def test_nothing_can_be_changed_or_deleted(
    store: Store, writer: Writer, execute: Execute
) -> None:
    writer.begin([], [], {}, 0)
    writer.append(rows("auction-1"), [accepted("c1", 1, 1)], [ClaimRow("key", 1, "auction-1")])
    for statement in (
        "UPDATE stored_events SET originator_version = 2",
        "UPDATE outcomes SET sha256 = ''",
        "UPDATE claims SET stream = NULL",
        "DELETE FROM stored_events",
        "DELETE FROM outcomes",
        "DELETE FROM claims",
    ):
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException)):
            execute(statement)

    assert list(store.rows()) == rows("auction-1")
    assert store.held("") == {"key": "auction-1"}


def stock_recorder(url: str) -> SQLiteApplicationRecorder | PostgresApplicationRecorder:
    """The library's own recorder, as a program that knows nothing of ours makes it."""
    if url.startswith("sqlite"):
        return SQLiteApplicationRecorder(SQLiteDatastore(url[10:], originator_id_type="text"))
    place = psycopg.conninfo.conninfo_to_dict(url)
    return PostgresApplicationRecorder(
        PostgresDatastore(
            str(place["dbname"]), str(place["host"]), "", "svx", "", originator_id_type="text"
        )
    )


def test_the_librarys_recorder_reads_and_cannot_append(url: str, writer: Writer) -> None:
    write(writer, rows("auction-1", "auction-2"), rows("auction-1", after=2, version=2))
    stock = stock_recorder(url)
    with closing(stock.datastore):
        read = stock.select_notifications(1, 10)
        last = stock.max_notification_id()
        events = stock.select_events("auction-1", gt=1)
        for creating in (False, True):  # its functions and types, beside our tables
            if creating:
                stock.create_table()
            started = time.monotonic()
            with pytest.raises(PersistenceError):
                stock.insert_events([StoredEvent("auction-9", 1, "t.v1", b"{}")])
            assert time.monotonic() - started < 1
        assert stock.max_notification_id() == 3

    assert [(n.id, n.originator_id, n.originator_version) for n in read] == [
        (1, "auction-1", 1),
        (2, "auction-2", 1),
        (3, "auction-1", 2),
    ]
    assert last == 3
    assert [(e.originator_version, e.topic, e.state) for e in events] == [
        (2, "bid-accepted.v1", b"record 3")
    ]


def test_our_recorder_reads_and_refuses_to_append(store: Store, writer: Writer) -> None:
    write(writer, rows("auction-1"))
    assert isinstance(store, SQLiteStore | PostgresStore)
    recorder = store.recorder()
    with closing(recorder.datastore):
        recorder.create_table()
        read = recorder.select_events("auction-1")
        with pytest.raises(NotSupportedError):
            recorder.insert_events(read)

        assert [event.state for event in read] == [b"record 1"]
        assert [n.id for n in recorder.select_notifications(1, 10)] == [1]
        assert recorder.max_notification_id() == 1


@pytest.mark.parametrize(
    "address",
    [
        "ledger.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite://ledger.db",
        "sqlite:///:memory:",
        "sqlite:///ledger.db?mode=memory",
        "sqlite:///folder/",
        "mysql://svx@localhost/ledger",
        "postgresql:ledger",
        "postgresql://svx:secret@localhost/ledger?colour=red",
    ],
)
def test_an_address_of_no_store_is_refused(address: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        open_store(address)

    assert "sqlite:///FILE" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_relative_address_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("sqlite:///a%20ledger.db")) as store:
        store.create()

    assert [file.name for file in tmp_path.iterdir()] == ["a ledger.db"]
