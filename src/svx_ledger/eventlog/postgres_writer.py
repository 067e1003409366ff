"""The writing connection to a PostgreSQL ledger: one round trip to begin, one to append.

What an error means depends on how far the append had come. An ERROR before COMMIT makes the
server skip the COMMIT that was sent after it: not written. When the connection ends, or the
deadline passes, the COMMIT may have been executed: unknown. A notice at COMMIT is unknown too:
it is how the server says that it stopped waiting for a standby.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from psycopg.pq.abc import PGresult

from .postgres_session import (
    WRITING,
    bigint,
    bigints,
    byteas,
    deadline,
    load,
    open_session,
    texts,
)
from .postgres_wire import Broken, Call, Wire
from .private_fields import PrivateRow
from .record import Row
from .store import (
    ClaimRow,
    Head,
    Locked,
    NotWritten,
    OutcomeRow,
    OutcomeUnknown,
    assert_follows,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresWriter:
    """The one writing connection of a process; see the port `Writer`."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._wire: Wire | None = None
        self._locked: Locked | None = None

    def begin(
        self,
        ids: Sequence[tuple[str, str]],
        keys: Sequence[str],
        versions: Mapping[str, int],
        known: int,
    ) -> Locked:
        """Take the write lock and read, after it, what a batch needs."""
        assert self._locked is None, "the lock is held"
        until = deadline()
        with self._before_commit():
            asked = _asked(ids, keys, versions)
            if self._wire is None:
                self._wire = open_session(self._conninfo, WRITING, until)
            start = [Call("begin"), Call("lock"), Call("head", [bigint(known)])]
            _, _, head, *answers = self._wire.exchange([*start, *asked], until)
            ((position, record, past, micros),) = load(head, tuple)
            clock_at = _EPOCH + timedelta(microseconds=micros)
            seen = Head(position or 0, record or b""), past, clock_at
            self._locked = Locked(*seen, *_read(asked, answers))
        return self._locked

    def append(
        self,
        rows: Sequence[Row],
        outcomes: Sequence[OutcomeRow],
        claims: Sequence[ClaimRow],
        *,
        private: Sequence[PrivateRow] = (),
        erased: Sequence[str] = (),
    ) -> None:
        """Insert a batch and commit it durably; releases the lock."""
        wire, locked = self._held()
        until = deadline()
        with self._before_commit():
            assert_follows(locked.head, rows)
            inserts = _inserts(rows, outcomes, claims)
            if private or erased:
                inserts += _set_apart(private, erased)
        try:
            *_, commit = wire.exchange([*inserts, Call("commit")], until)
        except BaseException as error:
            self._drop()
            if not isinstance(error, Broken):
                raise
            if error.surely_before(len(inserts)):
                raise NotWritten(f"before the commit: {error}") from None
            # The lock goes with the transaction: who has it next finds what became of this.
            raise OutcomeUnknown(f"at the commit: {error}", settled_by_lock=True) from None
        if commit.command_status != b"COMMIT":
            self._drop()
            raise NotWritten("at the commit: the server rolled back")
        if wire.notices:
            self._drop()
            raise OutcomeUnknown("at the commit: the server sent a notice")
        self._locked = None

    def abandon(self) -> None:
        """End the transaction without writing; releases the lock."""
        if self._wire is None or self._locked is None:
            return
        try:
            self._wire.exchange([Call("rollback")], deadline())
        except Broken:
            self._drop()
        self._locked = None

    def close(self) -> None:
        """Close the connection. Never cancels a commit."""
        self._drop()

    @contextmanager
    def _before_commit(self) -> Iterator[None]:
        """Close the connection after any exception; the server then rolls back."""
        try:
            yield
        except Broken as error:
            self._drop()
            raise NotWritten(f"before the commit: {error}") from None
        except (UnicodeEncodeError, struct.error):  # their texts show the value
            self._drop()
            raise NotWritten("before the commit: a value that cannot be stored") from None
        except BaseException:
            self._drop()
            raise

    def _held(self) -> tuple[Wire, Locked]:
        assert self._wire is not None, "the lock is not held"
        assert self._locked is not None, "the lock is not held"
        return self._wire, self._locked

    def _drop(self) -> None:
        """Close the connection, on which the server rolls back what was not committed."""
        wire, self._wire, self._locked = self._wire, None, None
        if wire is not None:
            wire.close()


def _asked(
    ids: Sequence[tuple[str, str]], keys: Sequence[str], versions: Mapping[str, int]
) -> list[Call]:
    asked = []
    if ids:
        principals, command_ids = zip(*ids, strict=True)
        asked.append(Call("outcomes", [texts(principals), texts(command_ids)]))
    if keys:
        asked.append(Call("holders", [texts(keys)]))
    if versions:
        asked.append(Call("tails", [texts(versions), bigints(versions.values())]))
    return asked


def _read(
    asked: Sequence[Call], answers: Sequence[PGresult]
) -> tuple[list[OutcomeRow], dict[str, str], list[Row]]:
    answer = {call.name: result for call, result in zip(asked, answers, strict=True)}
    outcomes, holders, tails = map(answer.get, ("outcomes", "holders", "tails"))
    return (
        load(outcomes, OutcomeRow._make) if outcomes else [],
        dict(load(holders, tuple)) if holders else {},
        load(tails, Row._make) if tails else [],
    )


def _inserts(
    rows: Sequence[Row], outcomes: Sequence[OutcomeRow], claims: Sequence[ClaimRow]
) -> list[Call]:
    inserts = []
    if rows:
        position, stream, version, name, record = zip(*rows, strict=True)
        arrays = [bigints(position), texts(stream), bigints(version), texts(name)]
        inserts.append(Call("add_events", [*arrays, byteas(record)]))
    if outcomes:
        principal, command_id, sha256, first, last, refusal = zip(*outcomes, strict=True)
        arrays = [texts(principal), texts(command_id), texts(sha256)]
        arrays += [bigints(first), bigints(last), texts(refusal)]
        inserts.append(Call("add_outcomes", arrays))
    if claims:
        key, taken_at, holder = zip(*claims, strict=True)
        inserts.append(Call("add_claims", [texts(key), bigints(taken_at), texts(holder)]))
    return inserts


def _set_apart(private: Sequence[PrivateRow], erased: Sequence[str]) -> list[Call]:
    changes = []
    if private:
        commitment, stream, version, field, salt, payload = zip(*private, strict=True)
        arrays = [texts(commitment), texts(stream), bigints(version), texts(field)]
        changes.append(Call("add_private", [*arrays, byteas(salt), byteas(payload)]))
    if erased:
        changes.append(Call("erase", [texts(erased)]))
    return changes
