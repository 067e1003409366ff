"""A session on a ledger's PostgreSQL: every statement it uses, and how values travel.

Statements are prepared once, when the connection opens, and planned once: each is written so
that an index answers it at any size, and the session forbids the plans that would not be.
"""

import struct
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

from .postgres_layout import LOCK, PROMISES, RIGHTS, assert_promises
from .postgres_wire import Broken, Call, Wire
from .store import MAX_TAIL, NoLedger, NotRead

CALL_SECONDS = 4.5
"""Every call ends within 5 s, whatever the server or the network does."""

_SETTINGS = {
    "lock_timeout": "2s",
    "statement_timeout": "3s",
    "idle_in_transaction_session_timeout": "2s",  # frees the lock of a writer that hangs
    "client_min_messages": "notice",  # a warning at COMMIT must reach us
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}

READING = {
    "head": "SELECT notification_id, state FROM public.stored_events "
    "ORDER BY notification_id DESC LIMIT 1",
    "rows": "SELECT * FROM public.stored_events "
    "WHERE notification_id >= $1::bigint ORDER BY notification_id LIMIT $2::bigint",
    "stream": "SELECT * FROM public.stored_events "
    "WHERE originator_id = $1::text AND originator_version > $2::bigint "
    "ORDER BY originator_version LIMIT $3::bigint",
    "outcome": "SELECT * FROM public.outcomes "
    "WHERE principal = $1::text AND command_id = $2::text",
    "keys": "SELECT DISTINCT ON (key) key, stream FROM public.claims "
    "WHERE key >= $1::text ORDER BY key, position DESC LIMIT $2::bigint",
    "private": "SELECT * FROM public.private_payloads WHERE commitment = $1::text",
    "all_outcomes": "SELECT * FROM public.outcomes WHERE (principal, command_id) >= "
    "($1::text, $2::text) ORDER BY principal, command_id LIMIT $3::bigint",
    "all_claims": "SELECT * FROM public.claims WHERE (key, position) >= ($1::text, $2::bigint) "
    "ORDER BY key, position LIMIT $3::bigint",
    "all_privates": "SELECT * FROM public.private_payloads WHERE commitment >= $1::text "
    "ORDER BY commitment LIMIT $2::bigint",
    "rights": RIGHTS,
}

# LATERAL … OFFSET 0 and LIMIT 1 keep each asked key an index look-up of its own.
WRITING = {
    # READ WRITE fails at once on a standby: nothing is ever decided from one.
    "begin": "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    # Alone in its statement: the statements after it see what was committed before the lock
    # was granted; a SELECT that also read would still see the log from before its wait.
    "lock": f"SELECT pg_advisory_xact_lock({LOCK})",
    "head": "SELECT h.notification_id, h.state, k.state, "
    "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint "
    "FROM (VALUES (1)) AS one LEFT JOIN LATERAL "
    "(SELECT notification_id, state FROM public.stored_events "
    "ORDER BY notification_id DESC LIMIT 1) AS h ON true "
    "LEFT JOIN public.stored_events AS k ON k.notification_id = $1::bigint",
    "outcomes": "SELECT o.* FROM unnest($1::text[], $2::text[]) AS asked (principal, id) "
    "CROSS JOIN LATERAL (SELECT * FROM public.outcomes "
    'WHERE principal = asked.principal COLLATE "C" AND command_id = asked.id COLLATE "C" '
    "OFFSET 0) AS o",
    "holders": "SELECT asked.key, c.stream FROM unnest($1::text[]) AS asked (key) "
    "CROSS JOIN LATERAL (SELECT stream FROM public.claims "
    'WHERE key = asked.key COLLATE "C" ORDER BY position DESC LIMIT 1) AS c '
    "WHERE c.stream IS NOT NULL",
    "tails": "SELECT e.* FROM "  # noqa: S608 - the limit is a constant of ours
    "unnest($1::text[], $2::bigint[]) AS asked (stream, version) "
    "CROSS JOIN LATERAL (SELECT * FROM public.stored_events "
    'WHERE originator_id = asked.stream COLLATE "C" AND originator_version > asked.version '
    f"ORDER BY originator_version LIMIT {MAX_TAIL + 1}) AS e ORDER BY 1 LIMIT {MAX_TAIL + 1}",
    "add_events": "INSERT INTO public.stored_events SELECT * FROM "
    "unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bytea[])",
    "add_outcomes": "INSERT INTO public.outcomes SELECT * FROM "
    "unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])",
    "add_claims": "INSERT INTO public.claims SELECT * FROM "
    "unnest($1::text[], $2::bigint[], $3::text[])",
    "add_private": "INSERT INTO public.private_payloads SELECT * FROM "
    "unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[])",
    "erase": "DELETE FROM public.private_payloads WHERE commitment = ANY ($1::text[])",
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
}

_SETTING_UP = {
    # Pinned to what is checked next, so that a reload of the server's file cannot loosen it.
    "settings": "SELECT "
    + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
    + ", set_config('synchronous_commit', current_setting('synchronous_commit'), false)",
    "promises": PROMISES,
}
_UNDEFINED_TABLE = "42P01"

_TEXT, _BIGINT, _BYTES = 25, 20, 17  # type oids
_ARRAY = struct.Struct("!5i")  # dimensions, has nulls, type oid, length, first index
_LENGTH = struct.Struct("!i")
_NULL = _LENGTH.pack(-1)

T = TypeVar("T")
bigint = struct.Struct("!q").pack


def deadline() -> float:
    """Return the instant (monotonic) at which a call that starts now has to have ended."""
    return time.monotonic() + CALL_SECONDS


def open_session(conninfo: str, statements: dict[str, str], until: float) -> Wire:
    """Connect, hold the server to its promises, prepare. Raises Broken or UnsafeStore."""
    wire = Wire(conninfo)
    try:
        wire.prepare(_SETTING_UP, until)
        _, promised = wire.exchange([Call("settings"), Call("promises")], until)
        assert_promises(wire.version, load(promised, tuple)[0])
        wire.prepare(statements, until)
    except Broken as broken:
        if broken.sqlstate == _UNDEFINED_TABLE:
            raise NoLedger("there is no ledger in this database; create it first") from None
        raise
    except BaseException:
        wire.close()
        raise
    return wire


def not_read(broken: Broken) -> NotRead:
    """Return what a reader is told of an exchange that failed."""
    failure = NotRead(str(broken))
    failure.unreached = broken.unreached
    return failure


def load(result: PGresult, make: Callable[[Sequence[Any]], T]) -> list[T]:
    """Decode a result's rows, through psycopg's loaders for binary values."""
    transformer = Transformer()
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, make)


def texts(items: Iterable[str | None]) -> bytes:
    """Write a text[]."""
    return _array(_TEXT, [None if item is None else item.encode() for item in items])


def bigints(items: Iterable[int | None]) -> bytes:
    """Write a bigint[]."""
    return _array(_BIGINT, [None if item is None else bigint(item) for item in items])


def byteas(items: Iterable[bytes]) -> bytes:
    """Write a bytea[]."""
    return _array(_BYTES, list(items))


def _array(oid: int, items: Sequence[bytes | None]) -> bytes:
    """Write a one-dimensional array as the server reads it (array_recv)."""
    parts = [_ARRAY.pack(1, None in items, oid, len(items), 1)]
    for item in items:
        if item is None:
            parts.append(_NULL)
        else:
            parts += (_LENGTH.pack(len(item)), item)
    return b"".join(parts)
