"""What is PostgreSQL's own: roles, settings, killed backends and lost connections."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from svx_ledger.eventlog import postgres_layout
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.postgres import PostgresStore
from svx_ledger.eventlog.postgres_session import READING, WRITING
from svx_ledger.eventlog.postgres_writer import PostgresWriter
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import (
    ClaimRow,
    NotRead,
    NotWritten,
    OutcomeRow,
    OutcomeUnknown,
    UnsafeStore,
)
from tests import postgres_server as postgres
from tests.faults.proxy import Loss, Proxy, proxy

ANSWER_SECONDS = 5
_GUARDS_NOTHING = (
    "CREATE OR REPLACE FUNCTION svx_append_only() RETURNS trigger LANGUAGE plpgsql "
    "AS 'begin return NULL; end'"
)


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as created:
        created.create()
        yield created


@pytest.fixture
def writer(store: PostgresStore) -> Iterator[PostgresWriter]:
    with closing(store.writer()) as opened:
        yield opened


@pytest.fixture
def lossy(postgres_server: postgres.PostgresServer) -> Iterator[Proxy]:
    with proxy(postgres_server.home) as running:
        yield running


@pytest.fixture
def remote(store: PostgresStore, lossy: Proxy) -> Iterator[PostgresStore]:
    """The same store, through a network that can lose things."""
    place = psycopg.conninfo.conninfo_to_dict(store._conninfo)
    with closing(PostgresStore(lossy.url(str(place["dbname"])))) as opened:
        yield opened


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def with_option(url: str, name: str, value: str) -> str:
    return psycopg.conninfo.make_conninfo(url, options=f"-c {name}={value}")


def event(position: int) -> Row:
    return Row(position, "auction-1", position, "bid-accepted.v1", b"record")


OUTCOME = OutcomeRow("p1", "c1", "ab" * 32, 1, 1, None)


def append_one(writer: PostgresWriter) -> None:
    writer.append([event(1)], [OUTCOME], [ClaimRow("key", 1, "auction-1")])


def kill_backends(url: str, where: str = "true") -> None:
    """End the other connections to the database, and wait until they are gone."""
    execute(
        url,
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity "
        f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {where}",
    )


def test_an_application_role_may_read_and_append_only(postgres_url: str) -> None:
    execute(postgres_url, "CREATE ROLE app LOGIN")
    try:
        with closing(open_store(postgres_url, application_role="app")) as owner:
            owner.create()
            owner.create()
        url = postgres_url.replace("svx@", "app@")
        with closing(PostgresStore(url)) as store, closing(store.writer()) as writer:
            store.create()
            store.check()
            writer.begin([], [], {}, 0)
            append_one(writer)
            assert list(store.rows()) == [event(1)]
        column = {"stored_events": "topic", "outcomes": "refusal", "claims": "stream"}
        column[postgres_layout.ERASABLE] = "field"
        execute(url, f"DELETE FROM {postgres_layout.ERASABLE}")
        for table in postgres_layout.TABLES:
            deleting = () if table == postgres_layout.ERASABLE else ("DELETE FROM {}",)
            for statement in ("UPDATE {} SET {}", "TRUNCATE {}", *deleting):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    execute(url, statement.format(table, f"{column[table]} = ''"))
    finally:
        execute(postgres_url, "DROP OWNED BY app; DROP ROLE app")


@pytest.mark.usefixtures("store")
def test_nobody_truncates_or_plays_the_replica(postgres_url: str) -> None:
    for table in postgres_layout.TABLES:
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            execute(postgres_url, f"TRUNCATE {table}")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            execute(
                with_option(postgres_url, "session_replication_role", "replica"),
                f"DELETE FROM {table}" if table != "private_payloads" else f"TRUNCATE {table}",
            )


@pytest.mark.parametrize("value", ["off", "local"])
def test_commits_that_wait_for_no_disk_are_refused(
    postgres_url: str, store: PostgresStore, value: str
) -> None:
    store.check()
    unsafe = PostgresStore(with_option(postgres_url, "synchronous_commit", value))
    for attempt in (unsafe.check, unsafe.head, lambda: unsafe.writer().begin([], [], {}, 0)):
        with pytest.raises(UnsafeStore, match=f"{value}; set synchronous_commit = on"):
            attempt()


@pytest.mark.usefixtures("postgres_server")  # it may be missing: then this skips too
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_can_lose_pages_is_refused(setting: str) -> None:
    with postgres.server(**{setting: "off"}) as unsafe:
        store = PostgresStore(unsafe.url())
        for attempt in (store.create, store.check):
            with pytest.raises(UnsafeStore, match=f"set {setting} = on"):
                attempt()


@pytest.mark.parametrize("value", ["yes", "TRUE", "1", "perhaps"])
def test_the_librarys_database_functions_are_refused(
    postgres_url: str, store: PostgresStore, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    execute(postgres_url, "CREATE FUNCTION es_insert_events_text() RETURNS int RETURN 1")
    with pytest.raises(UnsafeStore, match="es_insert_events"):
        store.check()
    execute(postgres_url, "DROP FUNCTION es_insert_events_text")
    store.check()
    monkeypatch.setenv("AUCTIONS_POSTGRES_ENABLE_DB_FUNCTIONS", value)
    for attempt in (store.check, lambda: open_store(postgres_url)):
        with pytest.raises(UnsafeStore, match="AUCTIONS_POSTGRES_ENABLE_DB_FUNCTIONS is set"):
            attempt()
    monkeypatch.setenv("AUCTIONS_POSTGRES_ENABLE_DB_FUNCTIONS", "no")
    store.check()


@pytest.mark.parametrize(
    "tampering",
    [
        "DROP TRIGGER svx_append_only ON outcomes",
        "ALTER TABLE claims DISABLE TRIGGER svx_append_only",
        "ALTER TABLE claims ENABLE TRIGGER svx_append_only",
        "ALTER TABLE stored_events ALTER notification_id SET DEFAULT 1",
        "ALTER TABLE stored_events DROP CONSTRAINT stored_events_notification_id_check",
        _GUARDS_NOTHING,
    ],
)
def test_a_ledger_without_its_protection_is_refused(
    postgres_url: str, store: PostgresStore, tampering: str
) -> None:
    execute(postgres_url, tampering)
    for attempt in (store.check, store.head, lambda: store.writer().begin([], [], {}, 0)):
        with pytest.raises(UnsafeStore, match="lost a trigger or a check, or gained a default"):
            attempt()


def test_the_guards_body_is_not_made_again(postgres_url: str, store: PostgresStore) -> None:
    execute(postgres_url, _GUARDS_NOTHING)
    execute(postgres_url, "DROP TABLE private_payloads")
    for attempt in (store.create, store.add_private_texts):
        with pytest.raises(UnsafeStore, match="the function svx_append_only was altered"):
            attempt()
    with psycopg.connect(postgres_url) as server:
        [(body,)] = server.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'svx_append_only'"
        ).fetchall()
    assert body == "begin return NULL; end"


@pytest.mark.parametrize("table", postgres_layout.TABLES)
def test_a_table_that_hides_rows_is_refused(
    postgres_url: str, store: PostgresStore, table: str
) -> None:
    execute(postgres_url, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for attempt in (store.check, store.create, store.add_private_texts, store.head):
        with pytest.raises(UnsafeStore, match=f"^{table}: row-level security is on"):
            attempt()
    execute(postgres_url, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    store.check()


def test_what_is_not_a_ledger_is_said_to_be_none(postgres_url: str) -> None:
    store = PostgresStore(postgres_url)
    for attempt in (store.check, store.head, lambda: store.writer().begin([], [], {}, 0)):
        with pytest.raises(UnsafeStore, match="create it first"):
            attempt()
    execute(postgres_url, "CREATE TABLE claims (amount int)")
    with pytest.raises(UnsafeStore, match="not a ledger's"):
        store.check()


def test_two_may_create_at_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: PostgresStore(postgres_url).create(), range(4)))

    PostgresStore(postgres_url).check()


def test_a_backend_killed_while_it_waits_is_not_written(
    postgres_url: str, store: PostgresStore, writer: PostgresWriter
) -> None:
    with closing(store.writer()) as holder, ThreadPoolExecutor(1) as thread:
        holder.begin([], [], {}, 0)
        waiting = thread.submit(writer.begin, [], [], {}, 0)
        time.sleep(0.1)
        kill_backends(postgres_url, "wait_event = 'advisory'")
        with pytest.raises(NotWritten, match="FATAL 57P01"):
            waiting.result(ANSWER_SECONDS)
        holder.abandon()

    assert writer.begin([], [], {}, 0).head.position == 0
    append_one(writer)
    assert store.head().position == 1


def test_a_backend_killed_between_is_not_written(
    postgres_url: str, store: PostgresStore, writer: PostgresWriter
) -> None:
    writer.begin([], [], {}, 0)
    kill_backends(postgres_url)
    with pytest.raises(NotWritten, match="the connection was lost"):
        append_one(writer)

    assert store.head().position == 0
    writer.begin([], [], {}, 0)
    kill_backends(postgres_url)
    writer.abandon()
    assert writer.begin([], [], {}, 0).head.position == 0


def test_readers_open_a_new_connection_after_a_lost_one(
    postgres_url: str, store: PostgresStore
) -> None:
    store.head()
    kill_backends(postgres_url)

    assert store.head().position == 0


@pytest.mark.parametrize(("loss", "stored"), [(Loss.REQUEST, 0), (Loss.REPLY, 1)])
def test_a_connection_lost_at_commit_is_unknown(
    store: PostgresStore, remote: PostgresStore, lossy: Proxy, *, loss: Loss, stored: int
) -> None:
    with closing(remote.writer()) as writer:
        writer.begin([], [], {}, 0)
        lossy.loss = loss
        with pytest.raises(OutcomeUnknown):
            append_one(writer)
        lossy.loss = Loss.NOTHING
        locked = writer.begin([("p1", "c1")], [], {}, 0)

    assert locked.head.position == store.head().position == stored
    assert list(locked.outcomes) == [OUTCOME] * stored


def test_silence_ends_every_call_in_time(remote: PostgresStore, lossy: Proxy) -> None:
    remote.head()

    def begin(writer: PostgresWriter) -> None:
        writer.begin([], [], {}, 0)

    with (
        closing(remote.writer()) as cold,
        closing(remote.writer()) as warm,
        closing(remote.writer()) as holder,
        ThreadPoolExecutor(4) as threads,
    ):
        begin(warm)
        warm.abandon()
        begin(holder)
        lossy.loss = Loss.SILENCE
        started = time.monotonic()
        calls = (
            (threads.submit(begin, cold), NotWritten),
            (threads.submit(begin, warm), NotWritten),
            (threads.submit(remote.head), NotRead),
            (threads.submit(append_one, holder), OutcomeUnknown),
        )
        for call, means in calls:
            assert isinstance(call.exception(2 * ANSWER_SECONDS), means)

    assert time.monotonic() - started < ANSWER_SECONDS


def test_a_transaction_left_idle_gives_up_the_lock(
    store: PostgresStore, writer: PostgresWriter
) -> None:
    writer.begin([], [], {}, 0)
    with closing(store.writer()) as other:
        for _ in range(2):  # its wait for the lock ends about when the idle one is ended
            try:
                other.begin([], [], {}, 0)
            except NotWritten:
                continue
            break
        append_one(other)
    with pytest.raises(NotWritten):
        append_one(writer)

    assert list(store.rows()) == [event(1)]


def test_the_server_itself_limits_the_wait_for_the_lock(
    postgres_url: str, writer: PostgresWriter
) -> None:
    with psycopg.connect(postgres_url) as keeper:
        keeper.execute("SELECT pg_advisory_xact_lock(%s)", (postgres_layout.LOCK,))
        with pytest.raises(NotWritten, match="ERROR 55P03"):
            writer.begin([], [], {}, 0)


def test_a_notice_at_commit_is_unknown(
    postgres_url: str, store: PostgresStore, writer: PostgresWriter
) -> None:
    execute(
        postgres_url,
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "RAISE WARNING 'canceling wait for synchronous replication'; RETURN NULL; END$$;"
        "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON stored_events "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()",
    )
    writer.begin([], [], {}, 0)
    with pytest.raises(OutcomeUnknown, match="notice"):
        append_one(writer)

    assert store.head().position == 1


def test_a_failure_at_commit_itself_is_unknown(
    postgres_url: str, store: PostgresStore, writer: PostgresWriter
) -> None:
    execute(
        postgres_url,
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "RAISE EXCEPTION 'no'; END$$;"
        "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON stored_events "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()",
    )
    writer.begin([], [], {}, 0)
    with pytest.raises(OutcomeUnknown, match="ERROR P0001"):
        append_one(writer)

    assert store.head().position == 0


def test_large_batches_pass_in_both_directions(
    store: PostgresStore, writer: PostgresWriter
) -> None:
    """More than a socket holds: the server answers before everything has been sent."""
    batch = [Row(n, "auction-1", n, "t.v1", b"x" * 60_000) for n in range(1, 301)]
    writer.begin([], [], {}, 0)
    writer.append(batch, [], [])

    assert list(writer.begin([], [], {"auction-1": 0}, 300).tails) == batch
    assert list(store.rows()) == batch


def test_every_look_up_is_by_an_index(postgres_url: str, writer: PostgresWriter) -> None:
    writer.begin([], [], {}, 0)
    append_one(writer)
    assert writer._wire is not None
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for setting in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            connection.execute(f"SET enable_{setting} = off".encode())
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for name, statement in (READING | WRITING).items():
            if not statement.startswith("SELECT"):
                continue
            connection.execute(b"PREPARE q AS " + statement.encode())
            nulls = ", ".join(["NULL"] * statement.count("$")) or ""
            explain = f"EXPLAIN EXECUTE q({nulls})" if nulls else "EXPLAIN EXECUTE q"
            plan = "\n".join(row[0] for row in connection.execute(explain.encode()))
            connection.execute("DEALLOCATE q")

            assert "Seq Scan" not in plan, name


def test_an_unreachable_server_is_said_within_the_time(tmp_path: Path) -> None:
    started = time.monotonic()
    for address in (f"postgresql://svx@/x?host={tmp_path}", "postgresql://svx@127.0.0.1:1/x"):
        with closing(PostgresStore(address)) as store:
            with pytest.raises(NotRead):
                store.head()
            with pytest.raises(NotWritten):
                store.writer().begin([], [], {}, 0)
            with pytest.raises(NotWritten):
                store.create()

    assert time.monotonic() - started < ANSWER_SECONDS


def test_a_table_owner_is_needed_to_create(postgres_url: str) -> None:
    execute(postgres_url, "CREATE ROLE guest LOGIN")
    try:
        guest = PostgresStore(postgres_url.replace("svx@", "guest@"))
        with pytest.raises(NotWritten, match="42501"):
            guest.create()
    finally:
        execute(postgres_url, "DROP ROLE guest")
