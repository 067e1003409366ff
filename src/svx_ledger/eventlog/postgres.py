"""A ledger in a PostgreSQL database: the store, and the library's recorder over its table."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from eventsourcing.persistence import NotSupportedError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from . import pages, postgres_layout, postgres_making
from .postgres_session import READING, bigint, deadline, load, not_read, open_session
from .postgres_wire import SOCKET, Broken, Call, Wire
from .postgres_writer import PostgresWriter
from .private_fields import PrivateRow
from .raw_rows import LOWEST
from .record import Row
from .store import ClaimRow, Head, NotRead, OutcomeRow, UnsafeStore, try_out

_IDLE_CONNECTIONS = 4

T = TypeVar("T")


class LedgerPostgresRecorder(PostgresApplicationRecorder):
    """The library's reading side over the ledger's table; only the write path appends.

    Its reads are made once: ten attempts would take longer than any caller waits.
    """

    def __init__(self, datastore: PostgresDatastore) -> None:
        if datastore.enable_db_functions:
            raise UnsafeStore("enable_db_functions is set; unset it: its inserts take no lock")
        super().__init__(datastore, events_table_name="stored_events")
        self.sql_create_statements = []  # the store creates the tables, with their protection

    select_events = PostgresApplicationRecorder.select_events.__wrapped__
    select_notifications = PostgresApplicationRecorder.select_notifications.__wrapped__
    max_notification_id = PostgresApplicationRecorder.max_notification_id.__wrapped__

    def insert_events(self, *_: Sequence[StoredEvent], **__: Any) -> NoReturn:
        """Refuse: an event outside the write path would have no position under the lock."""
        raise NotSupportedError("only the ledger's write path appends")


class PostgresStore:
    """One ledger in one database; see the port `Store`.

    `application_role` is granted SELECT and INSERT by `create`, and nothing else but DELETE on
    the private texts.
    """

    def __init__(self, url: str, *, application_role: str | None = None) -> None:
        postgres_layout.assert_environment()
        self._conninfo = make_conninfo(url, **SOCKET)
        self._role = application_role
        self._idle: list[Wire] = []
        self._closed = False

    def create(self) -> None:
        """Create the ledger where there is none, else check it; grant in both cases."""
        postgres_making.create(self._conninfo, self._role)

    def add_private_texts(self) -> None:
        """Add the table of private texts to an older ledger; grant. Harmless when repeated."""
        postgres_making.add_private_texts(self._conninfo, self._role)

    def check(self) -> None:
        """Assert durability, append-only protection and layout. Raises UnsafeStore."""
        postgres_layout.assert_environment()
        try:
            open_session(self._conninfo, READING, deadline()).close()
        except Broken as broken:
            raise not_read(broken) from None

    def check_writing(self) -> None:
        """Assert that the server is no standby, and lets this role append."""
        (row,) = self._read(tuple, "rights")
        postgres_layout.assert_writable(row)

    def try_writing(self) -> None:
        """Begin to write, and write nothing."""
        try_out(self.writer())

    def writer(self) -> PostgresWriter:
        """Return a new writer with a connection of its own."""
        return PostgresWriter(self._conninfo)

    def recorder(self) -> LedgerPostgresRecorder:
        """Return the library's view of the log, for its readers; close its `datastore`."""
        place = conninfo_to_dict(self._conninfo)
        names = ("dbname", "host", "port", "user", "password")
        dbname, host, port, user, password = (str(place.get(name) or "") for name in names)
        return LedgerPostgresRecorder(
            PostgresDatastore(dbname, host, port, user, password, originator_id_type="text")
        )

    def head(self) -> Head:
        """Return the last record."""
        found = self._read(Head._make, "head")
        return found[0] if found else Head(0, b"")

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""
        return pages.by_position(
            lambda first, count: self._read(Row._make, "rows", bigint(first), bigint(count)),
            after,
            limit,
        )

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""
        return pages.by_version(
            lambda last, count: self._read(
                Row._make, "stream", _text(name), bigint(last), bigint(count)
            ),
            after,
        )

    def outcome(self, principal: str, command_id: str) -> OutcomeRow | None:
        """Return what became of a command id."""
        key = _text(principal), _text(command_id)
        found = self._read(OutcomeRow._make, "outcome", *key)
        return found[0] if found else None

    def held(self, prefix: str) -> Mapping[str, str]:
        """Return key → stream for every key held now that starts with `prefix`."""
        return pages.held_keys(
            lambda first, count: self._read(tuple, "keys", _text(first), bigint(count)), prefix
        )

    def private(self, commitment: str) -> PrivateRow | None:
        """Return the private text with this commitment; None where it was erased."""
        found = self._read(PrivateRow._make, "private", _text(commitment))
        return found[0] if found else None

    def outcomes(self) -> Iterator[OutcomeRow]:
        """Stream what became of every command id, by principal."""
        return pages.by_key(
            lambda key, count: self._read(
                OutcomeRow._make, "all_outcomes", *map(_text, key), bigint(count)
            ),
            lambda row: (row.principal, row.command_id),
            ("", ""),
        )

    def claims(self, first: str = "") -> Iterator[ClaimRow]:
        """Stream who took or freed each key, by key and position, from the key `first` on."""
        return pages.by_key(
            lambda key, count: self._read(
                ClaimRow._make, "all_claims", _text(key[0]), bigint(key[1]), bigint(count)
            ),
            lambda row: (row.key, row.position),
            (first, LOWEST),
        )

    def privates(self) -> Iterator[PrivateRow]:
        """Stream every private text that is kept, by commitment."""
        return pages.by_key(
            lambda key, count: self._read(
                PrivateRow._make, "all_privates", _text(key), bigint(count)
            ),
            lambda row: row.commitment,
            "",
        )

    def close(self) -> None:
        """Close the connections; those in use are closed by their readers."""
        self._closed = True
        self._forget_idle()

    def _read(
        self, make: Callable[[Sequence[Any]], T], name: str, *parameters: bytes
    ) -> list[T]:
        """Run one statement; each page is one, so no snapshot outlives it.

        A kept connection may have ended meanwhile: then the statement goes to a new one.
        """
        call, until = Call(name, parameters), deadline()
        wire = kept = self._take()
        try:
            wire = wire or open_session(self._conninfo, READING, until)
            try:
                (result,) = wire.exchange([call], until)
            except Broken:
                self._forget_idle()  # what ended or silenced one connection met the others too
                if kept is None or time.monotonic() >= until:
                    raise
                wire = open_session(self._conninfo, READING, until)
                (result,) = wire.exchange([call], until)
        except Broken as broken:
            raise not_read(broken) from None
        if self._closed or len(self._idle) >= _IDLE_CONNECTIONS:
            wire.close()
        else:
            self._idle.append(wire)
        return load(result, make)

    def _take(self) -> Wire | None:
        with suppress(IndexError):  # asking first would race with other threads
            return self._idle.pop()
        return None

    def _forget_idle(self) -> None:
        while wire := self._take():
            wire.close()


def _text(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise NotRead("a value that cannot be stored") from None
