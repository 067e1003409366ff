"""How a ledger's PostgreSQL tables are made, with their protection and grants: by their owner.

All of it or nothing, in one transaction. Of a ledger that is there only the table of private
texts is added, which older ones have not. What else is missing is not made again: a trigger may
have been taken away to alter what it guards, and a new table knows nothing of what stood in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from .postgres_layout import ERASABLE, GUARDING, LOCK, PROMISES, TABLES, assert_promises
from .postgres_wire import Broken, Wire
from .private_fields import COMMITS
from .store import TEXTS_TAKEN, NoLedger, NotWritten, OlderStore, UnsafeStore

_APPEND_ONLY = (
    "CREATE OR REPLACE FUNCTION public.svx_append_only() RETURNS trigger "
    f"LANGUAGE plpgsql AS $${GUARDING}$$"
)
# For the statement, not for each row, so that it also ends one that meets no row; ALWAYS, so
# that a session which plays a replica does not get round it.
_GUARD = """
CREATE OR REPLACE TRIGGER svx_append_only BEFORE {verbs}
ON public.{table} FOR EACH STATEMENT EXECUTE FUNCTION public.svx_append_only();
ALTER TABLE public.{table} ENABLE ALWAYS TRIGGER svx_append_only
"""

_COMMITTED = "SELECT EXISTS (SELECT FROM public.stored_events WHERE position(%s in state) > 0)"
_GRANTED = "SELECT has_table_privilege(%s, 'public.private_payloads', 'DELETE')"


def create(conninfo: str, application_role: str | None) -> None:
    """Make the tables and triggers where there are none; hold a ledger to its promises.

    Grants are made in both cases where they are missing. A role without the right to create
    anything may call this on a ledger that is complete.
    """
    with _making(conninfo) as connection:
        try:
            _check(connection)
        except NoLedger:
            connection.execute(_APPEND_ONLY)
            _make(connection, *TABLES)
        if application_role is not None:
            _grant(connection, application_role)


def add_private_texts(conninfo: str, application_role: str | None) -> None:
    """Add the table of private texts to a ledger from before them, and else check."""
    with _making(conninfo) as connection:
        try:
            _check(connection)
        except OlderStore:
            _assert_never_there(connection)
            _make(connection, ERASABLE)
        if application_role is not None:
            _grant(connection, application_role)


def _assert_never_there(connection: psycopg.Connection) -> None:
    """Refuse to make a table of private texts that was there before. Raises UnsafeStore."""
    connection.execute("SET LOCAL statement_timeout = 0")  # the whole log is looked through
    (committed,) = connection.execute(_COMMITTED, (COMMITS,)).fetchone() or (True,)
    if committed:
        raise UnsafeStore(TEXTS_TAKEN)


def _check(connection: psycopg.Connection) -> None:
    promised = connection.execute(PROMISES).fetchone()
    assert promised is not None, "it is one row"
    assert_promises(connection.info.server_version, promised)


@contextmanager
def _making(conninfo: str) -> Iterator[psycopg.Connection]:
    """Hold the writers' lock in a transaction that is committed at the end."""
    try:
        Wire(conninfo).close()  # it tells why not, without what may be part of a password
        opened = psycopg.connect(conninfo, connect_timeout=2)
    except (Broken, psycopg.OperationalError) as error:
        why = error if isinstance(error, Broken) else "the server cannot be reached"
        refused = NotWritten(f"creating: {why}")
        refused.unreached = True
        raise refused from None
    try:
        with opened as connection:
            connection.execute("SET LOCAL lock_timeout = '2s'")
            connection.execute("SET LOCAL statement_timeout = '4s'")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield connection
    except psycopg.Error as error:
        raise NotWritten(f"creating: {error.sqlstate or 'the connection failed'}") from None


def _make(connection: psycopg.Connection, *tables: str) -> None:
    for table in tables:
        connection.execute(f"CREATE TABLE public.{table} ({', '.join(TABLES[table])})")
        verbs = "UPDATE OR TRUNCATE" if table == ERASABLE else "UPDATE OR DELETE OR TRUNCATE"
        connection.execute(_GUARD.format(table=table, verbs=verbs))


def _grant(connection: psycopg.Connection, role: str) -> None:
    """Let the application's role read and append, erase private texts, and nothing else."""
    (granted,) = connection.execute(_GRANTED, (role,)).fetchone() or (False,)
    if granted:
        return
    name, tables = (
        sql.Identifier(role),
        sql.SQL(", ").join(sql.Identifier("public", table) for table in TABLES),
    )
    for grant in (
        "REVOKE ALL ON {tables} FROM PUBLIC, {role}",
        "GRANT SELECT, INSERT ON {tables} TO {role}",
        "GRANT DELETE ON {erasable} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
    ):
        connection.execute(
            sql.SQL(grant).format(
                tables=tables, role=name, erasable=sql.Identifier("public", ERASABLE)
            )
        )
